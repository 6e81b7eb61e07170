"""From what an engine found to the result that everyone reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verdeelmodel.model.columns import parameters_of
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.guards import Totals, scarce_dummies
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.result import Convergence, LogitResult
from verdeelmodel.wording import text

#: Dummies with fewer households than this, with or without the outcome, get a warning in the result.
FEW = 10
#: Clustered errors from fewer areas than this get a warning.
FEW_CLUSTERS = 30


@dataclass(frozen=True, eq=False)
class Found:
    """What an engine found, for the active parameters in design order and in the columns' own units."""

    estimate: Floats
    covariance: Floats
    covariance_model: Floats
    log_likelihood: float
    null_log_likelihood: float
    convergence: Convergence
    clusters: int | None = None


@dataclass(frozen=True, eq=False)
class Estimated:
    """What was estimated: the households and parameters, what was penalised or removed, and the notes on it."""

    design: Design
    active: Longs
    known: Totals
    scarce: Longs
    penalty: str
    removed: tuple[str, ...]
    notes: tuple[str, ...]


def assemble(plan: Estimated, found: Found, options: FitOptions) -> LogitResult:
    """The result, with parameters in the order in which the columns were declared."""
    design = plan.design
    declared = declared_order(design, plan.active)
    place = {int(position): i for i, position in enumerate(plan.active)}
    order = [place[position] for position in declared]
    chosen = [design.parameters[position] for position in declared]
    return LogitResult(
        keys=tuple(parameter.key for parameter in chosen),
        labels=tuple(parameter.label for parameter in chosen),
        estimate=found.estimate[order],
        covariance=found.covariance[np.ix_(order, order)],
        covariance_model=found.covariance_model[np.ix_(order, order)],
        covariance_kind=options.covariance,
        log_likelihood=found.log_likelihood,
        null_log_likelihood=found.null_log_likelihood,
        households=int(plan.known.households[0]),
        weight_sum=design.weight_sum,
        outcome_sum=float(plan.known.target[0]),
        convergence=found.convergence,
        clusters=found.clusters,
        penalty=plan.penalty,
        removed=plan.removed,
        warnings=(*plan.notes, *_warnings(plan, options, found.clusters)),
        engine=options.engine,
    )


def declared_order(design: Design, active: Longs) -> list[int]:
    """Active positions in the order in which the columns were declared, the intercept first."""
    wanted = {int(place) for place in active}
    ordered = [0, *(design.position[p.key] for column in design.columns for p in parameters_of(column))]
    return [place for place in ordered if place in wanted]


def _warnings(plan: Estimated, options: FitOptions, clusters: int | None) -> list[str]:
    design, known = plan.design, plan.known
    few = np.setdiff1d(scarce_dummies(design, plan.active, known, FEW), plan.scarce)
    notes = [
        text(
            "logit.rare_note", name=design.parameters[place].key, households=int(known.households[place]),
            cases=f"{known.cases[place]:g}",
        )
        for place in few
    ]  # fmt: skip
    if design.weight_kind == "sampling" and options.covariance == "model":
        notes.append(text("logit.sampling_note"))
    if clusters is not None and clusters < FEW_CLUSTERS:
        notes.append(text("logit.few_clusters_note", clusters=clusters))
    return notes
