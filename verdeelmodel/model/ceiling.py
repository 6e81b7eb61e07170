"""The ceiling: what a model that may use any interaction explains, and where the logit leaves it on the table.

Gradient-boosted trees (scikit-learn) on the same kenmerken, measured on gemeenten that were not used to fit either
model. The difference is what is still to be gained with these kenmerken; it says nothing of kenmerken that are absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.model.folds import gemeente_of_households
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.predicting import predict_stored
from verdeelmodel.model.quality import SMALLEST, HouseholdFit, household_fit
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.model.design import Design
    from verdeelmodel.model.options import FitOptions

    Floats = NDArray[np.float64]

MOST_HOUSEHOLDS = 400_000
FEWEST = 50
ROUNDS = 150
BLOCK = 65_536


@dataclass(frozen=True)
class Ceiling:
    """Out-of-sample fit of the logit and of the trees on the same households, and the gain per kenmerk.

    `where` has a row per dummy: the households of the test set that have it, and how much log-likelihood per household
    the trees gain among them.
    """

    households: int
    logit: HouseholdFit
    trees: HouseholdFit
    where: pd.DataFrame

    def __str__(self) -> str:
        return text(
            "model.ceiling",
            logit=self.logit.mcfadden,
            trees=self.trees.mcfadden,
            households=self.households,
        )

    def to_frame(self) -> pd.DataFrame:
        """A row per statistic, for the logit and the trees."""
        return self.logit.to_frame().merge(self.trees.to_frame(), on="statistic", suffixes=("_logit", "_trees"))


def ceiling(design: Design, options: FitOptions | None = None, seed: int = 1, rounds: int = ROUNDS) -> Ceiling:
    """Fit both models on two thirds of the gemeenten and compare them on the others.

    Uses at most 400,000 households of each side for the trees, every k-th in the order of the design, so the same
    design gives the same answer.
    """
    from dataclasses import replace

    from sklearn.ensemble import HistGradientBoostingClassifier

    gemeente = gemeente_of_households(design)
    codes = np.unique(gemeente)
    test = np.isin(gemeente, np.random.default_rng(seed).permutation(codes)[: max(1, len(codes) // 3)])
    weight = design.weight if design.weight.size else np.ones(design.households)
    fitted = fit_logit(replace(design, weight=np.where(test, 0.0, weight), weight_kind="sampling"), options=options)
    inside, outside = _thinned(np.flatnonzero(~test)), _thinned(np.flatnonzero(test))
    outcome = design.outcome.astype(np.float64)
    trees = HistGradientBoostingClassifier(max_iter=rounds, learning_rate=0.1, early_stopping=False, random_state=seed)
    trees.fit(rows_of_design(design, inside), outcome[inside] > 0.5, sample_weight=weight[inside])
    features = rows_of_design(design, outside)
    by_trees = trees.predict_proba(features)[:, 1]
    by_logit = predict_stored(design, fitted)[outside]
    y, w = outcome[outside], weight[outside]
    return Ceiling(
        households=len(outside),
        logit=household_fit(y, by_logit, w),
        trees=household_fit(y, by_trees, w),
        where=_where(design, features, _likelihood(y, by_trees) - _likelihood(y, by_logit), w),
    )


def rows_of_design(design: Design, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """The kenmerken of some households as a matrix (n, parameters without the constant), block by block."""
    out = np.empty((len(rows), len(design.parameters) - 1), dtype=np.float32)
    for place, chosen in _blocks(rows, design.households):
        start = int(rows[place.start]) if place.stop > place.start else 0
        stop = int(rows[place.stop - 1]) + 1 if place.stop > place.start else 0
        out[place] = design.dense(slice(start, stop))[chosen - start, 1:]
    return out


def _blocks(rows: NDArray[np.intp], households: int) -> Iterator[tuple[slice, NDArray[np.intp]]]:
    edges = np.searchsorted(rows, np.arange(0, households + BLOCK, BLOCK))
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if last > first:
            yield slice(first, last), rows[first:last]


def _thinned(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    return rows[:: max(1, -(-len(rows) // MOST_HOUSEHOLDS))]


def _likelihood(outcome: Floats, probability: Floats) -> Floats:
    p = np.clip(probability, SMALLEST, 1 - SMALLEST)
    return np.asarray(outcome * np.log(p) + (1 - outcome) * np.log1p(-p))


def _where(design: Design, features: NDArray[np.float32], gain: Floats, weight: Floats) -> pd.DataFrame:
    """The mean gain among the households that have each dummy, largest total gain first; rare dummies are left out."""
    import pandas as pd

    dummies = range(design.dummies.start, design.dummies.stop)
    rows = []
    for place in dummies:
        have = features[:, place - 1] > 0.5
        count = int(have.sum())
        if count >= FEWEST:
            parameter = design.parameters[place]
            mean = float(np.average(gain[have], weights=weight[have]))
            rows.append((parameter.key, parameter.label, count, mean, mean * count))
    frame = pd.DataFrame(rows, columns=["key", "label", "households", "mean_gain", "total_gain"])
    return frame.sort_values("total_gain", ascending=False, kind="stable", ignore_index=True)
