"""What a scenario is: a base, and differences only. Every type here is frozen and says what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verdeelmodel.wording import text


@dataclass(frozen=True)
class Amount:
    """A value that replaces another one, or with `relative` a change of it (0.05 is five percent more)."""

    value: float
    relative: bool = False

    def applied(self, base: float) -> float:
        """The new value."""
        return base * (1 + self.value) if self.relative else self.value


@dataclass(frozen=True)
class Between:
    """A household meets this when its kenmerk or raw column lies between the bounds, both included."""

    kenmerk: str
    low: float
    high: float


@dataclass(frozen=True)
class Condition:
    """Which households: in one of these gemeenten (empty: anywhere) and meeting every test."""

    gemeenten: tuple[int, ...] = ()
    tests: tuple[Between, ...] = ()

    @property
    def kenmerken(self) -> tuple[str, ...]:
        """The kenmerken and raw columns that are needed to decide."""
        return tuple(test.kenmerk for test in self.tests)


def written_at() -> Any:
    """Where a step stands in its file, for messages; it does not tell one step from another."""
    return field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class Rake:
    """Weigh households so that a yes/no kenmerk reaches a share, in each gemeente or in the country; totals stay."""

    kenmerk: str
    share: Amount
    where: Condition = Condition()
    per: str = "gemeente"
    place: str = written_at()


@dataclass(frozen=True)
class Scale:
    """Weigh the households of the condition by a factor: there are more or fewer of them."""

    factor: float
    where: Condition = Condition()
    place: str = written_at()


@dataclass(frozen=True)
class Move:
    """A share of the households of the condition moves to another gemeente, over its buurten in proportion."""

    share: float
    to: int
    where: Condition = Condition()
    place: str = written_at()


@dataclass(frozen=True)
class Assign:
    """A share of the households of the condition, drawn by the seed, gets another value in one raw column."""

    column: str
    value: float
    share: float = 1.0
    where: Condition = Condition()
    place: str = written_at()


@dataclass(frozen=True)
class Replace:
    """A column of a table of the population is replaced by the values in a file, where the file has one."""

    table: str
    column: str
    file: Path
    place: str = written_at()


Step = Rake | Scale | Move | Assign | Replace


@dataclass(frozen=True)
class ModelChange:
    """What changes in the model: another year or file, kenmerken and weights, and whether it is estimated again.

    `calibrate` sets the constant of the volume: a national rate, or `actual` for the rate of the population itself.
    `measured` gives kenmerken of areas the years in which they are measured, whatever year the model is applied to.
    """

    year: int | None = None
    file: Path | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    refit: bool | None = None
    calibrate: float | str | None = None
    measured: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class VangnetChange:
    """Another year of the safety net, or single values of a variant: deficit from which, and tranches."""

    year: int | None = None
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class RulesChange:
    """What changes in the rules: another year, or single values; pools in euros or `realised` (the sum of costs)."""

    year: int | None = None
    threshold_low: Amount | None = None
    threshold_high: Amount | None = None
    transition: float | None = None
    pools: Mapping[str, Amount | str] = field(default_factory=dict)
    assume: Mapping[str, str] = field(default_factory=dict)
    vangnet: VangnetChange = VangnetChange()


@dataclass(frozen=True)
class NormsChange:
    """Norms of another year, their printing errors mended, and amounts per kind of household changed."""

    year: int | None = None
    corrected: bool | None = None
    every: Amount | None = None
    kinds: Mapping[str, Amount] = field(default_factory=dict)


@dataclass(frozen=True)
class Merging:
    """Gemeenten that become one."""

    new: str
    old: tuple[str, ...]


@dataclass(frozen=True)
class Correction:
    """A figure of one gemeente that changes: a column of the municipal table, the objective amount included."""

    code: str
    column: str
    amount: Amount


@dataclass(frozen=True)
class Layer:
    """The differences of one scenario file, or of several stacked on each other."""

    name: str
    model: ModelChange = ModelChange()
    rules: RulesChange = RulesChange()
    macrobudget: Amount | None = None
    norms: NormsChange = NormsChange()
    population: tuple[Step, ...] = ()
    mergings: tuple[Merging, ...] = ()
    corrections: tuple[Correction, ...] = ()
    expenditure: str | None = None
    years: tuple[int, ...] = ()
    seed: int | None = None


@dataclass(frozen=True)
class Scenario:
    """A scenario with its base: a model year, and the layers on it, the last of which are the differences.

    `ranges` are inputs that are not known, as (path, lowest, highest). `document` holds what was read, for the record.
    """

    name: str
    question: str
    description: str
    base_year: int
    below: tuple[Layer, ...]
    layer: Layer
    ranges: tuple[tuple[str, float, float], ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)

    def __str__(self) -> str:
        base = self.below[-1].name if self.below else text("scenario.model_year", year=self.base_year)
        return text("scenario.line", name=self.name, base=base)

    @property
    def seed(self) -> int:
        """The seed of every draw: that of the nearest layer that gives one, else 1."""
        given = [layer.seed for layer in (*self.below, self.layer) if layer.seed is not None]
        return given[-1] if given else 1
