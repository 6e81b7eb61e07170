"""The canonical order of households: by area, then by contents, so that the order of the file is immaterial."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.compiling import compiled
from verdeelmodel.model.kernels import Longs, Words

MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def content_keys(contents: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A well-mixed 64-bit key for each of n households from their (columns, n) contents."""
    keys = np.zeros(contents.shape[1], dtype=np.uint64)
    for column in contents:
        keys ^= column
        for multiplier, shift in zip(MULTIPLIERS, (30, 27, 31), strict=True):
            keys *= multiplier
            keys ^= keys >> np.uint64(shift)
    return keys


def canonical_order(contents: npt.NDArray[np.uint64], pointers: Longs) -> npt.NDArray[np.int64]:
    """Order of n households by area (already grouped: `pointers`) and contents; equal households are exchangeable."""
    keys = content_keys(contents)
    order = np.empty(len(keys), dtype=np.int64)
    sort_within(keys, pointers, order)
    same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    if len(same) and (contents[:, order[same]] != contents[:, order[same + 1]]).any():
        area = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
        return np.lexsort((*contents[::-1], area)).astype(np.int64)
    return order


@compiled
def sort_within(keys: Words, pointers: Longs, order: Longs) -> None:
    """Order by key within each area: spread over buckets by the top bits, then insertion."""
    for area in range(len(pointers) - 1):
        low, high = pointers[area], pointers[area + 1]
        bits = 0
        while (np.int64(1) << bits) < (high - low) // 2 and bits < 24:
            bits += 1
        shift = np.uint64(63 - bits)
        fill = np.zeros((1 << (bits + 1)) + 1, np.int64)
        for i in range(low, high):
            fill[(keys[i] >> shift) + np.uint64(1)] += 1
        for bucket in range(1, len(fill)):
            fill[bucket] += fill[bucket - 1]
        for i in range(low, high):
            bucket_of_row = keys[i] >> shift
            order[low + fill[bucket_of_row]] = i
            fill[bucket_of_row] += 1
        for i in range(low + 1, high):
            row = order[i]
            j = i
            while j > low and keys[order[j - 1]] > keys[row]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = row


@compiled
def group_by_area(areas: Longs, pointers: Longs, order: Longs) -> None:
    """Order of rows by area number; `pointers` says where each area starts."""
    place = pointers.copy()
    for i in range(len(areas)):
        order[place[areas[i]]] = i
        place[areas[i]] += 1
