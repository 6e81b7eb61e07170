"""Municipalities compared fairly: leaving for work against what the mix of clients leads to expect.

The expectation comes from a logistic regression on sex, age and housing over all clients together, without the
municipality. A municipality differs when it falls outside what chance allows for its number of clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.odds import Factor, NotEstimable, design_of, logit, occurring
from verdeelmodel.reintegration.services_clients import GEMEENTE, MISSING
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
# Two-sided limits of 95% and 99.8%, as is usual in funnel plots.
NEAR, FAR = 1.959963984540054, 3.090232306167813
WINSOR = 0.1


@dataclass(frozen=True)
class Place:
    """One municipality: clients, leavers for work, how many were expected, and the share corrected for the mix."""

    gemeente: str
    n: int
    observed: int
    expected: float
    variance: float
    corrected: float

    @property
    def z(self) -> float:
        """The distance to the expectation in standard deviations of chance."""
        return (self.observed - self.expected) / float(np.sqrt(self.variance))

    @property
    def verdict(self) -> str:
        """`within`, or `above`/`below` the limits of 95%, or `far_above`/`far_below` those of 99.8%."""
        side = "above" if self.z > 0 else "below"
        return "within" if abs(self.z) <= NEAR else side if abs(self.z) <= FAR else f"far_{side}"

    def limits(self, mean: float, width: float) -> tuple[float, float]:
        """Between which corrected shares chance alone would leave this municipality."""
        room = width * float(np.sqrt(self.variance)) * mean / self.expected
        return max(mean - room, 0.0), min(mean + room, 1.0)


@dataclass(frozen=True)
class Funnel:
    """All municipalities, the overall share, and how much more they differ than chance explains (1: not more)."""

    places: tuple[Place, ...]
    mean: float
    overdispersion: float

    def __str__(self) -> str:
        outside = sum(place.verdict != "within" for place in self.places)
        return text("services.funnel.line", gemeenten=len(self.places), outside=outside)


def funnel_of(frame: pd.DataFrame, outcome: NDArray[np.bool_], factors: Sequence[Factor]) -> Funnel | NotEstimable:
    """The municipalities of the clients; `factors` are what the expectation is corrected for."""
    # Who misses a characteristic counts as a category of its own: a municipality is compared on all its clients.
    used = [replace(factor, categories={**factor.categories, MISSING: ""}) for factor in factors]
    data, y = frame, outcome
    if data[GEMEENTE].nunique() < 2:
        return NotEstimable(text("services.funnel.one"))
    if not y.any() or y.all():
        return NotEstimable(text("services.odds.no_outcome" if not y.any() else "services.odds.all_outcome"))
    design = design_of(data, y, occurring(data, used))
    chances = np.asarray(logit(design).predict())
    mean = float(y.mean())
    places = [_place(key, chances[inside], y[inside], mean) for key, inside in _by_gemeente(data)]
    return Funnel(tuple(places), mean, overdispersion(np.array([place.z for place in places])))


def _by_gemeente(data: pd.DataFrame) -> list[tuple[str, NDArray[np.bool_]]]:
    keys = sorted(data[GEMEENTE].unique(), key=int)
    return [(str(key), (data[GEMEENTE] == key).to_numpy()) for key in keys]


def _place(key: str, chances: Floats, y: NDArray[np.bool_], mean: float) -> Place:
    expected, observed = float(chances.sum()), int(y.sum())
    variance = float((chances * (1 - chances)).sum())
    return Place(key, len(y), observed, expected, variance, min(observed / expected * mean, 1.0))


def overdispersion(z: Floats) -> float:
    """The mean square of the distances, the most extreme tenth on each side drawn in; 1 when chance explains all."""
    low, high = np.quantile(z, [WINSOR, 1 - WINSOR])
    return float(np.mean(np.clip(z, low, high) ** 2))
