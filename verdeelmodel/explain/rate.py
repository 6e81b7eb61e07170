"""Why a gemeente is predicted more or less bijstand than another: an exact split of the rate over kenmerken.

For a logit, p = F(eta) with eta = constant + sum_k b_k x_k. Walking in a straight line from a reference household with
profile r to household i, kenmerk k contributes

    c_ik = b_k (x_ik - r_k) * s_i,    s_i = (F(eta_i) - F(eta_r)) / (eta_i - eta_r)

(the Aumann-Shapley value). The contributions of a household sum to p_i - p_r exactly, so those of any set of households
sum to its mean rate minus p_r exactly, and differences between two sets are split by subtracting. Nothing depends on an
order of the kenmerken, and a category coded against another reference category gives the same total for its group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CLOSE = 1e-4
TOLERANCE = 1e-9


@dataclass(frozen=True)
class RateSplit:
    """Contributions (areas, kenmerken) to the mean predicted rate of each area, measured from the reference rate.

    Guaranteed: reference_rate + contributions.sum(axis=1) equals rate, to 1e-9; it refuses to exist otherwise.
    """

    areas: NDArray[np.int64]
    kenmerken: tuple[str, ...]
    households: Floats
    rate: Floats
    reference_rate: float
    contributions: Floats

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        gap = np.abs(self.reference_rate + self.contributions.sum(axis=1) - self.rate)
        if gap.size and not gap.max() <= TOLERANCE:
            raise ArithmeticError(f"the parts of a rate do not add up: largest gap {gap.max():.3g}")

    def __str__(self) -> str:
        return f"{len(self.areas)} areas, {len(self.kenmerken)} kenmerken, reference rate {self.reference_rate:.4f}"

    def to_frame(self) -> pd.DataFrame:
        """Contributions with areas as rows and kenmerken as columns."""
        import pandas as pd

        return pd.DataFrame(self.contributions, index=pd.Index(self.areas, name="area"), columns=list(self.kenmerken))

    def of(self, areas: Sequence[int]) -> tuple[float, Floats]:
        """Mean rate and contributions of a set of areas together, weighted by households."""
        chosen = np.isin(self.areas, areas)
        weight = self.households[chosen] / self.households[chosen].sum()
        return float(weight @ self.rate[chosen]), weight @ self.contributions[chosen]

    def difference(self, areas: Sequence[int], others: Sequence[int]) -> dict[str, float]:
        """The difference in rate between two sets of areas, split over kenmerken; the parts sum to the difference."""
        parts = self.of(areas)[1] - self.of(others)[1]
        return dict(zip(self.kenmerken, parts.tolist(), strict=True))


def by_theme(parts: Mapping[str, float], theme: Mapping[str, str]) -> dict[str, float]:
    """Contributions summed per thema, in order of first appearance."""
    summed: dict[str, float] = {}
    for kenmerk, part in parts.items():
        summed[theme[kenmerk]] = summed.get(theme[kenmerk], 0.0) + part
    return summed


def secant(eta: Floats, eta_reference: float) -> Floats:
    """(F(eta) - F(reference)) / (eta - reference) for the logistic F, accurate also where the two nearly coincide.

    Uses F(a) - F(b) = tanh((a-b)/2) * (F(a)(1-F(b)) + F(b)(1-F(a))), which loses no digits.
    """
    gap = eta - eta_reference
    slope = expit(eta) * expit(-eta_reference) + expit(eta_reference) * expit(-eta)
    half = gap / 2
    near = np.abs(half) < CLOSE
    safe = np.where(near, 1.0, half)
    ratio = np.where(near, 1 - half * half / 3, np.tanh(safe) / safe)
    return np.asarray(slope * ratio / 2)


def split_rate(
    chunks: Iterable[tuple[NDArray[np.integer], Mapping[str, NDArray[np.generic]]]],
    coefficients: Mapping[str, float],
    constant: float,
    reference: Mapping[str, float],
) -> RateSplit:
    """Split the predicted rate of every area over the kenmerken of the model.

    `chunks` yields (area code per household (n,), columns by kenmerk (n,)); `reference` is the profile to measure from,
    usually the national mean of each kenmerk. One pass; memory is one chunk.
    """
    names = tuple(coefficients)
    beta = np.array([coefficients[k] for k in names], dtype=float)
    profile = np.array([reference[k] for k in names], dtype=float)
    eta_reference = constant + float(beta @ profile)
    sums: dict[int, Floats] = {}
    for area, columns in chunks:
        _add_chunk(
            sums, np.asarray(area), [np.asarray(columns[k], dtype=float) for k in names], beta, constant, eta_reference
        )
    areas = np.array(sorted(sums), dtype=np.int64)
    total = np.array([sums[a] for a in areas]).reshape(len(areas), len(names) + 3)
    households, probability, slope, crossed = total[:, 0], total[:, 1], total[:, 2], total[:, 3:]
    return RateSplit(
        areas=areas,
        kenmerken=names,
        households=households,
        rate=probability / households,
        reference_rate=float(expit(eta_reference)),
        contributions=beta * (crossed - slope[:, None] * profile) / households[:, None],
    )


def _add_chunk(
    sums: dict[int, Floats],
    area: NDArray[np.integer],
    columns: list[Floats],
    beta: Floats,
    constant: float,
    eta_reference: float,
) -> None:
    """Add a chunk's households, probabilities, slopes and slope-weighted columns to the sums per area."""
    eta = np.full(len(area), constant)
    for b, column in zip(beta, columns, strict=True):
        eta += b * column
    slope = secant(eta, eta_reference)
    codes, index = np.unique(area, return_inverse=True)
    size = len(codes)
    parts = [np.bincount(index, minlength=size).astype(float), np.bincount(index, weights=expit(eta), minlength=size)]
    parts.append(np.bincount(index, weights=slope, minlength=size))
    parts += [np.bincount(index, weights=slope * column, minlength=size) for column in columns]
    for code, row in zip(codes.tolist(), np.stack(parts, axis=1), strict=True):
        sums[code] = sums[code] + row if code in sums else row
