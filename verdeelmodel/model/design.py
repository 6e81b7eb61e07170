"""A design: the households of a model, packed, in canonical order, ready to be passed over many times."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from verdeelmodel.model.areas import Areas
from verdeelmodel.model.columns import (
    INTERCEPT,
    AreaColumn,
    CodedColumn,
    Column,
    ContinuousColumn,
    Parameter,
    parameters_of,
)
from verdeelmodel.model.packing import Packing, byte_of
from verdeelmodel.wording import text

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
WeightKind = Literal["none", "frequency", "sampling"]

#: Fixed partition: a chunk has at least this many households, and there are at most so many chunks.
SMALLEST_CHUNK = 65_536
MOST_CHUNKS = 32
#: Households of one area above this number are cut in segments, so that one large area can be shared by threads.
LARGEST_SEGMENT = 32_768


@dataclass(frozen=True, eq=False)
class Design:
    """Packed households of a model in canonical order, with their outcome, weight, offset and areas.

    Parameters are ordered intercept, dummies, continuous columns, area columns; `parameters` names them.
    Continuous and area columns are stored centred and scaled (`centre`, `scale`); estimates are reported in the
    columns' own units. Made by `DesignBuilder`; nothing in it depends on the order in which households came.
    """

    columns: tuple[Column, ...]
    packing: Packing
    areas: Areas
    words: npt.NDArray[np.uint64]
    outcome: npt.NDArray[np.uint8] | Floats
    weight: Floats
    offset: Floats
    continuous: Floats
    pointers: Longs
    segment_area: Longs
    area_values: Floats
    centre: Floats
    scale: Floats
    order: npt.NDArray[np.int32 | np.int64] | None
    weight_kind: WeightKind = "none"

    @property
    def households(self) -> int:
        """Number of households stored."""
        return int(self.words.shape[1])

    @property
    def coded(self) -> tuple[CodedColumn, ...]:
        """The coded columns, in the order in which they are packed."""
        return tuple(column for column in self.columns if isinstance(column, CodedColumn))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter the design can estimate."""
        intercept = Parameter(INTERCEPT, text("logit.intercept"), INTERCEPT)
        ordered: list[Column] = [*self.coded]
        ordered += [column for column in self.columns if isinstance(column, ContinuousColumn)]
        ordered += [column for column in self.columns if isinstance(column, AreaColumn)]
        return (intercept, *(parameter for column in ordered for parameter in parameters_of(column)))

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each parameter by its key."""
        return {parameter.key: place for place, parameter in enumerate(self.parameters)}

    @property
    def dummies(self) -> slice:
        """Positions of the parameters of coded columns."""
        return slice(1, 1 + self.packing.dummies)

    @property
    def continuous_positions(self) -> slice:
        """Positions of the parameters of continuous columns."""
        return slice(self.dummies.stop, self.dummies.stop + self.continuous.shape[0])

    @property
    def area_positions(self) -> slice:
        """Positions of the parameters of area columns."""
        return slice(self.continuous_positions.stop, len(self.parameters))

    @cached_property
    def chunks(self) -> list[tuple[int, int]]:
        """The fixed partition in runs of segments; it depends on the households per area, never on the threads."""
        count = int(np.clip(self.households // SMALLEST_CHUNK, 1, MOST_CHUNKS))
        cuts = np.searchsorted(self.pointers, np.linspace(0, self.households, count + 1)[1:-1])
        edges = np.unique(np.concatenate([[0], cuts, [len(self.segment_area)]]))
        return list(itertools.pairwise(edges.tolist()))

    @cached_property
    def segment_values(self) -> Floats:
        """(segments, area columns) centred and scaled values of the area of each segment."""
        return np.ascontiguousarray(self.area_values[self.segment_area])

    def rows(self, chunk: tuple[int, int]) -> slice:
        """The households of a chunk."""
        return slice(int(self.pointers[chunk[0]]), int(self.pointers[chunk[1]]))

    def weights_of(self, rows: slice) -> Floats:
        """Weights of some households; ones when the design has no weights."""
        return self.weight[rows] if self.weight.size else np.ones(rows.stop - rows.start)

    def counted(self, rows: slice) -> Floats:
        """One for each household with positive weight, zero for the others."""
        if not self.weight.size:
            return np.ones(rows.stop - rows.start)
        return (self.weight[rows] > 0).astype(np.float64)

    def weighted_outcome(self, rows: slice) -> Floats:
        """Weight times outcome of some households."""
        outcome = self.outcome[rows].astype(np.float64)
        return outcome * self.weight[rows] if self.weight.size else outcome

    @property
    def weight_sum(self) -> float:
        """Sum of the weights; the number of households when there are none."""
        return float(self.weight.sum()) if self.weight.size else float(self.households)

    def area_of_households(self, rows: slice) -> Longs:
        """Position of the buurt of some households."""
        first, last = np.searchsorted(self.pointers, [rows.start, rows.stop - 1], side="right") - 1
        inside = np.clip(self.pointers[first : last + 2], rows.start, rows.stop)
        return np.repeat(self.segment_area[first : last + 1], np.diff(inside))

    def dense(self, rows: slice, standardised: bool = False) -> Floats:
        """Some households as a matrix (households, parameters), in own units unless `standardised`."""
        out = np.zeros((rows.stop - rows.start, len(self.parameters)))
        out[:, 0] = 1.0
        for position in range(len(self.packing.bytes_)):
            members = self.packing.byte_members[:, 256 * position : 256 * (position + 1)].toarray()
            used = np.flatnonzero(members.any(axis=1))
            out[:, 1 + used] = members[used].T[byte_of(self.words[:, rows], position)]
        out[:, self.continuous_positions] = self.continuous[:, rows].T
        out[:, self.area_positions] = self.area_values[self.area_of_households(rows)]
        if not standardised:
            out = out * self.scale + self.centre
        return out

    def to_units(self, estimate: Floats) -> Floats:
        """Coefficients of the stored (centred, scaled) columns to coefficients of the columns in their own units."""
        own = estimate / self.scale
        own[0] -= float((own * self.centre).sum())
        return own

    def from_units(self, estimate: Floats) -> Floats:
        """The inverse of `to_units`."""
        inside = estimate * self.scale
        inside[0] = estimate[0] + float((estimate * self.centre).sum())
        return inside

    def covariance_to_units(self, covariance: Floats) -> Floats:
        """Covariance of the estimates in the columns' own units."""
        scaled = covariance / np.multiply.outer(self.scale, self.scale)
        shift = scaled - 0.0
        row = (scaled * self.centre[:, None]).sum(axis=0)
        shift[0, :] -= row
        shift[:, 0] -= row
        shift[0, 0] += float((row * self.centre).sum())
        return shift
