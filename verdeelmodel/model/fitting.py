"""Fitting a model on a population: volume, price, how well it fits, and the tables a user reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.kenmerken import Registry
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import BIJSTAND, FRACTION, Outcome, Question, common_weight, national_design
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.predicting import predict_areas, predict_stored
from verdeelmodel.model.quality import HouseholdFit, MunicipalFit, household_fit, municipal_fit
from verdeelmodel.model.result import LogitResult
from verdeelmodel.model.spec import ModelSpec, Part
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.model.design import Design
    from verdeelmodel.population.population import Population

INTERCEPT = "intercept"


@dataclass(frozen=True, eq=False)
class ModelFit:
    """A fitted model. `model` is the specification with the estimates as weights, ready to predict with.

    `price` is None when no recipient in the population has a fraction of the norm. `municipal` has a row per gemeente:
    households, expected, actual, as they stand in the file; each stands for `stands_for` households.
    """

    model: ModelSpec
    years: tuple[int, ...]
    synthetic: bool
    volume: LogitResult
    price: LogitResult | None
    household_fit: HouseholdFit
    municipal_fit: MunicipalFit
    municipal: pd.DataFrame
    stands_for: float = 1.0

    def __str__(self) -> str:
        return "\n".join(str(part) for part in (self.model, self.volume, self.household_fit, self.municipal_fit))


@dataclass(frozen=True)
class Fitting:
    """What to fit: a model on a population in these years, with the options of the engine."""

    population: Population
    years: tuple[int, ...]
    model: ModelSpec
    options: FitOptions = field(default_factory=FitOptions)
    known: Registry | None = None

    def question(self, part: Part, outcome: Outcome) -> Question:
        """A component of the model as a question about the population."""
        labels = {term.kenmerk: term.label for term in part.terms if term.label}
        return Question(self.population, self.years, part.kenmerken, self.model.rules_year, outcome, self.known, labels)


def fit_model(
    fitting: Fitting, advance: Callable[[float], None] | None = None, design: Design | None = None
) -> ModelFit:
    """Estimate volume and price, and the fit; the price on recipients, as a fractional logit with robust errors.

    A `design` made by `volume_design` is used when it is given, so that the households are read once.
    """
    design = design or volume_design(fitting, advance)
    volume = fit_logit(design, options=fitting.options)
    municipal = predict_areas(design, volume, fitting.options.threads).to_frame("gemeente").set_index("gemeente")
    price = fit_price(fitting) if has_price(fitting) else None
    return ModelFit(
        model=fitted_spec(fitting.model, volume, price),
        years=fitting.years,
        synthetic=fitting.population.meta.synthetic,
        volume=volume,
        price=price,
        household_fit=fit_of_design(design, volume, fitting.options.threads),
        municipal_fit=municipal_fit(
            *(municipal[name].to_numpy(float) for name in ("actual", "expected", "households"))
        ),
        municipal=municipal,
        stands_for=common_weight(fitting.population, max(fitting.years)),
    )


def estimated_model(fitting: Fitting) -> ModelSpec:
    """The model of `fit_model` alone, without the statistics of how well it fits."""
    volume = fit_logit(volume_design(fitting), options=fitting.options)
    return fitted_spec(fitting.model, volume, fit_price(fitting) if has_price(fitting) else None)


def volume_design(fitting: Fitting, advance: Callable[[float], None] | None = None) -> Design:
    """The households of the fit with the kenmerken of the volume component."""
    return national_design(fitting.question(fitting.model.volume, BIJSTAND), fitting.options.threads, advance)


def has_price(fitting: Fitting) -> bool:
    """Whether the model has a price component and the population says what recipients were paid."""
    paid = all(FRACTION.column in fitting.population.columns(year) for year in fitting.years)
    return paid and bool(fitting.model.price.terms)


def fit_price(fitting: Fitting) -> LogitResult:
    """The fractional logit of the fraction of the norm on the recipients."""
    design = national_design(fitting.question(fitting.model.price, FRACTION), fitting.options.threads)
    robust = "hc0" if fitting.options.covariance == "model" else fitting.options.covariance
    return fit_logit(design, options=replace(fitting.options, covariance=robust))


def fit_of_design(design: Design, result: LogitResult, threads: int | None = None) -> HouseholdFit:
    """Household-level fit statistics of a result on its design."""
    weight = design.weight if design.weight.size else None
    return household_fit(design.outcome.astype(np.float64), predict_stored(design, result, threads), weight)


def fitted_spec(model: ModelSpec, volume: LogitResult, price: LogitResult | None) -> ModelSpec:
    """The model with its estimates as weights; a component that was not estimated keeps what it had."""
    return replace(
        model,
        name=text("model.fitted_name", name=model.name),
        volume=fitted_part(model.volume, volume),
        price=model.price if price is None else fitted_part(model.price, price),
        official=None,
        lineage=(model.name, *model.lineage),
    )


def fitted_part(part: Part, result: LogitResult) -> Part:
    """A component with the estimates as weights; a kenmerk that was dropped from the estimate has weight zero."""
    found = result.coefficients
    terms = tuple(replace(term, weight=found.get(term.kenmerk, 0.0)) for term in part.terms)
    return replace(part, terms=terms, constant=found[INTERCEPT])
