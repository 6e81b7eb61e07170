"""What the disclosure gate looks at behind the results of a model: its residual degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verdeelmodel.table import Evidence, Table

# Texts that name a row; every other text of a comparison is an estimate in words or with its stars.
NAMING = frozenset({
    "thema", "kenmerk", "gm_code", "gm_naam", "control", "set", "measure", "label", "nearest", "part", "method",
})  # fmt: skip


def with_degrees(table: Table, degrees: Sequence[int]) -> Table:
    """The table with, behind every result in row i, the degrees of freedom of the model that row i comes from."""
    behind = [Evidence(degrees_of_freedom=free) for free in degrees]
    return replace(table, evidence={column.key: behind for column in table.columns if column.key not in NAMING})
