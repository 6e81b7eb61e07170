"""Fit out of sample: estimate on some gemeenten or years, measure on the others.

A fold leaves households out by giving them weight zero, so the packed design is used as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.errors import RequestError
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import YEAR_STEP
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.predicting import predict_stored
from verdeelmodel.model.quality import HouseholdFit, household_fit
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult

FOLDS = 5


@dataclass(frozen=True)
class Fold:
    """One fold: its name, the fit on the households left in and on those left out."""

    name: str
    inside: HouseholdFit
    outside: HouseholdFit


@dataclass(frozen=True)
class OutOfSample:
    """All folds of one kind; the means over the folds weigh each fold by its households."""

    kind: str
    folds: tuple[Fold, ...]

    def __str__(self) -> str:
        frame = self.to_frame()
        return text(
            "model.out_of_sample",
            folds=len(self.folds),
            inside=frame["mcfadden_in"].mean(),
            outside=frame["mcfadden_out"].mean(),
        )

    def to_frame(self) -> pd.DataFrame:
        """A row per fold: McFadden, AUC and log loss inside and outside."""
        import pandas as pd

        rows = []
        for fold in self.folds:
            row: dict[str, object] = {"fold": fold.name, "households_out": fold.outside.households}
            for name in ("mcfadden", "auc", "log_loss"):
                row |= {f"{name}_in": getattr(fold.inside, name), f"{name}_out": getattr(fold.outside, name)}
            rows.append(row)
        return pd.DataFrame(rows)


def over_gemeenten(
    design: Design, result: LogitResult, folds: int = FOLDS, options: FitOptions | None = None
) -> OutOfSample:
    """Folds of whole gemeenten, as equal in households as scikit-learn's GroupKFold makes them."""
    from sklearn.model_selection import GroupKFold

    gemeente = gemeente_of_households(design)
    count = len(np.unique(gemeente))
    if count < folds:
        raise RequestError(text("model.too_few_groups", folds=folds, groups=count))
    splits = GroupKFold(folds).split(gemeente, groups=gemeente)
    named = ((str(i + 1), out) for i, (_, out) in enumerate(splits))
    return OutOfSample("gemeenten", tuple(_folds(design, result, named, options)))


def over_years(design: Design, result: LogitResult, options: FitOptions | None = None) -> OutOfSample:
    """Each year left out in turn."""
    year = year_of_households(design)
    years = np.unique(year)
    if len(years) < 2:
        raise RequestError(text("model.one_year"))
    named = ((str(y), np.flatnonzero(year == y)) for y in years)
    return OutOfSample("jaren", tuple(_folds(design, result, named, options)))


def _folds(
    design: Design,
    result: LogitResult,
    named: Iterator[tuple[str, NDArray[np.intp]]],
    options: FitOptions | None,
) -> Iterator[Fold]:
    outcome = design.outcome.astype(np.float64)
    weight = design.weight if design.weight.size else np.ones(design.households)
    for name, out in named:
        left_in = weight.copy()
        left_in[out] = 0.0
        part = replace(design, weight=left_in, weight_kind="sampling")
        probability = predict_stored(design, fit_logit(part, estimated_columns(result), options))
        inside = np.flatnonzero(left_in > 0)
        yield Fold(
            name,
            household_fit(outcome[inside], probability[inside], weight[inside]),
            household_fit(outcome[out], probability[out], weight[out]),
        )


def estimated_columns(result: LogitResult) -> Sequence[str]:
    """The parameters of a result without the constant."""
    return [key for key in result.keys if key != "intercept"]


def area_codes_of_households(design: Design) -> NDArray[np.int64]:
    """The area code (year and buurt) of each household in the order of the design."""
    place = design.area_of_households(slice(0, design.households))
    return np.asarray(design.areas.buurten[place], dtype=np.int64)


def gemeente_of_households(design: Design) -> NDArray[np.int64]:
    """The gemeente of each household in the order of the design."""
    place = design.area_of_households(slice(0, design.households))
    return np.asarray(design.areas.gemeenten[design.areas.gemeente_of[place]], dtype=np.int64)


def year_of_households(design: Design) -> NDArray[np.int64]:
    """The year of each household in the order of the design."""
    return area_codes_of_households(design) // YEAR_STEP
