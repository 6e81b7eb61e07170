"""What the disclosure gate looks at behind the results of a model: its residual degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verdeelmodel.table import Evidence, Table


def with_degrees(table: Table, degrees: Sequence[int]) -> Table:
    """The table with, behind every cell of row i, the degrees of freedom of the model that row i comes from."""
    behind = [Evidence(degrees_of_freedom=free) for free in degrees]
    return replace(table, evidence={column.key: behind for column in table.columns})
