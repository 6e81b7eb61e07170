"""Putting the stored households in canonical order, in place when they come sorted by area."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.areas import Areas
from verdeelmodel.model.canonical import canonical_order, group_by_area
from verdeelmodel.model.design import LARGEST_SEGMENT, Longs
from verdeelmodel.model.storage import Storage
from verdeelmodel.model.workers import Workers

Order = npt.NDArray[np.int32 | np.int64]
ROWS_AT_ONCE = 131_072


def arrange(storage: Storage, areas: Areas, keep_order: bool, workers: Workers) -> tuple[Longs, Order | None]:
    """Sort the households; returns where each area (in canonical order) starts, and the original row of each.

    The order of the file cannot be seen in the result: equal households within an area are interchangeable.
    """
    counts = np.bincount(storage.area, minlength=len(areas))
    pointers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    grouped = bool((storage.area[1:] >= storage.area[:-1]).all())
    by_area = _group(storage, pointers) if not grouped else None
    order = np.empty(storage.count, _order_type(storage.count)) if keep_order else None
    storage.area = storage.area[:0]

    def sort(chunk: tuple[int, int]) -> None:
        first, last = chunk
        rows = slice(int(pointers[first]), int(pointers[last]))
        within = canonical_order(_contents(storage, rows), pointers[first : last + 1] - rows.start)
        for array in _arrays(storage):
            array[..., rows] = array[..., rows][..., within]
        if order is not None:
            order[rows] = rows.start + within if by_area is None else by_area[rows][within]

    workers.map(sort, _runs(pointers))
    return pointers, order


def segments(pointers: Longs, areas: Areas) -> tuple[Longs, Longs]:
    """Cut areas in segments: returns the rows where they start and the position (in `areas`) of their area."""
    counts = np.diff(pointers)
    pieces = -(-counts // LARGEST_SEGMENT)
    area = np.repeat(np.arange(len(counts)), pieces)
    number = np.arange(len(area)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    starts = pointers[area] + number * LARGEST_SEGMENT
    return np.append(starts, pointers[-1]).astype(np.int64), areas.canonical[area].astype(np.int64)


def _order_type(count: int) -> type[np.int32] | type[np.int64]:
    return np.int32 if count < 2**31 else np.int64


def _group(storage: Storage, pointers: Longs) -> Longs:
    order = np.empty(storage.count, dtype=np.int64)
    group_by_area(storage.area.astype(np.int64), pointers, order)
    storage.words = np.ascontiguousarray(storage.words[:, order])
    storage.continuous = np.ascontiguousarray(storage.continuous[:, order])
    storage.outcome = storage.outcome[order]
    if storage.weight.size:
        storage.weight = storage.weight[order]
    if storage.offset.size:
        storage.offset = storage.offset[order]
    return order


def _arrays(storage: Storage) -> list[npt.NDArray[np.generic]]:
    candidates = [storage.words, storage.continuous, storage.outcome, storage.weight, storage.offset]
    return [array for array in candidates if array.size]


def _contents(storage: Storage, rows: slice) -> npt.NDArray[np.uint64]:
    parts = []
    for array in _arrays(storage):
        part = np.atleast_2d(array[..., rows])
        if part.dtype == np.uint8:
            part = part.astype(np.uint64)
        parts.append(np.ascontiguousarray(part).view(np.uint64))
    return np.vstack(parts)


def _runs(pointers: Longs) -> list[tuple[int, int]]:
    """Runs of whole areas with about `ROWS_AT_ONCE` households each."""
    count = max(1, int(pointers[-1]) // ROWS_AT_ONCE)
    cuts = np.searchsorted(pointers, np.linspace(0, pointers[-1], count + 1)[1:-1])
    edges = np.unique(np.concatenate([[0], cuts, [len(pointers) - 1]]))
    return list(itertools.pairwise(edges.tolist()))
