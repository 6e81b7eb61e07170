"""Leaving out: which numbers of a profile are shown, so that none that is left out can be worked out.

As in the disclosure room, the attack is linear programming over everything that is shown. Which further numbers are
left out is chosen here, because in a profile not every number is worth the same: the shares of a gemeente are wanted
before those of its wijken, and recipients before the others. Leaving out by size alone dropped the gemeente first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.profile_cells import Cells, Place, with_aspect, without_aspect
from verdeelmodel.reintegration.profile_figures import ALL, AWAY, OTHERS, POTENTIAL, RECIPIENTS, Area

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Sum = tuple[Place, tuple[Place, ...]]
TIGHT = 1e-6
# What a reader misses most comes last: the kind of row first, then the group.
ROWS = {"combination": 0, "number": 1, "wijk": 2, "gemeente": 3, "region": 4}
COLUMNS = {OTHERS: 0, AWAY: 1, ALL: 2, RECIPIENTS: 3, POTENTIAL: 4}


@dataclass(frozen=True)
class Published:
    """Which numbers are shown; `primary` is unsafe by itself, `secondary` left out to protect those.

    `ranges` holds what an attacker can work out of every primary number: a lowest and highest value that are possible.
    """

    known: frozenset[Place]
    primary: frozenset[Place]
    secondary: frozenset[Place]
    ranges: dict[Place, tuple[float, float]]

    @cached_property
    def hidden(self) -> frozenset[Place]:
        """Everything that is left out."""
        return self.primary | self.secondary

    def shows(self, row: str, column: str) -> bool:
        """Whether this number is shown."""
        return (row, column) in self.known and (row, column) not in self.hidden

    def shows_share(self, area: Area, group: str, aspect: int) -> bool:
        """Whether the share of an aspect in a group is shown: the group, those with and those without it."""
        columns = (group, with_aspect(group, aspect), without_aspect(group, aspect))
        return all(self.shows(area.code, column) for column in columns)

    def __str__(self) -> str:
        return f"{len(self.primary)} primary, {len(self.secondary)} secondary of {len(self.known)}"


def protect(cells: Cells) -> Published:
    """What may be shown of these numbers.

    Unsafe numbers are left out, and others with them until an attack on all that is shown leaves every unsafe number a
    range as wide as the rules want. Where that cannot be (a gemeente with fewer persons than that width) everything
    that keeps the range narrow is left out.
    """
    width = cells.rules["protection"].number("width")
    choice = _Choice(cells, width)
    new = set(cells.unsafe)
    ranges: dict[Place, tuple[float, float]] = {}
    while new:
        choice.close(new)
        ranges = choice.attack(cells.unsafe)
        new = choice.widen(sorted(place for place, (low, high) in ranges.items() if high - low < width - TIGHT))
    secondary = frozenset(choice.hidden - cells.unsafe)
    return Published(frozenset(cells.values), frozenset(cells.unsafe), secondary, ranges)


class _Choice:
    """The numbers that are left out while the choice grows."""

    def __init__(self, cells: Cells, width: float) -> None:
        self.values, self.width = cells.values, width
        self.relations = tuple(cells.relations)
        self.hidden: set[Place] = set(cells.unsafe)
        # What an attacker can think possible only grows with what is left out, so it is kept from round to round.
        self.ranges: dict[Place, tuple[float, float]] = {}
        # Of every number that was found to be narrow: the numbers shown that keep it so.
        self.keepers: dict[Place, set[Place]] = {}
        self.of: dict[Place, list[Sum]] = defaultdict(list)
        for relation in self.relations:
            for place in (relation[0], *relation[1]):
                self.of[place].append(relation)

    def close(self, new: Iterable[Place]) -> None:
        """Leave out more until no sum holds a single number that is left out, or too little of it, after these new."""
        waiting = [relation for place in sorted(new) for relation in self.of[place]]
        while waiting:
            relation = waiting.pop()
            chosen = self._needed(relation)
            if chosen is not None:
                self.hidden.add(chosen)
                waiting += [relation, *self.of[chosen]]

    def _needed(self, relation: Sum) -> Place | None:
        """The number that must be left out of a sum as well; None when the sum gives nothing away."""
        total, parts = relation
        if total in self.hidden and any(place in self.hidden for place in parts):
            return None
        left_out = [place for place in (total, *parts) if place in self.hidden]
        room = sum(self.values[place] for place in left_out)
        if not left_out or (len(left_out) > 1 and room >= self.width):
            return None
        return self._cheapest((total, *parts), self.width - room)

    def widen(self, narrow: Iterable[Place]) -> set[Place]:
        """Leave out a number that keeps each of these narrow; the numbers chosen, none when all of it is left out.

        What is left out for one may be enough for others, so those wait for the next attack.
        """
        new: set[Place] = set()
        for place in narrow:
            chosen = self._cheapest(self.keepers[place], self.width) if new.isdisjoint(self.keepers[place]) else None
            if chosen is not None:
                new.add(chosen)
                self.hidden.add(chosen)
        return new

    def _linked(self, place: Place) -> list[Sum]:
        """Every sum that is tied to this number through numbers that are left out."""
        seen, waiting = {place}, [place]
        found: dict[Sum, None] = {}
        while waiting:
            for relation in self.of[waiting.pop()]:
                if relation not in found:
                    found[relation] = None
                    new = [p for p in (relation[0], *relation[1]) if p in self.hidden and p not in seen]
                    seen.update(new)
                    waiting += new
        return list(found)

    def _cheapest(self, places: Iterable[Place], needed: float) -> Place | None:
        """The number a reader misses least, rather one that is large enough, and of those the smallest."""
        shown = [place for place in dict.fromkeys(places) if place not in self.hidden]
        return min(
            shown,
            key=lambda p: (*worth(p), self.values[p] < max(needed, 1), abs(self.values[p]), p),
            default=None,
        )

    def attack(self, places: Iterable[Place]) -> dict[Place, tuple[float, float]]:
        """The lowest and highest value of each of these numbers that agrees with everything that is shown.

        A number found to be narrow stays so for as long as all that keeps it narrow is shown.
        """
        asked = set(places)
        known = {place for place in asked & self.ranges.keys() if self._wide(place) or self._kept(place)}
        for together in self._components():
            wanted = sorted(together & (asked - known))
            if wanted:
                self._attack_component(wanted, together)
        return {place: self.ranges[place] for place in sorted(asked)}

    def _wide(self, place: Place) -> bool:
        low, high = self.ranges[place]
        return high - low >= self.width

    def _kept(self, place: Place) -> bool:
        return place in self.keepers and self.hidden.isdisjoint(self.keepers[place])

    def _components(self) -> list[set[Place]]:
        """The numbers that are left out, in sets that no sum ties together."""
        found: list[set[Place]] = []
        left = set(self.hidden)
        while left:
            place = next(iter(left))
            together = {place} | {p for r in self._linked(place) for p in (r[0], *r[1]) if p in self.hidden}
            found.append(together)
            left -= together
        return found

    def _attack_component(self, wanted: list[Place], together: set[Place]) -> None:
        relations = list(dict.fromkeys(relation for place in sorted(together) for relation in self.of[place]))
        hidden = sorted(together)
        values = [float(self.values[place]) for place in hidden]
        known = [self.ranges.get(place, (value, value)) for place, value in zip(hidden, values, strict=True)]
        system = System(*_equations(relations, hidden, self.values), np.array(values))
        asked = [hidden.index(place) for place in wanted]
        found, binding = spread(system, np.array(known).T, asked, self.width)
        self.ranges |= {place: (low, high) for place, low, high in zip(hidden, *found.tolist(), strict=True)}
        for cell, lines in binding.items():
            self.keepers[hidden[cell]] = _numbers_of(relations[line] for line in lines) - self.hidden


def _numbers_of(relations: Iterable[Sum]) -> set[Place]:
    return {number for total, parts in relations for number in (total, *parts)}


def _equations(
    relations: list[Sum], hidden: list[Place], values: Mapping[Place, int]
) -> tuple[csr_matrix, NDArray[np.float64]]:
    """The sums as equations in the numbers that are left out: (r, h) coefficients and (r,) what is shown."""
    from scipy.sparse import csr_matrix

    at = {place: i for i, place in enumerate(hidden)}
    lines, columns, signs = [], [], []
    right = np.zeros(len(relations))
    for line, (total, parts) in enumerate(relations):
        for place, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if place in at:
                lines.append(line)
                columns.append(at[place])
                signs.append(sign)
            else:
                right[line] -= sign * values[place]
    return csr_matrix((signs, (lines, columns)), shape=(len(relations), len(hidden))), right


@dataclass(frozen=True)
class System:
    """What an attacker knows: `matrix @ x = right` and x >= 0, of which `truth` is one solution."""

    matrix: csr_matrix
    right: NDArray[np.float64]
    truth: NDArray[np.float64]


def spread(
    system: System, known: NDArray[np.float64], wanted: list[int], width: float
) -> tuple[NDArray[np.float64], dict[int, list[int]]]:
    """How far numbers can be from what they are, (2, h) lowest and highest, from ranges `known` to be possible.

    Every solution found says something of all numbers at once, so a range is followed no further than it is needed:
    where it is at least as wide as `width` it may be wider still; where a wanted one is narrower it is exact, and the
    lines of the equations that keep it narrow come with it.
    """
    low, high = _spread_together(system, known, wanted, width)
    binding: dict[int, list[int]] = {}
    for cell in wanted:
        lines: set[int] = set()
        for sign in (-1.0, 1.0):
            # Nothing lies below zero, so what can be zero already needs no programme of its own.
            if high[cell] - low[cell] >= width or (sign > 0 and low[cell] <= TIGHT):
                break
            solution, held = _furthest(system, {cell: sign}, (0, None))
            lines.update(held)
            if solution is None:
                low[cell], high[cell] = 0.0, np.inf
            else:
                low, high = np.minimum(low, solution), np.maximum(high, solution)
        if high[cell] - low[cell] < width:
            binding[cell] = sorted(lines)
    return np.array([low, high]), binding


def _spread_together(
    system: System, known: NDArray[np.float64], wanted: list[int], width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ranges after moving all that are still narrow at once, up and down, for as long as that widens some.

    Nothing is moved further than the width, so that every aim has an end; what is found is possible without that too.
    """
    low, high = known
    bounds = np.column_stack([np.maximum(system.truth - width, 0), system.truth + width])
    chance = np.random.default_rng(len(system.truth))
    narrow, before = [c for c in wanted if high[c] - low[c] < width], len(wanted) + 1
    while 1 < len(narrow) < before:
        signs = chance.choice([-1.0, 1.0], len(narrow))
        for direction in (1.0, -1.0):
            solution, _ = _furthest(system, dict(zip(narrow, direction * signs, strict=True)), bounds)
            if solution is not None:
                low, high = np.minimum(low, solution), np.maximum(high, solution)
        before, narrow = len(narrow), [c for c in narrow if high[c] - low[c] < width]
    return low, high


def _furthest(
    system: System, aim: Mapping[int, float], bounds: Any
) -> tuple[NDArray[np.float64] | None, NDArray[np.intp]]:
    """The solution within the bounds with the lowest sum of the numbers times their aim; None when it has no end.

    With it the lines of the equations that hold that sum back.
    """
    from scipy.optimize import linprog

    costs = np.zeros(len(system.truth))
    costs[list(aim)] = list(aim.values())
    matrix = cast(Any, system.matrix)
    options: Any = {"presolve": False}
    solved: Any = linprog(costs, A_eq=matrix, b_eq=system.right, bounds=bounds, method="highs", options=options)
    if solved.status != 0:
        return None, np.array([], np.intp)
    return np.asarray(solved.x), np.flatnonzero(np.abs(solved.eqlin.marginals) > TIGHT)


def worth(place: Place) -> tuple[int, int, bool]:
    """How much a reader misses this number: by the kind of area, the group, and whether it is the whole group."""
    row, column = place
    kind = row.split(":")[0]
    level = kind if kind in ROWS else "wijk" if row.startswith("WK") or not row else "gemeente"
    level = level if level != "gemeente" or row.startswith("GM") else "region"
    group = column.split(":")[1] if ":" in column else column
    return ROWS[level], COLUMNS[group], ":" not in column
