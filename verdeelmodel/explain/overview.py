"""Every gemeente beside the others: the tables of the national report and of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.explain.dossier import Dossier, Z
from verdeelmodel.explain.peers import contributions_by_theme, size_label
from verdeelmodel.explain.tables import evidence, unusual_behind
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table, together
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.country import Country

DECILES = 10


def overview(country: Country, dossiers: Sequence[Dossier]) -> list[Table]:
    """A table of everything, and one per subject: years, groups, parts of the saldo, types, thema's, calibration."""
    made = [gemeenten_table(country, dossiers)]
    made += [national_years_table(country), all_years_table(country, dossiers)] if country.accounts else []
    made += [groups_table(country, dossiers)] if country.groups else []
    made += [all_gaps_table(country, dossiers)] if any(d.gap is not None for d in dossiers) else []
    made += [all_unusual_table(country, dossiers)] if country.unusual is not None else []
    return [*made, all_types_table(country, dossiers), all_themes_table(country), calibration_table(country)]


def made_table(
    country: Country,
    key: str,
    columns: dict[str, tuple[Kind, Sequence[Cell]]],
    notes: Sequence[str] = (),
    behind: Sequence[Evidence] = (),
    labels: dict[str, str] | None = None,
    decimals: dict[str, int] | None = None,
) -> Table:
    """A table whose title and labels are the sentences of its keys, unless a label is given."""
    named = labels or {}
    shown = tuple(
        Column(
            name,
            named[name] if name in named else text(f"explain.column.{name}"),
            kind,
            "euro" if kind == "euro" else "",
            (decimals or {}).get(name),
        )
        for name, (kind, _) in columns.items()
    )
    counts = [c.key for c in shown if c.kind not in ("text", "code", "flag")] if behind else []
    return Table(
        key,
        text(f"explain.title.{key}", year=country.year),
        shown,
        {name: list(cells) for name, (_, cells) in columns.items()},
        synthetic=country.synthetic,
        notes=tuple(notes),
        evidence={name: list(behind) for name in counts},
    )


def households_behind(country: Country, dossiers: Sequence[Dossier]) -> list[Evidence]:
    """The households of the population behind the figures of each gemeente."""
    every = country.predicted.behind()
    return [every[country.place(d.gemeente)] for d in dossiers]


def gemeenten_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per gemeente: who it is, its saldo, predicted and actual, and whether chance can explain that."""
    unknown = NotApplicable(text("explain.no_accounts"))
    lines = [d.account for d in dossiers]
    numbers = [d.numbers for d in dossiers]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [d.name for d in dossiers]),
        "gm_code": ("code", [d.code for d in dossiers]),
        "inhabitants": ("count", [d.inhabitants for d in dossiers]),
        "size": ("text", [size_label(country, d.inhabitants) for d in dossiers]),
        "study_group": ("text", [group_label(d.group) for d in dossiers]),
        "budget": ("euro", [unknown if a is None else a.budget for a in lines]),
        "net": ("euro", [unknown if a is None else a.net for a in lines]),
        "saldo": ("share", [unknown if a is None else a.saldo for a in lines]),
        "after_vangnet": ("share", [unknown if a is None else a.after_vangnet for a in lines]),
        "rate": ("share", [n.expected / n.households if n.households else 0.0 for n in numbers]),
        "expected": ("count", [n.expected for n in numbers]),
        "actual": ("count", [n.actual for n in numbers]),
        "difference": ("count", [n.gap for n in numbers]),
        "chance_room": ("count", [Z * n.chance for n in numbers]),
        "verdict": ("text", [text(f"explain.verdict.{n.verdict}") for n in numbers]),
    }
    behind = households_behind(country, dossiers)
    return made_table(country, "gemeenten", columns, [text("explain.note.gemeenten")], behind, decimals={"rate": 2})


def national_years_table(country: Country) -> Table:
    """A row per year: the country as a whole, and how the saldi of the gemeenten are spread."""
    years = country.accounts
    saldi = [a.saldo.saldo for a in years]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "year": ("code", [str(a.year) for a in years]),
        "gemeenten": ("count", [len(a.gemeenten) for a in years]),
        "short": ("count", [int((a.saldo.balance < 0).sum()) for a in years]),
        "budget": ("euro", [int(a.saldo.budget.sum()) for a in years]),
        "net": ("euro", [int(a.saldo.net.sum()) for a in years]),
        "saldo": ("share", [float(a.saldo.balance.sum() / max(a.saldo.budget.sum(), 1)) for a in years]),
        **{
            name: ("share", [float(np.percentile(s, q)) for s in saldi])
            for name, q in (("lowest_tenth", 10), ("median", 50), ("highest_tenth", 90))
        },
    }
    behind = [together(country.predicted.behind())] * len(years)
    return made_table(country, "national_years", columns, [text("explain.note.national_years")], behind)


def groups_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per group of the study, and the others: mean saldo, and predicted against actual."""
    keys = [*country.groups, ""]
    members = [[d for d in dossiers if d.group == key] for key in keys]
    shown = [(key, found) for key, found in zip(keys, members, strict=True) if found]
    absent = NotApplicable(text("explain.no_accounts"))
    saldi = [[d.account.saldo for d in found if d.account is not None] for _, found in shown]
    expected, actual = (
        [sum(getattr(d.numbers, name) for d in found) for _, found in shown] for name in ("expected", "actual")
    )
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "study_group": ("text", [group_label(key) for key, _ in shown]),
        "gemeenten": ("count", [len(found) for _, found in shown]),
        "saldo_mean": ("share", [float(np.mean(s)) if s else absent for s in saldi]),
        "expected": ("count", expected),
        "actual": ("count", actual),
        "difference_share": ("share", [a / e - 1 if e else absent for a, e in zip(actual, expected, strict=True)]),
    }
    behind = [together(households_behind(country, found)) for _, found in shown]
    return made_table(country, "national_groups", columns, [text("explain.note.national_groups")], behind)


def group_label(key: str) -> str:
    """The name of a group of the study; the others have one too."""
    return text(f"explain.against.group_{key}") if key else text("explain.no_group")


def all_years_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per gemeente and year: budget, expenditure, saldo and its parts."""
    rows = [(d, line) for d in dossiers for line in d.years]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [d.name for d, _ in rows]),
        "gm_code": ("code", [d.code for d, _ in rows]),
        "year": ("code", [str(line.year) for _, line in rows]),
        "budget": ("euro", [line.budget for _, line in rows]),
        "net": ("euro", [line.net for _, line in rows]),
        "balance": ("euro", [line.balance for _, line in rows]),
        "macro": ("euro", [line.macro for _, line in rows]),
        "distribution": ("euro", [line.distribution for _, line in rows]),
        "vangnet": ("euro", [line.vangnet for _, line in rows]),
        "saldo": ("share", [line.saldo for _, line in rows]),
        "after_vangnet": ("share", [line.after_vangnet for _, line in rows]),
    }
    behind = households_behind(country, [d for d, _ in rows])
    return made_table(country, "all_years", columns, [text("explain.note.years")], behind)


def all_gaps_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per gemeente: the distribution effect of the year by what can lie behind it, in euros."""
    found = [(d, d.gap) for d in dossiers if d.gap is not None]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [d.name for d, _ in found]),
        "gm_code": ("code", [d.code for d, _ in found]),
        "distribution": ("euro", [gap.total for _, gap in found]),
        **{key: ("euro", [gap.parts[key] for _, gap in found]) for key in ("chance", "model", "beyond", "rest")},
    }
    labels = {key: text(f"explain.gap.{key}") for key in ("chance", "model", "beyond", "rest")}
    behind = households_behind(country, [d for d, _ in found])
    return made_table(country, "all_gaps", columns, [text("explain.note.gap")], behind, labels)


def all_unusual_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per gemeente and kenmerk on which it is unusual, as far as that stands after correction."""
    rows = [(d, one) for d in dossiers if d.unusual is not None for one in d.unusual.holding]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [d.name for d, _ in rows]),
        "gm_code": ("code", [d.code for d, _ in rows]),
        "theme": ("text", [one.theme for _, one in rows]),
        "kenmerk": ("text", [f"{one.label} ({one.unit})" if one.unit else one.label for _, one in rows]),
        "own_value": ("number", [one.own for _, one in rows]),
        "mean_comparison": ("number", [one.comparison for _, one in rows]),
        "deviations": ("number", [one.distance for _, one in rows]),
        "q": ("number", [one.q for _, one in rows]),
    }
    everybody = households_behind(country, [d for d, _ in rows])
    behind = [unusual_behind(one.own, one.unit, every) for (_, one), every in zip(rows, everybody, strict=True)]
    notes = [text("explain.note.all_unusual")]
    return made_table(country, "all_unusual", columns, notes, behind, decimals={"deviations": 1, "q": 3})


def all_types_table(country: Country, dossiers: Sequence[Dossier]) -> Table:
    """A row per gemeente and household type: households, predicted, actual, difference and its worth."""
    rows = [(d, kind, line) for d in dossiers for kind, line in d.types.to_dict("index").items()]
    behind = [one for d in dossiers for one in evidence(d.types, country.household_weight)]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [d.name for d, _, _ in rows]),
        "gm_code": ("code", [d.code for d, _, _ in rows]),
        "household_type": ("text", [str(kind) for _, kind, _ in rows]),
        **{
            name: ("count", [float(line[name]) for _, _, line in rows])
            for name in ("households", "expected", "actual", "difference")
        },
        "euro": ("euro", [float(line["euro"]) for _, _, line in rows]),
    }
    return made_table(country, "all_types", columns, [text("explain.note.types")], behind)


def all_themes_table(country: Country) -> Table:
    """A row per gemeente: what each thema adds to the difference with the country in predicted rate; sums exactly."""
    themes, sums = contributions_by_theme(country)
    split = country.split
    national, parts = split.of(split.areas.tolist())
    total = np.array([[float(country.themes[k] == t) for t in themes] for k in split.kenmerken]).T @ parts
    keys = [f"theme_{i}" for i in range(len(themes))]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "name": ("text", [country.gemeente_name(int(g)) for g in split.areas]),
        "gm_code": ("code", [format_gemeente(int(g)) for g in split.areas]),
        "rate": ("share", split.rate.tolist()),
        "rate_difference": ("percentage_points", (split.rate - national).tolist()),
        **{key: ("percentage_points", (sums[:, i] - total[i]).tolist()) for i, key in enumerate(keys)},
    }
    two = dict.fromkeys(("rate", "rate_difference", *keys), 2)
    labels = dict(zip(keys, themes, strict=True))
    every = country.predicted.behind()
    behind = [every[country.place(int(g))] for g in split.areas]
    return made_table(country, "all_themes", columns, [text("explain.note.rate")], behind, labels, two)


def calibration_table(country: Country) -> Table:
    """Ten groups of gemeenten by predicted rate: mean predicted and actual rate, and the room that chance leaves."""
    spread = country.spread
    households = country.predicted.households.sum(axis=1)
    there = households > 0
    rate = np.divide(spread.expected, households, out=np.zeros_like(households), where=there)
    groups = [g for g in np.array_split(np.argsort(rate, kind="stable"), DECILES) if len(g) and households[g].sum() > 0]
    number = [float(households[g].sum()) for g in groups]
    expected, actual = (
        [float(v[g].sum()) / n for g, n in zip(groups, number, strict=True)] for v in (spread.expected, spread.actual)
    )
    room = [Z * float(np.sqrt((spread.chance[g] ** 2).sum())) / n for g, n in zip(groups, number, strict=True)]
    columns: dict[str, tuple[Kind, Sequence[Cell]]] = {
        "decile": ("code", [str(i) for i in range(1, len(groups) + 1)]),
        "gemeenten": ("count", [len(g) for g in groups]),
        "rate": ("share", expected),
        "actual_rate": ("share", actual),
        "rate_room": ("percentage_points", room),
    }
    two = {"rate": 2, "actual_rate": 2, "rate_room": 2}
    behind = [together(country.predicted.behind(), g) for g in groups]
    return made_table(country, "calibration", columns, [text("explain.note.calibration")], behind, decimals=two)
