"""The tables of a run as one system: what is left out of one table may not be worked out from the others.

An attacker has all tables beside each other. So have we: numbers that stand in two tables are found by the names of
their rows and columns, and sums, shares and differences from the numbers themselves, declared or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.disclosure.equations import Equation, System
from verdeelmodel.disclosure.profile import Profile
from verdeelmodel.disclosure.suppression import find_relations
from verdeelmodel.table import NotApplicable, Table
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
Place = tuple[str, int, str]
ADDITIVE = ("count", "euro")
LEAST_ALIKE = 3
AREAS = ("GM", "WK", "BU")
WIDTHS = (4, 6, 8)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as an attacker reads it: its figures by column, and the names of its rows."""

    table: Table

    @cached_property
    def figures(self) -> dict[str, Floats]:
        """The columns that add up, with NaN where there is no number."""
        return {c.key: self._numbers(c.key) for c in self.table.columns if c.kind in ADDITIVE}

    @cached_property
    def shares(self) -> dict[str, Floats]:
        """The columns of shares."""
        return {c.key: self._numbers(c.key) for c in self.table.columns if c.kind == "share"}

    def _numbers(self, key: str) -> Floats:
        cells = self.table.values[key]
        return np.array([np.nan if isinstance(c, NotApplicable | str) else float(c) for c in cells], dtype=float)

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The columns that name a row."""
        kinds = ("text", "code")
        return {c.key: [str(v) for v in self.table.values[c.key]] for c in self.table.columns if c.kind in kinds}

    def kind(self, key: str) -> str:
        """What sort of number a column holds."""
        return self.table.column(key).kind

    def same(self, key: str, other: Sheet, theirs: str) -> bool:
        """Whether two columns go by the same name."""
        one, two = self.table.column(key), other.table.column(theirs)
        return one.kind == two.kind and (one.key == two.key or one.label.casefold() == two.label.casefold())


@dataclass(frozen=True)
class Across:
    """The system over all tables: which number stands in each place, and the equations between the numbers."""

    system: System
    number: Mapping[Place, Place]
    kinds: Mapping[Place, str]

    @cached_property
    def places(self) -> dict[Place, list[Place]]:
        """The places of each number."""
        found: dict[Place, list[Place]] = {}
        for place, number in self.number.items():
            found.setdefault(number, []).append(place)
        return found

    def width(self, place: Place, profile: Profile) -> float:
        """How wide the range of a number must stay."""
        rule = profile["protection"]
        if self.kinds[place] == "count":
            return rule.number("width")
        return abs(self.system.values[self.number[place]]) * rule.number("share")


def read_across(tables: Sequence[Table]) -> Across:
    """The system over these tables, from their numbers before anything is left out."""
    sheets = [Sheet(t) for t in tables]
    values = {
        (s.table.key, i, key): float(v)
        for s in sheets
        for key, column in s.figures.items()
        for i, v in enumerate(column)
        if np.isfinite(v)
    }
    kinds = {place: next(s for s in sheets if s.table.key == place[0]).kind(place[2]) for place in values}
    number = _joined(values, (pair for a, b in _pairs(sheets) for pair in _equal_cells(a, b)))
    signed = {number[p] for p in values if values[p] < 0}
    found: dict[Equation, None] = {}
    for equation in _equations(sheets):
        terms: dict[Place, float] = {}
        for place, factor in equation:
            if place in number:
                terms[number[place]] = terms.get(number[place], 0.0) + factor
        kept = tuple(sorted((n, f) for n, f in terms.items() if f))
        if len(equation) > 1 and all(place in number for place, _ in equation) and kept:
            found[Equation(kept)] = None
    distinct = {n: values[n] for n in dict.fromkeys(number.values())}
    return Across(System(distinct, tuple(found), frozenset(signed)), number, kinds)


def _pairs(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Sheet]]:
    for i, one in enumerate(sheets):
        for two in sheets[i + 1 :]:
            yield one, two


def _joined(values: Mapping[Place, float], equal: Iterable[tuple[Place, Place]]) -> dict[Place, Place]:
    """For each place the one that stands for all places with the same number."""
    parent = {place: place for place in values}

    def top(place: Place) -> Place:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, two in equal:
        if one in parent and two in parent:
            parent[max(top(one), top(two))] = min(top(one), top(two))
    return {place: top(place) for place in values}


def matched_rows(one: Sheet, two: Sheet) -> list[tuple[int, int]]:
    """The rows of two tables that are about the same: equal in the names that both have, and only once in each."""
    for keys in ([k for k in one.names if k in two.names], *([k] for k in one.names if k in two.names)):
        if not keys:
            continue
        sides = [list(zip(*(s.names[k] for k in keys), strict=True)) for s in (one, two)]
        if all(len(set(side)) == len(side) for side in sides):
            place = {name: j for j, name in enumerate(sides[1])}
            found = [(i, place[name]) for i, name in enumerate(sides[0]) if name in place]
            if found:
                return found
    return []


def _equal_cells(one: Sheet, two: Sheet) -> Iterator[tuple[Place, Place]]:
    """Cells that hold one number: of the same row and of columns with one name, or that agree wherever they meet."""
    rows = matched_rows(one, two)
    if not rows:
        return
    left, right = (np.array(side) for side in zip(*rows, strict=True))
    for a, first in one.figures.items():
        for b, second in two.figures.items():
            x, y = first[left], second[right]
            known = np.isfinite(x) & np.isfinite(y)
            agree = known & (np.abs(x - y) <= 1e-9 * np.maximum(np.abs(x), 1))
            alike = known.sum() >= LEAST_ALIKE and len(np.unique(x[known])) >= LEAST_ALIKE and (agree == known).all()
            if one.same(a, two, b) or (one.kind(a) == two.kind(b) and alike):
                for i, j in zip(left[agree], right[agree], strict=True):
                    yield (one.table.key, int(i), a), (two.table.key, int(j), b)


Terms = list[tuple[Place, float]]


def _equations(sheets: Sequence[Sheet]) -> Iterator[Terms]:
    for sheet in sheets:
        yield from _sums_within(sheet)
        yield from _differences(sheet)
        yield from _ratios(sheet, sheet, [(i, i) for i in range(len(sheet.table))])
    for one, two in _pairs(sheets):
        for a, b in ((one, two), (two, one)):
            yield from _totals(a, b)
            yield from _ratios(a, b, matched_rows(a, b))


def _sums_within(sheet: Sheet) -> Iterator[Terms]:
    for kind in ADDITIVE:
        keys = [k for k in sheet.figures if sheet.kind(k) == kind]
        if keys and len(sheet.table):
            for relation in find_relations(np.array([sheet.figures[k] for k in keys]).T):
                parts = [((sheet.table.key, i, keys[j]), 1.0) for i, j in relation.parts]
                yield [((sheet.table.key, relation.total[0], keys[relation.total[1]]), -1.0), *parts]


def _differences(sheet: Sheet) -> Iterator[Terms]:
    """A column that is everywhere the sum of two others, wherever they stand: a difference is such a column."""
    keys = list(sheet.figures)
    for i, b in enumerate(keys):
        for c in keys[i + 1 :]:
            added = sheet.figures[b] + sheet.figures[c]
            for a in keys:
                if a not in (b, c) and sheet.kind(a) == sheet.kind(b) == sheet.kind(c):
                    yield from _everywhere(sheet, added, a, (b, c))


def _everywhere(sheet: Sheet, added: Floats, total: str, parts: tuple[str, str]) -> Iterator[Terms]:
    known = np.isfinite(added) & np.isfinite(sheet.figures[total])
    nonzero = known & (sheet.figures[parts[0]] != 0) & (sheet.figures[parts[1]] != 0)
    if nonzero.sum() >= 2 and np.allclose(added[known], sheet.figures[total][known], rtol=1e-9, atol=1e-6):
        for row in np.flatnonzero(known):
            places = [(sheet.table.key, int(row), key) for key in (total, *parts)]
            yield list(zip(places, (-1.0, 1.0, 1.0), strict=True))


def _ratios(one: Sheet, two: Sheet, rows: list[tuple[int, int]]) -> Iterator[Terms]:
    """A share in the second table that is everywhere a count over another count of the first."""
    if len(rows) < 2 or not two.shares:
        return
    left, right = (np.array(side) for side in zip(*rows, strict=True))
    counts = {k: v[left] for k, v in one.figures.items() if one.kind(k) == "count"}
    for share in two.shares.values():
        s = share[right]
        for below, d in counts.items():
            for above, n in counts.items():
                known = np.isfinite(s) & np.isfinite(d) & np.isfinite(n) & (n != 0)
                close = np.abs(s[known] * d[known] - n[known]) <= 1e-6 * np.maximum(np.abs(n[known]), 1)
                if above != below and known.sum() >= 2 and close.all():
                    for i, factor in zip(left[known], s[known], strict=True):
                        yield [((one.table.key, int(i), above), 1.0), ((one.table.key, int(i), below), -float(factor))]


def _totals(parts: Sheet, total: Sheet) -> Iterator[Terms]:
    """A figure of the second table that is the sum of a column of the first: of all its rows, or of those it names."""
    groups = _groups(parts)
    every = np.arange(len(parts.table))
    for a, values in parts.figures.items():
        sums_of = {name: _sum(values, rows) for name, rows in groups.items()} | {None: _sum(values, every)}
        for b, sums in total.figures.items():
            if parts.kind(a) != total.kind(b) or len(every) < 2:
                continue
            found = [
                (row, name)
                for row, told in enumerate(sums)
                if np.isfinite(told) and told
                for name in {None, *(names[row] for names in total.names.values())} & sums_of.keys()
                if abs(sums_of[name] - told) <= 1e-9 * max(abs(told), 1.0)
            ]
            if parts.same(a, total, b) or len({row for row, _ in found}) >= LEAST_ALIKE:
                for row, name in found:
                    rows = every if name is None else groups[name]
                    yield [((total.table.key, row, b), -1.0), *(((parts.table.key, int(i), a), 1.0) for i in rows)]


def _sum(values: Floats, rows: NDArray[np.intp]) -> float:
    return float(values[rows].sum())


def _groups(parts: Sheet) -> dict[str | None, NDArray[np.intp]]:
    """The rows that share a name or lie in one area, by that name: of these another table may have the sum."""
    found: dict[str | None, dict[int, None]] = {}
    for names in parts.names.values():
        for row, name in enumerate(names):
            for area in (name, *_areas_of(name)):
                found.setdefault(area, {})[row] = None
    return {name: np.array(list(rows)) for name, rows in found.items() if 1 < len(rows) < len(parts.table)}


def _areas_of(code: str) -> tuple[str, ...]:
    """The wijk and gemeente in which a buurt lies, and the gemeente of a wijk, by its code."""
    rank = AREAS.index(code[:2]) if code[:2] in AREAS and code[2:].isdigit() else 0
    return tuple(f"{AREAS[i]}{code[2 : 2 + WIDTHS[i]]}" for i in range(rank))


@dataclass(frozen=True)
class Protected:
    """What must be left out of tables because of other tables, and the places that can be worked out all the same."""

    extra: frozenset[Place]
    open: tuple[Place, ...]


def protect_across(
    across: Across,
    unsafe: Iterable[Place],
    hidden: Iterable[Place],
    profile: Profile,
    widen: bool,
    fixed: Iterable[Place] = (),
) -> Protected:
    """Attack every unsafe place that is left out, with all tables beside each other.

    `hidden` are all places that are left out, `fixed` those that somebody decided to print. With `widen` more is left
    out until the attack fails; without, what can be worked out is named.
    """
    gone = set(hidden)
    printed = {n for n, places in across.places.items() if any(p not in gone for p in places)}
    unknown = set(across.system.values) - printed
    kept = frozenset(across.number[p] for p in fixed if p in across.number)
    wanted = {p: across.number[p] for p in unsafe if p in across.number and across.number[p] not in kept}
    widths = {n: across.width(p, profile) for p, n in wanted.items()}
    if widen:
        chosen, narrow = across.system.protect(widths, unknown, kept)
    else:
        chosen = unknown
        narrow = across.system.narrow(widths, unknown)
    extra = {p for n in chosen - unknown for p in across.places[n] if p not in gone}
    return Protected(frozenset(extra), tuple(sorted(p for p, n in wanted.items() if n in narrow)))


def tellers(across: Across, place: Place) -> tuple[str, ...]:
    """The other tables that hold the same number, or a number of an equation with it."""
    number = across.number[place]
    numbers = {number, *(n for e in across.system.of.get(number, ()) for n, _ in across.system.equations[e].terms)}
    return tuple(sorted({p[0] for n in numbers for p in across.places[n]} - {place[0]}))


def without_places(table: Table, places: Iterable[Place]) -> Table:
    """The table without these places, with the reason in them."""
    reason = NotApplicable(text("disclosure.suppressed_too"))
    gone = {(row, key) for name, row, key in places if name == table.key}
    values = {k: [reason if (i, k) in gone else c for i, c in enumerate(v)] for k, v in table.values.items()}
    return replace(table, values=values) if gone else table
