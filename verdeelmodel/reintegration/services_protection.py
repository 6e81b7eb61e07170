"""Which counts of the tables may be shown, so that none that is left out can be worked out from the others.

All counts of all tables stand in one grid, since they share their totals: a number that one table leaves out may not
come back through another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.disclosure.suppression import Relation, Suppression, suppress
from verdeelmodel.reintegration.services_clients import MISSING, Clients
from verdeelmodel.reintegration.services_words import SERVICES, STILL, WORK
from verdeelmodel.table import Cell, NotApplicable
from verdeelmodel.wording import text

COLUMNS = ("still", "work", "both", "other", "all")
TOTAL, GROUPS = ("", "total"), ("", "groups")
# In the row of the groups: outside the client, reason of the client, unknown; in the order of the columns.
GROUP_COLUMNS = {2: 0, 3: 1, 0: 2}
Row = tuple[str, str]


@dataclass(frozen=True)
class Counts:
    """Every count by row (characteristic, category) and column, and which of them are shown.

    Columns: still on bijstand, left for work, both together, left otherwise or unknown, all clients. Services have no
    counts over all clients, as in the source.
    """

    rows: tuple[Row, ...]
    values: NDArray[np.float64]
    threshold: int
    suppression: Suppression | None
    places: Mapping[Row, int] = field(repr=False)

    def number(self, row: Row, column: str) -> int:
        """The count itself."""
        return int(self.values[self.places[row], COLUMNS.index(column)])

    def shows(self, row: Row, *columns: str) -> bool:
        """Whether these counts of the row may be shown."""
        if self.suppression is None:
            return True
        return not any(self.suppression.mask[self.places[row], COLUMNS.index(c)] for c in columns)

    def cell(self, row: Row, column: str) -> Cell:
        """The count, or why it is left out."""
        return self.number(row, column) if self.shows(row, column) else left_out(self.threshold)

    def group(self, group: int) -> Cell:
        """The number of clients in an outcome group; 0 is unknown."""
        if group in (STILL, WORK):
            return self.cell(TOTAL, "still" if group == STILL else "work")
        return self.cell(GROUPS, COLUMNS[GROUP_COLUMNS[group]])

    @property
    def hidden(self) -> int:
        """How many counts are left out."""
        return 0 if self.suppression is None else int(self.suppression.mask.sum())


def left_out(threshold: int) -> NotApplicable:
    """The mark of a cell that is left out."""
    return NotApplicable(text("services.suppressed", threshold=threshold))


def counts_of(clients: Clients, threshold: int) -> Counts:
    """All counts; those from 0 to below the threshold are left out with what would give them back (0: show all)."""
    frame = clients.frame
    group = frame["group"].to_numpy()
    marks = {"still": group == STILL, "work": group == WORK}
    marks["both"] = marks["still"] | marks["work"]
    marks["other"], marks["all"] = ~marks["both"], np.ones(len(frame), bool)
    rows: list[Row] = []
    values: list[list[float]] = []
    for key, trait in clients.traits.items():
        if key in clients.absent:
            continue
        column = frame[key].to_numpy()
        for category in (*trait.keys, MISSING):
            inside = column == category
            if inside.any():
                rows.append((key, category))
                values.append([float((inside & marks[c]).sum()) for c in COLUMNS])
                if key == SERVICES:
                    values[-1][3:] = [np.nan, np.nan]
    rows += [TOTAL, GROUPS]
    values.append([float(marks[c].sum()) for c in COLUMNS])
    values.append([float((group == g).sum()) for g in GROUP_COLUMNS] + [np.nan, np.nan])
    grid = np.array(values)
    found = _suppressed(tuple(rows), grid, threshold) if threshold > 0 else None
    return Counts(tuple(rows), grid, threshold, found, {row: i for i, row in enumerate(rows)})


def _suppressed(rows: tuple[Row, ...], grid: NDArray[np.float64], threshold: int) -> Suppression:
    unsafe = np.nan_to_num(grid, nan=threshold) < threshold
    # That nobody has an unknown reason tells nothing of anybody, and has no row in the table.
    unknown = (len(rows) - 1, GROUP_COLUMNS[0])
    unsafe[unknown] &= grid[unknown] > 0
    return suppress(grid, unsafe, np.full(grid.shape, float(threshold)), relations_of(rows, grid))


def relations_of(rows: tuple[Row, ...], grid: NDArray[np.float64]) -> list[Relation]:
    """The sums that a reader knows to hold."""
    total, groups = len(rows) - 2, len(rows) - 1
    found = [Relation((total, 3), tuple((groups, j) for j in range(3)))]
    for i in range(len(rows) - 1):
        found.append(Relation((i, 2), ((i, 0), (i, 1))))
        if np.isfinite(grid[i, 4]):
            found.append(Relation((i, 4), ((i, 2), (i, 3))))
    for key in dict.fromkeys(key for key, _ in rows[:-2]):
        members = [i for i, row in enumerate(rows[:-2]) if row[0] == key]
        columns = range(3) if key == SERVICES else range(5)
        if len(members) > 1:
            found += [Relation((total, j), tuple((i, j) for i in members)) for j in columns]
    return found
