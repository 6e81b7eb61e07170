"""What chance alone does: how often a kenmerk without any difference is called systematic, and what can be seen.

A kenmerk is systematic when any of three dependent t-tests is significant. The chance of that under pure noise follows
from the two-dimensional normal distribution behind the three tests, averaged over the residual variance.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from verdeelmodel.compare.least_squares import Floats

SPREAD_NODES, NORMAL_NODES = 80, 24


def chance_of_any(t: Floats, covariance: Floats, degrees: int) -> Floats:
    """The chance under the null that the largest of the three |t| is at least t, for each t (any shape).

    `covariance` (3, 3) is that of the three tests for a residual variance of one; the third is their difference.
    With two groups of equal size this is the Tukey-Kramer probability.
    """
    flat = np.atleast_1d(np.asarray(t, dtype=float)).ravel()
    spread, chance = _spread_of_deviation(degrees)
    inside = _within(flat[:, None] * spread, covariance) @ chance
    single = 2 * stats.t.sf(flat, degrees)
    # Bonferroni bounds guard the far tail, where one minus a probability loses its digits.
    return np.asarray(np.clip(1 - inside, single, np.minimum(3 * single, 1.0))).reshape(np.shape(t))


@cache
def _gauss(count: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def _spread_of_deviation(degrees: int) -> tuple[Floats, Floats]:
    """Points (nodes,) of estimated over true standard deviation, and the chance (nodes,) that each stands for."""
    nodes, weights = _gauss(SPREAD_NODES)
    low, high = np.sqrt(stats.chi2.ppf([1e-13, 1 - 1e-13], degrees) / degrees)
    point = low + (nodes + 1) / 2 * (high - low)
    chance = weights / 2 * (high - low) * stats.chi2.pdf(degrees * point**2, degrees) * 2 * degrees * point
    return point, chance / chance.sum()


def _within(limit: Floats, covariance: Floats) -> Floats:
    """The chance that |z1|, |z2| and |z3| are all below limit, for each limit; z3 is the scaled difference."""
    error = np.sqrt(np.diag(covariance))
    correlation = covariance[0, 1] / (error[0] * error[1])
    a, b = error[0] / error[2], error[1] / error[2]
    # The bounds of z2 given z1 change form here; integrating on both sides apart keeps the rule accurate.
    kink = np.clip(abs(1 - b) / a, 0.0, 1.0) * limit
    return 2 * (_strip(0 * limit, kink, limit, (a, b, correlation)) + _strip(kink, limit, limit, (a, b, correlation)))


def _strip(low: Floats, high: Floats, limit: Floats, shape: tuple[float, float, float]) -> Floats:
    a, b, correlation = shape
    nodes, weights = _gauss(NORMAL_NODES)
    total = np.zeros_like(limit)
    rest = np.sqrt(1 - correlation**2)
    for node, weight in zip(nodes, weights, strict=True):
        z1 = low + (node + 1) / 2 * (high - low)
        upper = np.minimum(limit, (a * z1 + limit) / b)
        lower = np.maximum(-limit, (a * z1 - limit) / b)
        between = stats.norm.cdf((upper - correlation * z1) / rest) - stats.norm.cdf((lower - correlation * z1) / rest)
        total += weight * stats.norm.pdf(z1) * np.maximum(between, 0.0)
    return np.asarray(total * (high - low) / 2)


def expected_false_share(covariance: Floats, degrees: int, level: float) -> float:
    """The share of kenmerken without any difference that is called systematic at this level of each single test."""
    return float(chance_of_any(np.array(stats.t.isf(level / 2, degrees)), covariance, degrees))


def power(effect: float, error: float, degrees: int, level: float) -> float:
    """The chance that a difference of `effect` is significant at `level`, given its standard error."""
    limit = stats.t.isf(level / 2, degrees)
    shift = effect / error
    # Beyond four standard errors the wrong side is below 1e-8, and further out it is not computable.
    wrong_side = stats.nct.cdf(-limit, degrees, shift) if shift < 4 else 0.0
    return float(stats.nct.sf(limit, degrees, shift) + wrong_side)


def detectable(error: float, degrees: int, level: float, wanted: float) -> float:
    """The smallest difference that is significant at `level` with the wanted power, given its standard error."""
    far = (stats.t.isf(level / 2, degrees) + 10) * error
    return float(brentq(lambda d: power(d, error, degrees, level) - wanted, 0.0, far, xtol=1e-10 * error))


def benjamini_hochberg(p: Floats) -> Floats:
    """q-values: the smallest expected share of false findings at which each p-value would still be a finding."""
    return np.asarray(stats.false_discovery_control(p, method="bh")) if len(p) else np.asarray(p)
