"""Spells of bijstand: what is wrong with them, row by row, and the spells that can be used.

Every problem names the file and the row and says what was done. A row that cannot be used is left out, the others are
kept; nothing is repaired by guessing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError
from verdeelmodel.population.cells import CellError, day
from verdeelmodel.table import Cell, Column, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

OPEN = np.datetime64("9999-12-31", "D")
# Registers write an open end as a day in a far year, such as 31-12-9999 or 31-12-2999.
FAR_YEAR = 2900
Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]
KEY = ["gemeente", "client"]


@dataclass(frozen=True)
class Window:
    """The first and the last day of the observation."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.last <= self.first:
            raise RequestError(text("services.window.turned", first=self.first, last=self.last))

    @property
    def months(self) -> int:
        """The number of calendar months of the observation."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def __str__(self) -> str:
        return text("services.window.line", first=self.first, last=self.last)


@dataclass(frozen=True)
class RowProblem:
    """One row that is not used as it stands: where, which kind of problem, and the values in it."""

    file: str
    row: int
    kind: str
    values: str

    @property
    def sentence(self) -> str:
        """What is wrong."""
        return text(f"services.problem.{self.kind}", values=self.values)


@dataclass(frozen=True)
class Spells:
    """The usable rows with `start` and `end` as dates (`end` far away when open), and every problem."""

    rows: pd.DataFrame
    problems: tuple[RowProblem, ...]
    read: int
    outside: int

    def __str__(self) -> str:
        return text("services.spells.line", read=self.read, used=len(self.rows), problems=len(self.problems))


def checked_spells(rows: pd.DataFrame, window: Window) -> Spells:
    """The spells that touch the observation, in order of client and start, without the rows that cannot be used.

    Left out: rows without client, gemeente or start, with a date that is none, ending before they start, standing there
    twice, or starting before an earlier spell of the same client ended.
    """
    problems: list[RowProblem] = []
    frame = rows.copy()
    frame["start"] = _dates(frame, "start", problems)
    frame["end"] = _dates(frame, "end", problems, empty=OPEN)
    usable = frame["start"].notna() & frame["end"].notna()
    frame = frame[usable & _filled(frame, problems)]
    frame = _without(frame, frame["end"] < frame["start"], "turned", problems)
    frame = _without(frame, frame.duplicated([*KEY, "start", "end"]), "twice", problems)
    frame = frame.sort_values([*KEY, "start", "end"], kind="stable")
    frame = _without(frame, _overlaps(frame), "overlap", problems)
    touches = (frame["start"] <= np.datetime64(window.last)) & (frame["end"] >= np.datetime64(window.first))
    order = sorted(problems, key=lambda p: (p.file, p.row, p.kind))
    return Spells(frame[touches].reset_index(drop=True), tuple(order), len(rows), int((~touches).sum()))


def _dates(frame: pd.DataFrame, column: str, problems: list[RowProblem], empty: np.datetime64 | None = None) -> Days:
    """The dates of a column; not a time where a cell is none, which is then a problem. An open end reads as `empty`."""
    known: dict[str, np.datetime64 | None] = {"": empty}
    found = np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[s]")
    for i, cell in enumerate(frame[column].tolist()):
        written = re.sub(r"[T ]00:00(:00)?(\.0+)?$", "", str(cell).strip())
        if written not in known:
            known[written] = _date(written)
        value = known[written]
        if value is not None:
            found[i] = value
        elif written or column == "start":
            kind = f"no_{column}" if not written else f"bad_{column}"
            problems.append(_problem(frame, i, kind, written))
    return found


def _date(written: str) -> np.datetime64 | None:
    try:
        found = day(written)
    except CellError:
        return None
    return OPEN if found.year >= FAR_YEAR else np.datetime64(found)


def _filled(frame: pd.DataFrame, problems: list[RowProblem]) -> Mask:
    """Whether client and gemeente are filled; a problem for every row where one is not."""
    good = np.ones(len(frame), bool)
    for column in KEY:
        empty = (frame[column].astype(str).str.strip() == "").to_numpy()
        problems += [_problem(frame, int(i), f"no_{column}", "") for i in np.flatnonzero(empty)]
        good &= ~empty
    return good


def _without(frame: pd.DataFrame, wrong: Any, kind: str, problems: list[RowProblem]) -> pd.DataFrame:
    for i in np.flatnonzero(np.asarray(wrong)):
        start, end = frame["start"].iloc[i], frame["end"].iloc[i]
        shown = f"{start:%Y-%m-%d} – {'' if end >= OPEN.astype('datetime64[s]') else f'{end:%Y-%m-%d}'}"
        problems.append(_problem(frame, int(i), kind, shown.strip()))
    return frame[~np.asarray(wrong)]


def _problem(frame: pd.DataFrame, place: int, kind: str, values: str) -> RowProblem:
    return RowProblem(str(frame["file"].iloc[place]), int(frame["row"].iloc[place]), kind, values)


def _overlaps(frame: pd.DataFrame) -> Mask:
    """Whether a spell starts before an earlier usable spell of the same client has ended; frame in order of start."""
    overlaps = np.zeros(len(frame), bool)
    until: dict[tuple[str, str], np.datetime64] = {}
    columns = zip(frame["gemeente"], frame["client"], frame["start"], frame["end"], strict=True)
    for i, (gemeente, client, start, end) in enumerate(columns):
        key = (gemeente, client)
        if key in until and start < until[key]:
            overlaps[i] = True
        else:
            until[key] = end
    return overlaps


def problems_table(spells: Spells, synthetic: bool) -> Table:
    """Every row that is not used as it stands: file, row, and what is wrong."""
    columns = (
        Column("file", text("services.column.file")),
        Column("row", text("services.column.row"), "code"),
        Column("problem", text("services.column.problem")),
    )
    found = spells.problems
    values: dict[str, list[Cell]] = {
        "file": [p.file for p in found],
        "row": [p.row for p in found],
        "problem": [p.sentence for p in found],
    }
    return Table("problems", text("services.title.problems"), columns, values, synthetic=synthetic)
