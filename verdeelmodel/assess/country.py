"""The country of an assessment: one design with the model and every candidate, fitted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.moments import Moments, moments_by_gemeente, moments_by_group
from verdeelmodel.assess.occurrence import households_having, known_totals
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.kenmerken import Registry, compute_gemeenten
from verdeelmodel.model.fitting import Fitting, fit_price, fitted_part, has_price
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import BIJSTAND, YEAR_STEP, Question, national_design
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.predicting import predict_areas, stored_estimate
from verdeelmodel.model.prediction import Prediction, predict_chunks
from verdeelmodel.model.spec import ModelSpec, Part, fail_if_unknown_kenmerken
from verdeelmodel.population.memory import LIBRARIES, fail_if_memory_too_small
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult
    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

FOLDS = 5
#: What an assessment holds at most per household of every year together; measured on 8.1 and on 32.4 million.
PER_HOUSEHOLD = 110
# The logistic of this is one: everyone on bijstand receives the full norm.
FULL_NORM = 40.0


@dataclass(frozen=True)
class Request:
    """Which candidates to assess against which model, on a population in some years."""

    population: Population
    years: tuple[int, ...]
    model: ModelSpec
    candidates: tuple[str, ...]
    known: Registry
    options: FitOptions


@dataclass(frozen=True, eq=False)
class Country:
    """The fitted base model on a design that holds the candidates too.

    `estimate` (p,) is the base model on the stored scale. `by_fold` and `by_year` hold score and information;
    `residual` (g,) and `spread` (g, p) sum residual and variance · x per gemeente. `value` is what a household on
    bijstand is expected to cost (fraction times norm), zero outside the last year. `shares` has a column per candidate
    and a row per gemeente, in the order of `gemeenten`.
    """

    request: Request
    design: Design
    base: LogitResult
    estimate: Floats
    by_fold: Moments
    by_year: Moments | None
    residual: Floats
    spread: Floats
    value: Floats
    shares: pd.DataFrame

    def places(self, key: str) -> Longs:
        """Positions of the parameters of a candidate in the design."""
        found = [i for i, p in enumerate(self.design.parameters) if p.column == key]
        return np.array(found, dtype=np.int64)

    @property
    def base_columns(self) -> list[str]:
        """The columns of the base model."""
        return list(self.request.model.volume.kenmerken)

    @property
    def gemeenten(self) -> NDArray[np.integer]:
        """The codes of the gemeenten, in the order of everything that is per gemeente."""
        return np.asarray(self.design.areas.gemeenten)

    @cached_property
    def folds(self) -> Longs:
        """The fold of each segment of the design."""
        return folds_of_segments(self.design)

    @cached_property
    def sums(self) -> dict[str, Floats]:
        """Households, expected and actual recipients per gemeente under the base model."""
        return predict_areas(self.design, self.base, self.request.options.threads).by_gemeente()


def build_country(request: Request, advance: Callable[[float], None] | None = None) -> Country:
    """Read the population, fit the base model and sum scores and information by fold and by year."""
    fail_if_candidates_unusable(request)
    households = sum(request.population.count(year) for year in request.years)
    fail_if_memory_too_small(LIBRARIES + PER_HOUSEHOLD * households, households)
    base_keys, threads = request.model.volume.kenmerken, request.options.threads
    keys = (*base_keys, *request.candidates)
    question = Question(request.population, request.years, keys, request.model.rules_year, BIJSTAND, request.known)
    design = national_design(question, threads, advance)
    fail_if_candidates_say_nothing(request, design)
    base = fit_logit(design, list(base_keys), request.options)
    estimate = stored_estimate(design, base)
    places = np.array(sorted(design.position[key] for key in base.keys), dtype=np.int64)
    by_fold, by_year = moments_by_fold_and_year(design, estimate, places, request.years, threads)
    residual, spread = moments_by_gemeente(design, estimate, threads)
    return Country(
        request=request,
        design=design,
        base=base,
        estimate=estimate,
        by_fold=by_fold,
        by_year=by_year if len(request.years) > 1 else None,
        residual=residual,
        spread=spread,
        value=values_of_households(replace(request, model=weighted_model(request, base)), design),
        shares=municipal_shares(request, design),
    )


def moments_by_fold_and_year(
    design: Design, estimate: Floats, base: Longs, years: tuple[int, ...], threads: int | None
) -> tuple[Moments, Moments]:
    """Score and information per fold of gemeenten, and per year in their order, from one pass."""
    fold, year = folds_of_segments(design), years_of_segments(design)
    codes = np.unique(years)
    group = fold * len(codes) + np.searchsorted(codes, year)
    count = FOLDS * len(codes)
    found = moments_by_group(design, estimate, base, group, count, threads)
    one, other = np.divmod(np.arange(count), len(codes))
    return found.joined(one, FOLDS), found.joined(other, len(codes))


def folds_of_segments(design: Design, folds: int = FOLDS) -> Longs:
    """The fold of each segment: whole gemeenten, about equal in households, the same for the same gemeenten."""
    gemeente = design.areas.gemeente_of[design.segment_area]
    counts = np.bincount(gemeente, np.diff(design.pointers), len(design.areas.gemeenten))
    size, fold = np.zeros(folds), np.zeros(len(counts), dtype=np.int64)
    for place in np.argsort(-counts, kind="stable"):
        fold[place] = int(np.argmin(size))
        size[fold[place]] += counts[place]
    return np.asarray(fold[gemeente], dtype=np.int64)


def years_of_segments(design: Design) -> Longs:
    """The year of each segment."""
    return np.asarray(design.areas.buurten[design.segment_area] // YEAR_STEP, dtype=np.int64)


def municipal_shares(request: Request, design: Design) -> pd.DataFrame:
    """Every candidate per gemeente, mean over the years; gemeenten as in the design."""
    keys, rules, known = request.candidates, request.model.rules_year, request.known
    frame = compute_gemeenten(request.population, keys, request.years, rules, known)
    return frame.reindex(np.asarray(design.areas.gemeenten))


def weighted_model(request: Request, base: LogitResult) -> ModelSpec:
    """The model with the estimates of the base as weights, and a price: its own, else estimated, else the full norm."""
    volume, price = fitted_part(request.model.volume, base), request.model.price
    if price.constant is None or any(term.weight is None for term in price.terms):
        last = Fitting(request.population, (max(request.years),), request.model, request.options, request.known)
        price = fitted_part(price, fit_price(last)) if has_price(last) else Part((), FULL_NORM)
    return replace(request.model, volume=volume, price=price)


def values_of_households(request: Request, design: Design) -> Floats:
    """Fraction of the norm times norm of each household of the last year, in the order of the design; else zero."""
    last, population = max(request.years), request.population
    in_file, at = np.empty(population.count(last)), 0
    for chunk in predict_chunks(Prediction(population, last, request.model, request.known)):
        in_file[at : at + len(chunk.norm)] = chunk.fraction * chunk.norm * chunk.weight
        at += len(chunk.norm)
    if design.order is None:
        raise ValueError("the design must remember the order of the file")
    first = sum(population.count(year) for year in request.years[: request.years.index(last)])
    year, values = years_of_segments(design), np.zeros(design.households)
    for segment in np.flatnonzero(year == last).tolist():
        rows = design.rows((segment, segment + 1))
        values[rows] = in_file[design.order[rows] - first]
    return values


def fail_if_candidates_unusable(request: Request) -> None:
    """Refuse candidates that are unknown, named twice, or in the model already, all at once."""
    spec = request.model
    fail_if_unknown_kenmerken(spec, tuple(request.known))
    request.known.fail_if_unknown(request.candidates)
    inside = [k for k in dict.fromkeys(request.candidates) if k in spec.volume.kenmerken]
    twice = sorted({k for k in request.candidates if request.candidates.count(k) > 1})
    problems = [Problem(text("assess.already_in_model", kenmerk=k, model=spec.name)) for k in inside]
    problems += [Problem(text("assess.named_twice", kenmerk=k)) for k in twice]
    if not request.candidates:
        problems.append(Problem(text("assess.no_candidates")))
    if problems:
        raise RequestError(text("assess.candidates_unusable", count=len(problems)), problems)


def fail_if_candidates_say_nothing(request: Request, design: Design) -> None:
    """Refuse candidates that are the same for everyone, and those that are bijstand by another name, all at once."""
    known_totals(design, request.options.threads)
    problems = []
    for key in request.candidates:
        places = [i for i, p in enumerate(design.parameters) if p.column == key]
        if not places or all(is_constant(design, place) for place in places):
            problems.append(Problem(text("assess.constant", kenmerk=key)))
        else:
            problems += only_recipients(design, key, places)
    if problems:
        raise RequestError(text("assess.candidates_unusable", count=len(problems)), problems)


def only_recipients(design: Design, key: str, places: Sequence[int]) -> list[Problem]:
    """A problem for each parameter of a household of which only recipients, or only others, have any."""
    problems = []
    for place in places:
        if place < design.area_positions.start:
            having, cases = households_having(design, place)
            if having > 0 and cases in (0.0, having):
                key_text = "assess.only_recipients" if cases else "assess.never_recipients"
                problems.append(Problem(text(key_text, kenmerk=key, count=int(having))))
    return problems


def is_constant(design: Design, place: int) -> bool:
    """Whether a parameter has the same value for every household."""
    if place < design.dummies.stop:
        known = known_totals(design)
        return not 0 < known.households[place] < known.households[0]
    if place < design.area_positions.start:
        return not design.continuous[place - design.continuous_positions.start].any()
    column = design.area_values[np.unique(design.segment_area), place - design.area_positions.start]
    return bool(np.ptp(column) == 0)
