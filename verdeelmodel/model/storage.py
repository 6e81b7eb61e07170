"""Room for the packed households while a design is being built."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Array = TypeVar("Array", bound=npt.NDArray[Any])


class Storage:
    """Arrays that grow with the households. Outcomes are one byte until the first fraction."""

    def __init__(
        self, expected: int, words: int, continuous: int, has_weight: bool, has_offset: bool, areas: int
    ) -> None:
        self.count = 0
        self.capacity = expected
        self.has_offset = has_offset
        self.words = np.zeros((words, expected), dtype=np.uint64)
        self.continuous: Floats = np.zeros((continuous, expected))
        self.outcome: npt.NDArray[np.uint8] | Floats = np.zeros(expected, dtype=np.uint8)
        self.weight: Floats = np.zeros(expected if has_weight else 0)
        self.offset: Floats = np.zeros(expected if has_offset else 0)
        self.area: npt.NDArray[Any] = np.zeros(expected, dtype=np.uint16 if areas < 65_536 else np.int32)
        self._has_weight = has_weight

    def make_room(self, count: int) -> int:
        """Room for `count` more households; returns the first free row."""
        first, self.count = self.count, self.count + count
        if self.count > self.capacity:
            self._resize(max(self.count, self.capacity + self.capacity // 2))
        return first

    def trim(self) -> None:
        """Give back room that was not used."""
        if self.capacity > self.count:
            self._resize(self.count)

    def accepts_outcome(self, outcome: npt.NDArray[np.generic]) -> bool:
        """Whether these outcomes fit the bytes or doubles in use."""
        if self.outcome.dtype == np.float64 or outcome.dtype == np.bool_:
            return True
        return outcome.dtype.kind in "ui" or bool(((outcome == 0) | (outcome == 1)).all())

    def widen_outcome(self) -> None:
        """Keep outcomes as doubles from now on."""
        self.outcome = self.outcome.astype(np.float64)

    def _resize(self, capacity: int) -> None:
        self.capacity = capacity
        kept = min(capacity, self.words.shape[1])
        self.words = _resized(self.words, kept, capacity)
        self.continuous = _resized(self.continuous, kept, capacity)
        self.outcome = _resized(self.outcome, kept, capacity)
        self.area = _resized(self.area, kept, capacity)
        if self._has_weight:
            self.weight = _resized(self.weight, kept, capacity)
        if self.has_offset:
            self.offset = _resized(self.offset, kept, capacity)


def _resized(array: Array, kept: int, capacity: int) -> Array:
    out = np.zeros((*array.shape[:-1], capacity), dtype=array.dtype)
    out[..., :kept] = array[..., :kept]
    return out  # type: ignore[return-value]
