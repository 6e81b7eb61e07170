"""The country of an assessment: one design with the model and every candidate, fitted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.moments import Moments, moments_by_group
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.kenmerken import Registry
from verdeelmodel.model.fitting import Fitting, fit_price, fitted_part, has_price
from verdeelmodel.model.folds import gemeente_of_households, year_of_households
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import BIJSTAND, Question, national_design
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.prediction import Prediction, predict_chunks
from verdeelmodel.model.spec import ModelSpec, Part, fail_if_unknown_kenmerken
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult
    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

FOLDS = 5
# A kenmerk that only recipients can have (or none of them) says nothing about the chance of bijstand.
ONLY_RECIPIENTS = 1.0
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

    `gemeente` and `year` are per household in the order of the design; `by_fold` and `by_year` hold score and
    information; `value` is what a household on bijstand is expected to cost (fraction times norm), zero outside the
    last year.
    """

    request: Request
    design: Design
    base: LogitResult
    gemeente: Longs
    year: Longs
    by_fold: Moments
    by_year: Moments | None
    value: Floats

    def places(self, key: str) -> Longs:
        """Positions of the parameters of a candidate in the design."""
        found = [i for i, p in enumerate(self.design.parameters) if p.column == key]
        return np.array(found, dtype=np.int64)

    @property
    def base_columns(self) -> list[str]:
        """The columns of the base model."""
        return list(self.request.model.volume.kenmerken)


def build_country(request: Request, advance: Callable[[float], None] | None = None) -> Country:
    """Read the population, fit the base model and sum scores and information by fold and by year."""
    fail_if_candidates_unusable(request)
    base_keys = request.model.volume.kenmerken
    question = Question(
        request.population,
        request.years,
        (*base_keys, *request.candidates),
        request.model.rules_year,
        BIJSTAND,
        request.known,
    )
    design = national_design(question, request.options.threads, advance)
    fail_if_only_recipients(request, design)
    base = fit_logit(design, list(base_keys), request.options)
    gemeente, year = gemeente_of_households(design), year_of_households(design)
    return Country(
        request=request,
        design=design,
        base=base,
        gemeente=gemeente,
        year=year,
        by_fold=moments_by_group(design, base, folds_of(gemeente), FOLDS, request.options.threads),
        by_year=yearly_moments(design, base, year, request.options.threads) if len(request.years) > 1 else None,
        value=values_of_households(replace(request, model=weighted_model(request, base)), design, year),
    )


def folds_of(gemeente: Longs, folds: int = FOLDS) -> Longs:
    """The fold of each household: whole gemeenten, about equal in households, the same for the same gemeenten."""
    codes, inverse, counts = np.unique(gemeente, return_inverse=True, return_counts=True)
    size, fold = np.zeros(folds), np.zeros(len(codes), dtype=np.int64)
    for place in np.argsort(-counts, kind="stable"):
        fold[place] = int(np.argmin(size))
        size[fold[place]] += counts[place]
    return np.asarray(fold[inverse], dtype=np.int64)


def yearly_moments(design: Design, base: LogitResult, year: Longs, threads: int | None) -> Moments:
    """Score and information per year, in the order of the years."""
    codes, inverse = np.unique(year, return_inverse=True)
    return moments_by_group(design, base, inverse, len(codes), threads)


def weighted_model(request: Request, base: LogitResult) -> ModelSpec:
    """The model with the estimates of the base as weights, and a price: its own, else estimated, else the full norm."""
    volume, price = fitted_part(request.model.volume, base), request.model.price
    if price.constant is None or any(term.weight is None for term in price.terms):
        last = Fitting(request.population, (max(request.years),), request.model, request.options, request.known)
        price = fitted_part(price, fit_price(last)) if has_price(last) else Part((), FULL_NORM)
    return replace(request.model, volume=volume, price=price)


def values_of_households(request: Request, design: Design, year: Longs) -> Floats:
    """Fraction of the norm times norm of each household of the last year, in the order of the design; else zero."""
    last = max(request.years)
    chunks = predict_chunks(Prediction(request.population, last, request.model, request.known))
    in_file = np.concatenate([chunk.fraction * chunk.norm * chunk.weight for chunk in chunks])
    values = np.zeros(design.households)
    if design.order is None:
        raise ValueError("the design must remember the order of the file")
    of_last = year == last
    first = int(design.order[of_last].min())
    values[of_last] = in_file[design.order[of_last] - first]
    return values


def fail_if_candidates_unusable(request: Request) -> None:
    """Refuse candidates that are unknown, named twice, or in the model already, all at once."""
    spec = request.model
    fail_if_unknown_kenmerken(spec, tuple(request.known))
    request.known.fail_if_unknown(request.candidates)
    inside = [k for k in request.candidates if k in spec.volume.kenmerken]
    twice = sorted({k for k in request.candidates if request.candidates.count(k) > 1})
    problems = [Problem(text("assess.already_in_model", kenmerk=k, model=spec.name)) for k in inside]
    problems += [Problem(text("assess.named_twice", kenmerk=k)) for k in twice]
    if not request.candidates:
        problems.append(Problem(text("assess.no_candidates")))
    if problems:
        raise RequestError(text("assess.candidates_unusable", count=len(problems)), problems)


def fail_if_only_recipients(request: Request, design: Design) -> None:
    """Refuse a yes/no candidate that only recipients, or only others, have: it is bijstand by another name."""
    outcome = design.outcome.astype(np.float64)
    rate = float(outcome.mean())
    problems = []
    for key in request.candidates:
        for place in [i for i, p in enumerate(design.parameters) if p.column == key and i < design.dummies.stop]:
            having = having_dummy(design, place)
            share = float(outcome[having].mean()) if having.any() else rate
            if share in (0.0, ONLY_RECIPIENTS):
                key_text = "assess.only_recipients" if share else "assess.never_recipients"
                problems.append(Problem(text(key_text, kenmerk=key, count=int(having.sum()))))
    if problems:
        raise RequestError(text("assess.candidates_unusable", count=len(problems)), problems)


def having_dummy(design: Design, place: int) -> NDArray[np.bool_]:
    """Which households have the dummy at this position, in the order of the design."""
    members = design.packing.byte_members[place - design.dummies.start].toarray().reshape(-1, 256)
    byte = int(np.flatnonzero(members.any(axis=1))[0])
    from verdeelmodel.model.packing import byte_of

    return np.asarray(members[byte].astype(bool)[byte_of(design.words, byte)])
