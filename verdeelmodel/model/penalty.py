"""Firth's penalty: the score is corrected by leverages, so that separated dummies keep a finite estimate."""

from __future__ import annotations

import numpy as np

from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.maximising import Adjustment
from verdeelmodel.model.passes import lookup_tables, probabilities_of_chunk, weighted_sums
from verdeelmodel.model.workers import Workers

ROWS_AT_ONCE = 8_192


def firth_adjustment(design: Design, active: Longs, workers: Workers) -> Adjustment:
    """The sum of leverage · (1/2 - probability) · x, for the active parameters, at any estimate."""

    def adjustment(estimate: Floats, inverse: Floats) -> Floats:
        values = np.empty(design.households)
        tables, level = lookup_tables(design, estimate)
        slopes = np.ascontiguousarray(estimate[design.continuous_positions])

        def fill(chunk: tuple[int, int]) -> None:
            rows = design.rows(chunk)
            probability = probabilities_of_chunk(design, tables, level, slopes, chunk)
            variance = design.weights_of(rows) * probability * (1.0 - probability)
            for start in range(rows.start, rows.stop, ROWS_AT_ONCE):
                block = slice(start, min(start + ROWS_AT_ONCE, rows.stop))
                matrix = design.dense(block, standardised=True)[:, active]
                part = slice(block.start - rows.start, block.stop - rows.start)
                size = np.einsum("ip,ip->i", np.einsum("ip,pq->iq", matrix, inverse), matrix)
                values[block] = variance[part] * size * (0.5 - probability[part])

        workers.map(fill, design.chunks)
        return weighted_sums(design, lambda rows: values[rows], workers)[0][active]

    return adjustment
