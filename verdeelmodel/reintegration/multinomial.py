"""The multinomial logit for a country of recipients: Newton on matrix products, with average marginal effects.

The numbers are those of statsmodels' MNLogit; the second derivatives of all outcomes come from one matrix product per
block of rows, so that some 400 thousand recipients take about a second. Blocks are added in order: the result does not
depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK = 16_384
MOST_STEPS = 60
CONSTANT = "const"
SHORTEST = 1e-6
# A coefficient that makes a chance of about nothing, and one so large that the likelihood has no maximum.
NOTHING, TOO_LARGE = 25.0, 15.0
# Newton is done when a step promises a gain in log likelihood smaller than this part of it.
TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class MultinomialFit:
    """Coefficients of each outcome against the first, shape (outcomes - 1, covariates), and their covariance.

    `covariance` is of the coefficients laid row after row; it is 0 for those that were given. `converged` is False when
    no maximum was found.
    """

    names: tuple[str, ...]
    outcomes: tuple[int, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    rows: int
    steps: int
    converged: bool

    @property
    def errors(self) -> Floats:
        """Standard errors, in the shape of the coefficients."""
        return np.sqrt(np.diag(self.covariance)).reshape(self.coefficients.shape)

    def __str__(self) -> str:
        return f"MNL {self.rows} × {len(self.names)}, {len(self.outcomes)} outcomes, log L {self.log_likelihood:.2f}"


@dataclass(frozen=True, eq=False)
class Effects:
    """Average marginal effects and their standard errors, shape (covariates, outcomes), in the order of `names`."""

    names: tuple[str, ...]
    outcomes: tuple[int, ...]
    effects: Floats
    errors: Floats


def fit_multinomial(
    x: Floats,
    y: NDArray[np.integer],
    names: Sequence[str],
    *,
    robust: bool = False,
    weights: Floats | None = None,
    never: Sequence[tuple[int, str, bool]] = (),
) -> MultinomialFit:
    """The maximum likelihood estimate for outcomes y (n,) on covariates x (n, k), which hold their own constant.

    Outcomes that nobody has are left out; the lowest that is left is the reference. `robust` gives the covariance of
    White (HC0), else the inverse of the information. Each of `never` is an outcome, a covariate of 0 and 1 and the
    value of it with which the outcome does not occur: the chance is then nothing, and the coefficient is given.
    """
    outcomes, places = np.unique(y, return_inverse=True)
    shares = np.zeros((len(y), len(outcomes)))
    shares[np.arange(len(y)), places] = 1.0
    told = [int(o) for o in outcomes]
    fixed = np.full((len(told) - 1, x.shape[1]), np.nan)
    for outcome, name, value in never:
        fixed[told.index(outcome) - 1, list(names).index(name)] = -NOTHING if value else NOTHING
    return fit_shares(x, shares, names, told, robust=robust, weights=weights, fixed=fixed)


def fit_shares(
    x: Floats,
    shares: Floats,
    names: Sequence[str],
    outcomes: Sequence[int],
    *,
    robust: bool = False,
    weights: Floats | None = None,
    fixed: Floats | None = None,
) -> MultinomialFit:
    """As `fit_multinomial`, with for every row the share of each outcome (n, outcomes) instead of one outcome.

    `fixed` (outcomes - 1, covariates) holds the coefficients that are given, and NaN for those to estimate.
    """
    w = np.ones(len(x)) if weights is None else weights
    shape = shares.shape[1] - 1, x.shape[1]
    given = np.full(shape, np.nan) if fixed is None else fixed
    beta, free = np.nan_to_num(given), np.flatnonzero(np.isnan(given))
    # A constant makes up for the coefficients that are given in its row; it starts there.
    beta[:, [name == CONSTANT for name in names]] -= np.maximum(beta, 0).sum(axis=1, keepdims=True)
    found = _derivatives(x, shares, w, beta)
    steps, converged = 0, False
    while not converged and steps < MOST_STEPS:
        steps += 1
        likelihood, gradient, information = found
        step = np.zeros(beta.size)
        step[free] = np.linalg.lstsq(information[np.ix_(free, free)], gradient[free], rcond=1e-13)[0]
        # The last step is taken as well: it squares what is left of the distance.
        converged = float(gradient @ step) / 2 < TOLERANCE * (1 + abs(likelihood))
        length, step = 1.0, step.reshape(shape)
        found = _derivatives(x, shares, w, beta + step)
        while found[0] < likelihood - abs(likelihood) * TOLERANCE and length > SHORTEST:
            length /= 2
            found = _derivatives(x, shares, w, beta + length * step)
        beta = beta + length * step
    likelihood, _, information = found
    covariance = np.zeros((beta.size, beta.size))
    covariance[np.ix_(free, free)] = np.linalg.pinv(information[np.ix_(free, free)], hermitian=True)
    if robust:
        covariance = np.asarray(covariance @ _scores(x, shares, w, beta) @ covariance)
    limits = TOO_LARGE + NOTHING * (~np.isnan(given)).sum(axis=1, keepdims=True)
    converged = converged and not bool((np.isnan(given) & (np.abs(beta) > limits)).any())
    return MultinomialFit(tuple(names), tuple(outcomes), beta, covariance, likelihood, len(x), steps, converged)


def probabilities(x: Floats, beta: Floats) -> Floats:
    """The chance of every outcome for rows x (n, k), shape (n, outcomes)."""
    return _softmax(x @ beta.T)


def marginal_effects(
    fit: MultinomialFit, x: Floats, *, discrete: bool = True, weights: Floats | None = None
) -> Effects:
    """Average marginal effects of every covariate but the constant, with standard errors by the delta method.

    Of a covariate that is only 0 or 1 the effect is, with `discrete`, the change from 0 to 1; else the derivative.
    """
    w = np.ones(len(x)) if weights is None else weights
    places = [i for i, name in enumerate(fit.names) if name != CONSTANT]
    binary = {i for i in places if discrete and is_binary(x[:, i])}
    parameters = fit.coefficients.size
    effects = np.zeros((len(places), len(fit.outcomes)))
    gradients = np.zeros((len(places), len(fit.outcomes), parameters))
    for rows in _blocks(len(x)):
        block, weight = x[rows], w[rows]
        scores = block @ fit.coefficients.T
        inside = _Inside(block, _softmax(scores), weight, fit.coefficients)
        for at, i in enumerate(places):
            if i in binary:
                effect, gradient = _change(block, scores, weight, fit.coefficients, i)
            else:
                effect, gradient = inside.derivative(i)
            effects[at] += effect
            gradients[at] += gradient
    effects, gradients = effects / w.sum(), gradients / w.sum()
    variance = np.einsum("ajp,pq,ajq->aj", gradients, fit.covariance, gradients, optimize=True)
    names = tuple(fit.names[i] for i in places)
    return Effects(names, fit.outcomes, effects, np.sqrt(np.maximum(variance, 0)))


def is_binary(values: Floats) -> bool:
    """Whether there is nothing but 0 and 1, and both occur."""
    return bool(np.all((values == 0) | (values == 1)) and values.min() != values.max())


def _blocks(n: int) -> Iterator[slice]:
    for start in range(0, n, BLOCK):
        yield slice(start, min(start + BLOCK, n))


def _softmax(scores: Floats) -> Floats:
    """Chances from the scores of all outcomes but the first, which has 0: (n, outcomes - 1) to (n, outcomes)."""
    whole = np.empty((len(scores), scores.shape[1] + 1))
    whole[:, 0] = 0.0
    whole[:, 1:] = scores
    whole -= whole.max(axis=1, keepdims=True)
    np.exp(whole, out=whole)
    whole /= whole.sum(axis=1, keepdims=True)
    return whole


def _derivatives(x: Floats, shares: Floats, w: Floats, beta: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, gradient (p,) and information (p, p), with p = (outcomes - 1) times covariates."""
    others, k = beta.shape
    likelihood, gradient = 0.0, np.zeros((others, k))
    crossed, own = np.zeros((others * k, others * k)), np.zeros((k, others * k))
    for rows in _blocks(len(x)):
        block, weight = x[rows], w[rows, None]
        chances = _softmax(block @ beta.T)
        told = shares[rows]
        likelihood += float(np.sum(weight * told * np.log(np.maximum(chances, 1e-300))))
        gradient += (weight * (told - chances)[:, 1:]).T @ block
        spread = (chances[:, 1:, None] * block[:, None, :]).reshape(len(block), others * k)
        weighted = weight * spread
        crossed += spread.T @ weighted
        own += block.T @ weighted
    information = -crossed
    for j in range(others):
        at = slice(j * k, (j + 1) * k)
        information[at, at] += own[:, at]
    return likelihood, gradient.ravel(), information


def _scores(x: Floats, shares: Floats, w: Floats, beta: Floats) -> Floats:
    """The sum of the outer products of the score of every row, shape (p, p)."""
    others, k = beta.shape
    total = np.zeros((others * k, others * k))
    for rows in _blocks(len(x)):
        block = x[rows]
        off = w[rows, None] * (shares[rows] - _softmax(block @ beta.T))[:, 1:]
        score = (off[:, :, None] * block[:, None, :]).reshape(len(block), others * k)
        total += score.T @ score
    return total


def _change(block: Floats, scores: Floats, weight: Floats, beta: Floats, i: int) -> tuple[Floats, Floats]:
    """Sum over rows of the change when covariate i goes from 0 to 1, (outcomes,), and its gradient (outcomes, p)."""
    effect, gradient = np.zeros(len(beta) + 1), np.zeros((len(beta) + 1, beta.size))
    for value, sign in ((1.0, 1.0), (0.0, -1.0)):
        moved = block.copy()
        moved[:, i] = value
        chances = _softmax(scores + np.outer(value - block[:, i], beta[:, i]))
        effect += sign * (weight @ chances)
        gradient += sign * _slope(moved, chances, weight[:, None] * chances)
    return effect, gradient


def _slope(block: Floats, chances: Floats, weighted: Floats) -> Floats:
    """Sum over rows of weighted_j times (1[j=l] - chances_l) times the covariates, shape (outcomes, p); l from 1 on."""
    n, outcomes = chances.shape
    k = block.shape[1]
    products = (weighted[:, :, None] * chances[:, None, 1:]).reshape(n, -1)
    slope = -(products.T @ block).reshape(outcomes, outcomes - 1, k)
    own = weighted[:, 1:].T @ block
    for other in range(outcomes - 1):
        slope[other + 1, other] += own[other]
    return np.asarray(slope.reshape(outcomes, -1))


class _Inside:
    """What the derivatives of one block of rows share: chances (n, outcomes) and the coefficients of all outcomes."""

    def __init__(self, block: Floats, chances: Floats, weight: Floats, beta: Floats) -> None:
        self.block, self.chances, self.weight = block, chances, weight[:, None]
        self.all_beta = np.vstack([np.zeros(beta.shape[1]), beta])

    def derivative(self, i: int) -> tuple[Floats, Floats]:
        """Sum over rows of the derivative to covariate i, (outcomes,), and its gradient (outcomes, p)."""
        outcomes, k = self.all_beta.shape
        own = self.all_beta[:, i]
        mean = self.chances @ own
        apart = own[None, :] - mean[:, None]
        weighted = self.weight * self.chances
        effect = np.asarray((weighted * apart).sum(axis=0))
        gradient = _slope(self.block, self.chances, weighted * apart)
        # The mean of the coefficients moves too: with the chances, and with the coefficients themselves.
        moved = (weighted[:, :, None] * (self.chances * apart)[:, None, 1:]).reshape(len(mean), -1)
        gradient -= (moved.T @ self.block).reshape(outcomes, -1)
        direct = weighted.T @ self.chances[:, 1:]
        at = np.arange(outcomes - 1)
        by_parameter = gradient.reshape(outcomes, outcomes - 1, k)
        by_parameter[:, :, i] -= direct
        by_parameter[at + 1, at, i] += weighted[:, 1:].sum(axis=0)
        return effect, np.asarray(by_parameter.reshape(outcomes, -1))
