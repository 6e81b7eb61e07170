"""Households that move to another gemeente: part of their weight leaves, and copies with that part arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError
from verdeelmodel.population.population import Columns, Population
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.scenario.definition import Move
from verdeelmodel.scenario.population import WEIGHT, Weighed, uniform
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The copies of one year: from which row, to which buurt, before which row of the original, all in file order."""

    source: NDArray[np.int64]
    buurt: NDArray[np.int32]
    before: NDArray[np.int64]


class Moved(Weighed):
    """A share of some households lives in another gemeente, in its buurten in proportion to their households.

    Shares move, not whole households: only the buurt of a copy is drawn.
    """

    def __init__(self, below: Population, rules_year: int | None, step: Move, seed: int) -> None:
        super().__init__(below, rules_year)
        self.step, self.seed = step, seed
        self._arrivals: dict[int, Arrivals] = {}

    def count(self, year: int) -> int:
        """The households with their copies."""
        return self.below.count(year) + len(self.arrivals(year).source)

    def arrivals(self, year: int) -> Arrivals:
        """Who arrives where."""
        if year not in self._arrivals:
            self._arrivals[year] = self._find(year)
        return self._arrivals[year]

    def _find(self, year: int) -> Arrivals:
        parts = [
            (c["gemeente"], c["buurt"], m, c["household"]) for c, m in self.meets(self.step.where, year, ["household"])
        ]
        gemeente, buurt, met, household = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        moving = np.flatnonzero(met & (gemeente != self.step.to)) if self.step.share > 0 else np.zeros(0, np.int64)
        there = np.sort(buurt[gemeente == self.step.to])
        if not len(there):
            raise DataError(text("scenario.nobody_there", code=format_gemeente(self.step.to)))
        drawn = there[(uniform(household[moving], self.seed) * len(there)).astype(np.int64)]
        order = np.argsort(drawn, kind="stable")
        moving, drawn = moving[order], drawn[order]
        start = int(np.searchsorted(gemeente, self.step.to))
        stop = int(np.searchsorted(gemeente, self.step.to, side="right"))
        before = start + np.searchsorted(buurt[start:stop], drawn, side="right")
        return Arrivals(moving, drawn.astype(np.int32), before.astype(np.int64))

    def weights(self, year: int) -> Floats:
        """The weight of every household and copy, in file order, shape (n,)."""
        if year not in self._weights:
            arrivals, below = self.arrivals(year), self.weights_below(year)
            left = below.copy()
            left[arrivals.source] *= 1 - self.step.share
            copies = below[arrivals.source] * self.step.share
            self._weights[year] = np.insert(left, arrivals.before, copies)
        return self._weights[year]

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        arrivals = self.arrivals(year)
        names = [name for name in columns if name != WEIGHT] or ["gemeente"]
        values = self._copies(year, names)
        start = given = 0
        for chunk in self.below.chunks(year, names, rows):
            stop = start + len(next(iter(chunk.values())))
            here = slice(*np.searchsorted(arrivals.before, [start + (start > 0), stop + 1]))
            joined = {n: np.insert(v, arrivals.before[here] - start, values[n][here]) for n, v in chunk.items()}
            size = len(next(iter(joined.values())))
            yield from self._in_blocks(joined, columns, year, given, size, rows)
            start, given = stop, given + size

    def _in_blocks(
        self, joined: Columns, columns: Sequence[str], year: int, given: int, size: int, rows: int
    ) -> Iterator[Columns]:
        for low in range(0, size, rows):
            block = {name: values[low : low + rows] for name, values in joined.items() if name in columns}
            length = len(next(iter(joined.values()))[low : low + rows])
            if WEIGHT in columns:
                block[WEIGHT] = self.weights(year)[given + low : given + low + length]
            if "household" in columns:
                block["household"] = np.arange(given + low, given + low + length, dtype=np.int32)
            yield {name: block[name] for name in columns}

    def _copies(self, year: int, names: Sequence[str]) -> Columns:
        """The columns of the copies, in the order in which they arrive."""
        arrivals = self.arrivals(year)
        order = np.argsort(arrivals.source, kind="stable")
        rows = arrivals.source[order]
        found: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
        start = 0
        for chunk in self.below.chunks(year, list(names)):
            stop = start + len(next(iter(chunk.values())))
            here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)] - start
            for name in names:
                found[name].append(chunk[name][here])
            start = stop
        place = np.empty(len(rows), dtype=np.int64)
        place[order] = np.arange(len(rows))
        copies = {name: np.concatenate(parts)[place] for name, parts in found.items()}
        if "gemeente" in copies:
            copies["gemeente"] = np.full(len(rows), self.step.to, dtype=np.int16)
        if "buurt" in copies:
            copies["buurt"] = arrivals.buurt
        return copies

    def growth(self, unit: str, year: int) -> pd.Series:
        """Households after over households before, by code of the area."""
        import pandas as pd

        if (unit, year) not in self._growth:
            codes = self.below.households(year, [unit])[unit]
            found, place = np.unique(codes, return_inverse=True)
            before = np.bincount(place, self.weights_below(year))
            after_codes = self.households(year, [unit])[unit]
            after = np.bincount(np.searchsorted(found, after_codes), self.weights(year), len(found))
            ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
            self._growth[unit, year] = pd.Series(ratio, index=found)
        return self._growth[unit, year]
