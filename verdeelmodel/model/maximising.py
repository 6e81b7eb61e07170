"""Newton's method on the (quasi-)likelihood of a logit, with a start from a sample of the households."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.algebra import Dependence, Inverse, invert, product
from verdeelmodel.model.design import Design, Floats
from verdeelmodel.model.passes import Score, predicted, score_and_moments, variances, weighted_sums
from verdeelmodel.model.workers import Workers

#: Estimates are final when no parameter moves by more than this many standard errors …
STEP_IN_ERRORS = 5e-7
#: … nor by more than this on the stored scale, which a separated dummy always does.
STEP_ON_SCALE = 1e-6
#: Below this share of the log-likelihood without kenmerken every household is predicted: there is no maximum to find,
#: and further steps are noise.
PERFECT = 1e-6
SAMPLE_FROM = 262_144
LARGEST_THINNING = 32
SMALLEST_SAMPLE = 100_000
SAMPLE_RIDGE = 0.5
MOST_CHORDS = 10


@dataclass(frozen=True, eq=False)
class Problem:
    """What is maximised: target' b - sum of weight · log(1 + exp(eta)) - penalty · b² / 2.

    The maximum is over the `active` parameters; `target` holds the sum of weight · outcome · x for every
    parameter of the design.
    """

    design: Design
    active: npt.NDArray[np.int64]
    target: Floats
    penalty: Floats
    workers: Workers

    def gradient(self, estimate: Floats) -> Floats:
        """Gradient for the active parameters."""
        score = predicted(self.design, estimate, self.workers)
        return self._slope(estimate, score)

    def curvature(self, estimate: Floats) -> tuple[Floats, Floats, float]:
        """Gradient, negative Hessian and sum of log normalisers at `estimate`."""
        score, moments = score_and_moments(
            self.design, estimate, variances(self.design), self.workers, wants_likelihood=True
        )
        information = moments[np.ix_(self.active, self.active)] + np.diag(self.penalty[self.active])
        return self._slope(estimate, score), information, score.log_normaliser

    def is_perfect(self, estimate: Floats, log_normaliser: float) -> bool:
        """Whether this estimate predicts every household."""
        share = float(self.target[0]) / self.design.weight_sum
        without = self.design.weight_sum * (share * np.log(share) + (1 - share) * np.log1p(-share))
        return bool(float(self.target @ estimate) - log_normaliser > PERFECT * without)

    def _slope(self, estimate: Floats, score: Score) -> Floats:
        return (self.target - score.expected - self.penalty * estimate)[self.active]


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the iterations ended: estimate (all parameters, stored scale), inverse information of the active ones.

    `last_step` is the last step that moved every active parameter.
    """

    estimate: Floats
    inverse: Floats
    log_normaliser: float
    converged: bool
    passes: int
    largest_step: float
    last_step: Floats
    dependences: tuple[Dependence, ...] = ()
    sample: bool = False


def maximise(problem: Problem, start: Floats, most_passes: int, warm: bool) -> Maximum:
    """The maximum, from `start`, or from that of a sample of a large design; always finished on all households."""
    passes, sample = 0, False
    if warm and problem.design.households >= SAMPLE_FROM:
        warmed = _from_sample(problem, start)
        if warmed is not None:
            start, inverse = warmed
            start, passes = _chords(problem, start, inverse)
            sample = True
    return replace(_newton(problem, start, most_passes, passes), sample=sample)


def maximise_from(problem: Problem, estimate: Floats, inverse: Floats, most_passes: int) -> Maximum:
    """The maximum from an estimate nearby and the inverse information there (of the active parameters)."""
    nearer, passes = _chords(problem, estimate, inverse)
    return _newton(problem, nearer, most_passes, passes)


def _newton(
    problem: Problem, estimate: Floats, most_passes: int, passes: int, enough: float = STEP_IN_ERRORS
) -> Maximum:
    active, total = problem.active, len(estimate)
    moved = np.zeros(total)
    while True:
        gradient, information, normaliser = problem.curvature(estimate)
        inverse: Inverse = invert(information)
        step = np.zeros(total)
        step[active] = product(inverse.matrix, gradient)
        passes += 1
        moved = step if inverse.complete else moved
        errors = np.sqrt(np.diag(inverse.matrix))
        largest = float(np.max(np.abs(step[active]) / np.where(errors > 0, errors, 1.0), initial=0.0))
        if problem.is_perfect(estimate, normaliser):
            return Maximum(estimate, inverse.matrix, normaliser, False, passes, largest, moved)
        near = inverse.complete and largest <= enough and float(np.abs(step).max()) <= max(STEP_ON_SCALE, enough)
        if near or not inverse.complete or passes >= most_passes:
            gain = 0.5 * float((gradient * step[active]).sum())
            return Maximum(
                estimate + step, inverse.matrix, normaliser + float((problem.target * step).sum()) - gain, near,
                passes, largest, moved, inverse.dependences,
            )  # fmt: skip
        length, extra = (1.0, 0) if largest < 1.0 else _step_length(problem, estimate, step, gradient)
        passes += extra
        estimate = estimate + length * step


def _step_length(problem: Problem, estimate: Floats, step: Floats, gradient: Floats) -> tuple[float, int]:
    """Halve the step until it does not shoot past the maximum by more than it came from before it."""
    before = float((gradient * step[problem.active]).sum())
    length = 1.0
    for tried in range(1, 12):
        after = problem.gradient(estimate + length * step)
        if float((after * step[problem.active]).sum()) > -0.9 * before:
            return length, tried
        length /= 2
    return length, tried


def _from_sample(problem: Problem, start: Floats) -> tuple[Floats, Floats] | None:
    """Estimate and inverse information from every k-th household; None when the sample does not settle it.

    A weak ridge keeps dummies that the sample hardly has in bounds; it plays no part in the final estimate.
    """
    design = problem.design
    thinning = min(LARGEST_THINNING, design.households // SMALLEST_SAMPLE)
    if thinning < 2:
        return None
    sample = thinned(design, thinning)
    share = sample.weight_sum / design.weight_sum
    if share <= 0:
        return None
    target = sample_target(sample, problem.workers)
    ridge = problem.penalty * share + SAMPLE_RIDGE
    smaller = Problem(sample, problem.active, target, ridge, problem.workers)
    found = _newton(smaller, start, 15, 0, enough=0.5)
    if not found.converged or found.dependences:
        return None
    return found.estimate, found.inverse * share


def _chords(problem: Problem, estimate: Floats, inverse: Floats) -> tuple[Floats, int]:
    """Steps with the sample's information, which cost a fraction of Newton's, for as long as they help.

    Each step also corrects the information by what it turned out to do to the gradient (the BFGS formula).
    """
    errors = np.sqrt(np.diag(inverse))
    previous = np.inf
    step, before = np.zeros(len(inverse)), np.zeros(len(inverse))
    for passes in range(1, MOST_CHORDS + 1):
        gradient = problem.gradient(estimate)
        if passes > 1:
            inverse = corrected(inverse, step, before - gradient)
        step, before = product(inverse, gradient), gradient
        largest = float((np.abs(step) / errors).max())
        if largest > 0.5 * previous and passes > 1:
            return estimate, passes
        estimate = estimate.copy()
        estimate[problem.active] += step
        if largest < 4 * STEP_IN_ERRORS:
            break
        previous = largest
    return estimate, passes


def corrected(inverse: Floats, step: Floats, change: Floats) -> Floats:
    """The inverse information such that `change` of the gradient would have given `step` (BFGS)."""
    along = float((step * change).sum())
    if along <= 0.0:
        return inverse
    moved = product(inverse, change)
    both = np.multiply.outer(moved, step)
    stretch = 1.0 + float((change * moved).sum()) / along
    return inverse + (stretch * np.multiply.outer(step, step) - both - both.T) / along


def thinned(design: Design, thinning: int) -> Design:
    """Every k-th household in canonical order: a sample stratified by area."""
    every = slice(None, None, thinning)
    return replace(
        design,
        words=np.ascontiguousarray(design.words[:, every]),
        outcome=design.outcome[every].copy(),
        weight=design.weight[every].copy(),
        offset=design.offset[every].copy(),
        continuous=np.ascontiguousarray(design.continuous[:, every]),
        pointers=(design.pointers + thinning - 1) // thinning,
        order=None,
    )


def sample_target(design: Design, workers: Workers) -> Floats:
    """Sum of weight · outcome · x per parameter."""
    return weighted_sums(design, design.weighted_outcome, workers)[0]
