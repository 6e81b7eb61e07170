"""What a kenmerk that is not in the model would do to the expected number of every gemeente.

One Newton step from the fitted model: the step of the candidate's weight, and what the other weights then give back, so
that the national number stays what it was. It is what a new estimate would show to first order, with its own standard
error; it tells what goes together with bijstand, not what causes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from verdeelmodel.explain.residual import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Registry
    from verdeelmodel.model.design import Design
    from verdeelmodel.model.national import Question
    from verdeelmodel.model.result import LogitResult
    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]

# Kenmerken that the published study examines as candidates and that a household has, whatever its municipality does.
CANDIDATES = (
    "schulden_en_gezondheidsproblemen",
    "uitgevallen_studenten_psychisch",
    "echtscheiding_in_huishouden",
    "jeugdzorg_in_huishouden",
    "verdachte_en_gezondheidsproblemen",
)

SINGLE = ("ja_nee", "aantal", "getal")
DEPENDENT = 1e-9


@dataclass(frozen=True, eq=False)
class Candidates:
    """Per candidate its step and standard error (k,), and what it changes per gemeente (k, g), in households.

    `change_se` is the standard error of each change.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    weight: Floats
    se: Floats
    gemeenten: NDArray[np.int64]
    change: Floats
    change_se: Floats

    def __str__(self) -> str:
        return ", ".join(f"{k} {w:.2f} ({s:.2f})" for k, w, s in zip(self.keys, self.weight, self.se, strict=True))

    def standing_for(self, weight: float) -> Candidates:
        """The same when each household of the file stands for this many."""
        return replace(self, change=self.change * weight, change_se=self.change_se * weight)


def computable(
    population: Population, year: int, keys: Sequence[str], model: Sequence[str], known: Registry | None = None
) -> tuple[str, ...]:
    """The candidates that are not in the model and for which the population has the columns."""
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.kenmerken.areas import columns_needed

    declared = known or registry()
    present = set(population.columns(year))
    chosen = []
    for key in keys:
        if (
            key in declared
            and key not in model
            and declared[key].eenheid == "huishouden"
            and declared[key].soort in SINGLE
        ):
            needed = columns_needed(declared, "gemeente", key).get("households", ())
            if set(needed) <= present:
                chosen.append(key)
    return tuple(chosen)


def candidate_effects(design: Design, result: LogitResult, keys: Sequence[str], question: Question) -> Candidates:
    """The one-step effect of each candidate column of the design, each on its own; errors clustered by gemeente."""
    base = np.array([design.position[key] for key in result.keys])
    columns = np.r_[base, np.array([design.position[key] for key in keys], dtype=np.int64)]
    moments = _moments(design, result, columns)
    projected = result.covariance_model @ moments.across
    remaining = moments.own - np.einsum("bk,bk->k", moments.across, projected)
    b = len(base)
    scores = moments.score[:, b:] - moments.score[:, :b] @ projected
    usable = remaining > DEPENDENT * np.maximum(moments.own, 1.0)
    step, se = (
        np.divide(top, remaining, out=np.zeros(len(keys)), where=usable)
        for top in (scores.sum(axis=0), np.sqrt((scores**2).sum(axis=0)))
    )
    per_unit = moments.gradient[:, b:] - moments.gradient[:, :b] @ projected
    codes = np.asarray(design.areas.gemeenten, dtype=np.int64)
    labels = tuple(question.label(key) for key in keys)
    return Candidates(tuple(keys), labels, step, se, codes, (per_unit * step).T, (np.abs(per_unit) * se).T)


@dataclass(frozen=True, eq=False)
class _Moments:
    """Per gemeente the gradient of its expected number and its score (g, b + k); information across and own."""

    gradient: Floats
    score: Floats
    across: Floats
    own: Floats


def _moments(design: Design, result: LogitResult, columns: NDArray[np.int64]) -> _Moments:
    b, size = len(result.keys), len(design.areas.gemeenten)
    gradient, score = np.zeros((size, len(columns))), np.zeros((size, len(columns)))
    across, own = np.zeros((b, len(columns) - b)), np.zeros(len(columns) - b)
    for start in range(0, design.households, BLOCK):
        rows = slice(start, min(start + BLOCK, design.households))
        x, weight = design.dense(rows)[:, columns], design.weights_of(rows)
        p = expit(x[:, :b] @ result.estimate)
        slope = weight * p * (1 - p)
        across += (x[:, :b] * slope[:, None]).T @ x[:, b:]
        own += slope @ x[:, b:] ** 2
        gemeente = design.areas.gemeente_of[design.area_of_households(rows)]
        starts = np.flatnonzero(np.r_[True, gemeente[1:] != gemeente[:-1]])
        gap = design.weighted_outcome(rows) - weight * p
        for sums, values in ((gradient, slope), (score, gap)):
            np.add.at(sums, gemeente[starts], np.add.reduceat(x * values[:, None], starts, axis=0))
    return _Moments(gradient, score, across, own)
