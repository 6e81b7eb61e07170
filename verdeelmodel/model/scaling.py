"""Centring and scaling of numeric columns, so that units of measurement do not harm the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.model.areas import Areas
from verdeelmodel.model.columns import AreaColumn
from verdeelmodel.wording import text

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def area_values_per_buurt(columns: Sequence[AreaColumn], areas: Areas) -> Floats:
    """(buurten, columns): the values of area columns for every buurt."""
    fail_if_area_columns_do_not_fit(columns, areas)
    out = np.zeros((len(areas), len(columns)))
    for place, column in enumerate(columns):
        out[:, place] = column.values if column.level == "buurt" else column.values[areas.gemeente_of]
    return out


def fail_if_area_columns_do_not_fit(columns: Sequence[AreaColumn], areas: Areas) -> None:
    """An area column has one value per area of its level."""
    sizes = {"buurt": len(areas), "gemeente": len(areas.gemeenten)}
    problems = [
        Problem(
            text("logit.area_length", found=len(column.values), expected=sizes[column.level], level=column.level),
            text("logit.column", column=column.key),
        )
        for column in columns
        if len(column.values) != sizes[column.level]
    ]
    if problems:
        raise RequestError(text("logit.columns_unusable"), problems)


def standardise_continuous(continuous: Floats) -> tuple[Floats, Floats]:
    """Centre and scale (columns, n) in place; a constant column becomes exactly zero. Returns centre and scale."""
    centre, scale = np.zeros(len(continuous)), np.ones(len(continuous))
    for place, column in enumerate(continuous):
        constant = column.min() == column.max()
        centre[place] = column[0] if constant else column.mean()
        column -= centre[place]
        scale[place] = 1.0 if constant else np.sqrt((column**2).mean())
        column /= scale[place]
    return centre, scale


def scaling_of_areas(values: Floats, households: Longs) -> tuple[Floats, Floats, Floats]:
    """Area values (areas, columns) centred and scaled by the households in each area, with centre and scale.

    The values of areas without households play no part in it.
    """
    occupied = values[households > 0]
    count = households[households > 0].astype(np.float64)
    constant = occupied.min(axis=0) == occupied.max(axis=0)
    centre = np.einsum("az,a->z", occupied, count) / count.sum()
    centre = np.where(constant, occupied[0], centre)
    spread = np.sqrt(np.einsum("az,a->z", (occupied - centre) ** 2, count) / count.sum())
    scale = np.where(constant, 1.0, spread)
    return (values - centre) / scale, centre, scale
