"""Score and information of a model with all candidates, by group of households: everything else follows from them.

At the estimate of the base model, the score U (p,) and information I (p, p) of the base and candidate columns together
are summed for each group (folds of gemeenten, years). From these: the score test, the one-step estimate of each
candidate, its estimate per fold and per year, and what it gains on households that were left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.model.passes import second_moments, variances, weighted_sums
from verdeelmodel.model.predicting import predict_stored, stored_estimate
from verdeelmodel.model.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

TINY = 1e-12


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


def moments_by_group(
    design: Design, result: LogitResult, group: NDArray[np.integer], count: int, threads: int | None = None
) -> Moments:
    """One pass per group; `group` (n,) is the group of each household in the order of the design."""
    estimate = stored_estimate(design, result)
    residual = design.outcome.astype(np.float64) - predict_stored(design, result, threads)
    if design.weight.size:
        residual *= design.weight
    scores, informations, weights = [], [], []
    with Workers(threads) as workers:
        for one in range(count):
            chosen = group == one
            scores.append(weighted_sums(design, _only(np.where(chosen, residual, 0.0)), workers)[0])
            informations.append(second_moments(design, estimate, _variances_of(design, chosen), workers))
            weights.append(float(design.weight[chosen].sum()) if design.weight.size else float(chosen.sum()))
    base = np.array(sorted(design.position[key] for key in result.keys), dtype=np.int64)
    return Moments(np.array(scores), np.array(informations), np.array(weights), base)


def _only(values: Floats) -> Callable[[slice], Floats]:
    return lambda rows: values[rows]


def _variances_of(design: Design, chosen: NDArray[np.bool_]) -> Callable[[slice, Floats], Floats]:
    plain = variances(design)
    return lambda rows, probability: plain(rows, probability) * chosen[rows]


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
    step[places] = np.linalg.solve(part, score[places])
    inner = score[own] - information[np.ix_(own, base)] @ np.linalg.solve(information[np.ix_(base, base)], score[base])
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
    inner = information[np.ix_(own, own)] - across.T @ np.linalg.solve(information[np.ix_(base, base)], across)
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


def gain_left_out(moments: Moments, own: Longs) -> float:
    """Mean gain in log-likelihood per household on the groups left out, each by the step from the others.

    The gain of a step d on a group with score U and information I is U d - d I d / 2, less what the base alone would
    gain by its own step there: a quadratic reading of the likelihood, exact to the order of the effects tested here.
    """
    total = 0.0
    for group in range(len(moments.score)):
        score, information = moments.without(group)
        with_candidate = one_step(score, information, moments.base, own)
        if with_candidate is None:
            return 0.0
        alone = np.zeros(len(score))
        alone[moments.base] = np.linalg.solve(information[np.ix_(moments.base, moments.base)], score[moments.base])
        total += _gain(moments, group, with_candidate.step) - _gain(moments, group, alone)
    return total / float(moments.weight.sum())


def _gain(moments: Moments, group: int, step: Floats) -> float:
    return float(moments.score[group] @ step - step @ moments.information[group] @ step / 2)
