"""Logistic regression with odds ratios, 95% intervals, overall tests per factor, and n.v.t. where a cell is empty.

The estimates are those of statsmodels. A category in which nobody or everybody reached the outcome has no finite odds
ratio: its clients are left out, which changes no other estimate, and the category says why it has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.firth import FARTHEST, Firth, fit_firth
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Z95 = 1.959963984540054
# Beyond this an estimate of a log odds ratio only says that the likelihood has no maximum.
RUNAWAY = 12.0


@dataclass(frozen=True)
class Factor:
    """A characteristic in a regression: its key, label, categories (key to label) and the reference."""

    key: str
    label: str
    categories: Mapping[str, str]
    reference: str


@dataclass(frozen=True)
class Odds:
    """An odds ratio against the reference with its interval and p-value."""

    ratio: float
    low: float
    high: float
    p: float

    @property
    def log(self) -> float:
        """The logarithm of the odds ratio."""
        return float(np.log(self.ratio))


def odds_of(log_ratio: float, error: float, p: float) -> Odds | None:
    """The odds ratio of an estimate and its standard error; None when the estimate has run away to infinity."""
    return odds_between(log_ratio, log_ratio - Z95 * error, log_ratio + Z95 * error, p)


def odds_between(log_ratio: float, low: float, high: float, p: float) -> Odds | None:
    """The odds ratio of an estimate and its interval on the log scale; None when they are not finite."""
    if not np.isfinite([log_ratio, low, high, p]).all() or abs(log_ratio) > RUNAWAY or high - low > FARTHEST:
        return None
    return Odds(float(np.exp(log_ratio)), float(np.exp(low)), float(np.exp(high)), p)


@dataclass(frozen=True)
class CategoryOdds:
    """One category: clients, how many of them reached the outcome, and the odds ratio or why there is none."""

    factor: str
    category: str
    n: int
    events: int
    odds: Odds | None = None
    firth: Odds | None = None
    reason: str = ""
    reference: bool = False


@dataclass(frozen=True)
class OverallTest:
    """Whether a factor as a whole matters: the Wald test, as SPSS prints, and the likelihood ratio test."""

    factor: str
    wald: float
    p_wald: float
    ratio: float
    p_ratio: float
    degrees: int


@dataclass(frozen=True)
class OddsModel:
    """A fitted regression: a row per category, a test per factor, and how many clients stand behind it."""

    rows: tuple[CategoryOdds, ...]
    tests: Mapping[str, OverallTest]
    factors: tuple[Factor, ...]
    n: int
    events: int
    left_out: int
    constant: float
    fitted: Any = field(repr=False, default=None)

    def row(self, factor: str, category: str) -> CategoryOdds:
        """The row of this category."""
        return next(r for r in self.rows if (r.factor, r.category) == (factor, category))

    def __str__(self) -> str:
        return text("services.odds.line", n=self.n, events=self.events, factors=len(self.factors))

    def to_frame(self) -> pd.DataFrame:
        """A row per category with counts and odds ratio; missing where there is none."""
        import pandas as pd

        found = [(r.factor, r.category, r.n, r.events, *_plain(r.odds)) for r in self.rows]
        return pd.DataFrame(found, columns=["factor", "category", "n", "events", "odds_ratio", "low", "high", "p"])


def _plain(odds: Odds | None) -> tuple[float, ...]:
    return (np.nan,) * 4 if odds is None else (odds.ratio, odds.low, odds.high, odds.p)


@dataclass(frozen=True)
class NotEstimable:
    """Why there is no regression."""

    reason: str

    def __str__(self) -> str:
        return text("services.note.no_regression", reason=self.reason)


@dataclass(frozen=True)
class Design:
    """The columns of a regression, the constant first; `columns` names factor and category of every other column."""

    matrix: Floats
    outcome: Floats
    columns: tuple[tuple[str, str], ...]

    def of(self, factor: str) -> list[int]:
        """The places of the columns of a factor."""
        return [1 + i for i, (key, _) in enumerate(self.columns) if key == factor]


def fit_odds(
    frame: pd.DataFrame, outcome: NDArray[np.bool_], factors: Sequence[Factor], firth: Sequence[str] = ()
) -> OddsModel | NotEstimable:
    """Regress the outcome on the factors, over the clients of whom all factors are known.

    `frame` has a column of category keys per factor; an empty key is missing. Every category of the factors in `firth`,
    also one with an empty cell, gets the penalised estimate with a profile interval as well.
    """
    known = known_rows(frame, factors)
    data, y = frame[known], outcome[known]
    if not y.any() or y.all():
        return NotEstimable(text("services.odds.no_outcome" if not y.any() else "services.odds.all_outcome"))
    present = occurring(data, factors)
    empty, keep = _empty_cells(data, y, present)
    used = tuple(_settled(data[keep], factor, empty) for factor in present)
    design = design_of(data[keep], y[keep], used, empty)
    if not keep.any() or len(design.outcome) <= design.matrix.shape[1]:
        return NotEstimable(text("services.odds.too_few"))
    if np.linalg.matrix_rank(design.matrix) < design.matrix.shape[1]:
        return NotEstimable(text("services.odds.singular"))
    counted = [_counted(data, y, factor) for factor in used]
    try:
        model = _estimated(design, used, counted, len(frame) - len(y))
    except np.linalg.LinAlgError:
        return NotEstimable(text("services.odds.separated"))
    return _with_firth(model, design_of(data, y, used), firth) if firth else model


def _empty_cells(
    data: pd.DataFrame, y: NDArray[np.bool_], factors: Sequence[Factor]
) -> tuple[set[tuple[str, str]], NDArray[np.bool_]]:
    """The categories without a finite odds ratio, and the clients who are in none of them.

    Leaving clients out can empty a category of another factor, so it is done until nothing changes.
    """
    empty: set[tuple[str, str]] = set()
    keep = np.ones(len(y), bool)
    while True:
        found = set(empty)
        for factor in factors:
            for category in factor.categories:
                inside = keep & (data[factor.key] == category).to_numpy()
                if y[inside].sum() in (0, inside.sum()):
                    found.add((factor.key, category))
        if found == empty:
            return empty, keep
        empty = found
        for key, category in empty:
            keep &= (data[key] != category).to_numpy()


def _settled(kept: pd.DataFrame, factor: Factor, empty: set[tuple[str, str]]) -> Factor:
    """The factor with a reference that has no empty cell: its own when that will do, else the largest category."""
    full = [key for key in factor.categories if (factor.key, key) not in empty]
    if not full or factor.reference in full:
        return factor
    return replace(factor, reference=max(full, key=lambda key: int((kept[factor.key] == key).sum())))


def known_rows(frame: pd.DataFrame, factors: Sequence[Factor]) -> NDArray[np.bool_]:
    """The clients of whom all factors are known, shape (n,)."""
    known = np.ones(len(frame), bool)
    for factor in factors:
        known &= frame[factor.key].isin(list(factor.categories)).to_numpy()
    return known


def occurring(frame: pd.DataFrame, factors: Sequence[Factor]) -> list[Factor]:
    """The factors with the categories that occur and a reference among them; without those that are alike for all."""
    found = []
    for factor in factors:
        present = {key: label for key, label in factor.categories.items() if (frame[factor.key] == key).any()}
        if len(present) > 1:
            reference = factor.reference if factor.reference in present else next(iter(present))
            found.append(replace(factor, categories=present, reference=reference))
    return found


def _counted(data: pd.DataFrame, y: NDArray[np.bool_], factor: Factor) -> list[CategoryOdds]:
    found = []
    for key in factor.categories:
        inside = (data[factor.key] == key).to_numpy()
        n, events = int(inside.sum()), int(y[inside].sum())
        found.append(CategoryOdds(factor.key, key, n, events, reference=key == factor.reference))
    return found


def design_of(
    data: pd.DataFrame, y: NDArray[np.bool_], factors: Sequence[Factor], without: set[tuple[str, str]] | None = None
) -> Design:
    """A constant and an indicator per category that is not the reference and not in `without`."""
    skip = without or set()
    columns = [(f.key, c) for f in factors for c in f.categories if c != f.reference and (f.key, c) not in skip]
    parts = [np.ones(len(data)), *((data[key] == category).to_numpy(float) for key, category in columns)]
    return Design(np.column_stack(parts), np.asarray(y, float), tuple(columns))


def _estimated(
    design: Design, factors: tuple[Factor, ...], counted: list[list[CategoryOdds]], left_out: int
) -> OddsModel:
    fitted = logit(design)
    odds = _odds_by_column(design, fitted)
    rows = tuple(_row(r, odds) for rows in counted for r in rows)
    tests = {f.key: test for f in factors if (test := _test(design, fitted, f.key)) is not None}
    n, events = len(design.outcome), int(design.outcome.sum())
    return OddsModel(rows, tests, factors, n, events, left_out, float(fitted.params[0]), fitted)


def logit(design: Design) -> Any:
    """The fit of statsmodels."""
    import warnings

    from statsmodels.discrete.discrete_model import Logit

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation is told per category, in the words of the reader
        return Logit(design.outcome, design.matrix).fit(disp=0, maxiter=100)


def _odds_by_column(design: Design, fitted: Any) -> dict[tuple[str, str], Odds | None]:
    found: dict[tuple[str, str], Odds | None] = {}
    for place, key in enumerate(design.columns, start=1):
        b, se, p = float(fitted.params[place]), float(fitted.bse[place]), float(fitted.pvalues[place])
        found[key] = odds_of(b, se, p)
    return found


def _row(row: CategoryOdds, odds: Mapping[tuple[str, str], Odds | None]) -> CategoryOdds:
    if row.reference:
        return row
    if row.events == 0:
        return replace(row, reason=text("services.odds.none_left"))
    if row.events == row.n:
        return replace(row, reason=text("services.odds.all_left"))
    found = odds.get((row.factor, row.category))
    return replace(row, odds=found) if found else replace(row, reason=text("services.odds.separated"))


def _test(design: Design, fitted: Any, factor: str) -> OverallTest | None:
    from scipy.stats import chi2

    places = design.of(factor)
    if not places:
        return None
    b = np.asarray(fitted.params)[places]
    covariance = np.asarray(fitted.cov_params())[np.ix_(places, places)]
    wald = float(b @ np.linalg.solve(covariance, b))
    others = [i for i in range(design.matrix.shape[1]) if i not in places]
    smaller = logit(Design(design.matrix[:, others], design.outcome, ()))
    ratio, degrees = 2 * float(fitted.llf - smaller.llf), len(places)
    return OverallTest(factor, wald, float(chi2.sf(wald, degrees)), ratio, float(chi2.sf(ratio, degrees)), degrees)


def _with_firth(model: OddsModel, whole: Design, wanted: Sequence[str]) -> OddsModel:
    """The model with the penalised estimates, over all clients, also those of categories with an empty cell."""
    fitted: Firth = fit_firth(whole.matrix, whole.outcome)
    places = {key: 1 + i for i, key in enumerate(whole.columns)}
    rows = []
    for row in model.rows:
        place = places.get((row.factor, row.category))
        if place is None or row.factor not in wanted:
            rows.append(row)
            continue
        low, high, p = fitted.profile(place)
        b = float(fitted.estimates[place])
        rows.append(replace(row, firth=odds_between(b, low, high, p)))
    return replace(model, rows=tuple(rows))
