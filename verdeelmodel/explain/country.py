"""What is computed once for the whole country, so that every gemeente can be explained from it.

One estimate on the households of a year; one pass over its design for the split of every rate and the spread of every
gemeente; one pass over the households for the residuals by group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.explain.accounts import YearAccounts, accounts, objective_fraction
from verdeelmodel.explain.attribution import Attribution, attribute
from verdeelmodel.explain.candidates import CANDIDATES, Candidates, candidate_effects, computable
from verdeelmodel.explain.omitted import omitted
from verdeelmodel.explain.rate import RateSplit, secant
from verdeelmodel.explain.residual import BLOCK, Residuals, Spread, residuals, spread_of_gemeenten
from verdeelmodel.explain.themes import theme_name
from verdeelmodel.explain.unusual import Unusual, unusual_kenmerken
from verdeelmodel.model.fitting import INTERCEPT, Fitting, fit_price, fitted_spec, has_price
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import BIJSTAND, common_weight, national_design
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.predicting import predict_stored
from verdeelmodel.model.prediction import PredictedChunk, PredictedCountry, Prediction, predict_chunks, predict_country
from verdeelmodel.model.spec import ModelSpec, read_model
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Registry
    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult
    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]

# Ages at which a new group of the table by age begins; the groups are for reading, they are not those of a model.
AGES = (18, 25, 35, 45, 55)
AGE, TYPE, ORIGIN, BUURT = "age_class", "household_type", "origin_1", "buurt"
LEVEL = 0.95


@dataclass(frozen=True)
class ExplainOptions:
    """Which model explains (a published year or a file), and of which year (None: the last of the population)."""

    model: str = "2022"
    year: int | None = None
    candidates: tuple[str, ...] = CANDIDATES
    threads: int | None = None


@dataclass(frozen=True, eq=False)
class Country:
    """Everything from which a dossier is made; arrays over gemeenten follow `gemeenten`, sorted by code.

    `table` holds the table of gemeenten of the year by code, `objective` the part of each budget that the model decides
    (None when the rules of the year are not known), `groups` the members of the groups of the study. `attribution` is
    None when the model has no weights of its own to compare with, or the accounts are too few; `unusual` when there are
    too few gemeenten.
    """

    name: str
    synthetic: bool
    year: int
    model: ModelSpec
    table: pd.DataFrame
    accounts: tuple[YearAccounts, ...]
    volume: LogitResult
    split: RateSplit
    spread: Spread
    predicted: PredictedCountry
    residuals: Mapping[str, Residuals]
    buurten: pd.DataFrame
    candidates: Candidates
    labels: Mapping[str, str]
    themes: Mapping[str, str]
    objective: Floats | None
    household_weight: float
    attribution: Attribution | None = None
    unusual: Unusual | None = None
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return text("explain.country_line", model=self.model.name, year=self.year, gemeenten=len(self.gemeenten))

    @property
    def gemeenten(self) -> NDArray[np.int64]:
        """The codes of the gemeenten, sorted."""
        return self.predicted.gemeenten

    def place(self, gemeente: int) -> int:
        """The position of a gemeente."""
        return int(np.searchsorted(self.gemeenten, gemeente))

    def gemeente_name(self, gemeente: int) -> str:
        """The name of a gemeente in the population."""
        return self._names[gemeente]

    @cached_property
    def _names(self) -> dict[int, str]:
        return {int(code): str(name) for code, name in zip(self.table.index, self.table["name"], strict=True)}

    def weighted(self, model: str) -> ModelSpec:
        """The model of this name or file when it has weights of its own, else with the weights that were estimated."""
        spec = read_model(model)
        parts = (spec.volume, spec.price)
        return self.model if any(term.weight is None for part in parts for term in part.terms) else spec

    @property
    def euro_per_model_euro(self) -> float:
        """The macrobudget of the year per euro of objective amount; 1 when the budgets are not known."""
        of_year = next((a for a in self.accounts if a.year == self.year), None)
        total = float(self.predicted.amount.sum())
        return float(of_year.saldo.budget.sum()) / total if of_year is not None and total > 0 else 1.0


def explain_country(
    population: Population,
    options: ExplainOptions | None = None,
    known: Registry | None = None,
    groups: Mapping[str, tuple[int, ...]] | None = None,
) -> Country:
    """The shared computation. `groups` are gemeenten to compare with, by the key of their group."""
    chosen = options or ExplainOptions()
    year = max(population.years) if chosen.year is None else chosen.year
    fail_if_year_absent(population, year)
    spec = read_model(chosen.model)
    fitting = Fitting(population, (year,), spec, FitOptions(threads=chosen.threads), known)
    candidates = computable(population, year, chosen.candidates, spec.volume.kenmerken, known)
    question = fitting.question(spec.volume, BIJSTAND)
    design = national_design(replace(question, keys=(*question.keys, *candidates)), chosen.threads)
    base = [key for key in design.position if key not in (INTERCEPT, *candidates)]
    # Households of one gemeente share its policy, so that the weights are less certain than their number suggests.
    volume = fit_logit(design, base, FitOptions(threads=chosen.threads, covariance="gemeente"))
    model = fitted_spec(spec, volume, fit_price(fitting) if has_price(fitting) else None)
    probability = predict_stored(design, volume, chosen.threads)
    prediction = Prediction(population, year, model, known)
    predicted = predict_country(prediction)
    each = common_weight(population, year)
    groupings = [TYPE, AGE] + [c for c in (ORIGIN,) if c in population.columns(year)]
    by_buurt = BuurtSums(population.buurten(year))
    stands_for = each * design.weight_sum / design.households
    in_file = dict(zip(predicted.gemeenten.tolist(), predicted.households.sum(axis=1) / stands_for, strict=True))
    chunks = by_buurt.watch(with_age_class(predict_chunks(prediction, (BUURT, "age_1", *groupings[2:]))))
    return Country(
        name=population.meta.name,
        synthetic=population.meta.synthetic,
        year=year,
        model=model,
        table=population.gemeenten(year).set_index("gemeente").sort_index(),
        accounts=accounts(population),
        volume=volume,
        split=split_design(design, volume),
        spread=spread_of_gemeenten(design, volume, probability).standing_for(each),
        predicted=predicted,
        residuals=residuals(chunks, predicted.gemeenten, groupings),
        buurten=by_buurt.frame(),
        candidates=candidate_effects(design, volume, candidates, question).standing_for(each),
        labels={k: question.label(k) for k in (*question.keys, *candidates)},
        themes={k: theme_name(question.registry[k].thema) if k in question.registry else "" for k in question.keys},
        objective=objective_fraction(population, year),
        household_weight=stands_for,
        attribution=attribution_of(replace(prediction, model=spec), design),
        unusual=unusual_kenmerken(population, groups or {}, in_file, known),
        groups=dict(groups or {}),
    )


def attribution_of(prediction: Prediction, design: Design) -> Attribution | None:
    """To what the saldi can be attributed beside the model as it was given; None when that has no weights."""
    parts = (prediction.model.volume, prediction.model.price)
    if any(term.weight is None for part in parts for term in part.terms):
        return None
    rate = float(design.weighted_outcome(slice(None)).sum() / design.weight_sum)
    found = omitted(replace(prediction, calibrate=rate))
    return None if found is None else attribute(found, accounts(prediction.population), prediction.year)


def fail_if_year_absent(population: Population, year: int) -> None:
    """Refuse a year without households."""
    if year not in population.years:
        years = ", ".join(map(str, population.years))
        raise RequestError(text("explain.year_absent", year=year), [Problem(str(year), "--year", years)])


def with_age_class(chunks: Iterator[PredictedChunk]) -> Iterator[PredictedChunk]:
    """Each chunk with the age class of the first adult as a column."""
    for chunk in chunks:
        age = np.searchsorted(np.array(AGES[1:]), chunk.columns["age_1"], side="right").astype(np.int8)
        yield replace(chunk, columns={**chunk.columns, AGE: age})


class BuurtSums:
    """Sums per buurt of chunks that pass by on their way to something else."""

    def __init__(self, buurten: pd.DataFrame) -> None:
        self.table = buurten.sort_values("buurt").set_index("buurt")
        self.codes = self.table.index.to_numpy(np.int64)
        self.sums = np.zeros((4, len(self.codes)))

    def watch(self, chunks: Iterator[PredictedChunk]) -> Iterator[PredictedChunk]:
        """The same chunks, added up while they pass."""
        for chunk in chunks:
            place = np.searchsorted(self.codes, chunk.columns[BUURT])
            p, w = chunk.probability, chunk.weight
            for row, values in zip(
                self.sums, (w, w * p, w * chunk.columns["bijstand"], w * w * p * (1 - p)), strict=True
            ):
                row += np.bincount(place, values, minlength=len(self.codes))
            yield chunk

    def frame(self) -> pd.DataFrame:
        """gemeente, name, households, expected, actual and variance by chance, by buurt with households."""
        import pandas as pd

        names = [str(n) for n in self.table["name"]] if "name" in self.table else [f"BU{c:08d}" for c in self.codes]
        columns = dict(zip(("households", "expected", "actual", "variance"), self.sums, strict=True))
        frame = pd.DataFrame(
            {"gemeente": self.table["gemeente"].to_numpy(), "name": names, **columns}, index=self.codes
        )
        return frame[frame["households"] > 0]


def split_design(design: Design, result: LogitResult) -> RateSplit:
    """The rate of every gemeente split over the kenmerken of a fitted design, from the national mean household.

    Households count by their weight. Two passes over the packed households, block by block.
    """
    places = np.array([design.position[key] for key in result.keys])
    blocks = [slice(s, min(s + BLOCK, design.households)) for s in range(0, design.households, BLOCK)]
    mean = sum(design.weights_of(rows) @ design.dense(rows)[:, places] for rows in blocks) / design.weight_sum
    eta_reference = float(mean @ result.estimate)
    size = len(design.areas.gemeenten)
    households, rate, slope_sum = np.zeros(size), np.zeros(size), np.zeros(size)
    crossed = np.zeros((size, len(places)))
    for rows in blocks:
        x, weight = design.dense(rows)[:, places], design.weights_of(rows)
        gemeente = design.areas.gemeente_of[design.area_of_households(rows)]
        eta = x @ result.estimate
        slope = weight * secant(eta, eta_reference)
        for line, values in ((households, weight), (rate, weight * expit(eta)), (slope_sum, slope)):
            line += np.bincount(gemeente, values, minlength=size)
        starts = np.flatnonzero(np.r_[True, gemeente[1:] != gemeente[:-1]])
        np.add.at(crossed, gemeente[starts], np.add.reduceat(x * slope[:, None], starts, axis=0))
    there = households > 0
    parts = result.estimate * (crossed - slope_sum[:, None] * mean)
    kept = [i for i, key in enumerate(result.keys) if key != INTERCEPT]
    return RateSplit(
        areas=np.asarray(design.areas.gemeenten, dtype=np.int64)[there],
        kenmerken=tuple(result.keys[i] for i in kept),
        households=households[there],
        rate=rate[there] / households[there],
        reference_rate=float(expit(eta_reference)),
        contributions=parts[there][:, kept] / households[there][:, None],
    )
