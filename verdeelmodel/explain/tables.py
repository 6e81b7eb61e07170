"""The dossier of a gemeente as result tables: what terminal, CSV, HTML and Excel show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.explain.country import AGE, BUURT, ORIGIN, TYPE
from verdeelmodel.explain.dossier import Dossier, RateComparison, Z, interval_of
from verdeelmodel.explain.rate import by_theme
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.explain.country import Country

MOST_BUURTEN = 25
MOST_KENMERKEN = 15
MOST_UNUSUAL = 15
LARGE = 1000
GROUPINGS = {TYPE: "residual_type", AGE: "residual_age", ORIGIN: "residual_origin", BUURT: "residual_buurt"}


def tables(found: Dossier) -> list[Table]:
    """Every table of the dossier, in the order in which a reader meets them."""
    made = [types_table(found), *([years_table(found)] if found.years else [])]
    made += [*([gap_table(found)] if found.gap is not None else [])]
    made += [*([attributed_table(found)] if found.attributed is not None else []), themes_table(found)]
    made += [kenmerken_table(found), *([unusual_table(found)] if found.unusual and found.unusual.found else [])]
    made += [residual_table(found, key) for key in GROUPINGS if key in found.residuals and key != TYPE]
    made += [candidates_table(found)] if len(found.candidates) else []
    return [*made, *([peers_table(found)] if found.peers or found.chosen else [])]


def build(
    found: Dossier,
    key: str,
    columns: Mapping[str, tuple[Kind, Sequence[Cell] | np.ndarray[tuple[int], np.dtype[np.float64]]]],
    notes: Sequence[str] = (),
    behind: Sequence[Evidence] = (),
    decimals: Mapping[str, int] | None = None,
) -> Table:
    """A table whose title and labels are the sentences of its keys."""
    shown = tuple(
        Column(name, text(f"explain.column.{name}"), kind, "euro" if kind == "euro" else "", (decimals or {}).get(name))
        for name, (kind, _) in columns.items()
    )
    values = {n: list(v.tolist() if isinstance(v, np.ndarray) else v) for n, (_, v) in columns.items()}
    title = text(f"explain.title.{key}", name=found.name, year=found.country.year)
    table = Table(key, title, shown, values, synthetic=found.country.synthetic, notes=tuple(notes))
    # What is told of a gemeente rests on all its households, unless the table knows better.
    return table.behind(behind or [households_of(found.country, found.gemeente)] * len(table))


def households_of(country: Country, gemeente: int) -> Evidence:
    """The households of a gemeente in the population, without weights: those with bijstand, and all."""
    return country.predicted.behind()[country.place(gemeente)]


def evidence(frame: pd.DataFrame, weight: float) -> list[Evidence]:
    """The households behind each row: those in the population, not those they stand for."""
    pairs = zip(frame["actual"], frame["households"], strict=True)
    return [Evidence(count=round(a / weight), denominator=round(h / weight)) for a, h in pairs]


def types_table(found: Dossier) -> Table:
    """Household type, households, predicted, actual, difference, its worth, and whether chance can explain it."""
    frame = found.types
    total = frame.sum(numeric_only=True)
    behind = evidence(frame, found.country.household_weight)
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "household_type": ("text", [*frame.index, text("explain.total")]),
        **{n: ("count", [*frame[n], total[n]]) for n in ("households", "expected", "actual", "difference")},
        "euro": ("euro", [*frame["euro"], total["euro"]]),
        "chance": ("text", [verdict(d, v) for d, v in zip([*frame["difference"], total["difference"]],
                                                         [*frame["variance"], total["variance"]], strict=True)]),
    }  # fmt: skip
    notes = [text("explain.note.types"), *weight_note(found)]
    whole = Evidence(sum(b.count or 0 for b in behind), denominator=sum(b.denominator or 0 for b in behind))
    return build(found, "types", columns, notes, [*behind, whole])


def verdict(difference: float, variance: float) -> str:
    """Whether chance can explain a difference, in words."""
    within = abs(difference) <= Z * float(np.sqrt(variance))
    return text("explain.within_chance" if within else "explain.beyond_chance")


def weight_note(found: Dossier) -> list[str]:
    """A note when each household in the population stands for several."""
    weight = found.country.household_weight
    return [text("explain.note.weight", weight=weight)] if weight > 1.5 else []


def years_table(found: Dossier) -> Table:
    """Per year: budget, expenditure, balance, its two parts, the safety net and the saldo after it."""
    lines = found.years
    undecided = NotApplicable(text("explain.undecided"))
    ends = [interval_of(found.numbers, line.objective, line) or (undecided, undecided) for line in lines]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "year": ("code", [str(line.year) for line in lines]),
        "budget": ("euro", [line.budget for line in lines]),
        "net": ("euro", [line.net for line in lines]),
        "balance": ("euro", [line.balance for line in lines]),
        "saldo": ("share", [line.saldo for line in lines]),
        "saldo_low": ("share", [low for low, _ in ends]),
        "saldo_high": ("share", [high for _, high in ends]),
        "macro": ("euro", [line.macro for line in lines]),
        "distribution": ("euro", [line.distribution for line in lines]),
        "macro_share": ("percentage_points", [line.share(line.macro) for line in lines]),
        "distribution_share": ("percentage_points", [line.share(line.distribution) for line in lines]),
        "vangnet": ("euro", [line.vangnet for line in lines]),
        "after_vangnet": ("share", [line.after_vangnet for line in lines]),
    }
    unchecked = [str(line.year) for line in lines if not line.checked]
    notes = [text("explain.note.years"), text("explain.note.interval", year=found.country.year)]
    notes += [text("explain.note.unchecked", years=", ".join(unchecked))] if unchecked else []
    return build(found, "years", columns, notes)


def gap_table(found: Dossier) -> Table:
    """The distribution effect by what can lie behind it, in euros and as percentage points of the saldo."""
    gap, line = found.gap, found.account
    assert gap is not None  # noqa: S101 - called only with a gap
    assert line is not None  # noqa: S101 - a gap comes from an account
    keys = [*gap.parts, "distribution"]
    euros = [*gap.parts.values(), gap.total]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "part": ("text", [text(f"explain.gap.{key}") for key in keys]),
        "euro_effect": ("euro", euros),
        "share_of_budget": ("percentage_points", [line.share(euro) for euro in euros]),
    }
    return build(found, "gap", columns, [text("explain.note.gap")])


def themes_table(found: Dossier) -> Table:
    """Per thema what it adds to the difference in predicted rate with each comparison; the last row is the total."""
    sums = {c.key: by_theme(c.parts, found.country.themes) for c in found.comparisons}
    themes = sorted({t for s in sums.values() for t in s}, key=lambda t: -max(abs(s[t]) for s in sums.values()))
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {"theme": ("text", [*themes, text("explain.total")])}
    for c in found.comparisons:
        columns[f"against_{c.key}"] = ("percentage_points", [*(sums[c.key][t] for t in themes), c.rate - c.other])
    notes = [text("explain.note.rate"), *(_comparison_note(c) for c in found.comparisons)]
    return build(found, "themes", columns, notes, decimals=dict.fromkeys(columns, 2))


def _comparison_note(c: RateComparison) -> str:
    from verdeelmodel.table import format_number

    return text(
        "explain.note.comparison",
        label=c.label,
        count=c.gemeenten,
        rate=format_number(c.rate, "share", 2),
        other=format_number(c.other, "share", 2),
    )


def kenmerken_table(found: Dossier) -> Table:
    """Per kenmerk what it adds to the difference with the country, largest first, the rest together; sums exactly."""
    parts = found.comparisons[0].parts
    order = sorted(parts, key=lambda k: -abs(parts[k]))
    shown, rest = order[:MOST_KENMERKEN], order[MOST_KENMERKEN:]
    labels = [*(found.country.labels[k] for k in shown), text("explain.other_kenmerken", count=len(rest))]
    themes = [*(found.country.themes[k] for k in shown), ""]
    left = sum(parts[k] for k in rest)
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "kenmerk": ("text", [*labels, text("explain.total")]),
        "theme": ("text", [*themes, ""]),
        "contribution": ("percentage_points", [*(parts[k] for k in shown), left, sum(parts.values())]),
    }
    return build(found, "kenmerken", columns, [text("explain.note.kenmerken")], decimals={"contribution": 2})


def residual_table(found: Dossier, key: str) -> Table:
    """Per group: predicted, actual, difference, the room that chance leaves, and the verdict."""
    frame = found.residuals[key]
    difference = frame["actual"] - frame["expected"]
    notes = [text("explain.note.residual"), *weight_note(found)]
    if key == BUURT and len(frame) > MOST_BUURTEN:
        notes.append(text("explain.note.buurten", shown=MOST_BUURTEN, count=len(frame)))
        chosen = difference.abs().sort_values(ascending=False, kind="stable").index[:MOST_BUURTEN]
        frame, difference = frame.loc[chosen], difference.loc[chosen]
    if key == BUURT and len(frame) == 0:
        notes.append(text("explain.note.no_buurten"))
    room = Z * np.sqrt(frame["variance"])
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "group": ("text", list(frame["label"])),
        **{n: ("count", frame[n].tolist()) for n in ("households", "expected", "actual")},
        "difference": ("count", difference.tolist()),
        "chance_room": ("count", room.tolist()),
        "chance": ("text", [verdict(d, v) for d, v in zip(difference, frame["variance"], strict=True)]),
    }
    return build(found, GROUPINGS[key], columns, notes, evidence(frame, found.country.household_weight))


def attributed_table(found: Dossier) -> Table:
    """The distribution effect by what it can be attributed to, with intervals; the parts sum to it on the euro."""
    split, line, attribution = found.attributed, found.account, found.country.attribution
    if split is None or line is None or attribution is None:
        raise ValueError("a gemeente without attribution has no table of it")
    none = NotApplicable(text("explain.attributed.no_interval"))
    ends = [split.intervals.get(key, (none, none)) for key in split.euros]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "part": (
            "text",
            [*(text(f"explain.attributed.{key}") for key in split.euros), text("explain.gap.distribution")],
        ),
        "euro_effect": ("euro", [*split.euros.values(), split.total]),
        "low": ("euro", [*(low for low, _ in ends), none]),
        "high": ("euro", [*(high for _, high in ends), none]),
        "share_of_budget": (
            "percentage_points",
            [*(line.share(v) for v in split.euros.values()), line.share(split.total)],
        ),
    }
    left_out = attribution.omitted
    kept = (
        text("explain.note.kept", kept=", ".join(left_out.labels))
        if left_out.labels
        else text("explain.note.none_kept")
    )
    notes = [text("explain.note.attributed"), kept]
    if left_out.unexpected:
        notes.append(text("explain.note.unexpected", labels=", ".join(left_out.unexpected)))
    return build(found, "attributed", columns, notes)


def candidates_table(found: Dossier) -> Table:
    """Per candidate kenmerk what it would do to the predicted number and the budget, with its interval."""
    frame = found.candidates
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "kenmerk": ("text", list(frame["label"])),
        "weight": ("number", frame["weight"].tolist()),
        "se": ("number", frame["se"].tolist()),
        "change": ("number", frame["change"].tolist()),
        "euro_budget": ("euro", frame["euro"].tolist()),
        "low": ("euro", frame["low"].tolist()),
        "high": ("euro", frame["high"].tolist()),
    }
    table = build(found, "candidates", columns, [text("explain.note.candidates")], decimals={"change": 1})
    fit = found.country.volume
    estimated = Evidence(count=fit.households, degrees_of_freedom=fit.households - len(fit.keys))
    return table.behind([estimated] * len(table), ("weight", "se"))


def unusual_table(found: Dossier) -> Table:
    """The kenmerken on which it lies farthest from the comparison group, and whether that can be chance."""
    unusual, country = found.unusual, found.country
    if unusual is None or country.unusual is None:
        raise ValueError("a gemeente whose kenmerken were not compared has no table of it")
    shown = unusual.found[:MOST_UNUSUAL]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "kenmerk": ("text", [f"{one.label} ({one.unit})" if one.unit else one.label for one in shown]),
        "own_value": ("number", [readable(one.own) for one in shown]),
        "mean_gemeente": ("number", [readable(one.country) for one in shown]),
        "mean_comparison": ("number", [readable(one.comparison) for one in shown]),
        "deviations": ("number", [one.distance for one in shown]),
        "higher_than": ("share", [one.higher_than for one in shown]),
        "q": ("number", [one.q for one in shown]),
        "holds": ("flag", [one.holds for one in shown]),
    }
    group = text("explain.against.group_vergelijking" if country.groups else "explain.against.others")
    notes = [text("explain.note.unusual", group=group, count=country.unusual.members, kenmerken=unusual.kenmerken)]
    more = len(unusual.found) - len(shown)
    notes += [text("explain.note.unusual_more", shown=len(shown), count=len(unusual.found))] if more else []
    decimals = {"deviations": 1, "higher_than": 0, "q": 3}
    table = build(found, "unusual", columns, [*notes, *weight_note(found)], decimals=decimals)
    every = households_of(country, found.gemeente)
    return table.behind([unusual_behind(one.own, one.unit, every) for one in shown], ("own_value",))


def unusual_behind(own: float, unit: str, every: Evidence) -> Evidence:
    """What stands behind the value of a kenmerk in a gemeente: of a percentage those that have it, else all of them."""
    households = every.denominator or 0
    return Evidence(round(own / 100 * households), denominator=households) if unit == "%" else every


def readable(value: float) -> float | int:
    """A large number without decimals."""
    return round(value) if abs(value) >= LARGE else value


def peers_table(found: Dossier) -> Table:
    """The nearest gemeenten of its size, with their saldo and the thema on which they differ most."""
    unknown = NotApplicable(text("explain.no_accounts"))
    of_year = next((a for a in found.country.accounts if a.year == found.country.year), None)
    asked = {p.gemeente for p in found.chosen}
    shown = [*found.chosen, *(p for p in found.peers if p.gemeente not in asked)]
    lines = [None if of_year is None else of_year.of(p.gemeente) for p in shown]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [p.name for p in shown]),
        "gm_code": ("code", [format_gemeente(p.gemeente) for p in shown]),
        "inhabitants": ("count", [p.inhabitants for p in shown]),
        "rate": ("share", [p.rate for p in shown]),
        "saldo": ("share", [unknown if line is None else line.saldo for line in lines]),
        "distance": ("percentage_points", [p.distance for p in shown]),
        "differs_on": ("text", [p.theme for p in shown]),
        "theme_difference": ("percentage_points", [p.theme_difference for p in shown]),
    }
    decimals = {"rate": 2, "distance": 2, "theme_difference": 2}
    notes = [text("explain.note.chosen", names=", ".join(p.name for p in found.chosen))] if found.chosen else []
    behind = [households_of(found.country, p.gemeente) for p in shown]
    return build(found, "peers", columns, [text("explain.note.peers"), *notes], behind, decimals)
