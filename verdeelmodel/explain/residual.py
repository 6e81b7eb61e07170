"""Where the model misses, and how much of that chance alone would give.

If the model is right, the number on bijstand in a group is a sum of independent draws with the predicted probabilities:
its variance is sum w p (1 - p) for whole households (a household that stands for w others counts as w of them). The
uncertainty of the weights themselves adds g' V g, with g the derivative of the expected number and V their covariance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.prediction import PredictedChunk
    from verdeelmodel.model.result import LogitResult

    Floats = NDArray[np.float64]

BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Residuals:
    """Per gemeente (rows) and group (columns): households, expected, actual, and the variance by chance; all (g, k)."""

    gemeenten: NDArray[np.int64]
    groups: tuple[str, ...]
    households: Floats
    expected: Floats
    actual: Floats
    variance: Floats

    def __str__(self) -> str:
        return f"{len(self.gemeenten)} gemeenten x {len(self.groups)} groups"

    @property
    def z(self) -> Floats:
        """(actual - expected) in standard deviations of chance; zero where chance leaves no room."""
        spread = np.sqrt(self.variance)
        return np.divide(self.actual - self.expected, spread, out=np.zeros_like(spread), where=spread > 0)

    def of(self, gemeente: int) -> pd.DataFrame:
        """A row per group of one gemeente."""
        import pandas as pd

        row = int(np.searchsorted(self.gemeenten, gemeente))
        names = ("households", "expected", "actual", "variance")
        return pd.DataFrame({n: getattr(self, n)[row] for n in names}, index=pd.Index(self.groups, name="group"))


def residuals(
    chunks: Iterable[PredictedChunk], gemeenten: NDArray[np.int64], groupings: Sequence[str]
) -> dict[str, Residuals]:
    """Residuals by each grouping, a column of the chunks; `gemeenten` are all codes, sorted.

    A yes/no column gives one group: the households that have it.
    """
    sums: dict[tuple[str, int], Floats] = {}
    for chunk in chunks:
        place = np.searchsorted(gemeenten, chunk.columns["gemeente"])
        p = chunk.probability
        parts = (
            chunk.weight,
            chunk.weight * p,
            chunk.weight * chunk.columns["bijstand"],
            chunk.weight**2 * p * (1 - p),
        )
        for column in groupings:
            values = chunk.columns[column]
            codes = [1] if values.dtype == np.bool_ else np.unique(values).tolist()
            for code in codes:
                chosen = values == code
                added: Floats = np.stack(
                    [np.bincount(place[chosen], v[chosen], minlength=len(gemeenten)) for v in parts]
                ).astype(float)
                known = sums.get((column, code))
                sums[column, code] = added if known is None else known + added
    return {column: _assembled(column, sums, gemeenten) for column in groupings}


def _assembled(column: str, sums: Mapping[tuple[str, int], Floats], gemeenten: NDArray[np.int64]) -> Residuals:
    codes = sorted(code for name, code in sums if name == column)
    stacked = np.stack([sums[column, code] for code in codes], axis=2)
    households, expected, actual, variance = stacked
    return Residuals(gemeenten, tuple(str(c) for c in codes), households, expected, actual, variance)


@dataclass(frozen=True, eq=False)
class Spread:
    """Per gemeente: expected and actual number, and the standard deviations by chance, by the weights, and both.

    `model` is what the uncertainty of the estimated weights does to the expected number.
    """

    gemeenten: NDArray[np.int64]
    expected: Floats
    actual: Floats
    chance: Floats
    model: Floats

    def __str__(self) -> str:
        return f"{len(self.gemeenten)} gemeenten"

    @property
    def both(self) -> Floats:
        """Standard deviation by chance and weights together."""
        return np.hypot(self.chance, self.model)

    def drawn(self, place: int, households: float, weight: float) -> float:
        """The standard error of an expected number, as a part of it, because the file holds one in `weight` households.

        Zero for a full count. Both this spread and `households` are in households of the country.
        """
        expected = float(self.expected[place]) / weight
        if weight <= 1 or expected <= 0 or households <= 0:
            return 0.0
        squares = expected - (float(self.chance[place]) / weight) ** 2
        return float(np.sqrt(max((1 - 1 / weight) * (squares / expected**2 - weight / households), 0.0)))

    def standing_for(self, weight: float) -> Spread:
        """The same when each household of the file stands for this many: numbers and spreads grow alike."""
        arrays = (weight * v for v in (self.expected, self.actual, self.chance, self.model))
        return Spread(self.gemeenten, *arrays)

    def parts(self, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """The gap actual - expected split into what lies within chance, then within the weights, and beyond both.

        The three sum to the gap; each has its sign. The first is at most z times the spread of chance, the first two
        together at most z times the spread of both.
        """
        z = float(ndtri(0.5 + level / 2))
        gap = self.actual - self.expected
        size = np.abs(gap)
        within_chance = np.minimum(size, z * self.chance)
        within_both = np.minimum(size, z * self.both)
        sign = np.sign(gap)
        return sign * within_chance, sign * (within_both - within_chance), sign * (size - within_both)


def spread_of_gemeenten(design: Design, result: LogitResult, probability: Floats) -> Spread:
    """The spread of every gemeente, from a fitted design; `probability` is in the order of the design.

    For a whole country this reads the households once, block by block.
    """
    areas = design.areas
    size, parameters = len(areas.gemeenten), len(design.parameters)
    sums, gradient = np.zeros((3, size)), np.zeros((size, parameters))
    for start in range(0, design.households, BLOCK):
        rows = slice(start, min(start + BLOCK, design.households))
        gemeente = areas.gemeente_of[design.area_of_households(rows)]
        weight, p = design.weights_of(rows), probability[rows]
        slope = weight * p * (1 - p)
        for line, values in zip(sums, (weight * p, design.weighted_outcome(rows), weight * slope), strict=True):
            line += np.bincount(gemeente, values, minlength=size)
        _add_gradient(gradient, gemeente, design.dense(rows), slope)
    places = [design.position[key] for key in result.keys]
    g = gradient[:, places]
    model = np.sqrt(np.maximum(np.einsum("gi,ij,gj->g", g, result.covariance, g), 0.0))
    return Spread(np.asarray(areas.gemeenten, dtype=np.int64), sums[0], sums[1], np.sqrt(sums[2]), model)


def _add_gradient(gradient: Floats, gemeente: NDArray[np.int64], x: Floats, slope: Floats) -> None:
    """Add slope * x of every household to the row of its gemeente; households of a gemeente stand together."""
    starts = np.flatnonzero(np.r_[True, gemeente[1:] != gemeente[:-1]])
    gradient_rows = np.add.reduceat(x * slope[:, None], starts, axis=0)
    np.add.at(gradient, gemeente[starts], gradient_rows)
