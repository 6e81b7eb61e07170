"""Mending a table so that it may leave: suppression with secondary cells, or rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from verdeelmodel.disclosure.gate import Verdict
from verdeelmodel.disclosure.profile import Profile
from verdeelmodel.disclosure.suppression import Suppression, suppress
from verdeelmodel.table import NAMES, Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

ADDITIVE = ("count", "euro")


@dataclass(frozen=True)
class Mended:
    """A table without its unsafe cells, and what was left out of it."""

    table: Table
    primary: int
    secondary: int
    unprotected: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        return text("disclosure.mended", table=self.table.key, primary=self.primary, secondary=self.secondary)


def suppressed(table: Table, verdict: Verdict, profile: Profile) -> Mended:
    """The table with every failing cell left out, and further cells so that no total gives one back.

    Columns that add up (counts together, amounts together) are protected together; other figures have no totals and
    lose their failing cells only. Cells that cannot be protected are named, and the table may then not leave.
    """
    failing = set(verdict.failing_cells)
    secondary: set[tuple[int, str]] = set()
    unprotected: list[tuple[int, str]] = []
    for kind in ADDITIVE:
        columns = [c for c in table.columns if c.kind == kind]
        found = _suppress_columns(table, columns, failing, profile)
        if found is not None:
            keys = [c.key for c in columns]
            secondary |= {(int(i), keys[int(j)]) for i, j in np.argwhere(found.secondary)}
            unprotected += [(i, keys[j]) for i, j in found.unprotected]
    reasons = {cell: NotApplicable(text("disclosure.suppressed_too")) for cell in secondary}
    reasons |= {cell: NotApplicable(text("disclosure.suppressed")) for cell in failing}
    values = {
        c.key: [reasons.get((row, c.key), cell) for row, cell in enumerate(table.values[c.key])] for c in table.columns
    }
    return Mended(replace(table, values=values), len(failing), len(secondary), tuple(unprotected))


def rounded(table: Table, profile: Profile) -> Table:
    """The table with every count rounded to the base of the profile; other figures that rest on counts stay out."""
    base = int(profile["rounding"].number("base"))
    values = {c.key: _rounded_column(c, table.values[c.key], base) for c in table.columns}
    return replace(table, values=values).with_notes(text("disclosure.rounded", base=base))


def _rounded_column(column: Column, cells: Sequence[Cell], base: int) -> list[Cell]:
    if column.kind != "count":
        return list(cells)
    return [c if isinstance(c, NotApplicable | str | bool) else int(base * round(float(c) / base)) for c in cells]


def _suppress_columns(
    table: Table, columns: Sequence[Column], failing: set[tuple[int, str]], profile: Profile
) -> Suppression | None:
    """Protect the failing cells of columns that may add up; None when there are none or a value is negative."""
    if not columns or not any(key == c.key for _, key in failing for c in columns):
        return None
    values = np.array([[_number(cell) for cell in table.values[c.key]] for c in columns]).T
    if np.nanmin(values) < 0:
        return None
    unsafe = np.array([[(row, c.key) in failing for c in columns] for row in range(len(table))])
    rule = profile["protection"]
    if columns[0].kind == "count":
        return suppress(values, unsafe, np.full(values.shape, rule.number("width")))
    return suppress(values, unsafe, np.nan_to_num(values) * rule.number("share"))


def _number(cell: Cell) -> float:
    return float("nan") if isinstance(cell, NotApplicable | str) else float(cell)


def is_figure(column: Column) -> bool:
    """Whether a column holds figures rather than names."""
    return column.kind not in NAMES
