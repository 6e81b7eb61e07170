"""What the published model leaves out: kenmerken added to it while its own weights stay what they are by law.

The weights of the law stand; each added term gets the weight that fits best beside them. A term is kept when its weight
has the expected sign and differs from zero at the level of the dossier, with errors that allow for dependence within
gemeenten; the kept terms are then estimated together. So what a term explains is taken from nobody, and the number on
bijstand of the country stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, ndtri

from verdeelmodel.kenmerken import compute_buurten, compute_gemeenten, registry
from verdeelmodel.kenmerken.areas import columns_needed
from verdeelmodel.model.prediction import PredictedChunk, Prediction, map_predicted, positions_of, with_constant
from verdeelmodel.model.workers import Workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Registry

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

BLOCK = 131_072
MOST_STEPS, NEAR = 25, 1e-7
Z = float(ndtri(0.975))


@dataclass(frozen=True)
class Term:
    """A kenmerk of a household or buurt, if `times` is given multiplied by a kenmerk of its gemeente in deviations."""

    kenmerk: str
    times: str = ""

    @property
    def key(self) -> str:
        """The name of the term."""
        return f"{self.kenmerk}_x_{self.times}" if self.times else self.kenmerk

    def label(self, known: Registry) -> str:
        """How a reader knows it."""
        return " × ".join(known[key].label for key in (self.kenmerk, self.times) if key)


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
    sum of `actual`. `error` is the standard error of log(extended / official), `chance` the standard deviation of the
    actual number if the extended model holds.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    weight: Floats
    se: Floats
    refused: tuple[str, ...]
    gemeenten: NDArray[np.int64]
    official: Floats
    extended: Floats
    actual: Floats
    error: Floats
    chance: Floats

    def __str__(self) -> str:
        return ", ".join(f"{k} {w:.2f} ({s:.2f})" for k, w, s in zip(self.labels, self.weight, self.se, strict=True))


@dataclass(frozen=True, eq=False)
class Columns:
    """The households as the fit needs them, shape (n,) and (n, k); `predictor` is that of the published weights."""

    predictor: Floats
    weight: Singles
    actual: Singles
    place: NDArray[np.int32]
    terms: Singles


def omitted(prediction: Prediction, terms: Sequence[Term] = TERMS, threads: int | None = None) -> Omitted | None:
    """The omitted part of every gemeente; None when the population has the columns of none of the terms.

    `prediction` has the published weights and the national rate to calibrate to.
    """
    known = prediction.known or registry()
    present = computable_terms(prediction, terms, known)
    if not present:
        return None
    codes = np.sort(prediction.population.gemeenten(prediction.year)["gemeente"].to_numpy(np.int64))
    columns = read_columns(with_constant(prediction, threads), present, codes, threads)
    with Workers(threads) as workers:
        first = fit_beside(columns, np.arange(len(present)), len(codes), workers)
        kept = np.array([i for i, term in enumerate(present) if is_kept(term, first, i, known)], dtype=np.int64)
        final = fit_beside(columns, kept, len(codes), workers)
        official = sums_of(columns, np.zeros(0, np.int64), np.zeros(1), len(codes), workers)
        extended = sums_of(columns, kept, final.estimate, len(codes), workers)
    return Omitted(
        keys=tuple(present[i].key for i in kept),
        labels=tuple(present[i].label(known) for i in kept),
        weight=final.estimate[1:],
        se=final.se[1:],
        refused=tuple(t.label(known) for i, t in enumerate(present) if i not in kept),
        gemeenten=codes,
        official=official.expected,
        extended=extended.expected,
        actual=np.bincount(columns.place, columns.weight * columns.actual, minlength=len(codes)).astype(np.float64),
        error=_error(extended, final.covariance),
        chance=np.sqrt(extended.variance),
    )


def computable_terms(prediction: Prediction, terms: Sequence[Term], known: Registry) -> list[Term]:
    """The terms that are not in the model and for which the population has every column."""
    population = prediction.population
    present = {"households": set(population.columns(prediction.year))}
    present["gemeenten"] = set(population.gemeenten(prediction.year).columns)
    present["buurten"] = set(population.buurten(prediction.year).columns)
    found = []
    for term in terms:
        names = [key for key in (term.kenmerk, term.times) if key]
        if any(key not in known for key in names) or (not term.times and term.kenmerk in prediction.model.kenmerken):
            continue
        needed = [columns_needed(known, "gemeente", key) for key in names]
        if all(set(n) <= present.get(table, set()) for one in needed for table, n in one.items() if table in present):
            found.append(term)
    return found


def read_columns(
    prediction: Prediction, terms: Sequence[Term], codes: NDArray[np.int64], threads: int | None
) -> Columns:
    """One pass over the households: the predictor of the published weights and the columns of the terms."""
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
    factor = np.ones(len(codes))
    if term.times:
        frame = compute_gemeenten(population, [term.times], [year], rules, known=prediction.known)
        values = frame[term.times].reindex(codes)
        factor = ((values - values.mean()) / (values.std() or 1.0)).fillna(0.0).to_numpy(float)
    if known[term.kenmerk].eenheid == "huishouden":
        return lambda columns, place: np.asarray(columns[term.kenmerk], np.float32) * factor[place]
    area = compute_buurten(population, [term.kenmerk], year, rules, known=prediction.known)[term.kenmerk]
    area = area.fillna(0.0).sort_index()
    buurten, of_area = area.index.to_numpy(np.int64), area.to_numpy(float)
    return lambda columns, place: of_area[positions_of(columns["buurt"], buurten)] * factor[place]


@dataclass(frozen=True, eq=False)
class Fit:
    """A constant and the weights of the terms, with their covariance clustered by gemeente; shapes (k + 1,)."""

    estimate: Floats
    covariance: Floats

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))


def is_kept(term: Term, fit: Fit, at: int, known: Registry) -> bool:
    """Whether the weight has the expected sign, if one is declared, and differs from zero."""
    weight, se = float(fit.estimate[at + 1]), float(fit.se[at + 1])
    wrong = {"+": weight < 0, "-": weight > 0}.get(known[term.kenmerk].verwacht_teken, False)
    return not wrong and abs(weight) > Z * se > 0


def fit_beside(columns: Columns, chosen: NDArray[np.int64], size: int, workers: Workers) -> Fit:
    """Newton's method for the constant and the chosen terms, the predictor of the law staying as it is."""
    estimate = np.zeros(len(chosen) + 1)
    for _ in range(MOST_STEPS):
        score, information = _moments(columns, chosen, estimate, size, workers)
        step = np.linalg.pinv(information) @ score.sum(axis=0)
        estimate = estimate + step
        if float(np.abs(step).max()) < NEAR:
            break
    score, information = _moments(columns, chosen, estimate, size, workers)
    bread = np.linalg.pinv(information)
    return Fit(estimate, bread @ (score.T @ score) @ bread)


def _moments(
    columns: Columns, chosen: NDArray[np.int64], estimate: Floats, size: int, workers: Workers
) -> tuple[Floats, Floats]:
    """The score per gemeente (g, k + 1) and the information (k + 1, k + 1)."""

    def of_block(rows: slice) -> tuple[int, Floats, Floats]:
        x = _design(columns, chosen, rows)
        p, weight = expit(columns.predictor[rows] + x @ estimate), columns.weight[rows].astype(float)
        gap = weight * (columns.actual[rows] - p)
        first, sums = _by_gemeente(x * gap[:, None], columns.place[rows])
        return first, sums, (x * (weight * p * (1 - p))[:, None]).T @ x

    score, information = np.zeros((size, len(estimate))), np.zeros((len(estimate), len(estimate)))
    for first, sums, part in workers.map(of_block, _blocks(columns)):
        score[first : first + len(sums)] += sums
        information += part
    return score, information


@dataclass(frozen=True, eq=False)
class Sums:
    """Per gemeente the expected number, its variance by chance (g,), and its derivative to the weights (g, k + 1)."""

    expected: Floats
    variance: Floats
    gradient: Floats


def sums_of(columns: Columns, chosen: NDArray[np.int64], estimate: Floats, size: int, workers: Workers) -> Sums:
    """What the fit says of every gemeente."""

    def of_block(rows: slice) -> tuple[int, Floats]:
        x = _design(columns, chosen, rows)
        p, weight = expit(columns.predictor[rows] + x @ estimate), columns.weight[rows].astype(float)
        slope = weight * p * (1 - p)
        return _by_gemeente(np.column_stack([weight * p, weight * slope, x * slope[:, None]]), columns.place[rows])

    total = np.zeros((size, len(estimate) + 2))
    for first, sums in workers.map(of_block, _blocks(columns)):
        total[first : first + len(sums)] += sums
    return Sums(total[:, 0], total[:, 1], total[:, 2:])


def _error(extended: Sums, covariance: Floats) -> Floats:
    """Standard error of log(extended / official); the weights of the law add nothing to it."""
    slope = extended.gradient / np.maximum(extended.expected, 1e-12)[:, None]
    return np.asarray(np.sqrt(np.maximum(np.einsum("gk,kl,gl->g", slope, covariance, slope), 0.0)))


def _design(columns: Columns, chosen: NDArray[np.int64], rows: slice) -> Floats:
    return np.column_stack([np.ones(len(columns.weight[rows])), columns.terms[rows][:, chosen].astype(float)])


def _blocks(columns: Columns) -> list[slice]:
    return [slice(s, min(s + BLOCK, len(columns.weight))) for s in range(0, len(columns.weight), BLOCK)]


def _by_gemeente(values: Floats, place: NDArray[np.int32]) -> tuple[int, Floats]:
    """Sums over the gemeenten of a block (households are sorted by gemeente), and the place of the first."""
    first = int(place[0])
    sums = [np.bincount(place - first, column, minlength=int(place[-1]) - first + 1) for column in values.T]
    return first, np.array(sums, dtype=np.float64).T
