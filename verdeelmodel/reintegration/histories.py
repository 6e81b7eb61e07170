"""Monthly histories of clients from their spells: one row per person, what is wrong told, nothing lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.population import table_schema
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

# A state is two bits; UNKNOWN is none of the four.
BENEFIT, WORK, UNKNOWN = np.uint8(1), np.uint8(2), np.uint8(4)
STATE_OF = {"u": 1, "d": 3, "w": 2, "n": 0, "-": 4}
ASPECTS = ("financial", "health", "nonwestern", "single_parent", "education")
NEEDED = ("client", "status", "status_from", "age")
# A history of more than fifty years is a mistake in a date.
LONGEST = 600
Months = NDArray[Any]


@dataclass(frozen=True)
class RowFaults:
    """How many rows or clients have a spell that cannot be right; their histories still count where they are known."""

    backwards: int
    overlapping: int
    conflicting: int
    double: int


@dataclass(frozen=True, eq=False)
class Histories:
    """A row per client: state per month from `first`, (n, months), and what is known of the person, each (n,).

    `flags` holds the aspects that the file has; `known` says where each is filled in. Age -1 and sex -1 are unknown.
    """

    client: NDArray[np.int64]
    gemeente: NDArray[np.int32]
    age: NDArray[np.int16]
    sex: NDArray[np.int8]
    flags: Mapping[str, NDArray[np.bool_]]
    known: Mapping[str, NDArray[np.bool_]]
    states: NDArray[np.uint8]
    first: np.datetime64
    rows: int
    faults: RowFaults

    def __len__(self) -> int:
        return len(self.client)

    def state(self, month: int) -> NDArray[np.uint8]:
        """The state in this month, counted from the first one; unknown outside the histories, shape (n,)."""
        if 0 <= month < self.states.shape[1]:
            return self.states[:, month]
        return np.full(len(self), UNKNOWN, np.uint8)

    def window(self, last: int, months: int) -> NDArray[np.uint8]:
        """The states of these months up to and including the last, shape (n, months)."""
        return np.column_stack([self.state(month) for month in range(last - months + 1, last + 1)])


def histories_of(clienten: pd.DataFrame) -> Histories:
    """The histories in a table of clients; a DataError when the table cannot hold any.

    Rows of one client are one history: a letter that only one of them has is used, and where they contradict each
    other the month is unknown.
    """
    fail_if_columns_are_absent(clienten)
    frame = clienten.sort_values([c for c in ("client", "start") if c in clienten], kind="stable", ignore_index=True)
    codes = frame["client"].to_numpy(np.int64)
    first_rows = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    person = np.cumsum(np.concatenate([[0], codes[1:] != codes[:-1]]))
    states, first = _states(frame)
    merged, conflicting = _merged(states, person, first_rows)
    backwards, overlapping = _spell_faults(frame)
    faults = RowFaults(backwards, overlapping, conflicting, len(frame) - len(first_rows))
    whole = frame.iloc[first_rows]
    flags, known = _flags(whole)
    return Histories(
        client=codes[first_rows],
        gemeente=_whole_numbers(whole, "gemeente", np.int32),
        age=_whole_numbers(whole, "age", np.int16),
        sex=_whole_numbers(whole, "sex", np.int8),
        flags=flags,
        known=known,
        states=merged,
        first=first,
        rows=len(frame),
        faults=faults,
    )


def fail_if_columns_are_absent(clienten: pd.DataFrame) -> None:
    """Refuse a table without rows, or without what a history needs."""
    schema = table_schema("clienten")
    problems = [
        Problem(text("population.column_missing", column=name, label=schema.columns[name].label()), "clienten")
        for name in NEEDED
        if name not in clienten.columns
    ]
    if problems:
        raise DataError(text("reintegration.no_histories"), problems)
    if len(clienten) == 0:
        raise DataError(text("reintegration.no_histories"), [Problem(text("reintegration.no_rows"), "clienten")])


def _states(frame: pd.DataFrame) -> tuple[NDArray[np.uint8], np.datetime64]:
    """The state per row and month, shape (rows, months), and the first month of all."""
    import pandas as pd

    starts = pd.to_datetime(frame["status_from"]).to_numpy().astype("datetime64[M]")
    place, histories = pd.factorize(frame["status"])
    letters = _letters([str(h) for h in histories])
    used = (place >= 0) & ~np.isnat(starts)
    if not used.any():
        raise DataError(text("reintegration.no_histories"), [Problem(text("reintegration.all_empty"), "status")])
    first = starts[used].min()
    shift = np.where(used, (starts - first).astype(np.int64), 0)
    months = int(shift[used].max()) + letters.shape[1]
    if months > LONGEST:
        found = text("reintegration.too_long", months=months, first=str(first), last=str(starts[used].max()))
        raise DataError(text("reintegration.no_histories"), [Problem(found, "status_from")])
    states = np.full((len(frame), months), UNKNOWN, np.uint8)
    for at in np.unique(shift[used]):
        rows = np.flatnonzero(used & (shift == at))
        states[rows, at : at + letters.shape[1]] = letters[place[rows]]
    return states, first


def _letters(histories: list[str]) -> NDArray[np.uint8]:
    """The states of each history, shape (histories, longest), unknown beyond its end; fails on a strange letter."""
    unknown = sorted({letter for history in histories for letter in set(history.casefold())} - set(STATE_OF))
    if unknown:
        problems = [
            Problem(
                text("reintegration.letter", letter=letter),
                text("reintegration.history", history=next(h for h in histories if letter in h.casefold())),
                text("reintegration.letters", letters=" ".join(STATE_OF)),
            )
            for letter in unknown
        ]
        raise DataError(text("reintegration.no_histories"), problems)
    table = np.full(256, UNKNOWN, np.uint8)
    for letter, state in STATE_OF.items():
        table[ord(letter)] = table[ord(letter.upper())] = state
    longest = max(1, *(len(h) for h in histories)) if histories else 1
    raw = np.array([h.encode() for h in histories], dtype=f"S{longest}")
    return np.asarray(table[raw.view(np.uint8).reshape(len(histories), longest)])


def _merged(
    states: NDArray[np.uint8], person: NDArray[np.int64], first_rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], int]:
    """One history per person, and how many persons have rows that contradict each other."""
    merged = states[first_rows]
    contradicted = np.zeros(merged.shape, np.bool_)
    turn = np.arange(len(states)) - first_rows[person]
    for number in range(1, int(turn.max()) + 1):
        rows = np.flatnonzero(turn == number)
        who, more = person[rows], states[rows]
        there = merged[who]
        contradicted[who] |= (more != UNKNOWN) & (there != UNKNOWN) & (more != there)
        merged[who] = np.where(there == UNKNOWN, more, there)
    merged[contradicted] = UNKNOWN
    return merged, int(contradicted.any(axis=1).sum())


def _spell_faults(frame: pd.DataFrame) -> tuple[int, int]:
    """Rows that end before they start, and clients with spells that overlap."""
    import pandas as pd

    if "start" not in frame or "end" not in frame:
        return 0, 0
    start, end = (pd.to_datetime(frame[name]) for name in ("start", "end"))
    backwards = (end < start).to_numpy()
    far = pd.Timestamp.max.normalize()
    client = frame["client"].to_numpy()
    until = end.fillna(far).where(~backwards, start)
    reached = until.groupby(client).cummax().shift()
    again = np.concatenate([[False], client[1:] == client[:-1]])
    overlapping = again & (start < reached).to_numpy() & ~backwards
    return int(backwards.sum()), len(np.unique(client[overlapping]))


def _whole_numbers(frame: pd.DataFrame, name: str, kind: Any) -> NDArray[Any]:
    """The column as whole numbers, -1 where it is empty or absent."""
    if name not in frame:
        return np.full(len(frame), -1, kind)
    return np.asarray(frame[name].fillna(-1).to_numpy().astype(kind))


def _flags(frame: pd.DataFrame) -> tuple[dict[str, NDArray[np.bool_]], dict[str, NDArray[np.bool_]]]:
    """The aspects that the table has, and where they are filled in."""
    present = [name for name in ASPECTS if name in frame]
    known = {name: frame[name].notna().to_numpy() for name in present}
    flags = {name: np.where(known[name], frame[name], False).astype(np.bool_) for name in present}
    return flags, known
