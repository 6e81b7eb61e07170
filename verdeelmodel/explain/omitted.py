"""What the published model leaves out: kenmerken added to it while its own weights stay what they are by law.

The weights of the law stand; each added term gets the weight that fits best beside them, from differences between
households of one gemeente (`within`). A term is kept when its weight differs from zero at the level of the dossier,
divided over the terms that are tried, with errors that allow for dependence within gemeenten; the kept terms are then
estimated together. The sign does not decide: a term that works the other way than expected is named as such, since
leaving it out would colour the others. So what a term explains is taken from nobody, and the number on bijstand of the
country stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from verdeelmodel.explain.within import Columns, Fit, error_of_log, fit_within, for_the_country
from verdeelmodel.kenmerken import compute_buurten, compute_gemeenten, registry
from verdeelmodel.kenmerken.areas import columns_needed
from verdeelmodel.model.prediction import PredictedChunk, Prediction, map_predicted, positions_of
from verdeelmodel.model.spec import Part
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Registry

    Floats = NDArray[np.float64]

LEVEL = 0.05
Z = -float(ndtri(LEVEL / 2))


@dataclass(frozen=True)
class Term:
    """A kenmerk of a household or buurt, if `times` is given multiplied by a kenmerk of its gemeente in deviations.

    With `logarithm` those are deviations of the logarithm of the kenmerk of the gemeente.
    """

    kenmerk: str
    times: str = ""
    logarithm: bool = False

    @property
    def key(self) -> str:
        """The name of the term."""
        return f"{self.kenmerk}_x_{'log_' * self.logarithm}{self.times}" if self.times else self.kenmerk

    def label(self, known: Registry) -> str:
        """How a reader knows it."""
        if not self.times:
            return known[self.kenmerk].name()
        times = known[self.times].name()
        return f"{known[self.kenmerk].name()} × {text('explain.logarithm', label=times) if self.logarithm else times}"


# What the published study and the legal proceedings about the model name as missing, where a household can carry it.
# The centre function enters through health, as the study advises; the surroundings through those who do not work.
TERMS = (
    Term("schulden_en_gezondheidsproblemen"),
    Term("uitgevallen_studenten_psychisch"),
    Term("echtscheiding_in_huishouden"),
    Term("jeugdzorg_in_huishouden"),
    Term("commerciele_kamerhuur"),
    Term("gezondheidsproblemen", times="regional_customer_potential"),
    Term("share_non_working_direct_vs_wider_area"),
)


@dataclass(frozen=True, eq=False)
class Omitted:
    """What the terms that are kept do: their weights with errors (k,), and the numbers of every gemeente, shape (g,).

    `official` is the expected number by the published weights, `extended` with the terms added; both have the national
    sum of `actual`. `unexpected` are the kept terms with another sign than expected, `refused` those that do not differ
    from zero. `error` is the standard error of log(extended / official), `chance` the standard deviation of the actual
    number if the extended model holds.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    weight: Floats
    se: Floats
    unexpected: tuple[str, ...]
    refused: tuple[str, ...]
    gemeenten: NDArray[np.int64]
    official: Floats
    extended: Floats
    actual: Floats
    error: Floats
    chance: Floats

    def __str__(self) -> str:
        return ", ".join(f"{k} {w:.2f} ({s:.2f})" for k, w, s in zip(self.labels, self.weight, self.se, strict=True))


def omitted(prediction: Prediction, terms: Sequence[Term] = TERMS, threads: int | None = None) -> Omitted | None:
    """The omitted part of every gemeente; None when there are no columns for any term, or nobody is on bijstand.

    `prediction` has the published weights; its constants do not matter.
    """
    known = prediction.known or registry()
    present = with_forms(prediction, computable_terms(prediction, terms, known))
    if not present:
        return None
    codes = np.sort(prediction.population.gemeenten(prediction.year)["gemeente"].to_numpy(np.int64))
    columns = read_columns(prediction, present, codes, threads)
    if not (columns.weight * columns.actual).any():
        return None
    none = np.zeros(0, np.int64)
    with Workers(threads) as workers:
        official = for_the_country(columns, none, np.zeros(0), len(codes), workers)
        columns = replace(columns, predictor=columns.predictor + official.constant)
        first = best_form(columns, present, len(codes), workers)
        keep = differs_from_zero(first.fit)
        kept = first.places[keep]
        fit = first.fit if keep.all() else fit_within(columns, kept, len(codes), workers)
        extended = for_the_country(columns, kept, fit.estimate, len(codes), workers).sums
    return Omitted(
        keys=tuple(present[i].key for i in kept),
        labels=tuple(present[i].label(known) for i in kept),
        weight=fit.estimate,
        se=fit.se,
        unexpected=tuple(present[i].label(known) for i in opposite(present, kept, fit, known)),
        refused=tuple(present[i].label(known) for i in first.places if i not in kept),
        gemeenten=codes,
        official=official.sums.expected,
        extended=extended.expected,
        actual=np.bincount(columns.place, columns.weight * columns.actual, minlength=len(codes)).astype(np.float64),
        error=error_of_log(extended, fit.covariance),
        chance=np.sqrt(extended.variance),
    )


def computable_terms(prediction: Prediction, terms: Sequence[Term], known: Registry) -> list[Term]:
    """The terms that are not in the model and for which the population has every column.

    A kenmerk that the gemeente decides itself is none of them: what follows from it is policy.
    """
    population = prediction.population
    present = {"households": set(population.columns(prediction.year))}
    present["gemeenten"] = set(population.gemeenten(prediction.year).columns)
    present["buurten"] = set(population.buurten(prediction.year).columns)
    found = []
    for term in terms:
        names = [key for key in (term.kenmerk, term.times) if key]
        if any(key not in known or known[key].beinvloedbaar == "ja" for key in names):
            continue
        if not term.times and term.kenmerk in prediction.model.kenmerken:
            continue
        needed = [columns_needed(known, "gemeente", key) for key in names]
        if all(set(n) <= present.get(table, set()) for one in needed for table, n in one.items() if table in present):
            found.append(term)
    return found


def read_columns(
    prediction: Prediction, terms: Sequence[Term], codes: NDArray[np.int64], threads: int | None
) -> Columns:
    """One pass over the households: the predictor of the published weights without constant, and the terms."""
    model = prediction.model
    volume, price = replace(model.volume, constant=0.0), Part((), 0.0)
    prediction = replace(prediction, model=replace(model, volume=volume, price=price), calibrate=None)
    known = prediction.known or registry()
    fill = [_reader(prediction, term, codes, known) for term in terms]
    household = [t.kenmerk for t in terms if known[t.kenmerk].eenheid == "huishouden"]
    n = prediction.population.count(prediction.year)
    made = Columns(
        predictor=np.zeros(n),
        weight=np.zeros(n, np.float32),
        actual=np.zeros(n, np.float32),
        place=np.zeros(n, np.int32),
        terms=np.zeros((n, len(terms)), np.float32),
    )

    def taken(chunk: PredictedChunk) -> tuple[Any, ...]:
        place = positions_of(chunk.columns["gemeente"], codes)
        return chunk.eta, chunk.weight, chunk.columns["bijstand"], place, [f(chunk.columns, place) for f in fill]

    start = 0
    for eta, weight, actual, place, values in map_predicted(taken, prediction, ("buurt", *household), threads):
        rows = slice(start, start + len(eta))
        start = rows.stop
        made.predictor[rows], made.weight[rows], made.actual[rows], made.place[rows] = eta, weight, actual, place
        for column, one in enumerate(values):
            made.terms[rows, column] = one
    return made


def _reader(
    prediction: Prediction, term: Term, codes: NDArray[np.int64], known: Registry
) -> Callable[[Any, NDArray[Any]], NDArray[Any]]:
    """How the value of a term follows from the columns of a chunk and the places of its gemeenten."""
    rules, population, year = prediction.model.rules_year, prediction.population, prediction.year
    factor: Floats = np.ones(len(codes))
    if term.times:
        factor = deviations(of_gemeenten(prediction, term.times).reindex(codes), term.logarithm)
    if known[term.kenmerk].eenheid == "huishouden":
        return lambda columns, place: np.asarray(columns[term.kenmerk], np.float32) * factor[place]
    area = compute_buurten(population, [term.kenmerk], year, rules, known=prediction.known)[term.kenmerk]
    area = area.fillna(0.0).sort_index()
    buurten, of_area = area.index.to_numpy(np.int64), area.to_numpy(float)
    return lambda columns, place: of_area[positions_of(columns["buurt"], buurten)] * factor[place]


def deviations(values: pd.Series[float], logarithm: bool) -> Floats:
    """Values, or their logarithms, in deviations from the mean of the gemeenten; zero where unknown, shape (g,)."""
    known = np.asarray(values, dtype=np.float64)
    used = np.log(known) if logarithm else known
    if np.isnan(used).all():
        return np.zeros(len(used))
    spread = float(np.nanstd(used))
    return np.nan_to_num((used - np.nanmean(used)) / (spread if spread > 0 else 1.0))


def of_gemeenten(prediction: Prediction, kenmerk: str) -> pd.Series[float]:
    """A kenmerk of the gemeenten in the year of the prediction."""
    rules, year = prediction.model.rules_year, prediction.year
    return compute_gemeenten(prediction.population, [kenmerk], [year], rules, known=prediction.known)[kenmerk]


def with_forms(prediction: Prediction, terms: Sequence[Term]) -> list[Term]:
    """The terms, and of those with a positive kenmerk of the gemeente also the one with its logarithm."""
    found = []
    for term in terms:
        found.append(term)
        if term.times and not term.logarithm and bool((of_gemeenten(prediction, term.times).dropna() > 0).all()):
            found.append(replace(term, logarithm=True))
    return found


@dataclass(frozen=True, eq=False)
class Best:
    """The places of the terms, each in the form that fits best, and their fit."""

    places: NDArray[np.int64]
    fit: Fit


def best_form(columns: Columns, terms: Sequence[Term], size: int, workers: Workers) -> Best:
    """All terms together, each in the form with the highest likelihood given the forms chosen before it."""
    forms: dict[tuple[str, str], list[int]] = {}
    for place, term in enumerate(terms):
        forms.setdefault((term.kenmerk, term.times), []).append(place)
    chosen = [places[0] for places in forms.values()]
    best = fit_within(columns, np.array(chosen, np.int64), size, workers)
    for at, places in enumerate(forms.values()):
        for place in places[1:]:
            other = [*chosen[:at], place, *chosen[at + 1 :]]
            fit = fit_within(columns, np.array(other, np.int64), size, workers)
            if fit.likelihood > best.likelihood:
                chosen, best = other, fit
    return Best(np.array(chosen, np.int64), best)


def differs_from_zero(fit: Fit) -> NDArray[np.bool_]:
    """Which weights differ from zero, shape (k,): none would in 95 of 100 countries where no term has an effect."""
    limit = -float(ndtri(LEVEL / 2 / max(len(fit.se), 1)))
    return np.asarray((np.abs(fit.estimate) > limit * fit.se) & (fit.se > 0))


def opposite(terms: Sequence[Term], kept: NDArray[np.int64], fit: Fit, known: Registry) -> list[int]:
    """The places of the kept terms with another sign than the one that is declared."""
    signs = {"+": 1, "-": -1}
    expected = [signs.get(known[terms[i].kenmerk].verwacht_teken, 0) for i in kept]
    return [int(i) for i, e, w in zip(kept, expected, fit.estimate, strict=True) if e * w < 0]
