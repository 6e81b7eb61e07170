"""Score and information of a model with all candidates, by group of households: everything else follows from them.

At the estimate of the base model, the score U (p,) and information I (p, p) of the base and candidate columns together
are summed for each group (folds of gemeenten, years) in one pass over the country. From these: the score test, the
one-step estimate of each candidate, its estimate per fold and per year, and what it gains on households left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_solve

from verdeelmodel.model import kernels
from verdeelmodel.model.algebra import DEPENDENCE_TOLERANCE, invert, ordered_sum
from verdeelmodel.model.design import SMALLEST_CHUNK
from verdeelmodel.model.passes import (
    collected,
    lookup_tables,
    moments_of_sums,
    pair_sums,
    probabilities_of_chunk,
    scores_by_segment,
    variances,
)
from verdeelmodel.model.predicting import sum_by
from verdeelmodel.model.workers import Workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.passes import Chunk

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

TINY = 1e-12
#: Pieces into which the households of one group are cut at most.
MOST_PIECES = 32


@dataclass(frozen=True, eq=False)
class Moments:
    """Score (groups, p) and information (groups, p, p) on the stored scale; `base` are the positions in the model."""

    score: Floats
    information: Floats
    weight: Floats
    base: Longs

    @property
    def total(self) -> tuple[Floats, Floats]:
        """Score and information of all groups together."""
        return self.score.sum(axis=0), self.information.sum(axis=0)

    def without(self, group: int) -> tuple[Floats, Floats]:
        """Score and information of all groups but one."""
        score, information = self.total
        return score - self.score[group], information - self.information[group]

    def joined(self, into: Longs, count: int) -> Moments:
        """The moments of coarser groups: `into` (groups,) is the new group of each."""
        score, information = np.zeros((count, *self.score.shape[1:])), np.zeros((count, *self.information.shape[1:]))
        np.add.at(score, into, self.score)
        np.add.at(information, into, self.information)
        return Moments(score, information, sum_by(into, self.weight, count), self.base)


def moments_by_group(
    design: Design, estimate: Floats, base: Longs, group: Longs, count: int, threads: int | None = None
) -> Moments:
    """One pass over all households; `group` (segments,) is the group of each segment, `estimate` on the stored scale.

    The households of a group are cut in pieces that depend on the design alone, and added up in the order of the
    pieces, so that the number of threads cannot be seen in the result.
    """
    by_segment = np.zeros((3, len(design.segment_area)))
    pieces = [(one, piece) for one in range(count) for piece in pieces_of_group(design, group, one)]
    with Workers(threads) as workers:
        sums = workers.map(lambda piece: _sums_of_piece(design, estimate, piece[1], by_segment), pieces)
    scores, informations, weights = [], [], []
    for one in range(count):
        own = [found for (place, _), found in zip(pieces, sums, strict=True) if place == one]
        inside = np.where(group == one, by_segment, 0.0)
        tables, continuous, *pairs = (ordered_sum(part) for part in zip(*own, strict=True))
        scores.append(collected(design, tables, continuous, inside[0]))
        informations.append(moments_of_sums(design, pairs, inside[1]))
        weights.append(float(inside[2].sum()))
    return Moments(np.array(scores), np.array(informations), np.array(weights), base)


def pieces_of_group(design: Design, group: Longs, one: int) -> list[list[Chunk]]:
    """The runs of segments of a group, divided over pieces of about equal numbers of households."""
    inside = np.flatnonzero(np.diff(np.concatenate([[False], group == one, [False]]).astype(np.int8)))
    runs = list(itertools.pairwise(inside.tolist()))[::2]
    sizes = np.array([design.pointers[last] - design.pointers[first] for first, last in runs], dtype=np.int64)
    wanted = int(np.clip(sizes.sum() // SMALLEST_CHUNK, 1, MOST_PIECES))
    place = np.minimum((np.cumsum(sizes) - sizes) * wanted // max(int(sizes.sum()), 1), wanted - 1)
    return [[runs[i] for i in np.flatnonzero(place == piece)] for piece in np.unique(place)]


def _sums_of_piece(design: Design, estimate: Floats, runs: list[Chunk], by_segment: Floats) -> tuple[Floats, ...]:
    """Sums of residual · x by byte value and continuous column, and the pair sums of the variances.

    `by_segment` (3, segments) receives the sums of residual, variance and weight of the segments of these runs.
    """
    sums, continuous = np.zeros((8 * design.packing.words, 256)), np.zeros(len(design.continuous))
    spread = variances(design)

    def passed() -> Iterator[tuple[Chunk, Floats]]:
        for run, probability in zip(runs, probabilities_of_runs(design, estimate, runs), strict=True):
            rows = design.rows(run)
            residual, variance = _residual(design, rows, probability), spread(rows, probability)
            kernels.sum_chunk(
                design.words, design.pointers, *run, residual, design.continuous, sums, continuous, by_segment[0]
            )
            for row, values in ((1, variance), (2, design.weights_of(rows))):
                by_segment[row, run[0] : run[1]] = summed_by_segment(design, run, values)
            yield run, variance

    pairs = pair_sums(design, passed())
    return sums, continuous, *pairs


def probabilities_of_runs(design: Design, estimate: Floats, runs: list[Chunk]) -> Iterator[Floats]:
    """The probability of the households of each run, at an estimate on the stored scale."""
    tables, level = lookup_tables(design, estimate)
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])
    for run in runs:
        yield probabilities_of_chunk(design, tables, level, slopes, run)


def summed_by_segment(design: Design, run: Chunk, values: Floats) -> Floats:
    """Sums over the households of each segment of a run."""
    first, last = run
    starts = design.pointers[first:last] - design.pointers[first]
    filled = np.diff(design.pointers[first : last + 1]) > 0
    return np.asarray(np.add.reduceat(np.append(values, 0.0), starts) * filled)


def _residual(design: Design, rows: slice, probability: Floats) -> Floats:
    residual = design.outcome[rows] - probability
    return residual * design.weight[rows] if design.weight.size else residual


def moments_by_gemeente(design: Design, estimate: Floats, threads: int | None = None) -> tuple[Floats, Floats]:
    """Sums per gemeente of residual (g,) and of variance · x (g, p), on the stored scale, in one pass."""
    spread, count = variances(design), len(design.areas.gemeenten)

    def run(chunk: Chunk) -> tuple[Floats, Floats]:
        rows = design.rows(chunk)
        probability = next(probabilities_of_runs(design, estimate, [chunk]))
        gemeente = design.areas.gemeente_of[design.segment_area[chunk[0] : chunk[1]]]
        residual = summed_by_segment(design, chunk, _residual(design, rows, probability))
        moments = np.zeros((count, len(design.parameters)))
        np.add.at(moments, gemeente, scores_by_segment(design, chunk, spread(rows, probability)))
        return sum_by(gemeente, residual, count), moments

    with Workers(threads) as workers:
        parts = workers.map(run, design.chunks)
    return ordered_sum(part[0] for part in parts), ordered_sum(part[1] for part in parts)


def solved(matrix: Floats, right: Floats) -> Floats:
    """The x for which matrix (p, p) · x = right; a column that follows from those before it gets zero.

    Among few gemeenten a kenmerk of areas need not vary, or can follow from the others.
    """
    scale = np.sqrt(np.where(np.diag(matrix) > 0, np.diag(matrix), 1.0))
    across = scale if right.ndim == 1 else scale[:, None]
    try:
        factor = np.linalg.cholesky(matrix / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return np.asarray(invert(matrix).matrix @ right)
    if factor.diagonal().min() ** 2 <= DEPENDENCE_TOLERANCE:
        return np.asarray(invert(matrix).matrix @ right)
    return np.asarray(cho_solve((factor, True), right / across) / across)


@dataclass(frozen=True)
class Step:
    """One Newton step of the model with a candidate, from the estimate without it.

    `estimate` and `se` of the candidate (first parameter when it has several), the score statistic with its degrees of
    freedom, and the whole step (p,) on the stored scale, zero where a parameter is not in the model.
    """

    estimate: float
    se: float
    statistic: float
    degrees_of_freedom: int
    step: Floats


def one_step(score: Floats, information: Floats, base: Longs, own: Longs) -> Step | None:
    """The step for the columns `own` added to `base`; None when they follow from the base."""
    places = np.concatenate([base, own])
    part = information[np.ix_(places, places)]
    remaining = remaining_information(information, base, own)
    if np.min(np.linalg.eigvalsh(remaining), initial=np.inf) <= TINY * np.trace(part):
        return None
    step = np.zeros(len(score))
    step[places] = solved(part, score[places])
    inner = score[own] - information[np.ix_(own, base)] @ solved(information[np.ix_(base, base)], score[base])
    covariance = np.linalg.inv(remaining)
    return Step(
        estimate=float(step[own[0]]),
        se=float(np.sqrt(covariance[0, 0])),
        statistic=float(inner @ covariance @ inner),
        degrees_of_freedom=len(own),
        step=step,
    )


def remaining_information(information: Floats, base: Longs, own: Longs) -> Floats:
    """Information of the candidate that the base does not carry (k, k)."""
    across = information[np.ix_(base, own)]
    inner = information[np.ix_(own, own)] - across.T @ solved(information[np.ix_(base, base)], across)
    return np.atleast_2d(inner)


def tolerance(information: Floats, base: Longs, own: Longs) -> float:
    """The part of a candidate's variation (weighted as in the logit) that the model does not predict; 1/VIF.

    For a candidate with several parameters the smallest one counts.
    """
    constant = base[:1]
    alone = np.diag(remaining_information(information, constant, own))
    rest = np.diag(remaining_information(information, base, own))
    return float(np.min(np.divide(rest, alone, out=np.zeros(len(own)), where=alone > 0)))


def carried(score: Floats, information: Floats, base: Longs, own: Longs) -> float | None:
    """The share of a candidate's crude effect that the model already carries: 1 - effect within the model / alone.

    The crude effect is the one-step effect of the candidate with only the constant beside it, measured from the same
    estimate with the contribution of the other kenmerken left free. None when the crude effect is nil.
    """
    within = one_step(score, information, base, own)
    alone = np.diag(remaining_information(information, base[:1], own))
    if within is None or alone[0] <= 0:
        return None
    part = information[np.ix_(own, base)] @ within.step[base] + information[np.ix_(own, own)] @ within.step[own]
    crude = float(part[0] / alone[0])
    return None if abs(crude) < TINY else 1 - within.estimate / crude


@dataclass(frozen=True, eq=False)
class StepsLeftOut:
    """For each group the step from the other groups, with the candidate and of the base alone (p,)."""

    larger: list[Floats]
    alone: list[Floats]


def steps_left_out(moments: Moments, own: Longs) -> StepsLeftOut | None:
    """The steps for each group left out; None when the candidate follows from the base without that group."""
    groups = range(len(moments.score))
    found = [one_step(*moments.without(group), moments.base, own) for group in groups]
    larger = [step.step for step in found if step is not None]
    if len(larger) < len(found):
        return None
    return StepsLeftOut(larger, [alone_step(moments, group) for group in groups])


def alone_step(moments: Moments, group: int) -> Floats:
    """The step (p,) of the base alone from the other groups; at the estimate of all groups it is small."""
    score, information = moments.without(group)
    step = np.zeros(len(score))
    step[moments.base] = solved(information[np.ix_(moments.base, moments.base)], score[moments.base])
    return step


def gain_left_out(moments: Moments, own: Longs) -> float:
    """Mean gain in log-likelihood per household on the groups left out, each by the step from the others.

    The gain of a step d on a group with score U and information I is U d - d I d / 2, less what the base alone would
    gain by its own step there: a quadratic reading of the likelihood, exact to the order of the effects tested here.
    """
    steps = steps_left_out(moments, own)
    return 0.0 if steps is None else gain_of_steps(moments, steps)


def gain_of_steps(moments: Moments, steps: StepsLeftOut) -> float:
    """The gain of steps that were found without the group on which they are tried."""
    pairs = enumerate(zip(steps.larger, steps.alone, strict=True))
    total = sum(_gain(moments, group, larger) - _gain(moments, group, alone) for group, (larger, alone) in pairs)
    return total / float(moments.weight.sum())


def _gain(moments: Moments, group: int, step: Floats) -> float:
    return float(moments.score[group] @ step - step @ moments.information[group] @ step / 2)


def strongest_partial(information: Floats, base: Longs, own: Longs) -> tuple[int, float] | None:
    """The parameter of the base most like the candidate beside the rest of the base, with their partial correlation.

    Of the first parameter of the candidate; the constant does not count. None when there is nothing but the constant.
    """
    if len(base) < 2:
        return None
    places = np.append(base, own[:1])
    precision = invert(information[np.ix_(places, places)]).matrix
    spread = np.sqrt(np.maximum(np.diag(precision), TINY))
    partial = -precision[-1, :-1] / spread[-1] / spread[:-1]
    at = 1 + int(np.argmax(np.abs(partial[1:])))
    return int(base[at]), float(partial[at])
