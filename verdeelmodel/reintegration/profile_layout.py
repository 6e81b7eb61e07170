"""How the tables of a profile are laid out: cells with what stands behind them, columns, and the table itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_figures import Area
from verdeelmodel.reintegration.profile_published import SOURCE
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_positions import Bounds
    from verdeelmodel.reintegration.profile_study import RecipientProfile

Value = tuple[Cell, Evidence | None]


@dataclass
class Layout:
    """A table while it is filled: columns in order, and rows of cells with their evidence."""

    key: str
    title: str
    columns: list[Column] = field(default_factory=list)
    rows: list[dict[str, Value]] = field(default_factory=list)

    def column(self, key: str, label: str, kind: Kind = "text", decimals: int | None = None) -> None:
        """Add a column."""
        self.columns.append(Column(key, label, kind, decimals=decimals))

    def row(self, **cells: Cell | Value) -> None:
        """Add a row; a cell is a value, or a value with what stands behind it."""
        self.rows.append({k: v if isinstance(v, tuple) else (v, None) for k, v in cells.items()})

    def table(
        self,
        profile: RecipientProfile,
        notes: Sequence[str] = (),
        *,
        group: str = "",
        source: str = "",
        of: str = "",
    ) -> Table:
        """The table, with the mark of the population, the layout it follows and where it is of."""
        keys = [c.key for c in self.columns]
        evidence = {k: [row[k][1] for row in self.rows] for k in keys}
        return Table(
            key=self.key,
            title=self.title,
            columns=tuple(self.columns),
            values={k: [row[k][0] for row in self.rows] for k in keys},
            synthetic=profile.synthetic,
            notes=tuple(notes),
            source=text("profile.source", place=source, source=SOURCE) if source else of,
            row_group=group or None,
            evidence={k: v for k, v in evidence.items() if any(e is not None for e in v)},
        )


def suppressed() -> NotApplicable:
    """A number that may not be shown."""
    return NotApplicable(text("profile.suppressed"))


def no_position() -> NotApplicable:
    """A position that cannot be given, because shares are left out."""
    return NotApplicable(text("profile.no_position"))


def number(profile: RecipientProfile, area: Area, group: str) -> Value:
    """How many persons a group has; what it stands for in a sample."""
    if not profile.published.shows(area.code, group):
        return suppressed(), None
    return round(area.stands_for(group)), Evidence(count=area.households(group))


def part(profile: RecipientProfile, area: Area, group: str, of: str) -> Value:
    """One group as a part of another."""
    if not (profile.published.shows(area.code, group) and profile.published.shows(area.code, of)):
        return suppressed(), None
    if not area.stands_for(of):
        return NotApplicable(text("profile.nobody")), None
    behind = Evidence(numerator=area.households(group), denominator=area.households(of))
    return area.stands_for(group) / area.stands_for(of), behind


def share(profile: RecipientProfile, area: Area, group: str, aspect: int) -> Value:
    """The share of an aspect in a group."""
    if not profile.published.shows_share(area, group, aspect):
        return suppressed(), None
    if not area.stands_for(group):
        return NotApplicable(text("profile.nobody")), None
    return area.share(group, aspect), area.evidence(group, aspect)


def position(profile: RecipientProfile, area: Area, group: str, aspect: int, bounds: Bounds | None) -> Value:
    """The position of an area on an aspect, in words."""
    found = profile.position(area, group, aspect, bounds)
    return (text(f"profile.position.{found}") if found else no_position()), None


def aspect_column(
    layout: Layout, profile: RecipientProfile, aspect: int, ending: str = "", kind: Kind = "share"
) -> None:
    """Add a column for an aspect; `ending` tells columns of the same aspect apart."""
    declared = profile.definitions.aspects[aspect]
    label = f"{declared.short}, {text(f'profile.ending.{ending}')}" if ending else str(declared.short)
    layout.column(f"{declared.key}_{ending}" if ending else declared.key, label, kind)
