"""The evidence for one candidate, gathered from the fitted country; no judgement here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import chi2

from verdeelmodel.assess.budgets import BudgetEffect, Yardstick, objective_amounts
from verdeelmodel.assess.country import Country, having_dummy
from verdeelmodel.assess.moments import carried, gain_left_out, one_step, tolerance
from verdeelmodel.assess.policy import municipal_shares, policy_p, residual_correlation
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.predicting import predict_areas, predict_stored
from verdeelmodel.model.quality import MunicipalFit, area_under_curve, municipal_fit
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.model.result import LogitResult

    Floats = NDArray[np.float64]
    Number = float | NotApplicable

# AUC needs a sort of all households; above this number every k-th household is taken.
AUC_HOUSEHOLDS = 500_000


@dataclass(frozen=True)
class CandidateEvidence:
    """Everything that was measured or declared of a candidate; what cannot be measured says why.

    Gains are with minus without the candidate. `gain_out` is the gain in log-likelihood per household on gemeenten that
    were not used. `carried` is the share of the crude effect that the model carries already. `deficit_r` is the
    correlation over gemeenten of the municipal share with what the model leaves unexplained.
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
    yearly: tuple[float, ...]
    share: Number
    smallest_cell: Number
    between_share: Number
    policy_p: Number
    deficit_r: Number
    deficit_p: Number
    budget: BudgetEffect | NotApplicable

    def __str__(self) -> str:
        return text("assess.evidence_line", label=self.label, p=_short(self.score_p), gain=_short(self.gain_out))


def gather(country: Country, key: str, yardstick: Yardstick, base_fit: BaseFit) -> CandidateEvidence:
    """All evidence for a candidate: the one-step tests, an exact refit, and its effects on gemeenten and budgets."""
    declared = country.request.known[key]
    own = country.places(key)
    score, information = country.by_fold.total
    step = one_step(score, information, country.by_fold.base, own)
    shares = municipal_shares(country, key)
    deficit_r, deficit_p = residual_correlation(country, shares)
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
        "deficit_r": deficit_r,
        "deficit_p": deficit_p,
    }
    if step is None:
        reason = NotApplicable(text("assess.follows_from_model"))
        found |= dict.fromkeys(MEASURED, reason)
        return CandidateEvidence(**found, yearly=(), budget=reason)
    result = fit_logit(country.design, [*country.base_columns, key], country.request.options)
    crude = carried(score, information, country.by_fold.base, own)
    found |= {
        "score": step.statistic,
        "score_p": float(chi2.sf(step.statistic, step.degrees_of_freedom)),
        "gain_out": gain_left_out(country.by_fold, own),
        "carried": NotApplicable(text("assess.no_crude_effect")) if crude is None else crude,
        **drift(country, own),
        **refit_evidence(country, result, own, base_fit),
    }
    return CandidateEvidence(**found, budget=yardstick.effect(objective_amounts(country, result, yardstick.gemeenten)))


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
)


@dataclass(frozen=True, eq=False)
class BaseFit:
    """The fit of the model without candidates, to measure gains from."""

    auc: float
    municipal: MunicipalFit
    sample: slice


def base_fit(country: Country) -> BaseFit:
    """Fit statistics of the base model."""
    sample = slice(0, None, max(1, -(-country.design.households // AUC_HOUSEHOLDS)))
    return BaseFit(_auc(country, country.base, sample), _municipal(country, country.base), sample)


def refit_evidence(country: Country, result: LogitResult, own: NDArray[np.int64], base: BaseFit) -> dict[str, Number]:
    """What an exact refit with the candidate adds to the base model."""
    keys = [country.design.parameters[int(i)].key for i in own]
    place = result.keys.index(keys[0])
    statistic = 2 * (result.log_likelihood - country.base.log_likelihood)
    fitted = _municipal(country, result)
    return {
        "estimate": float(result.estimate[place]),
        "se": float(result.se[place]),
        "likelihood_ratio": statistic,
        "likelihood_ratio_p": float(chi2.sf(max(statistic, 0.0), len(own))),
        "mcfadden_gain": statistic / 2 / abs(country.base.null_log_likelihood),
        "auc_gain": _auc(country, result, base.sample) - base.auc,
        "municipal_r2_gain": _gain(fitted.r2_weighted, base.municipal.r2_weighted),
        "deviation_gain": base.municipal.mean_absolute_deviation_weighted - fitted.mean_absolute_deviation_weighted,
    }


def drift(country: Country, own: NDArray[np.int64]) -> dict[str, object]:
    """The one-step estimate in each year and the chance of differences this large if the effect were the same."""
    if country.by_year is None:
        return {"drift_p": NotApplicable(text("assess.one_year")), "yearly": ()}
    steps = [
        one_step(score, information, country.by_year.base, own)
        for score, information in zip(country.by_year.score, country.by_year.information, strict=True)
    ]
    found = [s for s in steps if s is not None]
    if len(found) < 2:
        return {"drift_p": NotApplicable(text("assess.one_year")), "yearly": tuple(s.estimate for s in found)}
    estimates, precision = np.array([s.estimate for s in found]), np.array([s.se for s in found]) ** -2
    mean = float(precision @ estimates / precision.sum())
    statistic = float(precision @ (estimates - mean) ** 2)
    scale = country.design.scale[own[0]]
    return {
        "drift_p": float(chi2.sf(statistic, len(found) - 1)),
        "yearly": tuple((estimates / scale).tolist()),
    }


def occurrence(country: Country, key: str, own: NDArray[np.int64], shares: Floats) -> dict[str, Number]:
    """How common a yes/no candidate is, its smallest cell with the outcome, and its variation between gemeenten."""
    dummies = country.design.dummies
    if country.request.known[key].eenheid != "huishouden" or not all(dummies.start <= p < dummies.stop for p in own):
        reason = NotApplicable(text("assess.not_yes_no"))
        return {"share": reason, "smallest_cell": reason, "between_share": reason}
    having = having_dummy(country.design, int(own[0]))
    outcome = country.design.outcome > 0
    cells = [int((having & outcome).sum()), int((having & ~outcome).sum())]
    cells += [int((~having & outcome).sum()), int((~having & ~outcome).sum())]
    share = float(having.mean())
    size = np.bincount(np.searchsorted(np.unique(country.gemeente), country.gemeente))
    between = float(np.average((shares - share) ** 2, weights=size)) / max(share * (1 - share), 1e-12)
    return {"share": share, "smallest_cell": float(min(cells)), "between_share": between}


def _auc(country: Country, result: LogitResult, sample: slice) -> float:
    probability = predict_stored(country.design, result, country.request.options.threads)[sample]
    weight = country.design.weight[sample] if country.design.weight.size else None
    return area_under_curve(country.design.outcome[sample].astype(float), probability, weight)


def _municipal(country: Country, result: LogitResult) -> MunicipalFit:
    sums = predict_areas(country.design, result, country.request.options.threads).by_gemeente()
    return municipal_fit(sums["actual"], sums["expected"], sums["households"])


def _gain(after: Number, before: Number) -> Number:
    return after - before if isinstance(after, float) and isinstance(before, float) else NotApplicable("-")


def _short(value: Number) -> str:
    return str(value) if isinstance(value, NotApplicable) else f"{value:.2g}"
