"""What a column of a model is: a coded or continuous column of households, or a column of areas."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

INTERCEPT = "intercept"
MOST_LEVELS = 256

AreaLevel = Literal["buurt", "gemeente"]


@dataclass(frozen=True)
class CodedColumn:
    """A household column with few values: a boolean, or a category with a reference level.

    A boolean gives one parameter named `key`; a category gives one named `key=level` for each level but the
    reference (the first level, unless another is named). Interactions are coded columns like any other.
    """

    key: str
    levels: tuple[Hashable, ...] = (False, True)
    reference: Hashable | None = None
    label: str = ""
    level_labels: tuple[str, ...] = ()

    @property
    def is_boolean(self) -> bool:
        """Whether the column is a presence dummy."""
        return len(self.levels) == 2 and isinstance(self.levels[0], bool | np.bool_)

    @property
    def reference_position(self) -> int:
        """Position of the reference among the levels."""
        return 0 if self.reference is None else self.levels.index(self.reference)


@dataclass(frozen=True)
class ContinuousColumn:
    """A numeric household column, stored per household. Centred and scaled inside; reported in its own unit."""

    key: str
    label: str = ""


@dataclass(frozen=True, eq=False)
class AreaColumn:
    """A numeric column of buurten or gemeenten, one value per area; never expanded to households.

    `values` follows the order of `Areas.buurten`, or of `Areas.gemeenten` for a column of gemeenten.
    """

    key: str
    values: npt.NDArray[np.float64]
    level: AreaLevel = "buurt"
    label: str = ""


Column = CodedColumn | ContinuousColumn | AreaColumn


@dataclass(frozen=True)
class Parameter:
    """One estimated number: which column it belongs to and, for a category, which level."""

    key: str
    label: str
    column: str
    level: Hashable | None = None


def parameters_of(column: Column) -> tuple[Parameter, ...]:
    """The parameters a column brings to a model, in the order of its levels."""
    label = column.label or column.key
    if not isinstance(column, CodedColumn) or column.is_boolean:
        if isinstance(column, CodedColumn) and column.reference_position == 1:
            return (Parameter(f"{column.key}=False", label, column.key, False),)
        return (Parameter(column.key, label, column.key),)
    names = column.level_labels or tuple(str(level) for level in column.levels)
    return tuple(
        Parameter(f"{column.key}={level}", f"{label}: {name}", column.key, level)
        for position, (level, name) in enumerate(zip(column.levels, names, strict=True))
        if position != column.reference_position
    )
