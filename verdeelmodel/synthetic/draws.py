"""Random numbers that belong to a municipality and a purpose, and drawing that meets a given total exactly."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Streams:
    """The random numbers of one municipality: each purpose has a stream of its own.

    Leaving out another municipality, another purpose or another year changes nothing in a stream.
    """

    seed: int
    gemeente: int

    def of(self, purpose: str, year: int = 0) -> np.random.Generator:
        """The stream of this purpose, from its start."""
        key = (self.seed, self.gemeente, zlib.crc32(purpose.encode()), year)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


def normal(stream: np.random.Generator, n: int) -> Floats:
    """Standard normal numbers, shape (n,)."""
    return stream.standard_normal(n, dtype=np.float32)


def uniform(stream: np.random.Generator, n: int) -> Floats:
    """Numbers between 0 and 1, shape (n,)."""
    return stream.random(n, dtype=np.float32)


def chance(stream: np.random.Generator, n: int, probability: float | NDArray[Any]) -> Booleans:
    """True with this probability, shape (n,)."""
    return np.asarray(stream.random(n, dtype=np.float32) < probability)


def threshold(score: Floats, share: float) -> float:
    """The value above which this share of the scores lies; infinite when nothing may be chosen."""
    n = len(score)
    chosen = round(float(share) * n)
    if chosen <= 0:
        return float("inf")
    if chosen >= n:
        return float("-inf")
    return float(np.partition(score, n - chosen - 1)[n - chosen - 1])


def quota(score: Floats, share: float, among: Booleans | None = None) -> Booleans:
    """True for the share with the highest scores (of those in `among`): a margin that is met exactly, shape (n,)."""
    if among is None:
        return np.asarray(score > threshold(score, share))
    return np.asarray(among & (score > threshold(score[among], share)))


def pick(stream: np.random.Generator, n: int, values: Sequence[int], weights: Sequence[float]) -> NDArray[np.int8]:
    """Values drawn with these weights, shape (n,)."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    place = np.searchsorted(cumulative / cumulative[-1], stream.random(n, dtype=np.float32), side="right")
    return np.asarray(values, dtype=np.int8)[np.minimum(place, len(values) - 1)]


def whole_counts(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to the shares that add up to the total, shape of shares.

    What was rounded off is carried to the next cell, so the sum of any run of cells is off by less than one.
    """
    upto = np.rint(np.cumsum(shares.ravel()) / shares.sum() * total).astype(np.int64)
    upto[-1] = total
    return np.asarray(np.diff(upto, prepend=0).reshape(shares.shape))


def raked(table: NDArray[np.float64], margins: Sequence[NDArray[np.float64]], rounds: int = 30) -> NDArray[np.float64]:
    """The table scaled until each axis has its margin (iterative proportional fitting); total 1.

    `margins[i]` has the length of axis i and the sum 1.
    """
    fitted = table / table.sum()
    axes = range(fitted.ndim)
    for _ in range(rounds):
        for axis in axes:
            found = fitted.sum(axis=tuple(a for a in axes if a != axis))
            ratio = np.divide(margins[axis], found, out=np.zeros_like(found), where=found > 0)
            fitted = fitted * ratio.reshape([-1 if a == axis else 1 for a in axes])
    return np.asarray(fitted / fitted.sum())
