"""The loops over pairs of dummies of each household, compiled. Shapes as in `kernels`; layout as in `PairLayout`."""

from __future__ import annotations

import numpy as np

from verdeelmodel.model.compiling import compiled
from verdeelmodel.model.kernels import Floats, Longs, Positions, Words


@compiled
def column_positions(words: Words, row: int, lookup: Positions, places: Longs, out: Words) -> None:
    """Position of each code of a household in a table."""
    for s in range(len(places)):
        byte = (words[places[s] >> 3, row] >> np.uint64(8 * (places[s] & 7))) & np.uint64(255)
        out[s] = np.uint64(lookup[s, byte])


@compiled
def pair_chunk(
    words: Words,
    pointers: Longs,
    first: int,
    last: int,
    values: Floats,
    row_lookup: Positions,
    row_byte: Longs,
    column_lookup: Positions,
    column_byte: Longs,
    first_column: Longs,
    area_values: Floats,
    continuous: Floats,
    pairs: Floats,
    row_sums: Floats,
    area_sums: Floats,
    continuous_sums: Floats,
    own_sums: Floats,
) -> None:
    """Sums of value · x · x' over a chunk, tabulated.

    pairs (R·C) by row code and later column code; row_sums (R); area_sums (C, z) value times area column by column
    code; continuous_sums (C, k) the same for continuous columns; own_sums (k, k + z) continuous × continuous and area.
    """
    width = np.uint64(area_sums.shape[0])
    rows = np.empty(len(row_byte), np.uint64)
    columns = np.empty(len(column_byte), np.uint64)
    by_column = np.zeros(area_sums.shape[0])
    low = pointers[first]
    has_area, count = area_values.shape[1] > 0, continuous.shape[0]
    own = np.zeros(count)
    for segment in range(first, last):
        for i in range(pointers[segment], pointers[segment + 1]):
            v = values[i - low]
            column_positions(words, i, column_lookup, column_byte, columns)
            column_positions(words, i, row_lookup, row_byte, rows)
            for t in range(len(rows)):
                row_sums[rows[t]] += v
                base = rows[t] * width
                for s in range(first_column[t], len(columns)):
                    pairs[base + columns[s]] += v
            if has_area:
                for s in range(len(columns)):
                    by_column[columns[s]] += v
            if count > 0:
                add_continuous(continuous, i, v, columns, continuous_sums, own_sums, own)
        if has_area:
            flush_area(area_values, segment, by_column, area_sums, own, own_sums)


@compiled
def add_continuous(
    continuous: Floats, row: int, value: float, columns: Words, sums: Floats, own_sums: Floats, own: Floats
) -> None:
    """Products of the continuous columns of one household with its dummies and with each other."""
    for j in range(continuous.shape[0]):
        v = value * continuous[j, row]
        own[j] += v
        for s in range(len(columns)):
            sums[columns[s], j] += v
        for k in range(continuous.shape[0]):
            own_sums[j, k] += v * continuous[k, row]


@compiled
def flush_area(
    area_values: Floats, segment: int, by_column: Floats, area_sums: Floats, own: Floats, own_sums: Floats
) -> None:
    """Multiply the sums of a segment by the values of its area, and start again at zero."""
    for c in range(len(by_column)):
        for z in range(area_values.shape[1]):
            area_sums[c, z] += by_column[c] * area_values[segment, z]
        by_column[c] = 0.0
    for j in range(len(own)):
        for z in range(area_values.shape[1]):
            own_sums[j, len(own) + z] += own[j] * area_values[segment, z]
        own[j] = 0.0


@compiled
def segment_chunk(
    words: Words,
    pointers: Longs,
    first: int,
    last: int,
    values: Floats,
    lookup: Positions,
    places: Longs,
    continuous: Floats,
    out: Floats,
) -> None:
    """Sums of given values by segment and column code, and by segment and continuous column behind them.

    `out` is (segments of the chunk, column codes + continuous columns).
    """
    columns = np.empty(len(places), np.uint64)
    low, codes = pointers[first], out.shape[1] - continuous.shape[0]
    for segment in range(first, last):
        target = out[segment - first]
        for i in range(pointers[segment], pointers[segment + 1]):
            v = values[i - low]
            column_positions(words, i, lookup, places, columns)
            for s in range(len(columns)):
                target[columns[s]] += v
            for j in range(continuous.shape[0]):
                target[codes + j] += v * continuous[j, i]
