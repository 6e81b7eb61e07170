"""Firth's penalised likelihood: half the log determinant of the information keeps separated dummies finite."""

from __future__ import annotations

import numpy as np

from verdeelmodel.model.algebra import invert, product
from verdeelmodel.model.design import Design, Floats
from verdeelmodel.model.maximising import Maximum, Problem
from verdeelmodel.model.passes import lookup_tables, probabilities_of_chunk, second_moments, weighted_sums

ROWS_AT_ONCE = 8_192
LARGEST_STEP = 5.0
MOST_PASSES = 400
#: Convergence is linear, so what is left after the last step is of its own size.
ENOUGH = 1e-9


def maximise_firth(problem: Problem, estimate: Floats) -> Maximum:
    """The maximum of the likelihood plus half the log determinant of the information (Firth 1993).

    A step that lowers the penalised likelihood is halved. Convergence is linear, so this takes more passes than
    the likelihood alone. The covariance is the inverse information at the maximum, as in the usual programs.
    """
    active = problem.active
    previous, step = -np.inf, np.zeros(len(estimate))
    for passes in range(1, MOST_PASSES + 1):
        gradient, information, normaliser = problem.curvature(estimate)
        inverse = invert(information)
        objective = float((problem.target * estimate).sum()) - normaliser + 0.5 * inverse.log_determinant
        if objective < previous - 1e-9 * abs(previous):
            step = step / 2
            estimate = estimate - step
            continue
        added, stiffer = leverage_terms(problem, estimate, inverse.matrix)
        step = np.zeros(len(estimate))
        step[active] = product(invert(stiffer).matrix, gradient + added)
        largest = float(np.max(np.abs(step[active]) / np.sqrt(np.diag(inverse.matrix)), initial=0.0))
        if largest <= ENOUGH or not inverse.complete:
            return _found(estimate, inverse.matrix, normaliser, inverse.complete, passes, largest, step)
        step *= min(1.0, LARGEST_STEP / float(np.abs(step).max()))
        previous, estimate = objective, estimate + step
    return _found(estimate, inverse.matrix, normaliser, False, MOST_PASSES, largest, step)


def _found(
    estimate: Floats, inverse: Floats, normaliser: float, converged: bool, passes: int, largest: float, step: Floats
) -> Maximum:
    return Maximum(estimate, inverse, normaliser, converged, passes, largest, step)


def leverage_terms(problem: Problem, estimate: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """The sum of leverage · (1/2 - probability) · x, and the information when leverages are added to the weights.

    Firth's equations are those of a logit in which each household comes with half a household of either outcome,
    weighted by its leverage; the information of that logit keeps the steps from overshooting.
    """
    design: Design = problem.design
    leverages, score = np.empty(design.households), np.empty(design.households)
    tables, level = lookup_tables(design, estimate)
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])

    def fill(chunk: tuple[int, int]) -> None:
        rows = design.rows(chunk)
        probability = probabilities_of_chunk(design, tables, level, slopes, chunk)
        variance = design.weights_of(rows) * probability * (1.0 - probability)
        for start in range(rows.start, rows.stop, ROWS_AT_ONCE):
            block = slice(start, min(start + ROWS_AT_ONCE, rows.stop))
            matrix = design.dense(block, standardised=True)[:, problem.active]
            part = slice(block.start - rows.start, block.stop - rows.start)
            size = np.einsum("ip,ip->i", np.einsum("ip,pq->iq", matrix, inverse), matrix)
            leverages[block] = variance[part] * size
            score[block] = leverages[block] * (0.5 - probability[part])

    problem.workers.map(fill, design.chunks)
    added = weighted_sums(design, lambda rows: score[rows], problem.workers)[0][problem.active]

    def stiffened(rows: slice, probability: Floats) -> Floats:
        return (design.weights_of(rows) + leverages[rows]) * probability * (1.0 - probability)

    information = second_moments(design, estimate, stiffened, problem.workers)
    return added, information[np.ix_(problem.active, problem.active)]
