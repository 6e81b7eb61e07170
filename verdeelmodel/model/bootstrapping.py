"""The bootstrap by household and by buurt: one Newton step per replicate, or exact refits when asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.model.algebra import ordered_sum
from verdeelmodel.model.bootstrap_kernels import bootstrap_chunk, weights_of_replicate
from verdeelmodel.model.covariance import cluster_scores
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.maximising import Problem as Maximisation
from verdeelmodel.model.maximising import maximise
from verdeelmodel.model.passes import residuals_of_chunk, weighted_sums
from verdeelmodel.model.predicting import stored_estimate
from verdeelmodel.model.result import LogitResult
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

Unit = Literal["household", "buurt", "gemeente"]


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Estimates of each replicate: (replicates, parameters) in the order of `keys`.

    Each unit is drawn a Poisson(1) number of times. Without `exact`, a replicate is one Newton step away from the
    estimate: the difference with a refit falls with the number of households.
    """

    keys: tuple[str, ...]
    estimates: Floats
    unit: Unit
    exact: bool
    seed: int

    @property
    def se(self) -> Floats:
        """Standard deviation over the replicates."""
        return np.asarray(self.estimates.std(axis=0, ddof=1))

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Percentile interval of each parameter."""
        low, high = np.quantile(self.estimates, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high


def bootstrap(
    design: Design,
    result: LogitResult,
    replicates: int = 200,
    *,
    unit: Unit = "household",
    exact: bool = False,
    seed: int = 1,
    threads: int | None = None,
) -> Bootstrap:
    """Replicate estimates of a model fitted on this design. The same seed gives the same bytes.

    By area, the areas are drawn with all their households. `exact` refits the model on every replicate.
    """
    fail_if_cannot_bootstrap(result, replicates, unit, exact)
    estimate = stored_estimate(design, result)
    places = [design.position[key] for key in result.keys]
    active = np.array(sorted(places), dtype=np.int64)
    with Workers(threads) as workers:
        if exact:
            found = _refits(design, active, estimate, replicates, unit, seed, workers)
            in_units = np.array([design.to_units(one) for one in found])[:, places]
        else:
            scores = _drawn_scores(design, estimate, replicates, unit, seed, workers)
            own = (scores * design.scale + scores[:, :1] * design.centre)[:, places]
            in_units = result.estimate + np.einsum("pq,rq->rp", result.covariance_model, own)
    return Bootstrap(result.keys, in_units, unit, exact, seed)


def fail_if_cannot_bootstrap(result: LogitResult, replicates: int, unit: str, exact: bool) -> None:
    """At least two replicates, of a unit that exists, of an estimate without penalty or left-out households."""
    checks = {
        "replicates": (replicates >= 2, replicates, "≥ 2"),
        "unit": (unit in ("household", "buurt", "gemeente"), unit, "household, buurt, gemeente"),
        "exact": (not (exact and result.penalty), result.penalty, text("logit.without_penalty")),
        "result": (not result.removed, ", ".join(result.removed), text("logit.without_removal")),
    }
    problems = [
        Problem(text("logit.option_value", value=value), text("logit.option", name=name), expected)
        for name, (valid, value, expected) in checks.items()
        if not valid
    ]
    if problems:
        raise RequestError(text("logit.options_invalid"), problems)


def _drawn_scores(design: Design, estimate: Floats, replicates: int, unit: Unit, seed: int, workers: Workers) -> Floats:
    """(replicates, parameters): the gradient of the likelihood of each replicate, at the estimate."""
    if unit == "household":
        return _drawn_households(design, estimate, replicates, seed, workers)
    return _drawn_areas(design, estimate, replicates, unit, seed, workers)


def _drawn_households(design: Design, estimate: Floats, replicates: int, seed: int, workers: Workers) -> Floats:
    rounded = 4 * -(-replicates // 4)
    places = len(design.packing.bytes_)
    residuals = residuals_of_chunk(design, estimate)
    areas = design.segment_values

    def run(chunk: tuple[int, int]) -> tuple[Floats, Floats]:
        sums = np.zeros((places * 256, rounded))
        others = np.zeros((1 + len(design.continuous) + areas.shape[1], rounded))
        bootstrap_chunk(
            design.words, design.pointers, *chunk, residuals(chunk), design.continuous, areas, places, seed, rounded,
            sums, others,
        )  # fmt: skip
        return design.packing.byte_members[:, : places * 256] @ sums, others

    parts = workers.map(run, design.chunks)
    dummies, others = (ordered_sum([part[i] for part in parts]) for i in range(2))
    return np.vstack([others[:1], dummies, others[1:]])[:, :replicates].T


def _drawn_areas(design: Design, estimate: Floats, replicates: int, unit: Unit, seed: int, workers: Workers) -> Floats:
    scores = cluster_scores(design, estimate, unit, workers)
    counts = np.random.default_rng(seed).poisson(1.0, (replicates, len(scores))).astype(np.float64)
    blocks = [counts[start : start + 8] for start in range(0, replicates, 8)]
    across = np.ascontiguousarray(scores.T)
    return np.vstack(workers.map(lambda block: np.einsum("rg,pg->rp", block, across), blocks))


def _refits(
    design: Design, active: Longs, estimate: Floats, replicates: int, unit: Unit, seed: int, workers: Workers
) -> Floats:
    counts = None
    clusters = np.zeros(0, dtype=np.int64)
    if unit != "household":
        area = design.area_of_households(slice(0, design.households))
        _, clusters = np.unique(area if unit == "buurt" else design.areas.gemeente_of[area], return_inverse=True)
        counts = np.random.default_rng(seed).poisson(1.0, (replicates, int(clusters.max()) + 1)).astype(np.float64)
    out = np.tile(estimate, (replicates, 1))
    base = design.weights_of(slice(0, design.households))
    for number in range(replicates):
        drawn = np.empty(design.households)
        if counts is None:
            weights_of_replicate(seed, number, design.households, drawn)
        else:
            drawn = counts[number][clusters]
        again = replace(design, weight=base * drawn)
        target = weighted_sums(again, again.weighted_outcome, workers)[0]
        problem = Maximisation(again, active, target, np.zeros(len(estimate)), workers)
        out[number] = maximise(problem, estimate, 30, warm=False).estimate
    return out
