"""Time to leaving: the chance to be still on bijstand, of leaving for work or otherwise, of coming back, and Cox.

All estimates are those of statsmodels. Time runs from the start of the observation, or from the start of the spell for
who came later.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.odds import (
    Z95,
    CategoryOdds,
    Factor,
    NotEstimable,
    Odds,
    design_of,
    known_rows,
    occurring,
    odds_of,
)
from verdeelmodel.reintegration.services_clients import OTHERWISE, TO_WORK
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
HORIZONS = (3, 6, 12, 18, 24, 30, 36)


@dataclass(frozen=True)
class Moment:
    """A number of months: how many are still followed, how many left so far, and three chances with their intervals."""

    months: int
    at_risk: int
    to_work: int
    otherwise: int
    still: tuple[float, float, float]
    work: tuple[float, float, float]
    other: tuple[float, float, float]


@dataclass(frozen=True)
class Return:
    """A number of months after leaving for work: how many are followed so long, how many came back, the chance."""

    months: int
    at_risk: int
    came_back: int
    share: tuple[float, float, float]


@dataclass(frozen=True)
class Curve:
    """A step function: months and the chance up to then."""

    months: Floats
    share: Floats


@dataclass(frozen=True)
class CoxModel:
    """A Cox regression of leaving for work: hazard ratios in the place of odds ratios."""

    rows: tuple[CategoryOdds, ...]
    factors: tuple[Factor, ...]
    n: int
    events: int

    def __str__(self) -> str:
        return text("services.cox.line", n=self.n, events=self.events)


def moments(frame: pd.DataFrame) -> tuple[Moment, ...]:
    """Chances after each number of months; leaving for work and leaving otherwise compete."""
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    time, ended = frame["months"].to_numpy(float), frame["exit"].to_numpy()
    if not (ended > 0).any():
        return ()
    whole = SurvfuncRight(time, (ended > 0).astype(int))
    with np.errstate(divide="ignore", invalid="ignore"):
        incidence = CumIncidenceRight(time, ended)
    found = []
    for month in (h for h in HORIZONS if h <= time.max() + 0.5):
        counts = [int(((time <= month) & (ended == kind)).sum()) for kind in (TO_WORK, OTHERWISE)]
        work, other = (_share(incidence, kind, month) for kind in (TO_WORK, OTHERWISE))
        still = _at(whole.surv_times, whole.surv_prob, whole.surv_prob_se, month, start=1.0)
        at_risk = int((time >= min(month, time.max())).sum())
        found.append(Moment(month, at_risk, counts[0], counts[1], still, work, other))
    return tuple(found)


def _share(incidence: Any, kind: int, month: float) -> tuple[float, float, float]:
    if kind > len(incidence.cinc):
        return (0.0, 0.0, 0.0)
    return _at(incidence.times, incidence.cinc[kind - 1], incidence.cinc_se[kind - 1], month, start=0.0)


def _at(times: Floats, values: Floats, errors: Floats, month: float, start: float) -> tuple[float, float, float]:
    """The value of a step function with its 95% interval, kept between 0 and 1."""
    place = int(np.searchsorted(times, month, side="right")) - 1
    if place < 0:
        return (start, start, start)
    value, error = float(values[place]), float(errors[place])
    if not np.isfinite(error):
        # Once everybody has left there is no spread to measure: nothing is known of how far off the chance is.
        return (value, 0.0, 1.0)
    return (value, max(value - Z95 * error, 0.0), min(value + Z95 * error, 1.0))


def incidence_curves(frame: pd.DataFrame) -> dict[int, Curve]:
    """The cumulative incidence of leaving for work and of leaving otherwise."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    ended = frame["exit"].to_numpy()
    if not (ended > 0).any():
        return {}
    with np.errstate(divide="ignore", invalid="ignore"):
        found = CumIncidenceRight(frame["months"].to_numpy(float), ended)
    return {
        kind: Curve(np.asarray(found.times), np.asarray(found.cinc[kind - 1]))
        for kind in (TO_WORK, OTHERWISE)
        if kind <= len(found.cinc)
    }


def returns(frame: pd.DataFrame) -> tuple[Return, ...]:
    """Coming back to bijstand after leaving for work, for as long as somebody is followed."""
    from statsmodels.duration.survfunc import SurvfuncRight

    leavers = frame[frame["exit"] == TO_WORK]
    back, followed = leavers["back"].to_numpy(float), leavers["followed"].to_numpy(float)
    came = back >= 0
    if not came.any():
        return ()
    time = np.maximum(np.where(came, back, followed), 1e-3)
    curve = SurvfuncRight(time, came.astype(int))
    found = []
    for month in (h for h in HORIZONS if h < time.max()):
        value, low, high = _at(curve.surv_times, curve.surv_prob, curve.surv_prob_se, month, start=1.0)
        at_risk, so_far = int((time >= month).sum()), int((came & (back <= month)).sum())
        found.append(Return(month, at_risk, so_far, (1 - value, 1 - high, 1 - low)))
    return tuple(found)


def fit_cox(frame: pd.DataFrame, factors: Sequence[Factor]) -> CoxModel | NotEstimable:
    """Cox regression of leaving for work, with other ways of leaving as the end of what is seen (cause-specific)."""
    from statsmodels.duration.hazard_regression import PHReg

    known = known_rows(frame, factors)
    data = frame[known]
    event = (data["exit"] == TO_WORK).to_numpy()
    if not event.any():
        return NotEstimable(text("services.odds.no_outcome"))
    used = occurring(data, factors)
    counted = [_counted(data, event, factor) for factor in used]
    # A category without clients or without anybody who leaves for work has no finite hazard ratio.
    empty = {(r.factor, r.category) for rows in counted for r in rows if r.events == 0 and not r.reference}
    design = design_of(data, event, used, empty)
    if design.matrix.shape[1] < 2:
        return NotEstimable(text("services.odds.no_factor"))
    rank = np.linalg.matrix_rank(design.matrix)
    if event.sum() <= rank or rank < design.matrix.shape[1]:
        return NotEstimable(text("services.odds.too_few"))
    time = data["months"].to_numpy(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an estimate that runs away is told per category, in the words of the reader
        fitted = PHReg(time, design.matrix[:, 1:], status=event.astype(int), ties="efron").fit()
    found = {}
    for place, key in enumerate(design.columns):
        b, se, p = float(fitted.params[place]), float(fitted.bse[place]), float(fitted.pvalues[place])
        found[key] = odds_of(b, se, p)
    rows = [_cox_row(r, found.get((r.factor, r.category))) for rows in counted for r in rows if r.n]
    return CoxModel(tuple(rows), tuple(used), len(data), int(event.sum()))


def _counted(data: pd.DataFrame, event: NDArray[np.bool_], factor: Factor) -> list[CategoryOdds]:
    inside = {key: (data[factor.key] == key).to_numpy() for key in factor.categories}
    return [
        CategoryOdds(factor.key, key, int(m.sum()), int(event[m].sum()), reference=key == factor.reference)
        for key, m in inside.items()
    ]


def _cox_row(row: CategoryOdds, found: Odds | None) -> CategoryOdds:
    empty = text("services.odds.none_left" if row.events == 0 else "services.odds.separated")
    reason = "" if row.reference or found is not None else empty
    return CategoryOdds(row.factor, row.category, row.n, row.events, found, None, reason, row.reference)
