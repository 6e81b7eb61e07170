"""The evidence for one candidate, gathered from the fitted country; no judgement here."""

from __future__ import annotations

from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy.stats import chi2

from verdeelmodel import __version__
from verdeelmodel.assess.budgets import BudgetEffect, Yardstick, make_yardstick, objective_amounts
from verdeelmodel.assess.country import Country
from verdeelmodel.assess.deficits import GroupDifference, group_differences, select_groups
from verdeelmodel.assess.levels import with_rate, with_residual, within
from verdeelmodel.assess.moments import (
    Step,
    StepsLeftOut,
    alone_step,
    carried,
    gain_of_steps,
    one_step,
    steps_left_out,
    strongest_partial,
    tolerance,
)
from verdeelmodel.assess.occurrence import occurrence
from verdeelmodel.assess.policy import policy_p
from verdeelmodel.assess.refit import Predicted, Refit, auc_left_out, auc_of, predicted_by_gemeente, refit
from verdeelmodel.assess.steadiness import Weight, spread_of_weights, weights_in_parts
from verdeelmodel.model.maximising import thinned
from verdeelmodel.model.quality import MunicipalFit, municipal_fit
from verdeelmodel.model.workers import Workers
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verdeelmodel.kenmerken import Kenmerk
    from verdeelmodel.model.design import Design

    Longs = NDArray[np.int64]
    Number = float | NotApplicable

PACKAGE = "verdeelmodel."
# AUC needs a sort of all households; above this number every k-th household is taken.
AUC_HOUSEHOLDS = 500_000


@dataclass(frozen=True)
class CandidateEvidence:
    """Everything that was measured or declared of a candidate; what cannot be measured says why.

    Gains are with minus without the candidate; those that end in `_out` are on gemeenten that were not used for the
    weights, `gain_out` in log-likelihood per household. `model_correlation` is the partial correlation with
    `model_like`, the kenmerk of the model most like it. `carried` is the share of the crude effect that the model
    carries already. `municipal_r` and `deficit_r` are the correlations over gemeenten of the municipal share with the
    rate of bijstand and with what the model leaves of it; `group_*` sets tekort- and overschotgemeenten apart.
    `within_*` is the effect on a household within its gemeente, `within_effect` that per standard deviation of the
    candidate (for a kenmerk of areas the correlation that is left). `drift_*` is the spread of the weight over the
    years beyond chance, as a fraction of the weight, `fold_*` that over parts of the gemeenten. `gain_beside` is the
    gain beside the other candidates of the best set, of which `beside` is most like it.
    """

    key: str
    label: str
    level: str
    theory: str
    influenceable: str
    influence_reason: str
    declared_by: str
    declared_on: str
    sources: tuple[str, ...]
    years: tuple[int, ...]
    expected_sign: str
    estimate: Number
    se: Number
    score: Number
    score_p: Number
    likelihood_ratio: Number
    likelihood_ratio_p: Number
    mcfadden_gain: Number
    mcfadden_gain_out: Number
    log_loss_gain: Number
    gain_out: Number
    auc_gain: Number
    auc_gain_out: Number
    municipal_r2_gain: Number
    deviation_gain: Number
    tolerance: float
    model_like: str
    model_correlation: Number
    carried: Number
    drift_p: Number
    drift_size: Number
    fold_p: Number
    fold_size: Number
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
    group_tekort: Number
    group_overschot: Number
    group_difference: Number
    group_p: Number
    budget: BudgetEffect | NotApplicable
    gain_beside: Number
    beside: str = ""

    def __str__(self) -> str:
        return text("assess.evidence_line", label=self.label, p=_short(self.score_p), gain=_short(self.gain_out))


# What follows from the model already has none of these.
MEASURED = (
    "estimate",
    "se",
    "score",
    "score_p",
    "likelihood_ratio",
    "likelihood_ratio_p",
    "mcfadden_gain",
    "mcfadden_gain_out",
    "log_loss_gain",
    "gain_out",
    "auc_gain",
    "auc_gain_out",
    "municipal_r2_gain",
    "deviation_gain",
    "model_correlation",
    "carried",
    "drift_p",
    "drift_size",
    "fold_p",
    "fold_size",
    "budget",
)


@dataclass(frozen=True, eq=False)
class Background:
    """What every candidate is held against: the base model, the budgets, the groups of gemeenten."""

    base: BaseFit
    yardstick: Yardstick
    groups: dict[str, GroupDifference]


def background(country: Country) -> Background:
    """The background of a country, with the groups selected on the saldi of its population."""
    base, groups = base_fit(country), select_groups(country.request.population)
    yardstick = make_yardstick(country, base.predicted, groups)
    return Background(base, yardstick, group_differences(country.shares, groups))


def gather_all(country: Country) -> list[CandidateEvidence]:
    """The evidence for every candidate of the request, in its order; candidates are divided over the threads."""
    against = background(country)

    def one(task: tuple[str, Context]) -> CandidateEvidence:
        key, context = task
        return context.run(gather, country, key, against)

    # A thread does not know the language of the one that started it, unless it is given its context.
    tasks = [(key, copy_context()) for key in country.request.candidates]
    with Workers(country.request.options.threads) as workers:
        return workers.map(one, tasks)


def gather(country: Country, key: str, against: Background) -> CandidateEvidence:
    """All evidence for a candidate: the one-step tests, an exact refit, and its effects on gemeenten and budgets."""
    own, moments = country.places(key), country.by_fold
    step, steps = one_step(*moments.total, moments.base, own), steps_left_out(moments, own)
    found = {**declared_evidence(country, key), **municipal_evidence(country, key, own, against)}
    found["tolerance"] = tolerance(moments.total[1], moments.base, own)
    found["gain_beside"] = NotApplicable(text("assess.no_set"))
    if step is None or steps is None:
        reason = NotApplicable(text("assess.follows_from_model"))
        return CandidateEvidence(**{**found, "weights": (), **dict.fromkeys(MEASURED, reason)}, model_like="")
    larger = refit(country, [key], own, step.step, threads=1)
    predicted = predicted_by_gemeente(country, larger.estimate, threads=1)
    found |= one_step_evidence(country, own, step, steps, against.base)
    found |= refit_evidence(country, larger, predicted, against.base)
    amounts = objective_amounts(country, predicted, against.yardstick.gemeenten)
    return CandidateEvidence(**found, budget=against.yardstick.effect(amounts))


def declared_evidence(country: Country, key: str) -> dict[str, Any]:
    """What was declared of a candidate, by whom and when."""
    declared = country.request.known[key]
    return {
        "key": key,
        "label": declared.name(),
        "level": declared.eenheid,
        "theory": declared.theorie,
        "influenceable": declared.beinvloedbaar,
        "influence_reason": declared.reden,
        **who_declared(declared),
        "sources": declared.bron,
        "years": tuple(y for y in country.request.population.years if not declared.jaren or y in declared.jaren),
        "expected_sign": declared.verwacht_teken,
    }


def who_declared(declared: Kenmerk) -> dict[str, str]:
    """Who declared a kenmerk and when; of one that comes with the toolkit its version, of another at least its file."""
    if declared.vastgelegd_door or not declared.herkomst.startswith(PACKAGE):
        return {"declared_by": declared.vastgelegd_door or declared.herkomst, "declared_on": declared.vastgelegd_op}
    return {
        "declared_by": text("assess.by_package"),
        "declared_on": text("assess.package_version", version=__version__),
    }


def municipal_evidence(country: Country, key: str, own: Longs, against: Background) -> dict[str, Any]:
    """Where a candidate occurs, what it goes with between gemeenten, and whether it works within them."""
    shares, group = country.shares[key].to_numpy(float), against.groups[key]
    rate, residual = with_rate(country, shares), with_residual(country, shares)
    inside = within(country, own, shares, country.request.known[key].eenheid == "huishouden", residual)
    present = occurrence(country, key, shares)
    return {
        "share": present.share,
        "smallest_cell": present.smallest_cell,
        "between_share": present.between_share,
        "policy_p": policy_p(country, shares),
        "municipal_r": rate.r,
        "municipal_p": rate.p,
        "within_estimate": inside.estimate,
        "within_p": inside.p,
        "within_effect": inside.effect,
        "deficit_r": residual.r,
        "deficit_p": residual.p,
        "group_tekort": group.tekort,
        "group_overschot": group.overschot,
        "group_difference": group.difference,
        "group_p": group.p,
        "weights": weights_in_parts(country, own, inside),
    }


def one_step_evidence(country: Country, own: Longs, step: Step, steps: StepsLeftOut, base: BaseFit) -> dict[str, Any]:
    """What follows from score and information: the test, gains on gemeenten left out, overlap and steadiness."""
    moments = country.by_fold
    score, information = moments.total
    crude, like = carried(score, information, moments.base, own), strongest_partial(information, moments.base, own)
    years = spread_of_weights(country.by_year, own, text("assess.one_year"))
    folds = spread_of_weights(moments, own, text("assess.no_folds"))
    gain = gain_of_steps(moments, steps)
    auc_out = auc_left_out(base.sample, country.folds, country.estimate, steps.larger)
    return {
        "score": step.statistic,
        "score_p": float(chi2.sf(step.statistic, step.degrees_of_freedom)),
        "gain_out": gain,
        "mcfadden_gain_out": gain * float(moments.weight.sum()) / abs(country.base.null_log_likelihood),
        "auc_gain_out": auc_out - base.auc_out,
        "model_like": country.design.parameters[like[0]].label if like else "",
        "model_correlation": like[1] if like else NotApplicable(text("assess.empty_model")),
        "carried": NotApplicable(text("assess.no_crude_effect")) if crude is None else crude,
        "drift_p": years.p,
        "drift_size": years.size,
        "fold_p": folds.p,
        "fold_size": folds.size,
    }


@dataclass(frozen=True, eq=False)
class BaseFit:
    """The fit of the model without candidates, to measure gains from; `sample` is the households of the AUC.

    `auc_out` is the AUC when each fold of gemeenten is predicted by the weights of the others.
    """

    auc: float
    auc_out: float
    municipal: MunicipalFit
    sample: Design
    predicted: Predicted


def base_fit(country: Country) -> BaseFit:
    """Fit statistics of the base model."""
    every = -(-country.design.households // AUC_HOUSEHOLDS)
    sample = thinned(country.design, every) if every > 1 else country.design
    predicted = predicted_by_gemeente(country, country.estimate, country.request.options.threads)
    alone = [alone_step(country.by_fold, fold) for fold in range(len(country.by_fold.score))]
    auc_out = auc_left_out(sample, country.folds, country.estimate, alone)
    return BaseFit(auc_of(sample, country.estimate), auc_out, _municipal(country, predicted), sample, predicted)


def refit_evidence(country: Country, larger: Refit, predicted: Predicted, base: BaseFit) -> dict[str, Number]:
    """What an exact refit with the candidate adds to the base model."""
    statistic = 2 * (larger.log_likelihood - country.base.log_likelihood)
    fitted = _municipal(country, predicted)
    return {
        "estimate": float(larger.coefficients[0]),
        "se": float(larger.errors[0]),
        "likelihood_ratio": statistic,
        "likelihood_ratio_p": float(chi2.sf(max(statistic, 0.0), len(larger.coefficients))),
        "log_loss_gain": statistic / 2 / float(country.by_fold.weight.sum()),
        "mcfadden_gain": statistic / 2 / abs(country.base.null_log_likelihood),
        "auc_gain": auc_of(base.sample, larger.estimate) - base.auc,
        "municipal_r2_gain": _gain(fitted.r2_weighted, base.municipal.r2_weighted),
        "deviation_gain": base.municipal.mean_absolute_deviation_weighted - fitted.mean_absolute_deviation_weighted,
    }


def _municipal(country: Country, predicted: Predicted) -> MunicipalFit:
    return municipal_fit(country.sums["actual"], predicted.expected, country.sums["households"])


def _gain(after: Number, before: Number) -> Number:
    if isinstance(after, NotApplicable):
        return after
    return before if isinstance(before, NotApplicable) else after - before


def _short(value: Number) -> str:
    return str(value) if isinstance(value, NotApplicable) else f"{value:.2g}"
