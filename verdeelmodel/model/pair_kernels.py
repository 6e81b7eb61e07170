"""The loops over pairs of dummies of each household, compiled. Shapes as in `kernels`; layout as in `PairLayout`.

Households are taken in blocks, and pairs of codes in the outer loop: successive households then add to different
numbers of several tables at once, which a processor can do side by side.
"""

from __future__ import annotations

import numpy as np

from verdeelmodel.model.compiling import compiled
from verdeelmodel.model.kernels import Floats, Longs, Positions, Words

BLOCK = 256


@compiled
def find_positions(words: Words, start: int, count: int, lookup: Positions, places: Longs, out: Longs) -> None:
    """Position of each code of each household of a block: out (codes, block)."""
    for s in range(len(places)):
        word, shift = places[s] >> 3, np.uint64(8 * (places[s] & 7))
        for i in range(count):
            out[s, i] = np.int64(lookup[s, (words[word, start + i] >> shift) & np.uint64(255)])


@compiled
def add_pairs(
    rows: Longs, columns: Longs, first_column: Longs, count: int, values: Floats, pairs: Floats, row_sums: Floats
) -> None:
    """Add the values of a block to every pair of a row code and a later column code, and to the row codes."""
    width = np.uint64(len(pairs) // max(1, len(row_sums)))
    for t in range(rows.shape[0]):
        for i in range(count):
            row_sums[rows[t, i]] += values[i]
        s = first_column[t]
        while s + 7 < columns.shape[0]:
            for i in range(count):
                base, v = np.uint64(rows[t, i]) * width, values[i]
                pairs[base + np.uint64(columns[s, i])] += v
                pairs[base + np.uint64(columns[s + 1, i])] += v
                pairs[base + np.uint64(columns[s + 2, i])] += v
                pairs[base + np.uint64(columns[s + 3, i])] += v
                pairs[base + np.uint64(columns[s + 4, i])] += v
                pairs[base + np.uint64(columns[s + 5, i])] += v
                pairs[base + np.uint64(columns[s + 6, i])] += v
                pairs[base + np.uint64(columns[s + 7, i])] += v
            s += 8
        while s + 1 < columns.shape[0]:
            for i in range(count):
                base, v = np.uint64(rows[t, i]) * width, values[i]
                pairs[base + np.uint64(columns[s, i])] += v
                pairs[base + np.uint64(columns[s + 1, i])] += v
            s += 2
        while s < columns.shape[0]:
            for i in range(count):
                pairs[np.uint64(rows[t, i]) * width + np.uint64(columns[s, i])] += values[i]
            s += 1


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

    pairs (R·C) by row code and later column code; row_sums (R); area_sums (z, C) value times area column by column
    code; continuous_sums (k, C) the same for continuous columns; own_sums (k, k + z) continuous × continuous and area.
    """
    rows = np.empty((len(row_byte), BLOCK), np.int64)
    columns = np.empty((len(column_byte), BLOCK), np.int64)
    by_column, own = np.zeros(area_sums.shape[1]), np.zeros(continuous.shape[0])
    low, high, segment = pointers[first], pointers[last], first
    for start in range(low, high, BLOCK):
        count = min(high, start + BLOCK) - start
        block = values[start - low : start - low + count]
        find_positions(words, start, count, column_lookup, column_byte, columns)
        find_positions(words, start, count, row_lookup, row_byte, rows)
        add_pairs(rows, columns, first_column, count, block, pairs, row_sums)
        if continuous.shape[0] > 0:
            add_continuous(continuous, start, count, block, columns, continuous_sums, own_sums)
        if area_values.shape[1] == 0:
            continue
        i = 0
        while i < count:
            while pointers[segment + 1] <= start + i:
                flush_area(area_values, segment, by_column, area_sums, own, own_sums)
                segment += 1
            end = min(count, pointers[segment + 1] - start)
            add_to_area(columns, i, end, block, continuous, start, by_column, own)
            i = end
    if area_values.shape[1] > 0 and high > low:
        flush_area(area_values, segment, by_column, area_sums, own, own_sums)


@compiled
def add_to_area(
    columns: Longs, begin: int, end: int, values: Floats, continuous: Floats, start: int, by_column: Floats, own: Floats
) -> None:
    """Add households of one segment to its sums by column code and by continuous column."""
    for i in range(begin, end):
        for s in range(columns.shape[0]):
            by_column[columns[s, i]] += values[i]
        for j in range(continuous.shape[0]):
            own[j] += values[i] * continuous[j, start + i]


@compiled
def add_continuous(
    continuous: Floats, start: int, count: int, values: Floats, columns: Longs, sums: Floats, own_sums: Floats
) -> None:
    """Products of the continuous columns of a block with its dummies and with each other."""
    for j in range(continuous.shape[0]):
        for i in range(count):
            v = values[i] * continuous[j, start + i]
            for s in range(columns.shape[0]):
                sums[j, columns[s, i]] += v
            for k in range(continuous.shape[0]):
                own_sums[j, k] += v * continuous[k, start + i]


@compiled
def flush_area(
    area_values: Floats, segment: int, by_column: Floats, area_sums: Floats, own: Floats, own_sums: Floats
) -> None:
    """Multiply the sums of a segment by the values of its area, and start again at zero."""
    for z in range(area_values.shape[1]):
        value = area_values[segment, z]
        for c in range(len(by_column)):
            area_sums[z, c] += by_column[c] * value
        for j in range(len(own)):
            own_sums[j, len(own) + z] += own[j] * value
    by_column[:] = 0.0
    own[:] = 0.0


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
    columns = np.empty((len(places), BLOCK), np.int64)
    low, codes = pointers[first], out.shape[1] - continuous.shape[0]
    for segment in range(first, last):
        target = out[segment - first]
        for start in range(pointers[segment], pointers[segment + 1], BLOCK):
            count = min(pointers[segment + 1], start + BLOCK) - start
            find_positions(words, start, count, lookup, places, columns)
            block = values[start - low : start - low + count]
            add_to_area(columns, 0, count, block, continuous, start, target, target[codes:])
