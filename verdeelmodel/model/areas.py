"""The areas of a population: buurten, and the gemeenten they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.wording import text

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Areas:
    """Buurten with the gemeente of each. An area may be without households: its sums are then zero.

    Make one with `make_areas`; `gemeente_of` holds positions in `gemeenten`.
    """

    buurten: npt.NDArray[Any]
    gemeenten: npt.NDArray[Any]
    gemeente_of: Longs

    def __len__(self) -> int:
        return len(self.buurten)

    @cached_property
    def canonical(self) -> Longs:
        """Positions of the buurten ordered by gemeente and then code: the order in which households are stored."""
        return np.lexsort((self.buurten, self.gemeenten[self.gemeente_of])).astype(np.int64)

    @cached_property
    def rank(self) -> Longs:
        """Place of each buurt in the canonical order."""
        rank = np.empty(len(self), dtype=np.int64)
        rank[self.canonical] = np.arange(len(self))
        return rank

    def positions(self, codes: npt.NDArray[Any]) -> Longs:
        """Position of each code among the buurten; -1 where the code is unknown."""
        if codes.dtype.kind in "iu" and len(codes) and self._is_plain_range and codes.max() < len(self):
            return codes.astype(np.int64)
        # Only codes that are not plain numbers need pandas, which takes memory and time to import.
        import pandas as pd

        factors, found = pd.factorize(codes)
        place = np.append(pd.Index(self.buurten).get_indexer(pd.Index(found)), -1)
        return np.asarray(place[factors], dtype=np.int64)

    @cached_property
    def _is_plain_range(self) -> bool:
        return self.buurten.dtype.kind in "iu" and bool(np.array_equal(self.buurten, np.arange(len(self))))


def make_areas(buurten: Sequence[Any] | npt.NDArray[Any], gemeenten: Sequence[Any] | npt.NDArray[Any] | None) -> Areas:
    """Areas from the code of each buurt and the code of its gemeente (None: each buurt is its own gemeente)."""
    codes = np.asarray(buurten)
    gemeente_codes = codes if gemeenten is None else np.asarray(gemeenten)
    fail_if_areas_not_unique(codes)
    unique, inverse = np.unique(gemeente_codes, return_inverse=True)
    return Areas(codes, unique, inverse.astype(np.int64))


def no_areas() -> Areas:
    """One area for all households, for a model without areas."""
    return Areas(np.array([0]), np.array([0]), np.zeros(1, dtype=np.int64))


def fail_if_areas_not_unique(codes: npt.NDArray[Any]) -> None:
    """Every buurt stands in the table of areas once."""
    found, counts = np.unique(codes, return_counts=True)
    twice = found[counts > 1]
    if len(twice):
        problems = [Problem(text("logit.area_twice", area=code)) for code in twice]
        raise DataError(text("logit.areas_not_unique"), problems)
