"""What is checked before and after an estimate: constant, dependent, rare and perfectly predicting columns, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.model.algebra import Dependence, invert
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.maximising import Maximum
from verdeelmodel.model.passes import lookup_tables, probabilities_of_chunk, second_moments, weighted_sums
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

#: A direction counts as non-zero for a household from this share of its largest coefficient.
NEGLIGIBLE = 1e-2


@dataclass(frozen=True, eq=False)
class Totals:
    """Per parameter: households with positive weight, their unweighted outcomes, and sums of weight · outcome · x."""

    households: Floats
    cases: Floats
    target: Floats


_KNOWN: WeakKeyDictionary[Design, Totals] = WeakKeyDictionary()


def totals(design: Design, workers: Workers) -> Totals:
    """Sums over all households, before any estimate; remembered per design. Households of weight zero do not count."""
    if design not in _KNOWN:
        _KNOWN[design] = _totals(design, workers)
    return _KNOWN[design]


def _totals(design: Design, workers: Workers) -> Totals:
    target = weighted_sums(design, design.weighted_outcome, workers)[0]
    if not design.weight.size:
        count = weighted_sums(design, design.counted, workers)[0]
        return Totals(count, target, target)
    count = weighted_sums(design, design.counted, workers)[0]
    cases = weighted_sums(design, lambda rows: design.counted(rows) * design.outcome[rows], workers)[0]
    return Totals(count, cases, target)


def fail_if_outcomes_equal(known: Totals) -> None:
    """There are households with and without the outcome."""
    households, cases = known.households[0], known.cases[0]
    if cases <= 0 or cases >= households:
        raise DataError(text("logit.outcomes_equal", households=int(households), outcome=int(cases > 0)))


def fail_if_dummies_constant(design: Design, active: Longs, known: Totals) -> None:
    """Every dummy is 1 for some households and 0 for others."""
    problems = []
    for place in active[(active >= design.dummies.start) & (active < design.dummies.stop)]:
        count = known.households[place]
        if 0 < count < known.households[0]:
            continue
        found = text("logit.empty_dummy" if count == 0 else "logit.full_dummy")
        problems.append(parameter_problem(design, int(place), found))
    for place in active[active >= design.continuous_positions.start]:
        if design.scale[place] == 1.0 and _is_constant(design, int(place)):
            problems.append(parameter_problem(design, int(place), text("logit.constant")))
    if problems:
        raise RequestError(text("logit.parameters_unusable"), problems)


def _is_constant(design: Design, place: int) -> bool:
    if place < design.area_positions.start:
        return not design.continuous[place - design.continuous_positions.start].any()
    return not design.area_values[np.unique(design.segment_area), place - design.area_positions.start].any()


def parameter_problem(design: Design, place: int, found: str, remedy: str = "") -> Problem:
    """A problem of one parameter."""
    key = design.parameters[place].key
    return Problem(found, text("logit.column", column=key), remedy=remedy or text("logit.leave_out", name=key))


def fail_if_dependent(design: Design, active: Longs, start: Floats, workers: Workers) -> None:
    """No column is a combination of others. `start` predicts the same for everyone, so no outcome plays a part."""
    ones = second_moments(design, start, lambda rows, _: design.counted(rows), workers)
    found = invert(ones[np.ix_(active, active)]).dependences
    if found:
        problems = [parameter_problem(design, int(active[one.column]), _formula(design, active, one)) for one in found]
        raise RequestError(text("logit.parameters_unusable"), problems)


def _formula(design: Design, active: Longs, one: Dependence) -> str:
    keys = [design.parameters[int(active[other])].key for other in one.others]
    units = design.scale[active[one.column]] / design.scale[active[list(one.others)]]
    factors = np.array(one.coefficients) * units
    named = [(key, float(f)) for key, f in zip(keys, factors, strict=True) if key != design.parameters[0].key]
    if not named:
        return text("logit.constant")
    if len(named) == 1 and abs(named[0][1] - 1.0) < 1e-6:
        return text("logit.equal_to", other=named[0][0])
    terms = [f"{factor:+.4g} × {key}" for key, factor in named[:6]] + (["…"] if len(named) > 6 else [])
    return text("logit.combination", formula=" ".join(terms))


def scarce_dummies(design: Design, active: Longs, known: Totals, fewest: int) -> Longs:
    """Active dummies with no weighted outcome, nothing but outcomes, or fewer than `fewest` households of either."""
    places = active[(active >= design.dummies.start) & (active < design.dummies.stop)]
    cases, others = known.cases[places], known.households[places] - known.cases[places]
    fewer = np.minimum(cases, others)
    return np.asarray(places[(fewer <= 0) | (fewer < fewest)])


def scarcity_problems(design: Design, places: Sequence[int], known: Totals, fewest: int) -> list[Problem]:
    """What is wrong with scarce dummies, with what to choose."""
    problems = []
    for place in places:
        count, cases = int(known.households[place]), known.cases[place]
        key = "rare_found"
        if cases <= 0:
            key = "separated_all_zero"
        elif cases >= count:
            key = "separated_all_one"
        found = text(f"logit.{key}", households=count, cases=f"{cases:g}", rare=fewest)
        problems.append(parameter_problem(design, place, found, text("logit.separation_remedy")))
    return problems


def separating_parameters(design: Design, active: Longs, maximum: Maximum, workers: Workers) -> list[int]:
    """The parameters of a direction that separates the households with and without the outcome; empty if none is found.

    Tried are the step with which the estimate runs off, and the estimate itself, which splits the households in two
    when the separation is complete. That the direction separates is checked on every household.
    """
    for direction, margin in ((maximum.last_step, NEGLIGIBLE), (maximum.estimate, 0.0)):
        largest = float(np.abs(direction).max())
        if not np.isfinite(largest) or largest == 0.0:
            continue
        scaled = direction / largest
        if _separates(design, scaled, margin, workers):
            return [int(place) for place in active if place > 0 and abs(scaled[place]) > NEGLIGIBLE]
    return []


def _separates(design: Design, direction: Floats, margin: float, workers: Workers) -> bool:
    bare = replace(design, offset=np.zeros(0))
    tables, level = lookup_tables(bare, direction)
    slopes = np.ascontiguousarray(direction[design.continuous_positions])
    low, high = (1.0 / (1.0 + np.exp(sign * margin)) for sign in (1, -1))

    def violated(chunk: tuple[int, int]) -> bool:
        rows = design.rows(chunk)
        side = probabilities_of_chunk(bare, tables, level, slopes, chunk)
        wrong = ((design.outcome[rows] > 0) & (side < low)) | ((design.outcome[rows] < 1) & (side > high))
        return bool((wrong & (design.weights_of(rows) > 0)).any())

    return not any(workers.map(violated, design.chunks))


def without_households_of(design: Design, places: npt.NDArray[np.int64]) -> Floats:
    """Weights of all households, zero for those with one of these dummies."""
    weight = design.weights_of(slice(0, design.households)).copy()
    for place in places:
        dummy = int(place) - 1
        column = int(np.searchsorted(design.packing.first_dummy, dummy, side="right")) - 1
        level = int(np.flatnonzero(design.packing.dummy_of_level(column) == dummy)[0])
        weight[design.packing.decode(design.words, column) == level] = 0.0
    return weight
