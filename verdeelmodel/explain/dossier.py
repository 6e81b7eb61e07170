"""Everything that explains the budget and the saldo of one gemeente, taken from the shared national computation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from verdeelmodel.compare.groups import VERGELIJKING
from verdeelmodel.errors import unknown_name
from verdeelmodel.explain.accounts import AccountLine
from verdeelmodel.explain.attribution import Attributed
from verdeelmodel.explain.bridge import round_parts
from verdeelmodel.explain.country import BUURT, LEVEL, TYPE, Country
from verdeelmodel.explain.peers import beside, nearest, same_size
from verdeelmodel.explain.unusual import UnusualOf
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.explain.peers import Peer

    Floats = NDArray[np.float64]

NEAREST = 5
Z = float(ndtri(0.5 + LEVEL / 2))


@dataclass(frozen=True)
class RateComparison:
    """The predicted rate of a gemeente against that of others, split over kenmerken.

    Guaranteed: the parts sum to rate - other to 1e-9; it refuses to exist otherwise.
    """

    key: str
    label: str
    gemeenten: int
    rate: float
    other: float
    parts: Mapping[str, float]

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        if abs(sum(self.parts.values()) - (self.rate - self.other)) > 1e-9:
            raise ArithmeticError("the parts of a difference in rate do not add up")

    def __str__(self) -> str:
        return f"{self.label}: {self.rate:.4f} - {self.other:.4f}"


@dataclass(frozen=True)
class GapSplit:
    """The distribution effect of the year in whole euros, by what can lie behind it; the parts sum to it exactly.

    `chance` is what chance alone can explain of the difference between predicted and actual number, `model` what the
    uncertainty of the weights can explain besides, `beyond` what neither can; `rest` is what the number does not
    explain: price, norms, other moments of measurement, and the part of the budget that follows earlier cost.
    """

    total: int
    chance: int
    model: int
    beyond: int
    rest: int

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        if sum(self.parts.values()) != self.total:
            raise ArithmeticError("the parts of the distribution effect do not add up")

    def __str__(self) -> str:
        return f"{self.total} = {' + '.join(f'{k} {v}' for k, v in self.parts.items())}"

    @property
    def parts(self) -> dict[str, int]:
        """The parts by key."""
        return {"chance": self.chance, "model": self.model, "beyond": self.beyond, "rest": self.rest}


@dataclass(frozen=True)
class Numbers:
    """Households, expected and actual number on bijstand, and the standard deviations of chance and of the weights."""

    households: float
    expected: float
    actual: float
    chance: float
    model: float

    @property
    def gap(self) -> float:
        """Actual minus expected."""
        return self.actual - self.expected

    @property
    def verdict(self) -> str:
        """`chance`, `model` or `beyond`: what the gap does not exceed at the level of the dossier."""
        if abs(self.gap) <= Z * self.chance:
            return "chance"
        return "model" if abs(self.gap) <= Z * float(np.hypot(self.chance, self.model)) else "beyond"


@dataclass(frozen=True, eq=False)
class Dossier:
    """One gemeente: the table by household type, the years, the split of the rate, residuals, and its peers.

    `objective` is the part of the budget that the model decides, None when the rules of the year are not known.
    `attributed` splits the same effect over causes, None when the country has no attribution for this gemeente.
    `gap` is None without an account of the year; `interval` holds the ends of the saldo when only the weights are
    uncertain, None when the model does not decide this budget. `residuals` has a frame per grouping with `label`,
    households, expected, actual and variance. `peers` are the nearest gemeenten, `chosen` those that a reader asked
    for. `unusual` is None when its kenmerken could not be compared. `change_room` is how far the change of the budget
    between two years can be off, as a part of it (95%), because the population is a sample; zero for a full count.
    """

    country: Country
    gemeente: int
    name: str
    inhabitants: int
    objective: float | None
    group: str
    numbers: Numbers
    types: pd.DataFrame
    years: tuple[AccountLine, ...]
    gap: GapSplit | None
    attributed: Attributed | None
    interval: tuple[float, float] | None
    comparisons: tuple[RateComparison, ...]
    residuals: Mapping[str, pd.DataFrame]
    candidates: pd.DataFrame
    peers: tuple[Peer, ...]
    chosen: tuple[Peer, ...] = ()
    unusual: UnusualOf | None = None
    change_room: float = 0.0

    def __str__(self) -> str:
        return text("explain.dossier_line", name=self.name, code=self.code, year=self.country.year)

    def to_frame(self) -> pd.DataFrame:
        """The table by household type."""
        return self.types

    @property
    def code(self) -> str:
        """The code of the gemeente, as GM0014."""
        return format_gemeente(self.gemeente)

    @property
    def out_of_size(self) -> str:
        """`smaller` or `larger` when every gemeente of the comparison group is larger, or smaller; else empty."""
        members = [float(self.country.table["inhabitants"].loc[g]) for g in self.country.groups.get(VERGELIJKING, ())]
        if not members or min(members) <= self.inhabitants <= max(members):
            return ""
        return "smaller" if self.inhabitants < min(members) else "larger"

    @property
    def account(self) -> AccountLine | None:
        """The account of the year of the dossier."""
        return next((line for line in self.years if line.year == self.country.year), None)


def dossier(country: Country, gemeente: int, chosen: Sequence[int] = ()) -> Dossier:
    """The dossier of this gemeente, compared besides with the `chosen` ones."""
    place = country.place(gemeente)
    numbers = numbers_of(country, gemeente)
    lines = tuple(line for year in country.accounts if (line := year.of(gemeente)) is not None)
    objective = None if country.objective is None else float(country.objective[place])
    found = next((line for line in lines if line.year == country.year), None)
    types = types_of(country, place)
    peers = nearest(country, gemeente, NEAREST)
    return Dossier(
        country=country,
        gemeente=gemeente,
        name=country.gemeente_name(gemeente),
        inhabitants=int(country.table["inhabitants"].loc[gemeente]),
        objective=objective,
        group=next((key for key, members in country.groups.items() if gemeente in members), ""),
        numbers=numbers,
        types=types,
        years=lines,
        gap=None if found is None else gap_of(country, place, objective, found),
        attributed=None if found is None else attributed_of(country, gemeente, objective, found),
        interval=None if found is None else interval_of(numbers, objective, found),
        comparisons=comparisons_of(country, gemeente, tuple(p.gemeente for p in peers), chosen),
        residuals=residuals_of(country, gemeente),
        candidates=candidates_of(country, gemeente, objective),
        peers=peers,
        chosen=beside(country, gemeente, [g for g in chosen if g != gemeente]),
        unusual=None if country.unusual is None else country.unusual.of(gemeente),
        change_room=change_room(country, gemeente, numbers, objective),
    )


def change_room(country: Country, gemeente: int, numbers: Numbers, objective: float | None) -> float:
    """See Dossier; the samples of two years are taken to be independent and alike."""
    at = int(np.searchsorted(country.spread.gemeenten, gemeente))
    one_year = country.spread.drawn(at, numbers.households, country.household_weight)
    return float(Z * np.sqrt(2) * one_year * (1.0 if objective is None else objective))


def numbers_of(country: Country, gemeente: int) -> Numbers:
    """The numbers of the whole gemeente."""
    spread = country.spread
    at = int(np.searchsorted(spread.gemeenten, gemeente))
    households = float(country.predicted.households[country.place(gemeente)].sum())
    return Numbers(households, *(float(v[at]) for v in (spread.expected, spread.actual, spread.chance, spread.model)))


def price_of(country: Country, place: int) -> Floats:
    """Euros of the macrobudget that one predicted household of each type brings the gemeente, shape (t,).

    A type for which nobody is predicted gets the national price.
    """
    own, nation = country.predicted.amount[place], country.predicted.amount.sum(axis=0)
    expected, national = country.predicted.expected[place], country.predicted.expected.sum(axis=0)
    base = np.divide(nation, national, out=np.zeros_like(nation), where=national > 0)
    return np.asarray(np.divide(own, expected, out=base, where=expected > 0) * country.euro_per_model_euro)


def types_of(country: Country, place: int) -> pd.DataFrame:
    """Per household type: households, expected, actual, the difference, its worth in euros, and variance by chance."""
    frame = country.predicted.by_type(int(country.gemeenten[place]))
    frame["difference"] = frame["actual"] - frame["expected"]
    frame["euro"] = frame["difference"].to_numpy() * price_of(country, place)
    found = country.residuals[TYPE]
    variance = dict(zip(map(int, found.groups), found.variance[place], strict=True))
    frame["variance"] = [float(variance.get(t, 0.0)) for t in range(len(frame))]
    return frame


def attributed_of(country: Country, gemeente: int, objective: float | None, line: AccountLine) -> Attributed | None:
    """The distribution effect by cause; None without an attribution, or when the model decides nothing."""
    decided = 1.0 if objective is None else objective
    return None if country.attribution is None else country.attribution.of(gemeente, line, decided)


def gap_of(country: Country, place: int, objective: float | None, line: AccountLine) -> GapSplit:
    """The distribution effect split by what the difference in number can explain; see GapSplit."""
    at = int(np.searchsorted(country.spread.gemeenten, country.gemeenten[place]))
    expected = country.predicted.expected[place]
    total = float(expected.sum())
    price = float(expected @ price_of(country, place)) / total if total > 0 else 0.0
    decided = 1.0 if objective is None else objective
    parts = np.array([-float(part[at]) * price * decided for part in country.spread.parts(LEVEL)])
    whole = np.append(parts, line.distribution - parts.sum())[:, None]
    chance, model, beyond, rest = round_parts(whole, np.array([float(line.distribution)]))[:, 0].astype(int).tolist()
    return GapSplit(line.distribution, chance, model, beyond, rest)


def interval_of(numbers: Numbers, objective: float | None, line: AccountLine) -> tuple[float, float] | None:
    """The saldo if every weight of the model may be off by its uncertainty; expenditure stays what it was."""
    if not objective or numbers.expected <= 0 or line.budget <= 0:
        return None
    width = (1 - line.saldo) * objective * Z * numbers.model / numbers.expected
    return line.saldo - width, line.saldo + width


def comparisons_of(
    country: Country, gemeente: int, peers: tuple[int, ...], chosen: Sequence[int] = ()
) -> tuple[RateComparison, ...]:
    """Against the whole country, the size class, each group of the study, the nearest gemeenten, and those chosen."""
    others = {"country": tuple(int(g) for g in country.gemeenten), "size": same_size(country, gemeente)}
    others |= {f"group_{key}": tuple(m for m in members if m != gemeente) for key, members in country.groups.items()}
    others |= {"peers": peers, "chosen": tuple(g for g in chosen if g != gemeente)}
    rate = country.split.of([gemeente])[0]
    return tuple(
        RateComparison(
            key,
            text(f"explain.against.{key}"),
            len(members),
            rate,
            country.split.of(members)[0],
            country.split.difference([gemeente], members),
        )
        for key, members in others.items()
        if set(members) - {gemeente}
    )


def residuals_of(country: Country, gemeente: int) -> dict[str, pd.DataFrame]:
    """Per grouping a frame with a row per group that has households."""
    frames = {key: found.of(gemeente) for key, found in country.residuals.items()}
    labelled = {key: frame.assign(label=group_labels(key, frame.index)) for key, frame in frames.items()}
    buurten = country.buurten[country.buurten["gemeente"] == gemeente].rename(columns={"name": "label"})
    labelled[BUURT] = buurten[["households", "expected", "actual", "variance", "label"]]
    return {key: frame[frame["households"] > 0] for key, frame in labelled.items()}


def group_labels(key: str, codes: pd.Index) -> list[str]:
    """The name of each group of a grouping, in the language in use."""
    from verdeelmodel.explain.country import AGE, AGES
    from verdeelmodel.population.schema import table_schema
    from verdeelmodel.wording import language

    if key == AGE:
        ends = [*AGES[1:], None]
        labels = [
            text("explain.age", low=low, high=high) if high else text("explain.age_from", low=low)
            for low, high in zip(AGES, ends, strict=True)
        ]
        return [labels[int(code)] for code in codes]
    names = {code.value: getattr(code, language()) for code in table_schema("households").columns[key].codes}
    return [names[int(code)] for code in codes]


def candidates_of(country: Country, gemeente: int, objective: float | None) -> pd.DataFrame:
    """Per candidate: its weight with error, the change of the expected number, and of the budget with its interval."""
    import pandas as pd

    found = country.candidates
    at = int(np.searchsorted(found.gemeenten, gemeente))
    change, error = found.change[:, at], found.change_se[:, at]
    expected = country.predicted.expected[country.place(gemeente)]
    price = float(expected @ price_of(country, country.place(gemeente))) / max(float(expected.sum()), 1e-12)
    decided = price * (1.0 if objective is None else objective)
    columns = {"label": found.labels, "weight": found.weight, "se": found.se, "change": change}
    columns |= {"euro": change * decided}
    columns |= {"low": (change - Z * error) * decided, "high": (change + Z * error) * decided}
    return pd.DataFrame(columns, index=pd.Index(found.keys, name="candidate"))


def chosen_comparison(found: Dossier, key: str) -> RateComparison:
    """The comparison with this key."""
    for comparison in found.comparisons:
        if comparison.key == key:
            return comparison
    keys = [c.key for c in found.comparisons]
    raise KeyError(str(unknown_name(key, keys, "comparison")))
