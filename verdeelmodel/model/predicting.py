"""Probabilities of households and their sums by buurt and gemeente, from a fitted model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.model.areas import Areas
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.passes import lookup_tables, predicted, probabilities_of_chunk, weighted_sums
from verdeelmodel.model.result import LogitResult
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class AreaSums:
    """Weighted households, expected and actual outcomes per buurt, in the order of `areas.buurten`.

    Sums per gemeente are sums of those of its buurten. An area without households has zeros.
    """

    areas: Areas
    households: Floats
    expected: Floats
    actual: Floats

    def by_gemeente(self) -> dict[str, Floats]:
        """households, expected and actual per gemeente, in the order of `areas.gemeenten`."""
        count = len(self.areas.gemeenten)
        place = self.areas.gemeente_of
        return {name: sum_by(place, getattr(self, name), count) for name in ("households", "expected", "actual")}

    def to_frame(self, level: str = "gemeente") -> pd.DataFrame:
        """One row per gemeente or buurt: code, households, expected, actual."""
        import pandas as pd

        if level == "gemeente":
            return pd.DataFrame({"gemeente": self.areas.gemeenten, **self.by_gemeente()})
        sums = {"households": self.households, "expected": self.expected, "actual": self.actual}
        return pd.DataFrame({"buurt": self.areas.buurten, **sums})


def sum_by(place: Longs, values: Floats, count: int) -> Floats:
    """Sums of values by place, added in the order in which they stand."""
    return np.bincount(place, weights=values, minlength=count).astype(np.float64)


def stored_estimate(design: Design, result: LogitResult) -> Floats:
    """The result's coefficients for every parameter of the design (zero where it has none), on the stored scale."""
    unknown = [key for key in result.keys if key not in design.position]
    if unknown:
        what, known = text("logit.a_column"), list(design.position)
        raise RequestError(text("logit.other_parameters"), [unknown_name(key, known, what) for key in unknown])
    estimate = np.zeros(len(design.parameters))
    estimate[[design.position[key] for key in result.keys]] = result.estimate
    return design.from_units(estimate)


def predict_households(design: Design, result: LogitResult, threads: int | None = None) -> Floats:
    """Probability of each household, in the order in which households were added to the design."""
    if design.order is None:
        raise RequestError(text("logit.no_order"))
    out = np.empty(design.households)
    out[design.order] = predict_stored(design, result, threads)
    return out


def predict_stored(design: Design, result: LogitResult, threads: int | None = None) -> Floats:
    """Probability of each household in the design's own (canonical) order, that of `design.outcome`."""
    estimate = stored_estimate(design, result)
    tables, level = lookup_tables(design, estimate)
    slopes = np.ascontiguousarray(estimate[design.continuous_positions])
    out = np.empty(design.households)

    def fill(chunk: tuple[int, int]) -> None:
        out[design.rows(chunk)] = probabilities_of_chunk(design, tables, level, slopes, chunk)

    with Workers(threads) as workers:
        workers.map(fill, design.chunks)
    return out


def predict_areas(design: Design, result: LogitResult, threads: int | None = None) -> AreaSums:
    """Expected and actual weighted outcomes per area, in one pass each and in a fixed order of addition."""
    with Workers(threads) as workers:
        expected = predicted(design, stored_estimate(design, result), workers).by_segment
        actual = weighted_sums(design, design.weighted_outcome, workers)[1]
        households = weighted_sums(design, design.weights_of, workers)[1]
    count, area = len(design.areas), design.segment_area
    sums = [sum_by(area, part, count) for part in (households, expected, actual)]
    return AreaSums(design.areas, *sums)
