"""Suppression that holds: no suppressed cell can be worked out from what is still printed.

A grid of numbers (rows, columns) in which some lines add up: a total column, a total row, or a column that is the sum
of others. Leaving out the unsafe cells alone is not enough, since totals give them back; so further cells are left out
until the range an attacker can compute for every unsafe cell is wide enough. The attack is linear programming over
everything that is printed, and is run on the final result as proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Cell = tuple[int, int]
TIGHT = 1e-6


@dataclass(frozen=True)
class Relation:
    """The cell `total` is the sum of the cells `parts`."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the relation."""
        return (self.total, *self.parts)


@dataclass(frozen=True)
class Suppression:
    """Which cells are left out: `primary` because they are unsafe, `secondary` to protect those.

    `ranges` holds, for every primary cell, what an attacker can work out: the lowest and highest possible value.
    `unprotected` names primary cells for which no protection exists short of dropping the totals.
    """

    primary: Mask
    secondary: Mask
    ranges: dict[Cell, tuple[float, float]]
    unprotected: tuple[Cell, ...]

    @property
    def mask(self) -> Mask:
        """Every cell that is left out."""
        return np.asarray(self.primary | self.secondary)

    def __str__(self) -> str:
        return f"{int(self.primary.sum())} primary, {int(self.secondary.sum())} secondary"


def find_relations(values: Floats) -> tuple[Relation, ...]:
    """The sums that hold in a grid (r, c), declared or not, because an attacker finds them as well.

    Looked for: a row that is the sum of all other rows, a column that is the sum of all other columns, and a column
    that is the sum of a run of at least two columns just before or after it. NaN marks cells without a number.
    """
    rows = [
        Relation((t, j), tuple((i, j) for i in parts)) for t, parts in _sums(values) for j in range(values.shape[1])
    ]
    columns = [
        Relation((i, t), tuple((i, j) for j in parts)) for t, parts in _sums(values.T) for i in range(values.shape[0])
    ]
    return tuple(r for r in rows + columns if all(np.isfinite(values[c]) for c in r.cells))


def _sums(lines: Floats) -> list[tuple[int, tuple[int, ...]]]:
    """Which line is the sum of which other lines, everywhere where all of them have a number."""
    n = len(lines)
    running = np.concatenate([np.zeros((1, lines.shape[1])), np.nan_to_num(lines).cumsum(axis=0)])
    absent = np.concatenate([np.zeros((1, lines.shape[1])), np.isnan(lines).cumsum(axis=0)])
    size = np.abs(np.nan_to_num(lines)).sum(axis=0)
    found: dict[tuple[int, tuple[int, ...]], None] = {}
    for total in range(n):
        # Every run at once from sums that run on; what seems to add up is then added up exactly.
        before = [(a, total) for a in range(total - 1)]
        after = [(total + 1, b + 1) for b in range(total + 2, n)]
        starts, ends = np.array([*before, *after], dtype=np.intp).reshape(-1, 2).T
        known = np.isfinite(lines[total]) & (absent[ends] == absent[starts])
        gap = np.abs(running[ends] - running[starts] - np.nan_to_num(lines[total]))
        close = (known <= (gap <= 1e-6 * np.maximum(size, 1.0))).all(axis=1) & known.any(axis=1)
        runs = [tuple(range(starts[k], ends[k])) for k in np.flatnonzero(close)]
        for parts in (tuple(i for i in range(n) if i != total), *runs):
            if len(parts) >= 2 and _adds_up(lines[total], lines[list(parts)]):
                found[total, parts] = None
    return list(found)


def _adds_up(total: Floats, parts: Floats) -> bool:
    known = np.isfinite(total) & np.isfinite(parts).all(axis=0)
    if not known.any() or not np.any(total[known]):
        return False
    return bool(np.allclose(parts[:, known].sum(axis=0), total[known], rtol=1e-9, atol=1e-9))


def suppress(values: Floats, unsafe: Mask, width: Floats, relations: Sequence[Relation] | None = None) -> Suppression:
    """Leave out the unsafe cells and as little else as a greedy search finds, so that every range is wide enough.

    `values` (r, c) are not negative (NaN where there is no number), `width` (r, c) is the least width of the range of
    a primary cell. Relations are found from the numbers when they are not given.
    """
    known = find_relations(values) if relations is None else tuple(relations)
    primary = np.asarray(unsafe & np.isfinite(values))
    mask = primary.copy()
    unprotected: list[Cell] = []
    for cell in _cells(primary):
        while not _is_wide(ranges := attack(values, mask, known, [cell]), cell, width):
            chosen = _cheapest_protection(values, mask, known, cell, float(width[cell]) - _span(ranges[cell]))
            if not chosen:
                unprotected.append(cell)
                break
            for other in chosen:
                mask[other] = True
    final = attack(values, mask, known, _cells(primary))
    # A cell that could not be protected at its turn may have been protected by what was left out after it.
    still = tuple(c for c in unprotected if not _is_wide(final, c, width))
    return Suppression(primary, np.asarray(mask & ~primary), final, still)


def attack(
    values: Floats, mask: Mask, relations: Sequence[Relation], cells: Iterable[Cell]
) -> dict[Cell, tuple[float, float]]:
    """The lowest and highest value of each cell that agrees with everything that is printed and is not negative."""
    hidden = {cell: k for k, cell in enumerate(_cells(mask))}
    matrix, right, bound = _equations(values, hidden, relations)
    ranges: dict[Cell, tuple[float, float]] = {}
    for cell in cells:
        aim = np.zeros(len(hidden))
        aim[hidden[cell]] = 1.0
        if hidden[cell] in bound:
            ranges[cell] = (_least(aim, matrix, right, 0.0), -_least(-aim, matrix, right, -np.inf))
        else:
            ranges[cell] = (0.0, np.inf)
    return ranges


def _least(aim: Floats, matrix: csr_matrix, right: Floats, otherwise: float) -> float:
    """The least value of aim @ x over x >= 0 with matrix @ x = right; `otherwise` when there is no bound."""
    from scipy.optimize import linprog

    solved: Any = linprog(aim, A_eq=cast(Any, matrix), b_eq=right, bounds=(0, None), method="highs")
    return float(solved.fun) if solved.status == 0 else otherwise


def _equations(
    values: Floats, hidden: dict[Cell, int], relations: Sequence[Relation]
) -> tuple[csr_matrix, Floats, set[int]]:
    """What is printed as equations in the hidden cells: parts minus total is zero, printed cells moved to the right.

    Also the hidden cells that stand in any equation; the others are free.
    """
    from scipy.sparse import csr_matrix

    entries: list[tuple[int, int, float]] = []
    right: list[float] = []
    for relation in relations:
        signs = [(c, -1.0 if c == relation.total else 1.0) for c in relation.cells]
        inside = [(len(right), hidden[c], sign) for c, sign in signs if c in hidden]
        if inside:
            entries += inside
            right.append(-sum(sign * float(values[c]) for c, sign in signs if c not in hidden))
    lines, columns, signs_ = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = csr_matrix((signs_, (lines, columns)), shape=(len(right), len(hidden)))
    return matrix, np.array(right), set(columns)


def _cheapest_protection(
    values: Floats, mask: Mask, relations: Sequence[Relation], cell: Cell, needed: float
) -> list[Cell]:
    """The cheapest set of cells whose leaving out widens the range of this cell; empty when there is none.

    In each relation of the cell that prints everything else, a partner is needed; two partners in crossing relations
    need a fourth cell that closes the rectangle. Cost is the sum of the numbers lost; totals cost most.
    """
    own = [r for r in relations if cell in r.cells]
    costs = _costs(values, mask, relations)
    across: Sequence[Cell | None] = _partners(own, cell, same_row=True) or [None]
    down: Sequence[Cell | None] = _partners(own, cell, same_row=False) or [None]
    options: list[tuple[float, list[Cell]]] = []
    for a in across:
        for d in down:
            corner = (d[0], a[1]) if a is not None and d is not None else None
            chosen = [c for c in (a, d, corner) if c is not None]
            fresh = [c for c in chosen if not mask[c]]
            if not fresh or any(not np.isfinite(values[c]) for c in chosen):
                continue
            room = min(values[c] for c in chosen if c != corner)
            penalty = 0.0 if room >= needed else float(np.nansum(values)) * 10
            options.append((sum(costs[c] for c in fresh) + penalty, fresh))
    return min(options, key=lambda option: (option[0], option[1]), default=(0.0, []))[1]


def _partners(own: Sequence[Relation], cell: Cell, same_row: bool) -> list[Cell]:
    axis = 0 if same_row else 1
    found = {
        c: None for r in own for c in r.cells if c != cell and c[axis] == cell[axis] and c[1 - axis] != cell[1 - axis]
    }
    return list(found)


def _costs(values: Floats, mask: Mask, relations: Sequence[Relation]) -> Floats:
    costs = np.where(mask, 0.0, np.nan_to_num(values) + 1.0)
    for relation in relations:
        if not mask[relation.total]:
            costs[relation.total] += float(np.nansum(values))
    return np.asarray(costs)


def _is_wide(ranges: dict[Cell, tuple[float, float]], cell: Cell, width: Floats) -> bool:
    return _span(ranges[cell]) >= float(width[cell]) - TIGHT


def _span(ends: tuple[float, float]) -> float:
    return ends[1] - ends[0]


def _cells(mask: Mask) -> list[Cell]:
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(mask), strict=True)]
