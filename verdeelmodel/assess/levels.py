"""At which level a candidate works: between gemeenten, or for a household wherever it lives.

A kenmerk can go with bijstand between gemeenten without doing anything for a household: cities differ from villages in
many ways at once. For a household kenmerk its effect is therefore split into that of the household within its gemeente
and that of the municipal share; for a kenmerk of areas it is seen whether anything is left between gemeenten once the
kenmerken of households are in the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from verdeelmodel.assess.moments import one_step
from verdeelmodel.assess.occurrence import deviation
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

FEWEST = 12


@dataclass(frozen=True)
class Correlation:
    """A correlation over gemeenten, weighted by households, and the chance of one this strong if there were none."""

    r: float | NotApplicable
    p: float | NotApplicable


def with_rate(country: Country, shares: Floats) -> Correlation:
    """Of the candidate (g,) with the rate of bijstand: what a comparison of gemeenten would show."""
    size = country.sums["households"]
    return over_gemeenten(shares, country.sums["actual"] / np.maximum(size, 1), size)


def with_residual(country: Country, shares: Floats) -> Correlation:
    """Of the candidate (g,) with the part of the rate that the model leaves: whether it explains deficits."""
    size = country.sums["households"]
    return over_gemeenten(shares, (country.sums["actual"] - country.sums["expected"]) / np.maximum(size, 1), size)


def over_gemeenten(x: Floats, y: Floats, size: Floats) -> Correlation:
    """The correlation of x and y (g,) over the gemeenten with a value; the p-value counts gemeenten, not households."""
    usable = np.isfinite(x) & (size > 0)
    if usable.sum() < FEWEST or np.ptp(x[usable]) == 0:
        reason = NotApplicable(text("assess.too_few_gemeenten", count=int(usable.sum())))
        return Correlation(reason, reason)
    weight = size[usable]
    r = weighted_correlation(x[usable], y[usable], weight)
    free = max(float(weight.sum() ** 2 / (weight**2).sum()) - 2, 1)
    return Correlation(r, float(2 * stats.t.sf(abs(r) * np.sqrt(free / max(1 - r * r, 1e-12)), free)))


def weighted_correlation(x: Floats, y: Floats, weight: Floats) -> float:
    """The weighted correlation; zero when one of both does not vary."""
    dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    spread = np.sqrt(np.average(dx**2, weights=weight) * np.average(dy**2, weights=weight))
    return float(np.average(dx * dy, weights=weight) / spread) if spread > 0 else 0.0


@dataclass(frozen=True)
class Within:
    """The effect left of a candidate at household level, and the chance of one this large if there were none.

    `effect` is its size: per standard deviation of the candidate on the logit scale, or, for a kenmerk of areas, the
    correlation between gemeenten that the kenmerken of households leave.
    """

    estimate: float | NotApplicable
    se: float | NotApplicable
    p: float | NotApplicable
    effect: float | NotApplicable


def within(country: Country, own: Longs, shares: Floats, is_of_household: bool, residual: Correlation) -> Within:
    """The effect within gemeenten, beside the municipal share; for an area kenmerk what is left between gemeenten."""
    if not is_of_household:
        size = residual.r if isinstance(residual.r, NotApplicable) else abs(residual.r)
        reason = NotApplicable(text("assess.same_for_all"))
        return Within(reason, reason, residual.p, size)
    there = np.where(np.isfinite(shares), shares, 0.0)
    score, information = country.by_fold.total
    p = len(score)
    larger = np.zeros((p + 1, p + 1))
    larger[:p, :p] = information
    larger[p, :p] = larger[:p, p] = there @ country.spread
    larger[p, p] = there**2 @ country.spread[:, 0]
    extended = np.append(score, there @ country.residual)
    step = one_step(extended, larger, np.append(country.by_fold.base, p), own)
    if step is None:
        reason = NotApplicable(text("assess.follows_from_model"))
        return Within(reason, reason, reason, reason)
    scale = float(country.design.scale[own[0]])
    chance = float(stats.chi2.sf(step.statistic, step.degrees_of_freedom))
    return Within(step.estimate / scale, step.se / scale, chance, abs(step.estimate) * deviation(country, int(own[0])))
