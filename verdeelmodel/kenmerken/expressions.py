"""What a kenmerk without code is made of: small objects that know the names they need and how to compute.

Nothing is evaluated: each object is one fixed operation on arrays of shape (n,).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken.declare import Flags, Numbers, verhouding
from verdeelmodel.population.schema import table_schema
from verdeelmodel.wording import text

Values = Mapping[str, Any]


class Expression(Protocol):
    """A part of a definition: the names it needs, and its values when those are given."""

    def names(self) -> tuple[str, ...]:
        """The inputs it needs, in the order in which they are met."""

    def compute(self, values: Values) -> Any:
        """Its values, of the shape of the inputs."""


@dataclass(frozen=True)
class Name:
    """A column, kenmerk or parameter."""

    name: str

    def __str__(self) -> str:
        return self.name

    def names(self) -> tuple[str, ...]:
        """The name itself."""
        return (self.name,)

    def compute(self, values: Values) -> Any:
        """The values of that name."""
        return values[self.name]


@dataclass(frozen=True)
class Number:
    """A fixed number in a product or ratio."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:g}"

    def names(self) -> tuple[str, ...]:
        """None."""
        return ()

    def compute(self, values: Values) -> float:
        """The number."""
        return self.value


@dataclass(frozen=True)
class AllOf:
    """True where every part is true."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"all_of({_listed(self.parts)})"

    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return _names(*self.parts)

    def compute(self, values: Values) -> Flags:
        """Elementwise and."""
        return reduce(np.logical_and, [yes_no(part, values) for part in self.parts])


@dataclass(frozen=True)
class AnyOf:
    """True where at least one part is true."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"any_of({_listed(self.parts)})"

    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return _names(*self.parts)

    def compute(self, values: Values) -> Flags:
        """Elementwise or."""
        return reduce(np.logical_or, [yes_no(part, values) for part in self.parts])


@dataclass(frozen=True)
class Not:
    """True where the part is false."""

    part: Expression

    def __str__(self) -> str:
        return f"not({self.part})"

    def names(self) -> tuple[str, ...]:
        """The names of the part."""
        return self.part.names()

    def compute(self, values: Values) -> Flags:
        """Elementwise not."""
        return np.logical_not(yes_no(self.part, values))


@dataclass(frozen=True)
class InBand:
    """True where any of the parts is at least `lowest` and below `below`; "not there" is never in a band."""

    parts: tuple[Expression, ...]
    lowest: float | None
    below: float | None

    def __str__(self) -> str:
        low = "" if self.lowest is None else f"{self.lowest:g} <= "
        high = "" if self.below is None else f" < {self.below:g}"
        return (
            f"any_of({_listed(self.parts)}: {low}…{high})" if len(self.parts) > 1 else f"({low}{self.parts[0]}{high})"
        )

    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return _names(*self.parts)

    def compute(self, values: Values) -> Flags:
        """Elementwise comparison."""
        return reduce(np.logical_or, [self._one(part, values) for part in self.parts])

    def _one(self, part: Expression, values: Values) -> Flags:
        found = np.asarray(part.compute(values))
        inside = is_there(part, found)
        if self.lowest is not None:
            inside = inside & (found >= self.lowest)
        return inside if self.below is None else inside & (found < self.below)


@dataclass(frozen=True)
class Equals:
    """True where any of the parts has one of the values."""

    parts: tuple[Expression, ...]
    wanted: tuple[float, ...]
    shown: str

    def __str__(self) -> str:
        return f"({_listed(self.parts)} = {self.shown})"

    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return _names(*self.parts)

    def compute(self, values: Values) -> Flags:
        """Elementwise membership."""
        return reduce(np.logical_or, [np.isin(part.compute(values), self.wanted) for part in self.parts])


@dataclass(frozen=True)
class Product:
    """The parts multiplied; yes counts as 1 and no as 0."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " × ".join(str(p) for p in self.parts)

    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return _names(*self.parts)

    def compute(self, values: Values) -> Numbers:
        """Elementwise product."""
        return reduce(np.multiply, [np.asarray(p.compute(values), dtype=np.float64) for p in self.parts])


@dataclass(frozen=True)
class Ratio:
    """One part divided by another; missing where the denominator is not positive."""

    above: Expression
    below: Expression

    def __str__(self) -> str:
        return f"({self.above}) / ({self.below})"

    def names(self) -> tuple[str, ...]:
        """The names of both parts."""
        return _names(self.above, self.below)

    def compute(self, values: Values) -> Numbers:
        """Elementwise ratio."""
        return verhouding(self.above.compute(values), self.below.compute(values))


@dataclass(frozen=True)
class Lookup:
    """Values of the user's own file by code of the area (and year); missing for an area that is not in the file."""

    area: str
    by_year: bool
    table: Mapping[tuple[int, int], float]
    shown: str

    def __str__(self) -> str:
        return f"lookup({self.shown})"

    def names(self) -> tuple[str, ...]:
        """The code of the area, and the year when the file has one."""
        return (self.area, "jaar") if self.by_year else (self.area,)

    def compute(self, values: Values) -> Numbers:
        """The value of each area."""
        year = int(values["jaar"]) if self.by_year else 0
        return np.array([self.table.get((int(code), year), np.nan) for code in values[self.area]], dtype=np.float64)


def yes_no(part: Expression, values: Values) -> Flags:
    """The values of a part that must be yes or no; a RequestError when it is a number."""
    found = np.asarray(part.compute(values))
    if found.dtype != np.bool_:
        raise RequestError(text("kenmerken.part_not_yes_no", part=part))
    return found


def is_there(part: Expression, values: NDArray[Any]) -> Flags:
    """Where a raw household column does not hold its value for "not there"; everywhere for anything else."""
    columns = table_schema("households").columns
    none = columns[part.name].none if isinstance(part, Name) and part.name in columns else None
    return np.ones(values.shape, dtype=np.bool_) if none is None else values != none


def _names(*parts: Expression) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.names()))


def _listed(parts: tuple[Expression, ...]) -> str:
    return ", ".join(str(p) for p in parts)
