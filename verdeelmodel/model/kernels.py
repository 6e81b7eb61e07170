"""The loops over households, compiled. Each handles one chunk and is called from one thread at a time.

Shapes: `words` (words, n) packed households in canonical order; `pointers` (segments + 1) row numbers, a segment
being a run of households of one area; `tables` (8 · words, 256) a number per byte value; `continuous` (columns, n).
A chunk is the segments `first` up to `last`. Optional arrays have length zero when absent.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.compiling import compiled

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.uint16]

BLOCK = 1024
LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
#: Adding this to a double rounds it to an integer, which then stands in its low bits.
ROUNDER = 6755399441055744.0


@compiled
def add_table_values(words: Words, start: int, count: int, tables: Floats, total: Floats) -> None:
    """Add the table value of every byte of every household to `total`."""
    low = np.uint64(255)
    for w in range(words.shape[0]):
        t = 8 * w
        for i in range(count):
            q = words[w, start + i]
            left = (tables[t, q & low] + tables[t + 1, (q >> np.uint64(8)) & low]) + (
                tables[t + 2, (q >> np.uint64(16)) & low] + tables[t + 3, (q >> np.uint64(24)) & low]
            )
            right = (tables[t + 4, (q >> np.uint64(32)) & low] + tables[t + 5, (q >> np.uint64(40)) & low]) + (
                tables[t + 6, (q >> np.uint64(48)) & low] + tables[t + 7, q >> np.uint64(56)]
            )
            total[i] += left + right


@compiled
def scatter_values(words: Words, start: int, count: int, values: Floats, sums: Floats) -> None:
    """Add the value of every household to the sums of each of its bytes."""
    low = np.uint64(255)
    for w in range(words.shape[0]):
        t = 8 * w
        for i in range(count):
            q = words[w, start + i]
            v = values[i]
            sums[t, q & low] += v
            sums[t + 1, (q >> np.uint64(8)) & low] += v
            sums[t + 2, (q >> np.uint64(16)) & low] += v
            sums[t + 3, (q >> np.uint64(24)) & low] += v
            sums[t + 4, (q >> np.uint64(32)) & low] += v
            sums[t + 5, (q >> np.uint64(40)) & low] += v
            sums[t + 6, (q >> np.uint64(48)) & low] += v
            sums[t + 7, q >> np.uint64(56)] += v


@compiled
def logistic(eta: Floats, odds: Floats, scratch: Floats, probability: Floats, count: int) -> None:
    """Make probability = 1 / (1 + exp(-eta)) and odds = exp(-|eta|); plain arithmetic, the same on every processor."""
    bits = odds.view(np.int64)
    power = scratch.view(np.int64)
    for i in range(count):
        x = max(-abs(eta[i]), -700.0)
        t = x * LOG2E + ROUNDER
        k = t - ROUNDER
        r = (x - k * LN2_HIGH) - k * LN2_LOW
        p = 1.0 / 6227020800
        p = p * r + 1.0 / 479001600
        p = p * r + 1.0 / 39916800
        p = p * r + 1.0 / 3628800
        p = p * r + 1.0 / 362880
        p = p * r + 1.0 / 40320
        p = p * r + 1.0 / 5040
        p = p * r + 1.0 / 720
        p = p * r + 1.0 / 120
        p = p * r + 1.0 / 24
        p = p * r + 1.0 / 6
        p = p * r + 0.5
        p = p * r + 1.0
        p = p * r + 1.0
        scratch[i] = t
        odds[i] = p
    for i in range(count):
        bits[i] += power[i] << 52
    for i in range(count):
        numerator = 1.0 if eta[i] >= 0.0 else odds[i]
        probability[i] = numerator / (1.0 + odds[i])


@compiled
def log_normaliser(eta: Floats, odds: Floats, weight: Floats, start: int, count: int) -> float:
    """Sum of weight · log(1 + exp(eta)); `odds` is overwritten. Without weights one logarithm per 256 households."""
    total = 0.0
    if weight.size > 0:
        for i in range(count):
            total += weight[start + i] * (max(eta[i], 0.0) + np.log1p(odds[i]))
        return total
    for first in range(0, count, 256):
        multiplied = 1.0
        for i in range(first, min(first + 256, count)):
            multiplied *= 1.0 + odds[i]
            total += max(eta[i], 0.0)
        total += np.log(multiplied)
    return total


@compiled
def fill_segments(pointers: Longs, segment: int, start: int, count: int, level: Floats, eta: Floats) -> int:
    """Start eta at the level of the area of each household; returns the segment of the last household."""
    i = 0
    while i < count:
        while pointers[segment + 1] <= start + i:
            segment += 1
        end = min(count, pointers[segment + 1] - start)
        for r in range(i, end):
            eta[r] = level[segment]
        i = end
    return segment


@compiled
def sum_segments(pointers: Longs, segment: int, start: int, count: int, values: Floats, sums: Floats) -> None:
    """Add the values of a block to the sums of their segments."""
    i = 0
    while i < count:
        while pointers[segment + 1] <= start + i:
            segment += 1
        end = min(count, pointers[segment + 1] - start)
        total = 0.0
        for r in range(i, end):
            total += values[r]
        sums[segment] += total
        i = end


@compiled
def score_chunk(
    words: Words,
    pointers: Longs,
    first: int,
    last: int,
    tables: Floats,
    level: Floats,
    continuous: Floats,
    slopes: Floats,
    offset: Floats,
    weight: Floats,
    wants_likelihood: bool,
    probability: Floats,
    sums: Floats,
    continuous_sums: Floats,
    segment_sums: Floats,
) -> float:
    """Probabilities of a chunk and the sums of weight · probability by byte value, continuous column and segment.

    `probability` receives the (unweighted) probabilities when it has room for the chunk.
    """
    eta, odds, scratch, mu = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    low, high = pointers[first], pointers[last]
    segment = first
    total = 0.0
    for start in range(low, high, BLOCK):
        count = min(high, start + BLOCK) - start
        before = segment
        segment = fill_segments(pointers, segment, start, count, level, eta)
        if offset.size > 0:
            for i in range(count):
                eta[i] += offset[start + i]
        for j in range(continuous.shape[0]):
            for i in range(count):
                eta[i] += slopes[j] * continuous[j, start + i]
        add_table_values(words, start, count, tables, eta)
        logistic(eta, odds, scratch, mu, count)
        if wants_likelihood:
            total += log_normaliser(eta, odds, weight, start, count)
        if probability.size > 0:
            probability[start - low : start - low + count] = mu[:count]
        if weight.size > 0:
            for i in range(count):
                mu[i] *= weight[start + i]
        scatter_block(words, pointers, before, start, count, mu, continuous, sums, continuous_sums, segment_sums)
    return total


@compiled
def scatter_block(
    words: Words,
    pointers: Longs,
    segment: int,
    start: int,
    count: int,
    values: Floats,
    continuous: Floats,
    sums: Floats,
    continuous_sums: Floats,
    segment_sums: Floats,
) -> None:
    """Add the values of a block to the sums by byte value, continuous column and segment."""
    scatter_values(words, start, count, values, sums)
    sum_segments(pointers, segment, start, count, values, segment_sums)
    for j in range(continuous.shape[0]):
        total = 0.0
        for i in range(count):
            total += values[i] * continuous[j, start + i]
        continuous_sums[j] += total


@compiled
def sum_chunk(
    words: Words,
    pointers: Longs,
    first: int,
    last: int,
    values: Floats,
    continuous: Floats,
    sums: Floats,
    continuous_sums: Floats,
    segment_sums: Floats,
) -> None:
    """Sums of given values (one per household of the chunk) by byte value, continuous column and segment."""
    low, high = pointers[first], pointers[last]
    segment = first
    for start in range(low, high, BLOCK):
        count = min(high, start + BLOCK) - start
        while pointers[segment + 1] <= start:
            segment += 1
        block = values[start - low : start - low + count]
        scatter_block(words, pointers, segment, start, count, block, continuous, sums, continuous_sums, segment_sums)
