"""Packing coded columns into bytes: several columns share one byte as digits of a mixed-radix number.

Eight bytes make a word. A household is one word per eight bytes, whatever the number of columns, so that a
pass over the country reads some 8 to 24 bytes per household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from verdeelmodel.model.columns import CodedColumn

#: Largest number of values of a part of a byte; pairs are counted as byte × part, in tables that fit the cache.
PART_SIZE = 32
#: Above this size of a table of pairs (in numbers) pairs are counted as part × part.
LARGEST_PAIR_TABLE = 1_500_000
PLANNING_ATTEMPTS = 200

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Digits:
    """A group of columns as digits of one number: `multipliers[i]` is the place value of `columns[i]`."""

    columns: tuple[int, ...]
    multipliers: tuple[int, ...]
    size: int


@dataclass(frozen=True, eq=False)
class PairLayout:
    """How sums over pairs of dummies are tabulated.

    Row code t of a household stands at row `row_lookup[t, byte row_byte[t]]` of the table, column code s at column
    `column_lookup[s, byte column_byte[s]]`; row code t is paired with column codes `first_column[t]` and later,
    which belong to other bytes (or parts). `row_members` and `column_members` say which dummies a row or column holds.
    """

    row_lookup: Positions
    row_byte: npt.NDArray[np.int64]
    column_lookup: Positions
    column_byte: npt.NDArray[np.int64]
    first_column: npt.NDArray[np.int64]
    row_members: sparse.csr_array
    column_members: sparse.csr_array

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the table of pairs."""
        return int(self.row_members.shape[1]), int(self.column_members.shape[1])


@dataclass(frozen=True, eq=False)
class Packing:
    """The plan for one set of coded columns; dummies are numbered by column and level, references left out."""

    levels: tuple[int, ...]
    references: tuple[int, ...]
    bytes_: tuple[Digits, ...]

    @property
    def words(self) -> int:
        """Words of eight bytes per household; at least one."""
        return max(1, -(-len(self.bytes_) // 8))

    @cached_property
    def first_dummy(self) -> npt.NDArray[np.int64]:
        """Number of the first dummy of each column; the last entry is the number of dummies."""
        return np.concatenate([[0], np.cumsum(np.array(self.levels, dtype=np.int64) - 1)]).astype(np.int64)

    @property
    def dummies(self) -> int:
        """Number of dummies of all columns together."""
        return int(self.first_dummy[-1])

    @cached_property
    def byte_members(self) -> sparse.csr_array:
        """(dummies, 8 · words · 256): 1 where a byte with that value means that the dummy is 1."""
        width = 8 * self.words * 256
        return self._members([(digits, 256 * b) for b, digits in enumerate(self.bytes_)], width)

    @cached_property
    def pairs(self) -> PairLayout:
        """The layout for sums over pairs of dummies."""
        return _pair_layout(self)

    def _members(self, groups: Sequence[tuple[Digits, int]], width: int) -> sparse.csr_array:
        rows: list[npt.NDArray[np.int64]] = []
        columns: list[npt.NDArray[np.int64]] = []
        for digits, start in groups:
            values = np.arange(digits.size)
            for column, multiplier in zip(digits.columns, digits.multipliers, strict=True):
                dummy = self.dummy_of_level(column)[(values // multiplier) % self.levels[column]]
                rows.append(dummy[dummy >= 0])
                columns.append(start + values[dummy >= 0])
        row, column_ = (np.concatenate([np.zeros(0, np.int64), *part]) for part in (rows, columns))
        return sparse.csr_array((np.ones(len(row)), (row, column_)), shape=(self.dummies, width))

    def dummy_of_level(self, column: int) -> npt.NDArray[np.int64]:
        """Dummy number for each level of a column; -1 for the reference."""
        count, reference = self.levels[column], self.references[column]
        numbers = np.arange(count) - (np.arange(count) > reference) + self.first_dummy[column]
        numbers[reference] = -1
        return np.asarray(numbers, dtype=np.int64)

    def encode(self, codes: Sequence[Bytes], out: npt.NDArray[np.uint64]) -> None:
        """Write the words of some households: `codes[column]` holds level positions, `out` is (words, households)."""
        count = out.shape[1]
        out[:] = 0
        for position, digits in enumerate(self.bytes_):
            value = np.zeros(count, dtype=np.uint8)
            for column, multiplier in zip(digits.columns, digits.multipliers, strict=True):
                value += codes[column] if multiplier == 1 else codes[column] * np.uint8(multiplier)
            word, place = divmod(position, 8)
            out[word].view(np.uint8).reshape(count, 8)[:, place] = value

    def decode(self, words: npt.NDArray[np.uint64], column: int) -> Bytes:
        """Level positions of a column, from words of shape (words, households)."""
        for position, digits in enumerate(self.bytes_):
            if column in digits.columns:
                multiplier = digits.multipliers[digits.columns.index(column)]
                return (byte_of(words, position) // np.uint8(multiplier)) % np.uint8(self.levels[column])
        raise KeyError(column)


def byte_of(words: npt.NDArray[np.uint64], position: int) -> Bytes:
    """One byte of every household."""
    word, place = divmod(position, 8)
    return np.ascontiguousarray((words[word] >> np.uint64(8 * place)).astype(np.uint8))


def plan_packing(columns: Sequence[CodedColumn]) -> Packing:
    """The packing with the fewest bytes that a seeded search finds; the same columns give the same packing."""
    levels = tuple(len(column.levels) for column in columns)
    groups = _plan_bytes(levels)
    return Packing(
        levels=levels,
        references=tuple(column.reference_position for column in columns),
        bytes_=tuple(_digits(sorted(group), levels) for group in groups),
    )


def _digits(columns: Sequence[int], levels: Sequence[int]) -> Digits:
    sizes = np.cumprod([1, *(levels[column] for column in columns)])
    return Digits(tuple(columns), tuple(int(size) for size in sizes[:-1]), int(sizes[-1]))


def _plan_bytes(levels: Sequence[int]) -> list[list[int]]:
    generator = np.random.default_rng(0)
    fewest = int(np.ceil(np.log(np.array(levels, dtype=float)).sum() / np.log(256) - 1e-9))
    best: list[list[int]] | None = None
    classes = sorted(set(levels), reverse=True)
    for attempt in range(PLANNING_ATTEMPTS):
        if attempt:
            generator.shuffle(classes)
        rank = {size: (len(classes) if size == 2 else place) for place, size in enumerate(classes)}
        groups = _best_fit(sorted(range(len(levels)), key=lambda column: rank[levels[column]]), levels, 256)
        if best is None or len(groups) < len(best):
            best = groups
        if len(best) <= fewest:
            break
    return best or []


def _best_fit(order: Sequence[int], levels: Sequence[int], largest: int) -> list[list[int]]:
    groups: list[list[int]] = []
    sizes: list[int] = []
    for column in order:
        fitting = [group for group, size in enumerate(sizes) if size * levels[column] <= largest]
        if not fitting:
            groups.append([column])
            sizes.append(levels[column])
            continue
        fullest = max(fitting, key=lambda group: sizes[group])
        groups[fullest].append(column)
        sizes[fullest] *= levels[column]
    return groups


def _pair_layout(packing: Packing) -> PairLayout:
    parts: list[tuple[int, Digits]] = []
    for position, digits in enumerate(packing.bytes_):
        largest_first = sorted(digits.columns, key=lambda column: -packing.levels[column])
        for group in _best_fit(largest_first, packing.levels, PART_SIZE):
            parts.append((position, _digits(group, packing.levels)))
    starts = np.concatenate([[0], np.cumsum([digits.size for _, digits in parts])]).astype(np.int64)
    lookup = _part_lookup(packing, parts, starts)
    owner = np.array([position for position, _ in parts], dtype=np.int64)
    columns = packing._members(
        [(digits, int(start)) for (_, digits), start in zip(parts, starts, strict=False)], int(starts[-1])
    )
    count = len(packing.bytes_)
    if 256 * count * starts[-1] <= LARGEST_PAIR_TABLE:
        rows = (256 * np.arange(count)[:, None] + np.arange(256)).astype(np.uint16)
        members = packing._members([(digits, 256 * b) for b, digits in enumerate(packing.bytes_)], 256 * count)
        first = np.searchsorted(owner, np.arange(count), side="right").astype(np.int64)
        return PairLayout(rows, np.arange(count, dtype=np.int64), lookup, owner, first, members, columns)
    return PairLayout(lookup, owner, lookup, owner, np.arange(1, len(parts) + 1, dtype=np.int64), columns, columns)


def _part_lookup(packing: Packing, parts: Sequence[tuple[int, Digits]], starts: npt.NDArray[np.int64]) -> Positions:
    lookup = np.zeros((len(parts), 256), dtype=np.uint16)
    for row, (position, digits) in enumerate(parts):
        whole = packing.bytes_[position]
        place = dict(zip(whole.columns, whole.multipliers, strict=True))
        value = np.arange(256)
        total = np.full(256, starts[row], dtype=np.int64)
        for column, multiplier in zip(digits.columns, digits.multipliers, strict=True):
            total += multiplier * ((value // place[column]) % packing.levels[column])
        lookup[row] = total
    return lookup
