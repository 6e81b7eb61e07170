"""What an attacker can work out from many numbers at once: numbers, linear equations between them, and who is hidden.

Several places can hold one and the same number; it is hidden only when all of them are. The attack is linear
programming over everything that is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Number = tuple[str, int, str]  # table, row, column
TIGHT = 1e-6
FAR = 100.0


@dataclass(frozen=True)
class Equation:
    """The sum of coefficient times number is zero."""

    terms: tuple[tuple[Number, float], ...]


@dataclass(frozen=True)
class System:
    """Numbers with their true value, the equations between them, and those that may be below zero."""

    values: Mapping[Number, float]
    equations: tuple[Equation, ...]
    signed: frozenset[Number] = field(default_factory=frozenset)

    @cached_property
    def of(self) -> dict[Number, list[int]]:
        """The equations that a number is in."""
        found: dict[Number, list[int]] = defaultdict(list)
        for place, equation in enumerate(self.equations):
            for number, _ in equation.terms:
                found[number].append(place)
        return found

    def component(self, number: Number, hidden: Iterable[Number]) -> tuple[list[Number], list[int]]:
        """The hidden numbers that are tied to this one through hidden numbers, and the equations that they are in."""
        unknown = hidden if isinstance(hidden, set | frozenset) else set(hidden)
        seen: dict[Number, None] = {number: None}
        used: dict[int, None] = {}
        waiting = [number]
        while waiting:
            for place in self.of.get(waiting.pop(), ()):
                if place not in used:
                    used[place] = None
                    fresh = [n for n, _ in self.equations[place].terms if n in unknown and n not in seen]
                    seen.update(dict.fromkeys(fresh))
                    waiting += fresh
        return list(seen), list(used)

    def attack(self, number: Number, hidden: set[Number]) -> tuple[float, float]:
        """The lowest and highest value of a number that agrees with everything that is not hidden.

        A range is followed no further than a hundred times the number itself.
        """
        found = Spread(self)
        found.look([number], hidden)
        return found.low[number], found.high[number]

    def narrow(self, widths: Mapping[Number, float], hidden: set[Number]) -> set[Number]:
        """The numbers that can be worked out to within less than their width."""
        return Spread(self).narrow(widths, hidden)

    def protect(
        self, widths: Mapping[Number, float], hidden: set[Number], fixed: frozenset[Number] = frozenset()
    ) -> tuple[set[Number], set[Number]]:
        """Hide more, least first, until none of these numbers is narrow; what is hidden, and what stays narrow.

        Numbers that are `fixed` are printed whatever happens.
        """
        chosen = (set(hidden) | set(widths)) - fixed
        spread = Spread(self)
        while True:
            narrow = spread.narrow(widths, chosen)
            extra = {self._cheapest(number, chosen, widths[number], fixed) for number in sorted(narrow)} - {None}
            if not extra:
                return chosen, narrow
            chosen |= {n for n in extra if n is not None}

    def _cheapest(self, number: Number, hidden: set[Number], width: float, fixed: frozenset[Number]) -> Number | None:
        """A number in an equation with few that are hidden, large enough to hide behind and otherwise the smallest."""
        _, used = self.component(number, hidden)
        options: dict[Number, tuple[int, bool, float, str]] = {}
        for place in used:
            terms = self.equations[place].terms
            count = sum(n in hidden for n, _ in terms)
            for n, _ in terms:
                if n not in hidden and n not in fixed:
                    size = abs(self.values[n])
                    rank = (count, size < width, size, str(n))
                    options[n] = min(options.get(n, rank), rank)
        return min(options, key=lambda n: options[n], default=None)


class Spread:
    """How far numbers can be from what they are, as far as it was looked for.

    Every solution that is found says something of all numbers at once. What is hidden may only grow, since then
    whatever was possible stays possible.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.low = dict(system.values)
        self.high = dict(system.values)

    def narrow(self, widths: Mapping[Number, float], hidden: set[Number]) -> set[Number]:
        """The numbers whose range is less than their width; each is looked at by itself before it is called so."""
        waiting = self._left(widths)
        while waiting:
            number = min(waiting)
            if number in hidden:
                together = self.system.component(number, hidden)
                self._follow([n for n in together[0] if n in waiting], *together)
                waiting -= {n for n in together[0] if n in waiting and self._wide(n, widths[n])}
            waiting.discard(number)
        for number in sorted(self._left(widths)):
            self.look([number], hidden)
        return self._left(widths)

    def _left(self, widths: Mapping[Number, float]) -> set[Number]:
        return {n for n, width in widths.items() if not self._wide(n, width)}

    def _wide(self, number: Number, width: float) -> bool:
        return self.high[number] - self.low[number] >= width - TIGHT

    def look(self, numbers: Iterable[Number], hidden: set[Number]) -> None:
        """Follow these numbers together, down and up."""
        wanted = [n for n in numbers if n in hidden]
        if wanted:
            self._follow(wanted, *self.system.component(wanted[0], hidden))

    def _follow(self, wanted: Sequence[Number], unknown: Sequence[Number], used: Sequence[int]) -> None:
        if not used:
            for n in wanted:
                self.low[n], self.high[n] = self._bounds(n)
            return
        at = {n: i for i, n in enumerate(unknown)}
        matrix, right = _matrix(self.system, at, used)
        bounds = [self._bounds(n) for n in unknown]
        for sign in (1.0, -1.0):
            aim = np.zeros(len(unknown))
            aim[[at[n] for n in wanted]] = sign
            solution = _solution(aim, matrix, right, bounds)
            for n, value in zip(unknown, solution if solution is not None else (), strict=solution is not None):
                self.low[n], self.high[n] = min(self.low[n], float(value)), max(self.high[n], float(value))

    def _bounds(self, number: Number) -> tuple[float, float]:
        value = self.system.values[number]
        far = FAR * max(abs(value), FAR)
        return (value - far if number in self.system.signed else 0.0), value + far


def _matrix(system: System, at: Mapping[Number, int], used: Sequence[int]) -> tuple[csr_matrix, NDArray[np.float64]]:
    """These equations in the hidden numbers: (r, h) coefficients, and (r,) what is printed."""
    from scipy.sparse import csr_matrix

    cells: list[tuple[int, int, float]] = []
    right = np.zeros(len(used))
    for line, place in enumerate(used):
        for n, factor in system.equations[place].terms:
            if n in at:
                cells.append((line, at[n], factor))
            else:
                right[line] -= factor * system.values[n]
    lines, columns, factors = zip(*cells, strict=True)
    return csr_matrix((factors, (lines, columns)), shape=(len(used), len(at))), right


def _solution(
    aim: NDArray[np.float64], matrix: csr_matrix, right: NDArray[np.float64], bounds: list[tuple[float, float]]
) -> NDArray[np.float64] | None:
    """The solution with the least value of `aim`; None when rounding in what is printed leaves none."""
    from scipy.optimize import linprog

    solved: Any = linprog(aim, A_eq=cast(Any, matrix), b_eq=right, bounds=bounds, method="highs")
    return np.asarray(solved.x) if solved.status == 0 else None
