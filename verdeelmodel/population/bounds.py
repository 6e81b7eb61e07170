"""What the schema itself says about every value: bounds and codebooks, whatever the table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.population.schema import ColumnSchema
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

Mask = NDArray[np.bool_]


def fail_mark(column: ColumnSchema, values: NDArray[Any]) -> Mask | None:
    """Where a value breaks the bounds or the codebook of its column, shape (n,); None when nowhere.

    Missing numbers (NaN) are left to whoever decides whether the column may be empty. The quick way out looks at the
    smallest and largest value only.
    """
    if not column.is_number or len(values) == 0:
        return None
    lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
    if np.isnan(lowest):
        return None
    low, high = limits(column)
    if low <= lowest and highest <= high and (not column.codes or _has_every_code(column, low, high)):
        return None
    wrong = (values < low) | (values > high)
    if column.codes:
        wrong = ~np.isin(values, [code.value for code in column.codes]) & ~np.isnan(values)
    if column.none is not None:
        wrong &= values != column.none
    return wrong if bool(wrong.any()) else None


def limits(column: ColumnSchema) -> tuple[float, float]:
    """The lowest and highest value a column may hold, `none` left out."""
    if column.codes:
        values = [code.value for code in column.codes]
        return min(values), max(values)
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    return low, high


def _has_every_code(column: ColumnSchema, low: float, high: float) -> bool:
    return len(column.codes) == high - low + 1


def expected(column: ColumnSchema) -> str:
    """What a column may hold, in words."""
    parts = []
    if column.codes:
        parts.append(", ".join(f"{code.value} ({code.label()})" for code in column.codes))
    else:
        low, high = (_shown(bound, column) for bound in limits(column))
        if low and high:
            parts.append(text("population.expected.between", low=low, high=high))
        elif low:
            parts.append(text("population.expected.from", low=low))
        else:
            parts.append(text(f"population.expected.type.{column.type}"))
    if column.none is not None:
        parts.append(text("population.expected.none", value=column.none))
    return "; ".join(parts)


def _shown(bound: float, column: ColumnSchema) -> str:
    if not np.isfinite(bound):
        return ""
    return format_number(bound, "number", 0 if float(bound).is_integer() else 2)
