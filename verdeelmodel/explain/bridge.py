"""The bridge from one outcome to another: the change of every gemeente split over causes, whatever their order.

A cause is a group of changes that goes on or off as a whole (macrobudget, rules, weights, population …). The part of a
cause is its Shapley value: the mean, over all orders in which the causes can be switched on, of what it changes at its
turn. With m causes that takes 2^m outcomes, each computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Outcome = Callable[[frozenset[str]], Floats]

MOST_CAUSES = 12


@dataclass(frozen=True)
class Bridge:
    """From `start` to `end` (g,) by `parts` (causes, g).

    Guaranteed: start + parts.sum(axis=0) equals end, in whole euros exactly when `whole` is set; it refuses to exist
    otherwise.
    """

    causes: tuple[str, ...]
    start: Floats
    end: Floats
    parts: Floats
    whole: bool

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        gap = np.abs(self.start + self.parts.sum(axis=0) - self.end)
        allowed = 0.0 if self.whole else 1e-9 * max(1.0, float(np.abs(self.end).max(initial=0.0)))
        if gap.size and not gap.max() <= allowed:
            raise ArithmeticError(f"the parts of a bridge do not add up: largest gap {gap.max():.3g}")

    def __str__(self) -> str:
        return f"{' + '.join(self.causes)}: {self.start.sum():,.0f} -> {self.end.sum():,.0f}"

    def to_frame(self) -> pd.DataFrame:
        """A row per gemeente: start, a column per cause, end."""
        import pandas as pd

        return pd.DataFrame({"start": self.start, **dict(zip(self.causes, self.parts, strict=True)), "end": self.end})


def bridge(outcome: Outcome, causes: Sequence[str], whole: bool = True) -> Bridge:
    """The exact Shapley split of outcome(all causes) - outcome(no causes).

    `outcome` receives the set of causes that are switched on and returns one amount per gemeente (g,). With `whole`
    the outcomes are whole euros and so are the parts: each gemeente's parts are rounded by largest remainder, so that
    they still sum to its change.
    """
    if len(set(causes)) != len(causes) or len(causes) > MOST_CAUSES:
        raise ValueError(f"causes must be different and at most {MOST_CAUSES}: {list(causes)}")
    outcomes = {on: np.asarray(outcome(on), dtype=float) for on in subsets(causes)}
    start, end = outcomes[frozenset()], outcomes[frozenset(causes)]
    parts = np.array([_shapley(outcomes, cause, causes) for cause in causes]).reshape(len(causes), len(start))
    if whole:
        parts = round_parts(parts, np.rint(end) - np.rint(start))
        start, end = np.rint(start), np.rint(end)
    return Bridge(tuple(causes), start, end, parts, whole)


def subsets(causes: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every set of causes, from none to all."""
    for size in range(len(causes) + 1):
        yield from (frozenset(chosen) for chosen in combinations(causes, size))


def round_parts(parts: Floats, totals: Floats) -> Floats:
    """Whole numbers nearest to `parts` (m, g) whose column sums are `totals` (g,), by largest remainder.

    Ties go to the first cause. A part that is exactly zero stays zero as long as another part can carry the remainder.
    """
    low = np.floor(parts)
    left = np.rint(totals - low.sum(axis=0)).astype(int)
    remainder = np.where(parts == 0, -1.0, parts - low)
    order = np.argsort(-remainder, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(parts))[:, None].repeat(parts.shape[1], axis=1), axis=0)
    return np.asarray(low + (rank < left))


def _shapley(outcomes: dict[frozenset[str], Floats], cause: str, causes: Sequence[str]) -> Floats:
    others = [c for c in causes if c != cause]
    m = len(causes)
    part = np.zeros_like(outcomes[frozenset()])
    for before in subsets(others):
        weight = factorial(len(before)) * factorial(m - len(before) - 1) / factorial(m)
        part += weight * (outcomes[before | {cause}] - outcomes[before])
    return part
