"""Passes over all households: chunk by chunk, over threads, added up in the order of the chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from verdeelmodel.model import kernels, pair_kernels
from verdeelmodel.model.algebra import ordered_sum, product
from verdeelmodel.model.design import Design, Floats
from verdeelmodel.model.workers import Workers

Chunk = tuple[int, int]
#: Computes one number per household of a chunk from its rows and its probabilities.
RowValues = Callable[[slice, Floats], Floats]

NOTHING = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Score:
    """Sum of weight · probability · x per parameter, its sum per segment, and the sum of weight · log(1 + exp(eta))."""

    expected: Floats
    by_segment: Floats
    log_normaliser: float


def predicted(design: Design, estimate: Floats, workers: Workers, wants_likelihood: bool = False) -> Score:
    """One pass over all households at `estimate` (in stored units)."""
    tables, level = lookup_tables(design, estimate)
    by_segment = np.zeros(len(design.segment_area))
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])

    def run(chunk: Chunk) -> tuple[Floats, Floats, Any]:
        sums, continuous_sums = np.zeros(tables.shape), np.zeros(len(slopes))
        total = kernels.score_chunk(
            design.words, design.pointers, *chunk, tables, level, design.continuous, slopes, design.offset,
            design.weight, wants_likelihood, NOTHING, sums, continuous_sums, by_segment,
        )  # fmt: skip
        return sums, continuous_sums, np.float64(total)

    parts = workers.map(run, design.chunks)
    sums, continuous_sums, total = (ordered_sum([part[i] for part in parts]) for i in range(3))
    return Score(collected(design, sums, continuous_sums, by_segment), by_segment, float(total))


def weighted_sums(design: Design, values: Callable[[slice], Floats], workers: Workers) -> tuple[Floats, Floats]:
    """Sum of values · x per parameter, and of values per segment, for given values per household."""
    by_segment = np.zeros(len(design.segment_area))

    def run(chunk: Chunk) -> tuple[Floats, Floats]:
        sums, continuous_sums = np.zeros((8 * design.packing.words, 256)), np.zeros(len(design.continuous))
        kernels.sum_chunk(
            design.words, design.pointers, *chunk, values(design.rows(chunk)), design.continuous, sums,
            continuous_sums, by_segment,
        )  # fmt: skip
        return sums, continuous_sums

    parts = workers.map(run, design.chunks)
    sums, continuous_sums = (ordered_sum([part[i] for part in parts]) for i in range(2))
    return collected(design, sums, continuous_sums, by_segment), by_segment


def lookup_tables(design: Design, estimate: Floats) -> tuple[Floats, Floats]:
    """The linear predictor as a table per byte and a level per segment."""
    tables = np.asarray(design.packing.byte_members.T @ estimate[design.dummies]).reshape(-1, 256)
    level = estimate[0] + product(design.area_values, estimate[design.area_positions])
    return np.ascontiguousarray(tables), level[design.segment_area]


def collected(design: Design, sums: Floats, continuous_sums: Floats, by_segment: Floats) -> Floats:
    """Sums by byte value, continuous column and segment as one sum per parameter."""
    dummies = design.packing.byte_members @ sums.reshape(-1)
    areas = np.einsum("sz,s->z", design.segment_values, by_segment)
    return np.concatenate([[by_segment.sum()], dummies, continuous_sums, areas])


def probabilities_of_chunk(design: Design, tables: Floats, level: Floats, slopes: Floats, chunk: Chunk) -> Floats:
    """Probability of each household of a chunk."""
    rows = design.rows(chunk)
    out = np.empty(rows.stop - rows.start)
    kernels.score_chunk(
        design.words, design.pointers, *chunk, tables, level, design.continuous, slopes, design.offset,
        NOTHING, False, out, np.zeros(tables.shape), np.zeros(len(slopes)), np.zeros(len(design.segment_area)),
    )  # fmt: skip
    return out


def residuals_of_chunk(design: Design, estimate: Floats) -> Callable[[Chunk], Floats]:
    """A function that gives weight · (outcome - probability at `estimate`) for the households of a chunk."""
    tables, level = lookup_tables(design, estimate)
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])

    def residuals(chunk: Chunk) -> Floats:
        rows = design.rows(chunk)
        residual = design.outcome[rows] - probabilities_of_chunk(design, tables, level, slopes, chunk)
        return residual * design.weight[rows] if design.weight.size else residual

    return residuals


def variances(design: Design) -> RowValues:
    """Weight · probability · (1 - probability): the values whose second moments are the information."""

    def values(rows: slice, probability: Floats) -> Floats:
        variance = probability * (1.0 - probability)
        return variance * design.weight[rows] if design.weight.size else variance

    return values


def second_moments(design: Design, estimate: Floats, values: RowValues, workers: Workers) -> Floats:
    """Sum of values · x · x' over all households, values computed from the probabilities at `estimate`."""
    return score_and_moments(design, estimate, values, workers)[1]


def score_and_moments(
    design: Design, estimate: Floats, values: RowValues, workers: Workers, wants_likelihood: bool = False
) -> tuple[Score, Floats]:
    """`predicted` and `second_moments` at the same estimate in one pass."""
    tables, level = lookup_tables(design, estimate)
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])
    by_segment, values_by_segment = np.zeros((2, len(design.segment_area)))

    def run(chunk: Chunk) -> tuple[Any, ...]:
        rows = design.rows(chunk)
        probability = np.empty(rows.stop - rows.start)
        sums, continuous_sums = np.zeros(tables.shape), np.zeros(len(slopes))
        total = kernels.score_chunk(
            design.words, design.pointers, *chunk, tables, level, design.continuous, slopes, design.offset,
            design.weight, wants_likelihood, probability, sums, continuous_sums, by_segment,
        )  # fmt: skip
        row_values = values(rows, probability)
        first, last = chunk
        values_by_segment[first:last] = np.add.reduceat(
            np.append(row_values, 0.0), design.pointers[first:last] - rows.start
        ) * (np.diff(design.pointers[first : last + 1]) > 0)
        return sums, continuous_sums, np.float64(total), *pair_sums(design, [(chunk, row_values)])

    parts = workers.map(run, design.chunks)
    sums, continuous_sums, total, *rest = (ordered_sum(part) for part in zip(*parts, strict=True))
    score = Score(collected(design, sums, continuous_sums, by_segment), by_segment, float(total))
    return score, moments_of_sums(design, rest, values_by_segment)


def pair_sums(design: Design, parts: Iterable[tuple[Chunk, Floats]]) -> tuple[Floats, ...]:
    """What `moments_of_sums` needs of runs of segments with a value per household, all runs added up.

    Dummies across bytes, and sums by row code, area, continuous column.
    """
    layout = design.packing.pairs
    height, width = layout.shape
    areas, count = design.segment_values, len(design.continuous)
    pairs, row_sums = np.zeros(height * width), np.zeros(height)
    area_sums, continuous_sums = np.zeros((areas.shape[1], width)), np.zeros((count, width))
    own, with_constant = np.zeros((count, count + areas.shape[1])), np.zeros(count)
    for chunk, values in parts:
        pair_kernels.pair_chunk(
            design.words, design.pointers, *chunk, values, layout.row_lookup, layout.row_byte, layout.column_lookup,
            layout.column_byte, layout.first_column, areas, design.continuous, pairs, row_sums, area_sums,
            continuous_sums, own,
        )  # fmt: skip
        with_constant += np.einsum("ji,i->j", design.continuous[:, design.rows(chunk)], values)
    across = layout.column_members @ (layout.row_members @ pairs.reshape(height, width)).T
    return across, row_sums, area_sums, continuous_sums, own, with_constant


def moments_of_sums(design: Design, sums: Sequence[Floats], by_segment: Floats) -> Floats:
    """The symmetric matrix of second moments from its sums."""
    across, row_sums, area_sums, continuous_sums, own, with_constant = sums
    layout, areas, count = design.packing.pairs, design.segment_values, len(design.continuous)
    dummies, continuous, area = design.dummies, design.continuous_positions, design.area_positions
    out = np.zeros((len(design.parameters), len(design.parameters)))
    within = (layout.row_members.multiply(row_sums) @ layout.row_members.T).toarray()
    out[dummies, dummies] = within + across + across.T
    out[0, 0] = by_segment.sum()
    out[0, dummies] = layout.row_members @ row_sums
    out[0, continuous] = with_constant
    out[dummies, continuous] = layout.column_members @ continuous_sums.T
    out[dummies, area] = layout.column_members @ area_sums.T
    out[continuous, continuous] = own[:, :count]
    out[continuous, area] = own[:, count:]
    weighted = areas * by_segment[:, None]
    out[0, area] = weighted.sum(axis=0)
    out[area, area] = np.einsum("sy,sz->yz", areas, weighted)
    return np.asarray(np.triu(out) + np.triu(out, 1).T)


def scores_by_segment(design: Design, chunk: Chunk, values: Floats) -> Floats:
    """(segments of the chunk, parameters): sum of values · x per segment."""
    layout = design.packing.pairs
    width = layout.shape[1]
    out = np.zeros((chunk[1] - chunk[0], width + len(design.continuous)))
    pair_kernels.segment_chunk(
        design.words, design.pointers, *chunk, values, layout.column_lookup, layout.column_byte, design.continuous, out
    )
    rows = design.rows(chunk)
    starts = design.pointers[chunk[0] : chunk[1]] - rows.start
    filled = np.diff(design.pointers[chunk[0] : chunk[1] + 1]) > 0
    totals = np.add.reduceat(np.append(values, 0.0), starts) * filled
    dummies = (layout.column_members @ out[:, :width].T).T
    areas = totals[:, None] * design.segment_values[chunk[0] : chunk[1]]
    return np.hstack([totals[:, None], dummies, out[:, width:], areas])
