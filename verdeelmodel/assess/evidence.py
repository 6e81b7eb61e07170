"""The evidence for one candidate, gathered from the fitted country; no judgement here."""

from __future__ import annotations

from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import chi2

from verdeelmodel.assess.budgets import BudgetEffect, Yardstick, make_yardstick, objective_amounts
from verdeelmodel.assess.country import Country
from verdeelmodel.assess.levels import Within, with_rate, with_residual, within
from verdeelmodel.assess.moments import TINY, Moments, Step, carried, gain_left_out, one_step, tolerance
from verdeelmodel.assess.policy import policy_p
from verdeelmodel.assess.refit import Predicted, Refit, auc_of, predicted_by_gemeente, refit
from verdeelmodel.model.guards import totals
from verdeelmodel.model.maximising import thinned
from verdeelmodel.model.quality import MunicipalFit, municipal_fit
from verdeelmodel.model.workers import Workers
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design

    Floats = NDArray[np.float64]
    Number = float | NotApplicable

# AUC needs a sort of all households; above this number every k-th household is taken.
AUC_HOUSEHOLDS = 500_000


@dataclass(frozen=True)
class Weight:
    """The weight of a candidate among some households: within gemeenten, in a year, in a fold of gemeenten."""

    name: str
    estimate: float
    se: float


@dataclass(frozen=True)
class CandidateEvidence:
    """Everything that was measured or declared of a candidate; what cannot be measured says why.

    Gains are with minus without the candidate. `gain_out` is the gain in log-likelihood per household on gemeenten that
    were not used. `carried` is the share of the crude effect that the model carries already. `municipal_r` and
    `deficit_r` are the correlations over gemeenten of the municipal share with the rate of bijstand and with what the
    model leaves of it; `within_*` is the effect on a household within its gemeente, `within_effect` that per standard
    deviation of the candidate (for a kenmerk of areas the correlation that is left). `drift_size` is the spread of the
    weight over the years beyond chance, as a fraction of the weight.
    """

    key: str
    label: str
    level: str
    theory: str
    influenceable: str
    influence_reason: str
    sources: tuple[str, ...]
    expected_sign: str
    estimate: Number
    se: Number
    score: Number
    score_p: Number
    likelihood_ratio: Number
    likelihood_ratio_p: Number
    mcfadden_gain: Number
    gain_out: Number
    auc_gain: Number
    municipal_r2_gain: Number
    deviation_gain: Number
    tolerance: float
    carried: Number
    drift_p: Number
    drift_size: Number
    weights: tuple[Weight, ...]
    share: Number
    smallest_cell: Number
    between_share: Number
    policy_p: Number
    municipal_r: Number
    municipal_p: Number
    within_estimate: Number
    within_p: Number
    within_effect: Number
    deficit_r: Number
    deficit_p: Number
    budget: BudgetEffect | NotApplicable

    def __str__(self) -> str:
        return text("assess.evidence_line", label=self.label, p=_short(self.score_p), gain=_short(self.gain_out))


def gather_all(country: Country) -> list[CandidateEvidence]:
    """The evidence for every candidate of the request, in its order; candidates are divided over the threads."""
    base = base_fit(country)
    yardstick = make_yardstick(country, base.predicted)

    def one(task: tuple[str, Context]) -> CandidateEvidence:
        key, context = task
        return context.run(gather, country, key, yardstick, base)

    # A thread does not know the language of the one that started it, unless it is given its context.
    tasks = [(key, copy_context()) for key in country.request.candidates]
    with Workers(country.request.options.threads) as workers:
        return workers.map(one, tasks)


def gather(country: Country, key: str, yardstick: Yardstick, base: BaseFit) -> CandidateEvidence:
    """All evidence for a candidate: the one-step tests, an exact refit, and its effects on gemeenten and budgets."""
    declared = country.request.known[key]
    own = country.places(key)
    score, information = country.by_fold.total
    step = one_step(score, information, country.by_fold.base, own)
    shares = country.shares[key].to_numpy(float)
    rate, residual = with_rate(country, shares), with_residual(country, shares)
    inside = within(country, own, shares, declared.eenheid == "huishouden", residual)
    found: dict[str, Any] = {
        "key": key,
        "label": declared.name(),
        "level": declared.eenheid,
        "theory": declared.theorie,
        "influenceable": declared.beinvloedbaar,
        "influence_reason": declared.reden,
        "sources": declared.bron,
        "expected_sign": declared.verwacht_teken,
        "tolerance": tolerance(information, country.by_fold.base, own),
        **occurrence(country, key, own, shares),
        "policy_p": policy_p(country, shares),
        "municipal_r": rate.r,
        "municipal_p": rate.p,
        "within_estimate": inside.estimate,
        "within_p": inside.p,
        "within_effect": inside.effect,
        "deficit_r": residual.r,
        "deficit_p": residual.p,
    }
    if step is None:
        reason = NotApplicable(text("assess.follows_from_model"))
        found |= dict.fromkeys(MEASURED, reason)
        return CandidateEvidence(**found, weights=(), budget=reason)
    larger = refit(country, [key], own, step.step, threads=1)
    predicted = predicted_by_gemeente(country, larger.estimate, threads=1)
    crude = carried(score, information, country.by_fold.base, own)
    found |= {
        "score": step.statistic,
        "score_p": float(chi2.sf(step.statistic, step.degrees_of_freedom)),
        "gain_out": gain_left_out(country.by_fold, own),
        "carried": NotApplicable(text("assess.no_crude_effect")) if crude is None else crude,
        **drift(country, own),
        "weights": weights_in_parts(country, own, inside),
        **refit_evidence(country, larger, predicted, base),
    }
    return CandidateEvidence(
        **found, budget=yardstick.effect(objective_amounts(country, predicted, yardstick.gemeenten))
    )


MEASURED = (
    "estimate",
    "se",
    "score",
    "score_p",
    "likelihood_ratio",
    "likelihood_ratio_p",
    "mcfadden_gain",
    "gain_out",
    "auc_gain",
    "municipal_r2_gain",
    "deviation_gain",
    "carried",
    "drift_p",
    "drift_size",
)


@dataclass(frozen=True, eq=False)
class BaseFit:
    """The fit of the model without candidates, to measure gains from; `sample` is the households of the AUC."""

    auc: float
    municipal: MunicipalFit
    sample: Design
    predicted: Predicted


def base_fit(country: Country) -> BaseFit:
    """Fit statistics of the base model."""
    every = -(-country.design.households // AUC_HOUSEHOLDS)
    sample = thinned(country.design, every) if every > 1 else country.design
    predicted = predicted_by_gemeente(country, country.estimate, country.request.options.threads)
    return BaseFit(auc_of(sample, country.estimate), _municipal(country, predicted), sample, predicted)


def refit_evidence(country: Country, larger: Refit, predicted: Predicted, base: BaseFit) -> dict[str, Number]:
    """What an exact refit with the candidate adds to the base model."""
    statistic = 2 * (larger.log_likelihood - country.base.log_likelihood)
    fitted = _municipal(country, predicted)
    return {
        "estimate": float(larger.coefficients[0]),
        "se": float(larger.errors[0]),
        "likelihood_ratio": statistic,
        "likelihood_ratio_p": float(chi2.sf(max(statistic, 0.0), len(larger.coefficients))),
        "mcfadden_gain": statistic / 2 / abs(country.base.null_log_likelihood),
        "auc_gain": auc_of(base.sample, larger.estimate) - base.auc,
        "municipal_r2_gain": _gain(fitted.r2_weighted, base.municipal.r2_weighted),
        "deviation_gain": base.municipal.mean_absolute_deviation_weighted - fitted.mean_absolute_deviation_weighted,
    }


def drift(country: Country, own: NDArray[np.int64]) -> dict[str, Number]:
    """How likely the differences between the weights of the years are by chance, and their size."""
    found = [] if country.by_year is None else steps_by_group(country.by_year, own)
    if len(found) < 2:
        reason = NotApplicable(text("assess.one_year"))
        return {"drift_p": reason, "drift_size": reason}
    estimates, precision = np.array([s.estimate for s in found]), np.array([s.se for s in found]) ** -2
    mean = float(precision @ estimates / precision.sum())
    statistic, free = float(precision @ (estimates - mean) ** 2), len(found) - 1
    # What the differences have beyond chance (the estimator of DerSimonian and Laird), against the weight itself.
    beyond = (statistic - free) / float(precision.sum() - (precision**2).sum() / precision.sum())
    return {
        "drift_p": float(chi2.sf(statistic, free)),
        "drift_size": float(np.sqrt(max(beyond, 0.0)) / max(abs(mean), TINY)),
    }


def steps_by_group(moments: Moments, own: NDArray[np.int64]) -> list[Step]:
    """The one-step estimate in each group in which the candidate varies."""
    steps = [one_step(*part, moments.base, own) for part in zip(moments.score, moments.information, strict=True)]
    return [step for step in steps if step is not None]


def weights_in_parts(country: Country, own: NDArray[np.int64], inside: Within) -> tuple[Weight, ...]:
    """The weight within gemeenten, in each year and in each fold of gemeenten, as far as it can be told."""
    scale = float(country.design.scale[own[0]])
    parts: list[Weight] = []
    if isinstance(inside.estimate, float) and isinstance(inside.se, float):
        parts.append(Weight(text("assess.part.within"), inside.estimate, inside.se))
    groups = [(text("assess.part.fold", number=i + 1), country.by_fold, i) for i in range(len(country.by_fold.score))]
    if country.by_year is not None:
        groups = [(str(year), country.by_year, i) for i, year in enumerate(sorted(country.request.years))] + groups
    for name, moments, i in groups:
        step = one_step(moments.score[i], moments.information[i], moments.base, own)
        if step is not None:
            parts.append(Weight(name, step.estimate / scale, step.se / scale))
    return tuple(parts)


def occurrence(country: Country, key: str, own: NDArray[np.int64], shares: Floats) -> dict[str, Number]:
    """How common a yes/no candidate is, its smallest cell with the outcome, and its variation between gemeenten."""
    dummies = country.design.dummies
    if country.request.known[key].eenheid != "huishouden" or not all(dummies.start <= p < dummies.stop for p in own):
        reason = NotApplicable(text("assess.not_yes_no"))
        return {"share": reason, "smallest_cell": reason, "between_share": reason}
    with Workers(1) as workers:
        known = totals(country.design, workers)
    place, size = int(own[0]), country.sums["households"]
    having, cases = float(known.households[place]), float(known.cases[place])
    everyone, recipients = float(known.households[0]), float(known.cases[0])
    cells = (cases, having - cases, recipients - cases, everyone - having - recipients + cases)
    there = np.isfinite(shares) & (size > 0)
    share = having / everyone
    between = float(np.average((shares[there] - share) ** 2, weights=size[there])) / max(share * (1 - share), 1e-12)
    return {"share": share, "smallest_cell": min(cells), "between_share": between}


def _municipal(country: Country, predicted: Predicted) -> MunicipalFit:
    return municipal_fit(country.sums["actual"], predicted.expected, country.sums["households"])


def _gain(after: Number, before: Number) -> Number:
    return after - before if isinstance(after, float) and isinstance(before, float) else NotApplicable("-")


def _short(value: Number) -> str:
    return str(value) if isinstance(value, NotApplicable) else f"{value:.2g}"
