"""Estimating a logit on a design: checks, the maximum, and its inference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from verdeelmodel.errors import DataError, RequestError, unknown_name
from verdeelmodel.model.assembling import Estimated, Found, assemble
from verdeelmodel.model.covariance import covariance
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.guards import (
    Totals,
    fail_if_dependent,
    fail_if_dummies_constant,
    fail_if_outcomes_equal,
    parameter_problem,
    scarce_dummies,
    scarcity_problems,
    separating_parameters,
    totals,
    without_households_of,
)
from verdeelmodel.model.maximising import Maximum, Problem, maximise
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.peers import estimate_with
from verdeelmodel.model.penalty import maximise_firth
from verdeelmodel.model.result import Convergence, LogitResult
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be estimated once scarce dummies have been dealt with as the user chose."""

    design: Design
    active: Longs
    known: Totals
    scarce: Longs
    penalty: str = ""
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def estimated(self) -> Estimated:
        """What the result tells about how the estimate came about."""
        return Estimated(self.design, self.active, self.known, self.scarce, self.penalty, self.removed, self.notes)


def fit_logit(design: Design, columns: Sequence[str] | None = None, options: FitOptions | None = None) -> LogitResult:
    """Exact maximum likelihood for the named columns (or parameters) of a design; None takes all.

    A fractional outcome gives the quasi-likelihood estimate. Raises with every problem by name when the model cannot
    be estimated; what `options.separation` allows is done, and noted in the result. Another `options.engine` gives the
    same result object after the same checks, as a cross-check on samples.
    """
    use = options or FitOptions()
    with Workers(use.threads) as workers:
        plan = make_plan(design, active_parameters(design, columns), use, workers)
        if use.engine != "verdeelmodel":
            return assemble(plan.estimated, estimate_with(plan.design, plan.active, use), use)
        maximum = _maximum(plan, use, workers)
        if not maximum.converged:
            plan = _after_failure(plan, maximum, use, workers)
            maximum = _maximum(plan, use, workers)
        if not maximum.converged:
            raise DataError(text("logit.not_found", passes=maximum.passes))
        return assemble(plan.estimated, _found(plan, maximum, use, workers), use)


def active_parameters(design: Design, columns: Sequence[str] | None) -> Longs:
    """Positions of the intercept and of the parameters of the named columns or parameters, in design order."""
    if columns is None:
        return np.arange(len(design.parameters))
    known = {name for parameter in design.parameters for name in (parameter.key, parameter.column)}
    unknown = [name for name in columns if name not in known]
    if unknown:
        what = text("logit.no_such_column")
        problems = [unknown_name(name, sorted(known), what) for name in unknown]
        raise RequestError(text("logit.parameters_unusable"), problems)
    wanted = set(columns)
    chosen = [i for i, p in enumerate(design.parameters) if i == 0 or p.key in wanted or p.column in wanted]
    return np.array(chosen, dtype=np.int64)


def make_plan(design: Design, active: Longs, options: FitOptions, workers: Workers) -> Plan:
    """Check the columns and deal with scarce dummies; dropping households can make others scarce, so repeat."""
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    while True:
        known = totals(design, workers)
        fail_if_outcomes_equal(known)
        fail_if_dummies_constant(design, active, known)
        scarce = scarce_dummies(design, active, known, options.rare)
        plan = Plan(design, active, known, scarce, removed=removed, notes=notes)
        if not len(scarce):
            return plan
        if options.separation == "stop":
            problems = scarcity_problems(design, scarce.tolist(), known, options.rare)
            raise RequestError(text("logit.separated"), problems)
        if options.separation in ("ridge", "firth"):
            return _penalised(plan, scarce, options)
        keys = [design.parameters[int(place)].key for place in scarce]
        counts = [int(known.households[place]) for place in scarce]
        note = "logit.dropped_note" if options.separation == "drop" else "logit.merged_note"
        notes += tuple(text(note, name=k, households=n) for k, n in zip(keys, counts, strict=True))
        removed += tuple(keys)
        active = np.setdiff1d(active, scarce)
        if options.separation == "drop":
            design = replace(design, weight=without_households_of(design, scarce))
            active = _with_households(design, active, workers)


def _with_households(design: Design, active: Longs, workers: Workers) -> Longs:
    """Dropping households can leave a dummy without any: those dummies go with them."""
    count = totals(design, workers).households
    dummy = (active >= design.dummies.start) & (active < design.dummies.stop)
    return np.asarray(active[~dummy | (count[active] > 0)])


def _penalised(plan: Plan, places: Longs, options: FitOptions) -> Plan:
    keys = ", ".join(plan.design.parameters[int(place)].key for place in places)
    note = text("logit.penalty_note", penalty=options.separation, keys=keys)
    return replace(plan, penalty=options.separation, scarce=places, notes=(*plan.notes, note))


def _maximum(plan: Plan, options: FitOptions, workers: Workers) -> Maximum:
    design, known = plan.design, plan.known
    weight = design.weight_sum
    start = np.zeros(len(design.parameters))
    start[0] = np.log(known.target[0] / (weight - known.target[0]))
    penalty = np.zeros(len(start))
    if plan.penalty == "ridge":
        penalty[plan.scarce] = options.ridge
    problem = Problem(design, plan.active, known.target, penalty, workers)
    if plan.penalty == "firth":
        return maximise_firth(problem, start)
    maximum = maximise(problem, start, options.most_passes, options.warm_start)
    if maximum.dependences:
        fail_if_dependent(design, plan.active, start, workers)
    return maximum


def _after_failure(plan: Plan, maximum: Maximum, options: FitOptions, workers: Workers) -> Plan:
    """Separation by several columns together shows only in the iterations: penalise if asked, else stop with names."""
    places = separating_parameters(plan.design, plan.active, maximum, workers)
    if places and options.separation in ("ridge", "firth") and not plan.penalty:
        return _penalised(plan, np.array(places, dtype=np.int64), options)
    if places:
        found, remedy = text("logit.separated_direction"), text("logit.separation_remedy")
        problems = [parameter_problem(plan.design, place, found, remedy) for place in places]
        raise RequestError(text("logit.separated"), problems)
    raise DataError(text("logit.not_found", passes=maximum.passes))


def _found(plan: Plan, maximum: Maximum, options: FitOptions, workers: Workers) -> Found:
    design, active = plan.design, plan.active
    inside, clusters = covariance(design, active, maximum.estimate, maximum.inverse, options.covariance, workers)
    return Found(
        estimate=design.to_units(maximum.estimate)[active],
        covariance=_in_units(design, active, inside),
        covariance_model=_in_units(design, active, maximum.inverse),
        log_likelihood=_log_likelihood(plan, maximum),
        null_log_likelihood=_null_log_likelihood(plan, options, workers),
        convergence=Convergence(maximum.converged, maximum.passes, maximum.largest_step, maximum.sample),
        clusters=clusters,
    )


def _in_units(design: Design, active: Longs, inside: Floats) -> Floats:
    full = np.zeros((len(design.parameters), len(design.parameters)))
    full[np.ix_(active, active)] = inside
    return design.covariance_to_units(full)[np.ix_(active, active)]


def _offset_share(design: Design) -> float:
    if not design.offset.size:
        return 0.0
    return float((design.weighted_outcome(slice(0, design.households)) * design.offset).sum())


def _log_likelihood(plan: Plan, maximum: Maximum) -> float:
    linear = float((plan.known.target * maximum.estimate).sum()) + _offset_share(plan.design)
    return linear - maximum.log_normaliser


def _null_log_likelihood(plan: Plan, options: FitOptions, workers: Workers) -> float:
    design = plan.design
    if design.offset.size:
        only = replace(plan, active=np.zeros(1, dtype=np.int64), penalty="")
        return _log_likelihood(only, _maximum(only, options, workers))
    weight = design.weight_sum
    cases = float(plan.known.target[0])
    return float(cases * np.log(cases / weight) + (weight - cases) * np.log1p(-cases / weight))
