"""What an attacker can work out from many numbers at once: numbers, linear equations between them, and who is hidden.

Several places can hold one and the same number; it is hidden only when all of them are. The attack is linear
programming over everything that is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np

Number = tuple[str, int, str]  # table, row, column
TIGHT = 1e-6
MOST_WIDENINGS = 10_000


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
        """The lowest and highest value of a number that agrees with everything that is not hidden."""
        if number not in hidden:
            return self.values[number], self.values[number]
        unknown, used = self.component(number, hidden)
        if not used:
            return (-np.inf if number in self.signed else 0.0), np.inf
        return self._range(number, unknown, used)

    def _range(self, number: Number, unknown: list[Number], used: list[int]) -> tuple[float, float]:
        from scipy.optimize import linprog
        from scipy.sparse import csr_matrix

        at = {n: i for i, n in enumerate(unknown)}
        cells: list[tuple[int, int, float]] = []
        right = np.zeros(len(used))
        for line, place in enumerate(used):
            for n, factor in self.equations[place].terms:
                if n in at:
                    cells.append((line, at[n], factor))
                else:
                    right[line] -= factor * self.values[n]
        lines, columns, factors = zip(*cells, strict=True)
        matrix = csr_matrix((factors, (lines, columns)), shape=(len(used), len(unknown)))
        bounds = [(None if n in self.signed else 0, None) for n in unknown]
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(unknown))
            aim[at[number]] = sign
            solved: Any = linprog(aim, A_eq=cast(Any, matrix), b_eq=right, bounds=bounds, method="highs")
            open_end = -np.inf if sign > 0 else np.inf
            # Rounding in what is printed can leave no exact solution; then the number is as good as known.
            known = self.values[number] if solved.status == 2 else open_end
            ends.append(sign * float(solved.fun) if solved.status == 0 else known)
        return min(ends), max(ends)

    def narrow(self, number: Number, hidden: set[Number], width: float) -> bool:
        """Whether a number can be worked out to within less than this width."""
        low, high = self.attack(number, hidden)
        return high - low < width - TIGHT

    def protect(
        self, widths: Mapping[Number, float], hidden: set[Number], fixed: frozenset[Number] = frozenset()
    ) -> tuple[set[Number], set[Number]]:
        """Hide more, least first, until none of these numbers is narrow; what is hidden, and what stays narrow.

        Numbers that are `fixed` are printed whatever happens.
        """
        chosen, still = (set(hidden) | set(widths)) - fixed, set()
        for number, width in widths.items():
            for _ in range(MOST_WIDENINGS):
                if not self.narrow(number, chosen, width):
                    break
                extra = self._cheapest(number, chosen, width, fixed)
                if extra is None:
                    still.add(number)
                    break
                chosen.add(extra)
        return chosen, {n for n in still if self.narrow(n, chosen, widths[n])}

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
