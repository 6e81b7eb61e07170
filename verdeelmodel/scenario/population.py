"""The population of a scenario: another population with households weighed, moved or given other values.

Each change wraps the population below it, so that nothing is copied and households still pass in chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.kenmerken import compute_households
from verdeelmodel.population.population import CHUNK, Columns, Population
from verdeelmodel.population.schema import format_gemeente, table_schema
from verdeelmodel.scenario.definition import Assign, Condition, Rake, Scale
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
WEIGHT = "weight"
# Weights are kept to this many decimals, so that a change and its inverse give the base to the last bit.
DECIMALS = 12
EXAMPLES = 3
# Counts of a table of areas that grow with the number of households.
GROWING = ("households", "inhabitants")


class Changed(Population):
    """A population that differs in some way from the one below it."""

    def __init__(self, below: Population, rules_year: int | None) -> None:
        self.below = below
        self.meta = below.meta
        self.rules_year = rules_year
        self._met: dict[int, bool] = {}

    def prepare(self, year: int) -> None:
        """Do now what the change needs for this year; DataError with everything that makes it impossible."""

    def fail_if_nobody_meets(self, year: int) -> None:
        """Refuse a condition that no household of this year meets."""
        if not self._met[year]:
            raise DataError(text("scenario.nobody_met"), [Problem(text("scenario.nobody_met"))])

    def columns(self, year: int) -> tuple[str, ...]:
        """The household columns of the population below."""
        return self.below.columns(year)

    def count(self, year: int) -> int:
        """The number of households of this year."""
        return self.below.count(year)

    def has(self, table: str) -> bool:
        """Whether this table is there."""
        return self.below.has(table)

    def _frame(self, table: str) -> pd.DataFrame:
        return self.below.table(table)

    def _of_year(self, name: str, year: int) -> pd.DataFrame:
        return {"gemeenten": self.below.gemeenten, "buurten": self.below.buurten}[name](year)

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        return self.below.chunks(year, list(columns), rows)

    def meets(
        self, condition: Condition, year: int, more: Sequence[str] = ()
    ) -> Iterator[tuple[Columns, NDArray[Any]]]:
        """The households of the population below in chunks, with which of them meet the condition."""
        keys = list(dict.fromkeys((*condition.kenmerken, *more))) or ["bijstand"]
        self._met[year] = False
        for chunk in compute_households(self.below, year, keys, self.rules_year, rows=CHUNK):
            met = meeting(chunk, condition)
            self._met[year] |= bool(met.any())
            yield chunk, met


def meeting(chunk: Columns, condition: Condition) -> NDArray[np.bool_]:
    """Which of these households meet the condition, shape (n,)."""
    chosen = np.ones(len(chunk["gemeente"]), dtype=bool)
    if condition.gemeenten:
        chosen &= np.isin(chunk["gemeente"], condition.gemeenten)
    for test in condition.tests:
        values = chunk[test.kenmerk]
        chosen &= (values >= test.low) & (values <= test.high)
    return chosen


class Weighed(Changed):
    """Households count for more or less than one; the tables of areas grow with them."""

    def __init__(self, below: Population, rules_year: int | None) -> None:
        super().__init__(below, rules_year)
        self._weights: dict[int, Floats] = {}
        self._growth: dict[tuple[str, int], pd.Series] = {}

    def prepare(self, year: int) -> None:
        """Weigh the households of this year."""
        self.weights(year)
        self.fail_if_nobody_meets(year)

    def factors(self, year: int) -> Floats:
        """What the weight of each household is multiplied by, in the order of the population, shape (n,); here one."""
        return np.ones(self.below.count(year))

    def columns(self, year: int) -> tuple[str, ...]:
        """The household columns, with the weight."""
        return tuple(dict.fromkeys((*self.below.columns(year), WEIGHT)))

    def weights(self, year: int) -> Floats:
        """The weight of every household, shape (n,)."""
        if year not in self._weights:
            self._weights[year] = np.round(self.weights_below(year) * self.factors(year), DECIMALS)
        return self._weights[year]

    def weights_below(self, year: int) -> Floats:
        """The weights in the population below; one for every household when it has none."""
        return weights_of(self.below, year)

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        others = [name for name in columns if name != WEIGHT]
        if WEIGHT not in columns:
            yield from self.below.chunks(year, others, rows)
            return
        weights, start = self.weights(year), 0
        for chunk in self.below.chunks(year, others or ["gemeente"], rows):
            stop = start + len(next(iter(chunk.values())))
            yield {name: weights[start:stop] if name == WEIGHT else chunk[name] for name in columns}
            start = stop

    def _of_year(self, name: str, year: int) -> pd.DataFrame:
        frame = super()._of_year(name, year)
        unit = {"gemeenten": "gemeente", "buurten": "buurt"}.get(name)
        if unit is None or year not in self.years:
            return frame
        growth = self.growth(unit, year).reindex(frame[unit]).fillna(1.0).to_numpy()
        changed = frame.copy()
        for column in GROWING:
            if column in changed:
                kind = table_schema(name).columns[column].dtype
                changed[column] = np.rint(frame[column].to_numpy(float) * growth).astype(kind)
        return changed

    def growth(self, unit: str, year: int) -> pd.Series:
        """Households after over households before, by code of the area."""
        import pandas as pd

        if (unit, year) not in self._growth:
            codes = self.below.households(year, [unit])[unit]
            starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
            before = np.add.reduceat(self.weights_below(year), starts)
            after = np.add.reduceat(self.weights(year), starts)
            ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
            self._growth[unit, year] = pd.Series(np.round(ratio, DECIMALS), index=codes[starts])
        return self._growth[unit, year]


def weights_of(population: Population, year: int) -> Floats:
    """The weights of a population in full precision, shape (n,); one for every household when it has none."""
    if isinstance(population, Weighed):
        return population.weights(year)
    if isinstance(population, Changed):
        return weights_of(population.below, year)
    if WEIGHT not in population.columns(year):
        return np.ones(population.count(year))
    return population.households(year, [WEIGHT])[WEIGHT].astype(np.float64)


class Scaled(Weighed):
    """More or fewer households that meet a condition."""

    def __init__(self, below: Population, rules_year: int | None, step: Scale) -> None:
        super().__init__(below, rules_year)
        self.step = step

    def factors(self, year: int) -> Floats:
        """The factor of the step where the condition holds, one elsewhere."""
        met = [met for _, met in self.meets(self.step.where, year)]
        return np.where(np.concatenate(met), self.step.factor, 1.0)


class Raked(Weighed):
    """A kenmerk reaches another share among the households of the condition, whose total stays."""

    def __init__(self, below: Population, rules_year: int | None, step: Rake) -> None:
        super().__init__(below, rules_year)
        self.step = step

    def factors(self, year: int) -> Floats:
        """Per area one factor for households with the kenmerk and one for those without."""
        key = self.step.kenmerk
        parts = [(c["gemeente"], m, c[key]) for c, m in self.meets(self.step.where, year, [key])]
        gemeente, met, has = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        area = gemeente if self.step.per == "gemeente" else np.zeros_like(gemeente)
        codes, place = np.unique(area, return_inverse=True)
        weight = self.weights_below(year) * met
        whole = np.bincount(place, weight, len(codes))
        with_it = np.bincount(place, weight * has, len(codes))
        share = np.divide(with_it, whole, out=np.zeros_like(whole), where=whole > 0)
        wanted = np.array([self.step.share.applied(s) for s in share])
        fail_if_not_reachable(self.step, codes, share, wanted, whole > 0)
        up = np.divide(wanted, share, out=np.ones_like(share), where=share > 0)
        down = np.divide(1 - wanted, 1 - share, out=np.ones_like(share), where=share < 1)
        return np.where(met, np.where(has, up[place], down[place]), 1.0)


def fail_if_not_reachable(
    step: Rake, codes: NDArray[Any], share: Floats, wanted: Floats, lived_in: NDArray[np.bool_]
) -> None:
    """Refuse a share above one, one for a kenmerk that nobody has, and one below one where everybody has it."""
    wrong = np.flatnonzero(lived_in & ((wanted > 1) | ((share == 0) & (wanted > 0)) | ((share == 1) & (wanted < 1))))
    if len(wrong):
        areas = [format_gemeente(int(code)) if step.per == "gemeente" else text("scenario.land") for code in codes]
        examples = [
            text("scenario.unreachable_in", area=areas[i], now=share[i], wanted=wanted[i]) for i in wrong[:EXAMPLES]
        ]
        found = text("scenario.unreachable", kenmerk=step.kenmerk, count=len(wrong), examples="; ".join(examples))
        raise DataError(text("scenario.not_possible", count=1), [Problem(found)])


class Assigned(Changed):
    """A drawn share of the households of a condition has another value in one column."""

    def __init__(self, below: Population, rules_year: int | None, step: Assign, seed: int) -> None:
        super().__init__(below, rules_year)
        self.step, self.seed = step, seed
        self._chosen: dict[int, NDArray[np.bool_]] = {}

    def prepare(self, year: int) -> None:
        """Draw the households of this year."""
        self.chosen(year)
        self.fail_if_nobody_meets(year)

    @cached_property
    def dtype(self) -> Any:
        """The type of the column."""
        return table_schema("households").columns[self.step.column].dtype

    def chosen(self, year: int) -> NDArray[np.bool_]:
        """Which households get the value, shape (n,)."""
        if year not in self._chosen:
            found = []
            for chunk, met in self.meets(self.step.where, year, ["household"]):
                found.append(met & (uniform(chunk["household"], self.seed) < self.step.share))
            self._chosen[year] = np.concatenate(found)
        return self._chosen[year]

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        start = 0
        for chunk in self.below.chunks(year, list(columns), rows):
            stop = start + len(next(iter(chunk.values())))
            if self.step.column in chunk:
                new = np.where(self.chosen(year)[start:stop], self.step.value, chunk[self.step.column])
                chunk = {**chunk, self.step.column: new.astype(self.dtype)}
            yield chunk
            start = stop


def uniform(household: NDArray[Any], seed: int) -> Floats:
    """A number in [0, 1) per household that depends on its number and the seed alone, shape (n,)."""
    with np.errstate(over="ignore"):
        mixed = household.astype(np.uint64) + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11), dtype=np.float64) / 2.0**53
