"""Relative positions: quintiles of the shares of areas, and how many aspects of an area stand high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

POSITIONS = ("zeer_laag", "laag", "gemiddeld", "hoog", "zeer_hoog")
QUINTILES = (0.2, 0.4, 0.6, 0.8)
FEWEST = len(POSITIONS)


@dataclass(frozen=True)
class Bounds:
    """The four bounds between five positions; a share on a bound belongs to the lower position.

    `areas` is how many shares the bounds were made of.
    """

    values: tuple[float, float, float, float]
    areas: int

    def position(self, share: float) -> str:
        """The position of a share."""
        return POSITIONS[int(np.searchsorted(self.values, share, side="left"))]

    def limits(self, position: str) -> tuple[float, float]:
        """Above which share, and up to and including which, this is the position."""
        edges = (0.0, *self.values, 1.0)
        place = POSITIONS.index(position)
        return edges[place], edges[place + 1]


def quintile_bounds(shares: Sequence[float]) -> Bounds | None:
    """The bounds of these shares, each area counting once; None with fewer areas than positions.

    Between two values the middle is taken where a fifth of the areas ends exactly there, as Stata does.
    """
    if len(shares) < FEWEST:
        return None
    found = np.quantile(np.asarray(shares), QUINTILES, method="averaged_inverted_cdf")
    first, second, third, fourth = (float(value) for value in found)
    return Bounds((first, second, third, fourth), len(shares))


def ranked(values: Mapping[str, float]) -> dict[str, int]:
    """The place of each, the largest first; equal values share the best place."""
    ordered = sorted(values.values(), reverse=True)
    return {key: ordered.index(value) + 1 for key, value in values.items()}
