"""Several years: whether the weights are the same, and how they move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.model.result import LogitResult


@dataclass(frozen=True)
class Stability:
    """Wald tests that a weight, and all weights together, are equal in all years.

    Years share households, so the estimates of two years are positively correlated and the tests, which take the years
    as independent, are careful: they find a change less easily than they could.
    """

    years: tuple[int, ...]
    keys: tuple[str, ...]
    estimates: NDArray[np.float64]
    statistic: NDArray[np.float64]
    p: NDArray[np.float64]
    joint_statistic: float
    joint_df: int
    joint_p: float

    def __str__(self) -> str:
        return text(
            "model.stability",
            years=", ".join(map(str, self.years)),
            statistic=self.joint_statistic,
            df=self.joint_df,
            p=self.joint_p,
        )

    def to_frame(self) -> pd.DataFrame:
        """A row per weight: its estimate in each year, the drift (last minus first), the test and its probability."""
        import pandas as pd

        frame = pd.DataFrame(self.estimates.T, columns=[f"estimate_{year}" for year in self.years])
        frame.insert(0, "key", self.keys)
        drift = self.estimates[-1] - self.estimates[0]
        signs = (self.estimates.max(axis=0) > 0) & (self.estimates.min(axis=0) < 0)
        return frame.assign(drift=drift, changes_sign=signs, statistic=self.statistic, p=self.p)


def stability(results: Mapping[int, LogitResult]) -> Stability:
    """Compare the weights that all years have, the constant left out: it moves with the national rate."""
    years = tuple(sorted(results))
    shared = [k for k in results[years[0]].keys if k != "intercept" and all(k in results[y].keys for y in years)]
    places = {y: [results[y].keys.index(k) for k in shared] for y in years}
    estimates = np.array([results[y].estimate[places[y]] for y in years])
    covariances = [results[y].covariance[np.ix_(places[y], places[y])] for y in years]
    variances = np.array([np.diag(c) for c in covariances])
    mean = (estimates / variances).sum(axis=0) / (1 / variances).sum(axis=0)
    statistic = ((estimates - mean) ** 2 / variances).sum(axis=0)
    joint, df = _joint(estimates, covariances)
    return Stability(
        years=years,
        keys=tuple(shared),
        estimates=estimates,
        statistic=statistic,
        p=chi2.sf(statistic, len(years) - 1),
        joint_statistic=joint,
        joint_df=df,
        joint_p=float(chi2.sf(joint, df)),
    )


def _joint(estimates: NDArray[np.float64], covariances: list[NDArray[np.float64]]) -> tuple[float, int]:
    """Distance of the yearly weight vectors from their precision-weighted mean, and its degrees of freedom."""
    precisions = [np.linalg.inv(c) for c in covariances]
    mean = np.linalg.solve(sum(precisions), sum(p @ b for p, b in zip(precisions, estimates, strict=True)))
    gaps = estimates - mean
    return float(sum(g @ p @ g for g, p in zip(gaps, precisions, strict=True))), estimates.shape[1] * (
        len(estimates) - 1
    )
