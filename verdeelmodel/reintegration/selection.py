"""Who gets a service? A sensitivity analysis: clients with a service against comparable clients without one.

The chance to get the service is estimated from what is registered; clients without it are weighted so that they look
like those with it. What is not registered, such as how ready somebody is for work, stays as different as it was: the
E-value says how strong that would have to be to explain the whole odds ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.odds import Design, Factor, Odds, design_of, known_rows, logit, occurring, odds_of
from verdeelmodel.reintegration.services_words import NO_SERVICE
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
FEWEST = 30
# Weights above this share of the clients without the service are held to it: a few may not decide all.
TRIM = 0.99


@dataclass(frozen=True)
class Weighted:
    """One service: the plain and the weighted odds ratio, and whether the two groups are comparable.

    `overlap` is the share of clients with the service for whom comparable ones without it exist; `worst_before` and
    `worst_after` are the largest standardised differences; `effective` is the number of clients that the weighted
    group without the service is worth.
    """

    service: str
    n: int
    events: int
    plain: Odds | None
    weighted: Odds | None
    overlap: float
    worst_before: float
    worst_after: float
    effective: float
    e_value: float
    e_value_limit: float
    reason: str = ""


def weighted_services(
    frame: pd.DataFrame, outcome: NDArray[np.bool_], factors: Sequence[Factor], services: Sequence[str]
) -> tuple[Weighted, ...]:
    """The sensitivity analysis of every service with enough clients, in the order given."""
    known = known_rows(frame, factors)
    data, y = frame[known], outcome[known]
    found = []
    for service in services:
        inside = data["services"].isin([service, NO_SERVICE]).to_numpy()
        got = (data["services"] == service).to_numpy()[inside]
        if got.any() and service != NO_SERVICE:
            found.append(_one(service, data[inside], got, y[inside], factors))
    return tuple(found)


def _one(
    service: str, data: pd.DataFrame, got: NDArray[np.bool_], y: NDArray[np.bool_], factors: Sequence[Factor]
) -> Weighted:
    n, events = int(got.sum()), int(y[got].sum())
    few = n < FEWEST or min(events, n - events) == 0 or not y[~got].any()
    if few:
        return _none(service, n, events, text("services.selection.few", least=FEWEST))
    design = _without_certain(design_of(data, got, occurring(data, factors)), got)
    if np.linalg.matrix_rank(design.matrix) < design.matrix.shape[1]:
        return _none(service, n, events, text("services.odds.singular"))
    chances = np.clip(np.asarray(logit(design).predict()), 1e-9, 1 - 1e-9)
    weights = treated_weights(chances, got)
    plain, weighted = _odds(got, y, np.ones(len(y))), _odds(got, y, weights)
    controls = weights[~got]
    covered = (chances[got] >= chances[~got].min()) & (chances[got] <= chances[~got].max())
    limit = closest_limit(weighted) if weighted else 1.0
    return Weighted(
        service,
        n,
        events,
        plain,
        weighted,
        float(covered.mean()),
        worst_difference(design.matrix[:, 1:], got, np.ones(len(y))),
        worst_difference(design.matrix[:, 1:], got, weights),
        float(controls.sum() ** 2 / (controls**2).sum()),
        e_value(weighted.ratio, float(y.mean())) if weighted else 1.0,
        e_value(limit, float(y.mean())),
        "" if weighted else text("services.odds.separated"),
    )


def _none(service: str, n: int, events: int, reason: str) -> Weighted:
    return Weighted(service, n, events, None, None, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, reason)


def _without_certain(design: Design, got: NDArray[np.bool_]) -> Design:
    """The design without categories in which nobody got the service: their weight is nothing anyway."""
    counts = design.matrix[got].sum(axis=0)
    keep = [i for i in range(design.matrix.shape[1]) if i == 0 or counts[i] > 0]
    columns = tuple(design.columns[i - 1] for i in keep if i > 0)
    return Design(design.matrix[:, keep], design.outcome, columns)


def treated_weights(chances: Floats, got: NDArray[np.bool_]) -> Floats:
    """One for who got the service, the odds of getting it for the others, the largest of those held in, shape (n,)."""
    odds = chances / (1 - chances)
    odds = np.minimum(odds, np.quantile(odds[~got], TRIM))
    return np.where(got, 1.0, odds)


def _odds(got: NDArray[np.bool_], y: NDArray[np.bool_], weights: Floats) -> Odds | None:
    """The weighted odds ratio with a robust (sandwich) interval: weights are no numbers of clients."""
    from scipy.stats import norm

    first, second = (_log_odds(y[part], weights[part]) for part in (got, ~got))
    if not np.isfinite([*first, *second]).all():
        return None
    b, se = first[0] - second[0], float(np.sqrt(first[1] + second[1]))
    return odds_of(b, se, float(2 * norm.sf(abs(b) / se)))


def _log_odds(y: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """The weighted log odds of the outcome in one group and the variance of that."""
    share = float(np.average(y, weights=weights))
    if share in (0.0, 1.0):
        return np.inf, np.inf
    spread = float((weights**2 * (y - share) ** 2).sum()) / float(weights.sum()) ** 2
    return float(np.log(share / (1 - share))), spread / (share * (1 - share)) ** 2


def worst_difference(x: Floats, got: NDArray[np.bool_], weights: Floats) -> float:
    """The largest difference in means between the two groups, in standard deviations of those with the service."""
    if x.shape[1] == 0:
        return 0.0
    with_service = x[got].mean(axis=0)
    without = np.average(x[~got], axis=0, weights=weights[~got])
    spread = np.sqrt(np.maximum((x[got].var(axis=0) + x[~got].var(axis=0)) / 2, 1e-12))
    return float(np.max(np.abs(with_service - without) / spread))


def closest_limit(odds: Odds) -> float:
    """The end of the interval that is nearest to no effect; 1 when the interval holds 1."""
    if odds.low <= 1 <= odds.high:
        return 1.0
    return odds.low if odds.low > 1 else odds.high


def e_value(ratio: float, share: float) -> float:
    """How strongly something unregistered must go with service and outcome to explain the ratio (VanderWeele and Ding).

    An odds ratio is first brought to a risk ratio: its square root when the outcome is common (15% or more).
    """
    risk = float(np.sqrt(ratio)) if share >= 0.15 else ratio
    risk = max(risk, 1 / risk)
    return risk + float(np.sqrt(risk * (risk - 1)))
