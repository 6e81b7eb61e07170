"""The limit on redistribution effects of 2007 and 2008."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.law.rules import Damping

Floats = NDArray[np.float64]


def damped_shares(historical: Floats, objective: Floats, damping: Damping) -> Floats:
    """Objective shares moved so that none differs more from the historical share than the limit allows, shape (n,).

    The limit is a share of the objective share and depends on the effect before damping. One factor for all shares,
    each held within its bounds, keeps the sum at the sum of `historical`; the decree names such an algorithm without
    describing it.
    """
    total = float(historical.sum())
    effect = np.divide(historical - objective, objective, out=np.full_like(objective, np.inf), where=objective > 0)
    limit = damping.limit(effect)
    low, high = historical / (1 + limit), historical / (1 - limit)
    if float(np.clip(objective, low, high).sum()) == total:
        return np.clip(objective, low, high)
    factor = _factor(objective, low, high, total)
    return np.clip(objective * factor, low, high)


def _factor(objective: Floats, low: Floats, high: Floats, total: float) -> float:
    """The factor for which the bounded shares add up to `total`: exact on the piece between two kinks."""
    there = objective > 0
    kinks = np.unique(np.concatenate([low[there] / objective[there], high[there] / objective[there]]))
    sums = np.array([np.clip(objective * k, low, high).sum() for k in kinks])
    above = int(np.searchsorted(sums, total))
    if above == 0 or above == len(kinks):
        return float(kinks[min(above, len(kinks) - 1)])
    left, right = kinks[above - 1], kinks[above]
    rise = sums[above] - sums[above - 1]
    return float(left if rise == 0 else left + (right - left) * (total - sums[above - 1]) / rise)
