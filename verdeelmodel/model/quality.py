"""How well predicted probabilities fit what happened: per household, by group, and per gemeente.

Every function works on plain arrays: `outcome` (n,) in 0..1, `predicted` (n,) in (0, 1), `weight` (n,) or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BANDS = (0.025, 0.05, 0.10)
SMALLEST = 1e-15


@dataclass(frozen=True)
class HouseholdFit:
    """Fit at household level; `mcfadden` compares with a model of the constant alone."""

    households: int
    observed_rate: float
    predicted_rate: float
    log_likelihood: float
    mcfadden: float | NotApplicable
    tjur: float | NotApplicable
    auc: float | NotApplicable
    brier: float
    log_loss: float

    def __str__(self) -> str:
        return text("model.household_fit", households=self.households, mcfadden=self.mcfadden)

    def to_frame(self) -> pd.DataFrame:
        """One row per statistic."""
        import pandas as pd

        return pd.DataFrame({"statistic": list(vars(self)), "value": [_number(v) for v in vars(self).values()]})


@dataclass(frozen=True)
class MunicipalFit:
    """Fit of the predicted against the actual number per gemeente; shares of gemeenten within a band are by `BANDS`."""

    gemeenten: int
    r2: float | NotApplicable
    r2_weighted: float | NotApplicable
    mean_absolute_deviation: float
    mean_absolute_deviation_weighted: float
    within: tuple[float, ...]

    def __str__(self) -> str:
        return text(
            "model.municipal_fit",
            gemeenten=self.gemeenten,
            deviation=self.mean_absolute_deviation,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per statistic; the bands are `within_0.025` and so on."""
        import pandas as pd

        rows = {k: _number(v) for k, v in vars(self).items() if k != "within"}
        rows |= {f"within_{band}": share for band, share in zip(BANDS, self.within, strict=True)}
        return pd.DataFrame({"statistic": list(rows), "value": list(rows.values())})


def household_fit(outcome: Floats, predicted: Floats, weight: Floats | None = None) -> HouseholdFit:
    """All household-level statistics in one go; AUC, Tjur and McFadden need both outcomes to be present."""
    w = np.ones(len(outcome)) if weight is None else weight
    rate = float(np.average(outcome, weights=w))
    loglik = log_likelihood(outcome, predicted, w)
    one_sided = rate in (0.0, 1.0)
    reason = NotApplicable(text("model.one_outcome"))
    null = log_likelihood(outcome, np.full(len(outcome), rate), w)
    return HouseholdFit(
        households=len(outcome),
        observed_rate=rate,
        predicted_rate=float(np.average(predicted, weights=w)),
        log_likelihood=loglik,
        mcfadden=reason if one_sided else 1 - loglik / null,
        tjur=reason if one_sided else tjur(outcome, predicted, w),
        auc=reason if one_sided else area_under_curve(outcome, predicted, w),
        brier=float(np.average((outcome - predicted) ** 2, weights=w)),
        log_loss=-loglik / float(w.sum()),
    )


def log_likelihood(outcome: Floats, predicted: Floats, weight: Floats) -> float:
    """Sum over households of w (y ln p + (1-y) ln(1-p))."""
    p = np.clip(predicted, SMALLEST, 1 - SMALLEST)
    return float((weight * (outcome * np.log(p) + (1 - outcome) * np.log1p(-p))).sum())


def tjur(outcome: Floats, predicted: Floats, weight: Floats) -> float:
    """Mean predicted probability among those with minus those without the outcome."""
    with_outcome, without = weight * outcome, weight * (1 - outcome)
    return float(np.average(predicted, weights=with_outcome) - np.average(predicted, weights=without))


def area_under_curve(outcome: Floats, predicted: Floats, weight: Floats | None = None) -> float:
    """Probability that a random household with the outcome is predicted higher than one without; ties count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(outcome > 0.5, predicted, sample_weight=weight))


def municipal_fit(observed: Floats, predicted: Floats, size: Floats) -> MunicipalFit:
    """Fit over gemeenten of `observed` and `predicted` numbers (g,), with `size` the households (g,) as weight.

    R2 is of the rates (number / households); the deviation is |predicted - observed| / observed, over the gemeenten
    with at least one observed household.
    """
    keep = size > 0
    rate, expected, n = observed[keep] / size[keep], predicted[keep] / size[keep], size[keep]
    some = rate > 0
    deviation = np.abs(expected[some] - rate[some]) / rate[some]
    return MunicipalFit(
        gemeenten=int(keep.sum()),
        r2=explained(rate, expected, np.ones_like(n)),
        r2_weighted=explained(rate, expected, n),
        mean_absolute_deviation=float(deviation.mean()),
        mean_absolute_deviation_weighted=float(np.average(deviation, weights=n[some])),
        within=tuple(float((deviation <= band).mean()) for band in BANDS),
    )


def explained(observed: Floats, predicted: Floats, weight: Floats) -> float | NotApplicable:
    """1 - weighted residual sum of squares / weighted total sum of squares."""
    centred = observed - np.average(observed, weights=weight)
    total = float(weight @ centred**2)
    if total <= SMALLEST * float(weight.sum()):
        return NotApplicable(text("model.no_variation"))
    return 1 - float(weight @ (observed - predicted) ** 2) / total


def calibration_by_decile(outcome: Floats, predicted: Floats, weight: Floats | None = None, parts: int = 10) -> Table:
    """Predicted against actual number in equal-sized groups by predicted probability, lowest first."""
    rank = np.argsort(predicted, kind="stable")
    group = np.empty(len(predicted), dtype=np.int64)
    group[rank] = np.arange(len(predicted)) * parts // max(len(predicted), 1)
    labels = [text("model.decile", number=i + 1, parts=parts) for i in range(parts)]
    return calibration_by_group("calibration_decile", group, labels, outcome, predicted, weight)


def calibration_by_group(
    key: str,
    group: NDArray[np.integer],
    labels: Sequence[str],
    outcome: Floats,
    predicted: Floats,
    weight: Floats | None = None,
    amount: Floats | None = None,
) -> Table:
    """The table that municipal finance staff know: per group households, predicted, actual and difference.

    With `amount` (n,), the euros a household on bijstand costs, also the difference in euros. Empty groups are shown.
    """
    w = np.ones(len(outcome)) if weight is None else weight
    size = len(labels)
    sums = {
        name: np.bincount(group, weights=values, minlength=size)
        for name, values in (("households", w), ("predicted", w * predicted), ("actual", w * outcome))
    }
    values: dict[str, Sequence[Cell]] = {"group": list(labels), **{k: v.tolist() for k, v in sums.items()}}
    values["difference"] = (sums["actual"] - sums["predicted"]).tolist()
    columns = [
        Column("group", text("model.column.group")),
        Column("households", text("model.column.households"), "count"),
        Column("predicted", text("model.column.predicted"), "count"),
        Column("actual", text("model.column.actual"), "count"),
        Column("difference", text("model.column.difference"), "count"),
    ]
    if amount is not None:
        values["euros"] = np.bincount(group, weights=w * (outcome - predicted) * amount, minlength=size).tolist()
        columns.append(Column("euros", text("model.column.euros"), "euro"))
    behind = [Evidence(count=int(n)) for n in np.bincount(group, minlength=size)]
    return Table(
        key=key,
        title=text(f"model.title.{key}"),
        columns=tuple(columns),
        values=values,
        evidence={c.key: behind for c in columns[1:]},
    )


def _number(value: object) -> object:
    return None if isinstance(value, NotApplicable) else value
