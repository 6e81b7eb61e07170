"""Building a design from chunks of households, so that no more than the packed households is ever in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verdeelmodel.errors import DataError, Problem, RequestError, unknown_name
from verdeelmodel.model.areas import Areas, no_areas
from verdeelmodel.model.arranging import arrange, segments
from verdeelmodel.model.columns import AreaColumn, CodedColumn, Column, ContinuousColumn
from verdeelmodel.model.design import Design, WeightKind
from verdeelmodel.model.encoding import Findings, fail_if_columns_unusable, fail_if_problems, level_positions, numbers
from verdeelmodel.model.packing import plan_packing
from verdeelmodel.model.scaling import area_values_per_buurt, scaling_of_areas, standardise_continuous
from verdeelmodel.model.storage import Storage
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

BLOCK = 65_536
OUTCOME, WEIGHT, OFFSET, BUURT = "outcome", "weight", "offset", "buurt"

Values = Mapping[str, npt.ArrayLike]


class DesignBuilder:
    """Collects households chunk by chunk and packs them at once; `finish` gives the design.

    Every problem in the values is collected over all chunks and reported together by `finish`, named by column.
    `households` (the expected number) avoids growing; `keep_order=False` saves four bytes per household, at the price
    of predictions per household in the order of the file.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        areas: Areas | None = None,
        *,
        weights: WeightKind = "none",
        offset: bool = False,
        households: int = 0,
        keep_order: bool = True,
        threads: int | None = None,
    ) -> None:
        fail_if_columns_unusable(columns)
        self.columns = tuple(columns)
        self.areas = no_areas() if areas is None else areas
        self.has_areas = areas is not None
        self.coded = [column for column in columns if isinstance(column, CodedColumn)]
        self.continuous = [column for column in columns if isinstance(column, ContinuousColumn)]
        self.area_values = area_values_per_buurt(
            [column for column in columns if isinstance(column, AreaColumn)], self.areas
        )
        self.weights: WeightKind = weights
        self.keep_order = keep_order
        self.threads = threads
        self.packing = plan_packing(self.coded)
        self.storage = Storage(
            households, self.packing.words, len(self.continuous), weights != "none", offset, len(self.areas)
        )
        self.findings = Findings()

    def add(
        self,
        values: Values,
        outcome: npt.ArrayLike,
        *,
        buurt: npt.ArrayLike | None = None,
        weight: npt.ArrayLike | None = None,
        offset: npt.ArrayLike | None = None,
    ) -> None:
        """Add a chunk of households: a value per household for every column that is not of areas."""
        chunk = self._arrays(values, {OUTCOME: outcome, BUURT: buurt, WEIGHT: weight, OFFSET: offset})
        count = len(chunk[OUTCOME])
        first = self.storage.make_room(count)
        blocks = [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
        if not self.storage.accepts_outcome(np.asarray(chunk[OUTCOME])):
            self.storage.widen_outcome()
        with Workers(self.threads) as workers:
            for findings in workers.map(lambda rows: self._encode(chunk, rows, first), blocks):
                _merge(self.findings, findings)

    def finish(self) -> Design:
        """The design, in canonical order. The builder cannot be used after this."""
        expected = {column.key: ", ".join(map(str, column.levels)) for column in self.coded}
        fail_if_problems(self.findings.problems(expected))
        fail_if_no_households(self.storage)
        self.storage.trim()
        with Workers(self.threads) as workers:
            pointers, order = arrange(self.storage, self.areas, self.keep_order, workers)
        segment_pointers, segment_area = segments(pointers, self.areas)
        centre, scale = standardise_continuous(self.storage.continuous)
        areas, area_centre, area_scale = scaling_of_areas(self.area_values, np.diff(pointers)[self.areas.rank])
        start = 1 + self.packing.dummies
        zeros, ones = np.zeros(start), np.ones(start)
        return Design(
            columns=self.columns,
            packing=self.packing,
            areas=self.areas,
            words=self.storage.words,
            outcome=self.storage.outcome,
            weight=self.storage.weight,
            offset=self.storage.offset,
            continuous=self.storage.continuous,
            pointers=segment_pointers,
            segment_area=segment_area,
            area_values=areas,
            centre=np.concatenate([zeros, centre, area_centre]),
            scale=np.concatenate([ones, scale, area_scale]),
            order=order,
            weight_kind=self.weights,
        )

    def _arrays(self, values: Values, special: Mapping[str, npt.ArrayLike | None]) -> dict[str, npt.NDArray[Any]]:
        needed = [column.key for column in self.coded] + [column.key for column in self.continuous]
        missing = [key for key in needed if key not in values]
        if missing:
            known = list(values)
            raise DataError(
                text("logit.columns_missing"),
                [unknown_name(key, known, text("logit.a_column")) for key in missing],
            )
        arrays = {key: np.asarray(values[key]) for key in needed}
        fail_if_special_columns_wrong(special, self.weights != "none", self.storage.has_offset, self.has_areas)
        arrays.update({name: np.asarray(given) for name, given in special.items() if given is not None})
        fail_if_lengths_differ(arrays)
        return arrays

    def _encode(self, chunk: Mapping[str, npt.NDArray[Any]], rows: slice, first: int) -> Findings:
        found, start = Findings(), first + rows.start
        into = slice(start, first + rows.stop)
        codes = [level_positions(column, chunk[column.key][rows], start, found) for column in self.coded]
        self.packing.encode(codes, self.storage.words[:, into])
        for j, column in enumerate(self.continuous):
            self.storage.continuous[j, into] = numbers(column.key, chunk[column.key][rows], start, found)
        outcome = numbers(OUTCOME, chunk[OUTCOME][rows], start, found)
        found.add(OUTCOME, "outcome_outside", (outcome < 0) | (outcome > 1), start)
        self.storage.outcome[into] = np.where((outcome >= 0) & (outcome <= 1), outcome, 0)
        if WEIGHT in chunk:
            weight = numbers(WEIGHT, chunk[WEIGHT][rows], start, found)
            found.add(WEIGHT, "negative", weight < 0, start)
            self.storage.weight[into] = weight
        if OFFSET in chunk:
            self.storage.offset[into] = numbers(OFFSET, chunk[OFFSET][rows], start, found)
        if BUURT in chunk:
            place = self.areas.positions(chunk[BUURT][rows])
            found.add(BUURT, "unseen", place < 0, start, chunk[BUURT][rows])
            self.storage.area[into] = self.areas.rank[place]
        return found


def build_design(
    columns: Sequence[Column],
    values: Values,
    outcome: npt.ArrayLike,
    *,
    areas: Areas | None = None,
    buurt: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    weights: WeightKind = "none",
    offset: npt.ArrayLike | None = None,
    keep_order: bool = True,
    threads: int | None = None,
) -> Design:
    """A design from whole columns in memory. With `weight` given, `weights` says of which kind they are."""
    builder = DesignBuilder(
        columns,
        areas,
        weights=weights,
        offset=offset is not None,
        households=len(np.asarray(outcome)),
        keep_order=keep_order,
        threads=threads,
    )
    builder.add(values, outcome, buurt=buurt, weight=weight, offset=offset)
    return builder.finish()


def fail_if_special_columns_wrong(
    special: Mapping[str, npt.ArrayLike | None], weights: bool, offset: bool, areas: bool
) -> None:
    """Weights, offset and buurt are given exactly when the design was announced to have them."""
    needed = {WEIGHT: weights, OFFSET: offset, BUURT: areas}
    problems = [
        Problem(text("logit.announced" if wanted else "logit.not_announced"), text("logit.column", column=name))
        for name, wanted in needed.items()
        if (special[name] is not None) != wanted
    ]
    if problems:
        raise RequestError(text("logit.columns_unusable"), problems)


def fail_if_lengths_differ(arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Every column has one value per household."""
    count = len(arrays[OUTCOME])
    problems = [
        Problem(text("logit.length", found=len(array), expected=count), text("logit.column", column=key))
        for key, array in arrays.items()
        if len(array) != count
    ]
    if problems:
        raise DataError(text("logit.lengths_differ"), problems)


def fail_if_no_households(storage: Storage) -> None:
    """There are households, and not all of them weigh nothing."""
    if storage.count == 0:
        raise DataError(text("logit.no_households"))
    if storage.weight.size and not storage.weight[: storage.count].any():
        raise DataError(text("logit.all_weights_zero"))


def _merge(into: Findings, found: Findings) -> None:
    for name, count in found.counts.items():
        into.counts[name] = into.counts.get(name, 0) + count
        into.first_row[name] = min(into.first_row.get(name, found.first_row[name]), found.first_row[name])
        into.examples[name] = sorted({*into.examples.get(name, ()), *found.examples.get(name, ())})[:5]
