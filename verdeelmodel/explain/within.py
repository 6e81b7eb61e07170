"""Weights of terms beside a fixed predictor, from differences between households of one gemeente.

Every gemeente gets a constant of its own while the weights are estimated. What its households have in common (policy,
and every cause that nobody has measured) goes into that constant, so that it cannot be mistaken for the effect of a
term that happens to go with it: large gemeenten differ from small ones in many ways at once. The numbers of gemeenten
follow afterwards from the weights and one constant for the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.model.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

BLOCK = 131_072
# What is left after the last step is about its square.
MOST_STEPS, NEAR, NEAREST = 40, 1e-7, 1e-11
# A constant so low (high) that a gemeente with nobody (everybody) on bijstand says nothing about the weights.
FAR = 40.0
# The most that one step moves a constant, or a term of usual size.
FARTHEST = 2.0
# Part of the variation of a term that must lie beside the other terms to be told from them; nothing divides by zero.
LEAST_OWN, SMALLEST = 1e-8, 1e-300
OWN = 5


@dataclass(frozen=True, eq=False)
class Columns:
    """The households as the fit needs them, shape (n,) and (n, k); `predictor` is that of the published weights.

    Households of one gemeente stand together; `place` is the position of their gemeente.
    """

    predictor: Floats
    weight: Singles
    actual: Singles
    place: NDArray[np.int32]
    terms: Singles


@dataclass(frozen=True, eq=False)
class Sums:
    """Per gemeente (g,): the expected number, its variance by chance, what is missing, its slope and the likelihood.

    `pull` and `lean` (g, k) are the products of the terms with what is missing and with the slope, `information`
    (g, k, k) the products of the terms with each other and the slope.
    """

    expected: Floats
    variance: Floats
    missing: Floats
    slope: Floats
    likelihood: Floats
    pull: Floats
    lean: Floats
    information: Floats


def sums_of(columns: Columns, chosen: NDArray[np.int64], estimate: Floats, constants: Floats, workers: Workers) -> Sums:
    """What weights (k,) of the chosen terms and constants (g,) say of every gemeente; one pass."""
    k, n, add = len(chosen), len(columns.weight), _add()
    width = OWN + 2 * k + k * k

    def of_block(rows: slice) -> tuple[int, Floats]:
        place = columns.place[rows]
        first = int(place[0])
        sums = np.zeros((int(place[-1]) - first + 1, width))
        parts = (columns.predictor[rows], columns.weight[rows], columns.actual[rows], place, columns.terms[rows])
        add(*parts, first, chosen, estimate, constants, sums)
        return first, sums

    total = np.zeros((len(constants), width))
    for first, sums in workers.map(of_block, [slice(s, min(s + BLOCK, n)) for s in range(0, n, BLOCK)]):
        total[first : first + len(sums)] += sums
    expected, variance, missing, slope, likelihood = total[:, :OWN].T
    pull, lean, half = np.split(total[:, OWN:], [k, 2 * k], axis=1)
    lower = half.reshape(len(constants), k, k)
    information = lower + np.tril(lower, -1).transpose(0, 2, 1)
    return Sums(expected, variance, missing, slope, likelihood, pull, lean, information)


@cache
def _add() -> Callable[..., None]:
    """The compiled loop; made when first needed, because compiling machinery is slow to import."""
    from verdeelmodel.explain.within_kernel import add_households

    return add_households


@dataclass(frozen=True, eq=False)
class Fit:
    """The weights of the terms (k,), their covariance from leaving out gemeenten, and the log likelihood they reach."""

    estimate: Floats
    covariance: Floats
    likelihood: float

    @property
    def se(self) -> Floats:
        """Standard errors; zero for a term that cannot be told from the others."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def fit_within(columns: Columns, chosen: NDArray[np.int64], size: int, workers: Workers) -> Fit:
    """Newton's method for the weights of the chosen terms and a constant per gemeente.

    The likelihood counts households, not their weights. A gemeente with nobody or everybody on bijstand says nothing.
    """
    actual = np.bincount(columns.place, columns.weight * columns.actual, minlength=size)
    whole = np.bincount(columns.place, columns.weight, minlength=size)
    informs = (actual > 0) & (actual < whole)
    constants = np.where(informs, 0.0, np.where(actual > 0, FAR, -FAR))
    estimate = np.zeros(len(chosen))
    for _ in range(MOST_STEPS):
        sums = sums_of(columns, chosen, estimate, constants, workers)
        tells = _within(sums, informs)
        step = inverse(tells.information.sum(axis=0), tells.size) @ tells.score.sum(axis=0)
        # Far from the solution a full step can throw every probability to zero or one, from where none leads back.
        effect = np.abs(step) * tells.size / np.sqrt(max(float(sums.slope.sum()), SMALLEST))
        step = step * min(1.0, FARTHEST / max(float(effect.max(initial=0.0)), FARTHEST))
        own = tells.missing - tells.mean @ step
        estimate, constants = estimate + step, constants + np.clip(own, -FARTHEST, FARTHEST)
        if max(float(np.abs(step).max(initial=0.0)), float(np.abs(own).max(initial=0.0))) < NEAR:
            break
    sums = sums_of(columns, chosen, estimate, constants, workers)
    each = float(columns.weight.mean()) or 1.0
    return Fit(estimate, left_out_covariance(_within(sums, informs)), float(sums.likelihood.sum()) / each)


@dataclass(frozen=True, eq=False)
class _Within:
    """What every gemeente tells of the weights: score (g, k) and information (g, k, k) within it.

    `mean` (g, k) are the means of the terms, `missing` (g,) is the step its own constant needs when they stand, and
    `size` (k,) what the terms would tell without constants, as a measure of what is nothing.
    """

    score: Floats
    information: Floats
    mean: Floats
    missing: Floats
    size: Floats


def _within(sums: Sums, informs: NDArray[np.bool_]) -> _Within:
    slope = np.where(informs, np.maximum(sums.slope, SMALLEST), 1.0)
    mean = np.where(informs[:, None], sums.lean / slope[:, None], 0.0)
    score = np.where(informs[:, None], sums.pull - mean * sums.missing[:, None], 0.0)
    information = sums.information - mean[:, :, None] * sums.lean[:, None, :]
    own = np.where(informs, sums.missing / slope, 0.0)
    size = np.sqrt(np.maximum(np.einsum("gkk->k", sums.information), SMALLEST))
    return _Within(score, np.where(informs[:, None, None], information, 0.0), mean, own, size)


def left_out_covariance(tells: _Within) -> Floats:
    """How far the weights move, in one step, when each gemeente is left out in turn, shape (k, k): a jackknife.

    Leaving out allows for the few gemeenten that hold a large part of the households, where the usual errors clustered
    by gemeente are too small.
    """
    whole, found = tells.information.sum(axis=0), len(tells.score)
    moved = [
        inverse(whole - own, tells.size) @ score for own, score in zip(tells.information, tells.score, strict=True)
    ]
    steps = np.array(moved).reshape(found, len(whole))
    return np.asarray((found - 1) / found * (steps.T @ steps))


def inverse(information: Floats, size: Floats) -> Floats:
    """The inverse of an information matrix (k, k), zero in the directions in which it tells nothing beside `size`."""
    scale = np.outer(size, size)
    return np.asarray(np.linalg.pinv(information / scale, rcond=LEAST_OWN, hermitian=True) / scale)


@dataclass(frozen=True, eq=False)
class National:
    """The sums with one constant for all gemeenten, and that constant."""

    constant: float
    sums: Sums


def for_the_country(
    columns: Columns, chosen: NDArray[np.int64], estimate: Floats, size: int, workers: Workers
) -> National:
    """The sums with the constant for which the expected number of the country is the actual one; some must be on it."""
    wanted = float(np.sum(columns.weight * columns.actual, dtype=np.float64))
    constant = 0.0
    for _ in range(MOST_STEPS):
        sums = sums_of(columns, chosen, estimate, np.full(size, constant), workers)
        expected = float(sums.expected.sum())
        step = float(np.log(wanted / expected)) * expected / float(sums.slope.sum())
        if abs(step) < NEAREST:
            break
        constant += float(np.clip(step, -5.0, 5.0))
    return National(constant, sums)


def error_of_log(sums: Sums, covariance: Floats) -> Floats:
    """Standard error of the logarithm of the expected numbers (g,) when the constant of the country moves along."""
    along = sums.lean.sum(axis=0) / sums.slope.sum()
    slope = (sums.lean - sums.slope[:, None] * along) / np.maximum(sums.expected, 1e-12)[:, None]
    return np.asarray(np.sqrt(np.maximum(np.einsum("gk,kl,gl->g", slope, covariance, slope), 0.0)))
