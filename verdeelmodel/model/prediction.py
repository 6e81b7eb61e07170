"""Applying a model with weights to a population: probability, fraction, norm and objective amount of every household.

Households pass through in chunks; only sums per gemeente and household type stay. The formula is that of the law:
objective amount = probability of bijstand x fraction of the norm x gross annual norm. Chunks are computed on all
processors; what is found never depends on their number, since the borders of the chunks and the order of addition
are fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from scipy.special import expit

from verdeelmodel.errors import UnknownRuleError
from verdeelmodel.kenmerken import Registry
from verdeelmodel.kenmerken.households import map_households
from verdeelmodel.law import Norms, gross_norms
from verdeelmodel.law.prediction import calibrated_constant
from verdeelmodel.model.national import Question, area_values, fail_if_years_absent
from verdeelmodel.model.norm import NORM_COLUMNS, norms_of_households
from verdeelmodel.model.spec import ModelSpec, Part
from verdeelmodel.population.schema import table_schema
from verdeelmodel.table import Evidence
from verdeelmodel.wording import language, text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]

Found = TypeVar("Found")
ACTUAL = "bijstand"
TYPE = "household_type"
PAID = "fraction_paid"


@dataclass(frozen=True, eq=False)
class PredictedChunk:
    """Some households with their prediction; every array has shape (n,). `columns` holds what else was asked for."""

    columns: Mapping[str, NDArray[Any]]
    weight: Floats
    eta: Floats
    price_eta: Floats
    norm: Floats

    @cached_property
    def probability(self) -> Floats:
        """Probability of bijstand."""
        return np.asarray(expit(self.eta))

    @cached_property
    def fraction(self) -> Floats:
        """Fraction of the norm that is paid to a household on bijstand."""
        return np.asarray(expit(self.price_eta))

    @property
    def amount(self) -> Floats:
        """Objective amount in euros."""
        return self.probability * self.fraction * self.norm


@dataclass(frozen=True, eq=False)
class PredictedCountry:
    """Sums per gemeente (rows, in the order of `gemeenten`) and household type (columns, the codes of the schema).

    `households`, `expected` and `actual` are numbers, `amount` the objective amount, `paid` what the recipients receive
    by the norm and their own fraction, all (g, t) and weighted. `counted` are the households and those with bijstand
    that are in the data, without weights (2, g, t). `constant` is the constant of the volume model that was used.
    """

    year: int
    gemeenten: NDArray[np.int64]
    households: Floats
    expected: Floats
    actual: Floats
    amount: Floats
    paid: Floats
    constant: float
    counted: Floats | None = None

    def __str__(self) -> str:
        return text(
            "model.predicted_line",
            year=self.year,
            gemeenten=len(self.gemeenten),
            expected=self.expected.sum() / self.households.sum(),
            actual=self.actual.sum() / self.households.sum(),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente: households, expected and actual number, objective and paid amount."""
        import pandas as pd

        names = ("households", "expected", "actual", "amount", "paid")
        sums = {name: getattr(self, name).sum(axis=1) for name in names}
        return pd.DataFrame(sums, index=pd.Index(self.gemeenten, name="gemeente"))

    def behind(self) -> tuple[Evidence, ...]:
        """Per gemeente what stands behind its figures: those with bijstand and all households, without weights."""
        if self.counted is None:
            return (Evidence(),) * len(self.gemeenten)
        households, recipients = self.counted.sum(axis=2)
        return tuple(Evidence(int(r), denominator=int(h)) for h, r in zip(households, recipients, strict=True))

    def by_type(self, gemeente: int | None = None) -> pd.DataFrame:
        """One row per household type, of the country or of one gemeente."""
        import pandas as pd

        rows = slice(None) if gemeente is None else np.flatnonzero(self.gemeenten == gemeente)
        names = ("households", "expected", "actual", "amount", "paid")
        labels = [getattr(code, language()) for code in table_schema("households").columns[TYPE].codes]
        return pd.DataFrame({n: getattr(self, n)[rows].sum(axis=0) for n in names}, index=pd.Index(labels, name=TYPE))


@dataclass(frozen=True)
class Prediction:
    """What to predict: a model with weights, on a population in a year; norms of the model's rules unless given.

    `calibrate` replaces the constant of the volume model by the one for which the national rate is this. A price model
    without a published constant then gets the one that meets the fraction that recipients were paid in the population.
    """

    population: Population
    year: int
    model: ModelSpec
    known: Registry | None = None
    norms: Norms | None = None
    calibrate: float | None = None

    def question(self, part: Part) -> Question:
        """The kenmerken of a component as a question about this population."""
        return Question(self.population, (self.year,), part.kenmerken, self.model.rules_year, known=self.known)


def predict_country(
    prediction: Prediction, advance: Callable[[float], None] | None = None, threads: int | None = None
) -> PredictedCountry:
    """The sums per gemeente and household type; one pass over the households, two when calibrating."""
    used = with_constant(prediction, threads)
    gemeenten = np.sort(prediction.population.gemeenten(prediction.year)["gemeente"].to_numpy(np.int64))
    types = len(table_schema("households").columns[TYPE].codes)
    size = len(gemeenten) * types

    def summed(chunk: PredictedChunk) -> tuple[int, Floats]:
        place = positions_of(chunk.columns["gemeente"], gemeenten) * types + chunk.columns[TYPE]
        columns = _summed_columns(chunk)
        return len(place), np.array([np.bincount(place, weights=values, minlength=size) for values in columns])

    sums = np.zeros((7, size))
    for count, part in map_predicted(summed, used, threads=threads):
        sums += part
        if advance is not None:
            advance(count)
    constant = used.model.volume.constant
    households, expected, actual, amount, paid, *counted = sums.reshape(7, len(gemeenten), types)
    return PredictedCountry(
        prediction.year,
        gemeenten,
        households,
        expected,
        actual,
        amount,
        paid,
        float(constant or 0.0),
        np.array(counted),
    )


def _summed_columns(chunk: PredictedChunk) -> tuple[NDArray[Any] | None, ...]:
    """Weighted households, expected and actual number, objective and paid amount, each of shape (n,).

    Then the same households and those with bijstand without weights; None stands for one each.
    """
    actual = chunk.weight * chunk.columns[ACTUAL]
    paid = np.maximum(chunk.columns[PAID], 0) if PAID in chunk.columns else chunk.fraction
    expected = chunk.weight * chunk.probability
    sums = chunk.weight, expected, actual, chunk.weight * chunk.amount, actual * paid * chunk.norm
    return *sums, None, chunk.columns[ACTUAL]


def predict_chunks(
    prediction: Prediction, more: tuple[str, ...] = (), threads: int | None = None
) -> Iterator[PredictedChunk]:
    """Every household with its prediction, in the order of the file; `more` are further kenmerken or raw columns."""
    return map_predicted(_unchanged, prediction, more, threads)


def map_predicted(
    function: Callable[[PredictedChunk], Found],
    prediction: Prediction,
    more: tuple[str, ...] = (),
    threads: int | None = None,
) -> Iterator[Found]:
    """What `function` makes of each chunk of `predict_chunks`, in the order of the file; several chunks at once.

    The function must depend on nothing but its chunk.
    """
    volume, price = prediction.model.volume, prediction.model.price
    volume_weights, price_weights = volume.weights(), price.weights()
    lines = [_Line(prediction, volume, volume_weights), _Line(prediction, price, price_weights)]
    norms = prediction.norms or gross_norms(prediction.model.rules_year)
    present = prediction.population.columns(prediction.year)
    raw = [*NORM_COLUMNS, ACTUAL, *(c for c in (PAID, "weight") if c in present), *more]
    keys = dict.fromkeys((*lines[0].household_keys, *lines[1].household_keys, *raw))

    def predicted(chunk: Mapping[str, NDArray[Any]]) -> Found:
        weight = np.asarray(chunk["weight"], dtype=float) if "weight" in chunk else np.ones(len(chunk[ACTUAL]))
        eta, price_eta = lines[0].predictor(chunk), lines[1].predictor(chunk)
        return function(PredictedChunk(chunk, weight, eta, price_eta, norms_of_households(norms, chunk)))

    population, rules_year = prediction.population, prediction.model.rules_year
    return map_households(
        predicted, population, prediction.year, keys, rules_year, known=prediction.known, threads=threads
    )


def _unchanged(chunk: PredictedChunk) -> PredictedChunk:
    return chunk


def with_constant(prediction: Prediction, threads: int | None = None) -> Prediction:
    """The prediction with constants in both components: their own, or those that meet the rate to calibrate to."""
    if prediction.calibrate is None:
        return prediction
    model = prediction.model
    no_price = model.price.constant is None
    volume, price = replace(model.volume, constant=0.0), replace(model.price, constant=0.0) if no_price else model.price
    open_ended = replace(prediction, model=replace(model, volume=volume, price=price), calibrate=None)
    sums = list(map_predicted(_calibration_parts, open_ended, threads=threads))
    eta, weight, price_eta, paid, paid_weight = (np.concatenate(arrays) for arrays in zip(*sums, strict=True))
    volume = replace(volume, constant=calibrated_constant(eta, prediction.calibrate, weight))
    if no_price:
        fail_if_nothing_paid(model, paid_weight)
        expected = weight * expit(eta + float(volume.constant or 0.0))
        fraction = float(np.average(paid, weights=paid_weight))
        price = replace(price, constant=calibrated_constant(price_eta, fraction, expected))
    return replace(open_ended, model=replace(model, volume=volume, price=price))


def _calibration_parts(chunk: PredictedChunk) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Volume predictor, weight, price predictor, fraction paid and its weight (zero for those without bijstand)."""
    paid = np.asarray(chunk.columns.get(PAID, np.full(len(chunk.eta), -1.0)), dtype=float)
    return chunk.eta, chunk.weight, chunk.price_eta, paid, chunk.weight * (chunk.columns[ACTUAL] & (paid >= 0))


def fail_if_nothing_paid(model: ModelSpec, paid_weight: Floats) -> None:
    """Refuse to calibrate the price when the population does not tell which fraction of the norm was paid."""
    if not paid_weight.any():
        raise UnknownRuleError(text("model.price_constant_missing", name=model.name))


def positions_of(values: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.int64]:
    """Where each value stands among the sorted codes, shape (n,); each run of equal values is looked up once."""
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    return np.repeat(np.searchsorted(codes, values[starts]), np.diff(starts, append=len(values)))


class _Line:
    """The linear predictor of one component: household kenmerken per chunk plus one number per buurt."""

    def __init__(self, prediction: Prediction, part: Part, weights: Mapping[str, float]) -> None:
        question = prediction.question(part)
        fail_if_years_absent(question)
        self.weights = weights
        self.constant = _constant_of(prediction.model, part)
        self.household_keys = question.of_unit("huishouden")
        frame = area_values(question, prediction.year).sort_index()
        self.buurten = frame.index.to_numpy()
        self.of_area = np.zeros(len(frame))
        for key in question.of_unit("buurt", "wijk", "gemeente"):
            self.of_area += weights[key] * frame[key].to_numpy(float)

    def predictor(self, chunk: Mapping[str, NDArray[Any]]) -> Floats:
        """Constant plus weight times kenmerk, summed over the kenmerken, shape (n,)."""
        eta = self.constant + self.of_area[positions_of(chunk["buurt"], self.buurten)]
        for key in self.household_keys:
            values = chunk[key]
            if values.dtype == np.bool_:
                np.add(eta, self.weights[key], out=eta, where=values)
            else:
                eta += self.weights[key] * values
        return eta


def _constant_of(model: ModelSpec, part: Part) -> float:
    if part.constant is None:
        raise UnknownRuleError(text("model.constant_missing", name=model.name))
    return part.constant
