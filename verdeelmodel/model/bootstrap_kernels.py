"""The loops of the bootstrap by household, compiled. Shapes as in `kernels`.

The number of times a household is drawn in a replicate is Poisson with mean 1, computed from the seed, the place of
the household in canonical order and the number of the replicate alone: no state, so no dependence on threads.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.compiling import compiled
from verdeelmodel.model.kernels import Floats, Longs, Words

#: Cumulative Poisson(1) probabilities times 2^16: a 16-bit random number at or above the k-th is a count above k.
THRESHOLDS = np.array([24109, 48218, 60273, 64291, 65296, 65497, 65530], np.uint16)
FLUSH_AFTER = 32_768


@compiled
def draw_counts(seed: int, row: int, bits: Words, counts: npt.NDArray[np.float32]) -> None:
    """How often a household is drawn in each replicate; four replicates to a random word."""
    z = np.uint64(seed) + np.uint64(row) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    key = z ^ (z >> np.uint64(31))
    for t in range(len(bits)):
        z = key + np.uint64(t) * np.uint64(0xD1B54A32D192ED03)
        z = (z ^ (z >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
        bits[t] = z ^ (z >> np.uint64(29))
    short = bits.view(np.uint16)
    for t in range(len(short)):
        u = short[t]
        low = np.uint16(u >= THRESHOLDS[0]) + np.uint16(u >= THRESHOLDS[1]) + np.uint16(u >= THRESHOLDS[2])
        middle = np.uint16(u >= THRESHOLDS[3]) + np.uint16(u >= THRESHOLDS[4])
        high = np.uint16(u >= THRESHOLDS[5]) + np.uint16(u >= THRESHOLDS[6])
        counts[t] = np.float32(np.uint16(low + middle + high))


@compiled
def bootstrap_chunk(
    words: Words,
    pointers: Longs,
    first: int,
    last: int,
    values: Floats,
    continuous: Floats,
    area_values: Floats,
    places: int,
    seed: int,
    replicates: int,
    sums: Floats,
    others: Floats,
) -> None:
    """Sums over a chunk of drawn count · value · x for every replicate.

    sums (places · 256, replicates) by byte value; others (1 + continuous + area columns, replicates).
    """
    bits = np.empty(replicates // 4, np.uint64)
    counts, drawn = np.empty(replicates, np.float32), np.empty(replicates, np.float32)
    part = np.zeros((places * 256, replicates), np.float32)
    own = np.zeros((1 + continuous.shape[0], replicates), np.float32)
    low, since = pointers[first], 0
    for segment in range(first, last):
        for i in range(pointers[segment], pointers[segment + 1]):
            draw_counts(seed, i, bits, counts)
            value = np.float32(values[i - low])
            for t in range(replicates):
                drawn[t] = counts[t] * value
            add_drawn(drawn, own[0])
            for b in range(places):
                byte = (words[b >> 3, i] >> np.uint64(8 * (b & 7))) & np.uint64(255)
                add_drawn(drawn, part[np.uint64(256 * b) + byte])
            for j in range(continuous.shape[0]):
                factor = np.float32(continuous[j, i])
                for t in range(replicates):
                    own[1 + j, t] += factor * drawn[t]
            since += 1
        flush_segment(own, area_values, segment, others)
        if since > FLUSH_AFTER or segment == last - 1:
            sums += part
            part[:] = 0
            since = 0


@compiled
def add_drawn(drawn: npt.NDArray[np.float32], target: npt.NDArray[np.float32]) -> None:
    """Add one household to a row of sums."""
    for t in range(len(drawn)):
        target[t] += drawn[t]


@compiled
def flush_segment(own: npt.NDArray[np.float32], area_values: Floats, segment: int, others: Floats) -> None:
    """Carry the sums of a segment over to doubles, and multiply them by the values of its area."""
    count = own.shape[0]
    for z in range(area_values.shape[1]):
        for t in range(own.shape[1]):
            others[count + z, t] += own[0, t] * area_values[segment, z]
    for j in range(count):
        for t in range(own.shape[1]):
            others[j, t] += own[j, t]
            own[j, t] = 0


@compiled
def weights_of_replicate(seed: int, replicate: int, rows: int, out: Floats) -> None:
    """Drawn counts of all households in one replicate: the same as `bootstrap_chunk` uses."""
    bits = np.empty(replicate // 4 + 1, np.uint64)
    counts = np.empty(4 * len(bits), np.float32)
    for i in range(rows):
        draw_counts(seed, i, bits, counts)
        out[i] = counts[replicate]
