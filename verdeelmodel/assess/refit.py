"""The model with one candidate more, estimated exactly from the estimate without it, and what it predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.moments import pieces_of_group, probabilities_of_runs, summed_by_segment
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.model.algebra import invert
from verdeelmodel.model.guards import totals
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.maximising import Problem as Likelihood
from verdeelmodel.model.maximising import maximise_from
from verdeelmodel.model.predicting import stored_estimate, sum_by
from verdeelmodel.model.quality import area_under_curve
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country
    from verdeelmodel.model.design import Design

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


#: A model that leaves a smaller part than this of what there is to explain, knows the answer.
LEAST_LEFT = 1e-3


@dataclass(frozen=True, eq=False)
class Refit:
    """Estimate of every parameter (p,) on the stored scale, zero where it is not in the model; log-likelihood.

    `coefficients` and `errors` (k,) are of the candidate's own parameters, in the units of its columns.
    """

    estimate: Floats
    log_likelihood: float
    coefficients: Floats
    errors: Floats


def refit(country: Country, columns: Sequence[str], own: Longs, step: Floats, threads: int | None = None) -> Refit:
    """The maximum of the base model with the parameters `own`, sought from the one-step estimate.

    The same maximum as a fit from nothing, to the same accuracy, in a few passes. When it is not found from here the
    engine tries from nothing, and says by name what is wrong.
    """
    design = country.design
    active = np.sort(np.concatenate([country.by_fold.base, own]))
    information = country.by_fold.total[1][np.ix_(active, active)]
    with Workers(threads) as workers:
        known = totals(design, workers)
        problem = Likelihood(design, active, known.target, np.zeros(len(design.parameters)), workers)
        options = country.request.options
        found = maximise_from(problem, country.estimate + step, invert(information).matrix, options.most_passes)
    if not found.converged:
        return _from_nothing(country, columns, own)
    errors = np.sqrt(np.diag(found.inverse))[np.searchsorted(active, own)]
    scale = design.scale[own]
    likelihood = float((known.target * found.estimate).sum()) - found.log_normaliser
    if likelihood > LEAST_LEFT * country.base.null_log_likelihood:
        raise not_estimable(columns, text("assess.perfect"))
    return Refit(found.estimate, likelihood, found.estimate[own] / scale, errors / scale)


def not_estimable(columns: Sequence[str], reason: str) -> RequestError:
    """Why there is no model with these candidates, by their name alone."""
    found = text("assess.not_estimable", kenmerk=", ".join(columns), reason=reason)
    return RequestError(text("assess.candidates_unusable", count=1), [Problem(found)])


def _from_nothing(country: Country, columns: Sequence[str], own: Longs) -> Refit:
    design = country.design
    try:
        result = fit_logit(design, [*country.base_columns, *columns], country.request.options)
    except RequestError as error:
        raise not_estimable(columns, error.summary) from error
    place = [result.keys.index(design.parameters[int(i)].key) for i in own]
    return Refit(stored_estimate(design, result), result.log_likelihood, result.estimate[place], result.se[place])


@dataclass(frozen=True, eq=False)
class Predicted:
    """What an estimate expects per gemeente (g,): recipients, and euros in the last year."""

    expected: Floats
    objective: Floats


def predicted_by_gemeente(country: Country, estimate: Floats, threads: int | None = None) -> Predicted:
    """Expected recipients and objective amounts per gemeente, in the order of `areas.gemeenten`, in one pass."""
    design = country.design

    def run(chunk: tuple[int, int]) -> tuple[Floats, Floats]:
        rows = design.rows(chunk)
        probability = next(probabilities_of_runs(design, estimate, [chunk]))
        expected = summed_by_segment(design, chunk, probability * design.weights_of(rows))
        return expected, summed_by_segment(design, chunk, probability * country.value[rows])

    with Workers(threads) as workers:
        parts = workers.map(run, design.chunks)
    place, count = design.areas.gemeente_of[design.segment_area], len(design.areas.gemeenten)
    expected, objective = (sum_by(place, np.concatenate([part[i] for part in parts]), count) for i in range(2))
    return Predicted(expected, objective)


def auc_of(sample: Design, estimate: Floats) -> float:
    """The area under the curve of an estimate (stored scale) on a sample of the households."""
    probability = np.concatenate(list(probabilities_of_runs(sample, estimate, sample.chunks)))
    return area_under_curve(sample.outcome.astype(float), probability, sample.weight if sample.weight.size else None)


def auc_left_out(sample: Design, folds: Longs, estimate: Floats, steps: Sequence[Floats]) -> float:
    """The area under the curve when each fold of gemeenten is predicted by the step from the others.

    `folds` (segments,) is the fold of each segment, `estimate` (p,) and `steps` (p,) are on the stored scale.
    """
    probability = np.zeros(sample.households)
    for fold, step in enumerate(steps):
        runs = [run for piece in pieces_of_group(sample, folds, fold) for run in piece]
        for run, found in zip(runs, probabilities_of_runs(sample, estimate + step, runs), strict=True):
            probability[sample.rows(run)] = found
    return area_under_curve(sample.outcome.astype(float), probability, sample.weight if sample.weight.size else None)
