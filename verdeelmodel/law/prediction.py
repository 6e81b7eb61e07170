"""The official prediction: probability of bijstand, fraction of the norm, norm and objective amount per household.

Pure functions on arrays. `columns` maps a kenmerk key to one value per household, shape (n,).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.law.norms import Norms
from verdeelmodel.law.weights import Weights
from verdeelmodel.wording import text

Floats = NDArray[np.float64]


def fail_if_kenmerken_missing(weights: Weights, supplied: Collection[str]) -> None:
    """Refuse when a weight has no kenmerk to apply it to; lists every one and what to do."""
    missing = [row for row in weights.rows if row.kenmerk not in supplied]
    if missing:
        problems = [
            Problem(
                text("law.kenmerk_missing", kenmerk=row.kenmerk, label=row.label),
                expected=did_you_mean(row.kenmerk, supplied),
            )
            for row in missing
        ]
        raise RequestError(
            text("law.kenmerken_missing", count=len(missing), year=weights.year, remedy=text("law.missing_remedy")),
            problems,
        )


def fail_if_kenmerken_unused(used: Collection[str], supplied: Collection[str]) -> None:
    """Refuse a kenmerk that no weight uses; lists every one."""
    unused = sorted(set(supplied) - set(used))
    if unused:
        problems = [Problem(text("law.kenmerk_unused", kenmerk=k), expected=did_you_mean(k, used)) for k in unused]
        raise RequestError(text("law.kenmerken_unused", count=len(unused)), problems)


def linear_predictor(weights: Weights, columns: Mapping[str, ArrayLike], constant: float | None = None) -> Floats:
    """Constant plus the sum of weight times kenmerk, shape (n,); `constant` replaces the published one."""
    fail_if_kenmerken_missing(weights, columns)
    start = weights.published_constant() if constant is None else constant
    total: Floats | None = None
    for row in weights.rows:
        values = np.asarray(columns[row.kenmerk])
        if total is None:
            total = np.full(values.shape, start, dtype=np.float64)
        total += row.value * values
    return np.zeros(0) if total is None else total


def logistic(eta: Floats) -> Floats:
    """1 / (1 + exp(-eta)) without overflow, shape of eta."""
    from scipy.special import expit

    return np.asarray(expit(eta), dtype=np.float64)


def probability(weights: Weights, columns: Mapping[str, ArrayLike], constant: float | None = None) -> Floats:
    """Predicted probability of bijstand per household, shape (n,), between 0 and 1."""
    return logistic(linear_predictor(weights, columns, constant))


def fraction(weights: Weights, columns: Mapping[str, ArrayLike], constant: float | None = None) -> Floats:
    """Predicted fraction of the norm per household, shape (n,), between 0 and 1; the logistic link is presumed."""
    return logistic(linear_predictor(weights, columns, constant))


def objective_amount(probability: Floats, fraction: Floats, norm: Floats) -> Floats:
    """Predicted budget per household in euros: probability x fraction x norm, shape (n,)."""
    return probability * fraction * norm


def norm_amount(norms: Norms, kind: NDArray[np.integer], kostendelers: NDArray[np.integer]) -> Floats:
    """Gross annual norm per household in euros, shape (n,); `kind` indexes `law.norms.KINDS`."""
    return norms.amounts(kind, kostendelers)


def calibrated_constant(eta_without_constant: Floats, rate: float, weight: Floats | None = None) -> float:
    """The constant for which the (weighted) mean probability is `rate`; needs 0 < rate < 1 and finite predictors."""
    from scipy.optimize import brentq

    if not 0 < rate < 1:
        raise RequestError(text("law.rate_out_of_range", rate=rate))
    share = (
        np.full(len(eta_without_constant), 1 / max(len(eta_without_constant), 1))
        if weight is None
        else (weight / weight.sum())
    )
    middle = float(np.log(rate / (1 - rate)))
    low, high = middle - float(eta_without_constant.max()), middle - float(eta_without_constant.min())

    def excess(constant: float) -> float:
        return float((share * logistic(eta_without_constant + constant)).sum()) - rate

    return float(brentq(excess, low - 1e-9, high + 1e-9, xtol=1e-13, rtol=1e-14))
