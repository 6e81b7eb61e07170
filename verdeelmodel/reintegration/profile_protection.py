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
    range as wide as the rules want. A number whose own sums leave no such range (a gemeente with fewer persons than
    that width) takes everything that could tell more with it.
    """
    width = cells.rules["protection"].number("width")
    choice = _Choice(cells, width)
    choice.close()
    while True:
        ranges = choice.attack(cells.unsafe)
        narrow = sorted(place for place, (low, high) in ranges.items() if high - low < width - TIGHT)
        widened = [choice.widen(place) for place in narrow]
        if not any(widened):
            break
        choice.close()
    secondary = frozenset(choice.hidden - cells.unsafe)
    return Published(frozenset(cells.values), frozenset(cells.unsafe), secondary, ranges)


class _Choice:
    """The numbers that are left out while the choice grows."""

    def __init__(self, cells: Cells, width: float) -> None:
        self.values, self.width = cells.values, width
        self.relations = tuple(cells.relations)
        self.hidden: set[Place] = set(cells.unsafe)
        self.attacked: dict[frozenset[Place], dict[Place, tuple[float, float]]] = {}
        self.of: dict[Place, list[Sum]] = defaultdict(list)
        for relation in self.relations:
            for place in (relation[0], *relation[1]):
                self.of[place].append(relation)

    def close(self) -> None:
        """Leave out more until no sum holds a single number that is left out, or too little of it."""
        waiting = [relation for place in sorted(self.hidden) for relation in self.of[place]]
        while waiting:
            relation = waiting.pop()
            chosen = self._needed(relation)
            if chosen is not None:
                self.hidden.add(chosen)
                waiting += [relation, *self.of[chosen]]

    def _needed(self, relation: Sum) -> Place | None:
        """The number that must be left out of a sum as well; None when the sum gives nothing away."""
        total, parts = relation
        left_out = [place for place in (total, *parts) if place in self.hidden]
        if not left_out:
            return None
        room = sum(self.values[place] for place in left_out)
        if len(left_out) > 1 and (total in self.hidden or room >= self.width):
            return None
        return self._cheapest((total, *parts), self.width - room)

    def widen(self, place: Place) -> bool:
        """Leave out one more number of a sum that this one is in; False when there is none left."""
        others = [other for total, parts in self.of[place] for other in (total, *parts)]
        chosen = self._cheapest(others, self.width)
        if chosen is None:
            linked = {c for r in self._linked(place) for c in (r[0], *r[1])}
            chosen = self._cheapest(linked, self.width)
        if chosen is not None:
            self.hidden.add(chosen)
        return chosen is not None

    def _linked(self, place: Place) -> list[Sum]:
        """Every sum that is tied to this number through numbers that are left out."""
        seen, waiting = {place}, [place]
        while waiting:
            for total, parts in self.of[waiting.pop()]:
                new = [p for p in (total, *parts) if p in self.hidden and p not in seen]
                seen.update(new)
                waiting += new
        return [relation for p in sorted(seen) for relation in self.of[p]]

    def _cheapest(self, places: Iterable[Place], needed: float) -> Place | None:
        """The number a reader misses least, rather one that is large enough, and of those the smallest."""
        shown = [place for place in dict.fromkeys(places) if place not in self.hidden]
        return min(
            shown,
            key=lambda p: (*worth(p), self.values[p] < max(needed, 1), abs(self.values[p]), p),
            default=None,
        )

    def attack(self, places: Iterable[Place]) -> dict[Place, tuple[float, float]]:
        """The lowest and highest value of each of these numbers that agrees with everything that is shown."""
        ranges: dict[Place, tuple[float, float]] = {}
        for together in self._components():
            wanted = sorted(together & set(places))
            if wanted and frozenset(together) not in self.attacked:
                self.attacked[frozenset(together)] = self._attack_component(wanted, together)
            ranges |= self.attacked.get(frozenset(together), {})
        return ranges

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

    def _attack_component(self, wanted: list[Place], together: set[Place]) -> dict[Place, tuple[float, float]]:
        relations = list(dict.fromkeys(relation for place in sorted(together) for relation in self.of[place]))
        hidden = sorted(together)
        truth = np.array([float(self.values[place]) for place in hidden])
        matrix, right = _equations(relations, hidden, self.values)
        found = spread(matrix, right, truth, [hidden.index(place) for place in wanted], self.width)
        return dict(zip(wanted, found, strict=True))


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


def spread(
    matrix: csr_matrix, right: NDArray[np.float64], truth: NDArray[np.float64], wanted: list[int], width: float
) -> list[tuple[float, float]]:
    """How far each wanted number can be from what it is, in agreement with `matrix @ x = right` and x >= 0.

    Every solution found says something of all numbers at once, so a range is followed no further than it is needed:
    where it is at least as wide as `width` it may be wider still; where it is narrower it is exact.
    """
    low, high = truth.copy(), truth.copy()
    for cell in wanted:
        for sign in (-1.0, 1.0):
            if high[cell] - low[cell] >= width:
                break
            solution = _furthest(matrix, right, cell, sign)
            if solution is None:
                low[cell], high[cell] = 0.0, np.inf
            else:
                low, high = np.minimum(low, solution), np.maximum(high, solution)
    return [(float(low[cell]), float(high[cell])) for cell in wanted]


def _furthest(matrix: csr_matrix, right: NDArray[np.float64], cell: int, sign: float) -> NDArray[np.float64] | None:
    """The solution with the lowest (1) or highest (-1) value of a number; None when there is no bound."""
    from scipy.optimize import linprog

    aim = np.zeros(matrix.shape[1])
    aim[cell] = sign
    solved: Any = linprog(aim, A_eq=cast(Any, matrix), b_eq=right, bounds=(0, None), method="highs")
    return np.asarray(solved.x) if solved.status == 0 else None


def worth(place: Place) -> tuple[int, int]:
    """How much a reader misses this number: by the kind of area and by the group."""
    row, column = place
    kind = row.split(":")[0]
    level = kind if kind in ROWS else "wijk" if row.startswith("WK") or not row else "gemeente"
    level = level if level != "gemeente" or row.startswith("GM") else "region"
    group = column.split(":")[1] if ":" in column else column
    return ROWS[level], COLUMNS[group]
