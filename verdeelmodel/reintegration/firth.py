"""Logistic regression with Firth's penalty: finite estimates where cells are empty or nearly so.

The likelihood is multiplied by the square root of the determinant of the information (Jeffreys' prior). Intervals
follow the penalised likelihood itself, since estimates of sparse categories are far from normal. Clients who are
alike in everything count as one row with a number of trials, which changes nothing and saves most of the work.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CRITICAL = 3.841458820694124  # chi-square with one degree of freedom, 95%
LARGEST_STEP = 3.0
CLOSE = 1e-8
FARTHEST = 40.0


@dataclass(frozen=True)
class Patterns:
    """The different rows x (k, p) of a design, with the trials and the successes of each, shapes (k,)."""

    x: Floats
    trials: Floats
    successes: Floats


@dataclass(frozen=True)
class Firth:
    """The penalised estimates (p,), their log likelihood, and the data they come from."""

    estimates: Floats
    likelihood: float
    patterns: Patterns = field(repr=False)

    def profile(self, place: int) -> tuple[float, float, float]:
        """The 95% profile interval of a coefficient and the p-value of the penalised likelihood ratio test."""
        from scipy.stats import chi2

        low, high = (self._limit(place, direction) for direction in (-1.0, 1.0))
        held = _maximised(self.patterns, self._start(place, 0.0), place)[1]
        return low, high, float(chi2.sf(max(2 * (self.likelihood - held), 0.0), 1))

    def _limit(self, place: int, direction: float) -> float:
        """Where the penalised likelihood has fallen by half the critical value, in this direction."""
        from scipy.optimize import brentq

        centre = float(self.estimates[place])
        start = self.estimates.copy()

        def gap(distance: float) -> float:
            # Every search starts from where the one before ended: the other coefficients change little.
            nonlocal start
            start[place] = centre + direction * distance
            start, level = _maximised(self.patterns, start, place)
            return 2 * (self.likelihood - level) - CRITICAL

        far = 0.25
        while gap(far) < 0 and far < FARTHEST:
            far *= 2
        if far >= FARTHEST:
            return centre + direction * far
        return centre + direction * float(brentq(gap, far / 2 if far > 0.25 else 0.0, far, xtol=1e-6, rtol=1e-9))

    def _start(self, place: int, value: float) -> Floats:
        start = self.estimates.copy()
        start[place] = value
        return start


def fit_firth(x: Floats, y: Floats) -> Firth:
    """The estimates that maximise the penalised likelihood; x (n, p) of full rank with a constant, y (n,) 0 or 1."""
    patterns = patterns_of(x, y)
    estimates, likelihood = _maximised(patterns, np.zeros(x.shape[1]))
    return Firth(estimates, likelihood, patterns)


def patterns_of(x: Floats, y: Floats) -> Patterns:
    """The different rows of x, with how often each occurs and how often with y = 1."""
    different, place = np.unique(x, axis=0, return_inverse=True)
    flat = place.ravel()
    return Patterns(different, np.bincount(flat).astype(float), np.asarray(np.bincount(flat, weights=y), float))


def penalised_likelihood(patterns: Patterns, b: Floats) -> float:
    """The log likelihood plus half the log determinant of the information."""
    score = patterns.x @ b
    log_p, log_q = -np.logaddexp(0, -score), -np.logaddexp(0, score)
    plain = patterns.successes @ log_p + (patterns.trials - patterns.successes) @ log_q
    weight = patterns.trials * np.exp(log_p + log_q)
    sign, determinant = np.linalg.slogdet((patterns.x * weight[:, None]).T @ patterns.x)
    return float(plain + 0.5 * determinant) if sign > 0 else -np.inf


def _maximised(patterns: Patterns, start: Floats, held: int | None = None) -> tuple[Floats, float]:
    """Newton steps on the modified score, halved until the penalised likelihood rises."""
    b = start.copy()
    free = np.array([i for i in range(len(b)) if i != held])
    level = penalised_likelihood(patterns, b)
    for _ in range(200):
        step = _step(patterns, b, free)
        size = 1.0
        while True:
            trial = b.copy()
            trial[free] += size * step
            reached = penalised_likelihood(patterns, trial)
            if reached >= level or size < 1e-6:
                break
            size /= 2
        moved = size * float(np.abs(step).max())
        if reached < level:
            break
        b, level = trial, reached
        if moved < CLOSE:
            break
    return b, level


def _step(patterns: Patterns, b: Floats, free: NDArray[np.int64]) -> Floats:
    p = 1 / (1 + np.exp(-np.clip(patterns.x @ b, -500, 500)))
    weight = patterns.trials * p * (1 - p)
    information = (patterns.x * weight[:, None]).T @ patterns.x
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(information, hermitian=True)
    leverage = weight * ((patterns.x @ inverse) * patterns.x).sum(axis=1)
    residual = patterns.successes - patterns.trials * p + leverage * (0.5 - p)
    score = (patterns.x.T @ residual)[free]
    step = np.linalg.lstsq(information[np.ix_(free, free)], score, rcond=None)[0] if len(free) else score
    largest = float(np.abs(step).max()) if len(step) else 0.0
    return np.asarray(step * min(1.0, LARGEST_STEP / largest) if largest > 0 else step)
