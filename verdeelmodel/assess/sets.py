"""Candidates together: which set to add, which are variants of one idea, which add nothing beside the others.

Everything follows from the score and information of the country by fold, so that no household is read again: a gain is
what a step from the base model yields on gemeenten that were not used, as for a candidate alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.moments import gain_left_out, one_step, remaining_information, tolerance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country
    from verdeelmodel.assess.moments import Moments

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

#: Two candidates are compared when they share at least this much beside the model (partial correlation).
ALIKE = 0.3
MOST_PAIRS = 25
#: Below this own part a candidate cannot be told from the others with which it would start a backward comparison.
DEPENDENT = 1e-6


@dataclass(frozen=True)
class Limits:
    """What a candidate must at least gain and have of its own to be taken into a set."""

    gain: float
    tolerance: float


@dataclass(frozen=True)
class Member:
    """A candidate in a set, with the gain that it adds to those taken before it."""

    key: str
    gain: float


@dataclass(frozen=True)
class Pair:
    """Two candidates that look alike beside the model, their gains alone and together, and the one to keep."""

    first: str
    second: str
    correlation: float
    gain_first: float
    gain_second: float
    gain_together: float

    @property
    def keep(self) -> str:
        """The one that explains most of its own accord."""
        return self.first if self.gain_first >= self.gain_second else self.second


@dataclass(frozen=True)
class Besides:
    """A candidate beside the others of the set that was chosen: its gain alone, what is left, the member most like it.

    `like` is empty when there is no other in the set. A kenmerk of households is held beside those of households only.
    """

    key: str
    alone: float
    left: float
    like: str
    correlation: float


@dataclass(frozen=True)
class Sets:
    """The set that forward comparison takes (in order), the one that backward comparison keeps, and look-alikes.

    `beside` has every candidate that took part, largest gain alone first.
    """

    forward: tuple[Member, ...]
    backward: tuple[Member, ...]
    beside: tuple[Besides, ...]
    pairs: tuple[Pair, ...]

    @property
    def others(self) -> tuple[Besides, ...]:
        """The candidates that forward comparison did not take."""
        taken = {member.key for member in self.forward}
        return tuple(one for one in self.beside if one.key not in taken)


def compare_sets(country: Country, keys: Sequence[str], limits: Limits) -> Sets:
    """Both comparisons over these candidates, and every pair that looks alike; households go before areas."""
    places = {key: country.places(key) for key in keys}
    own = {key: places[key] for key in keys if country.request.known[key].eenheid == "huishouden"}
    moments = country.by_fold
    alone = {key: gain_left_out(moments, place) for key, place in places.items()}
    alike = partial_correlations(moments, places)
    of_households = forward(moments, own, limits)
    rest = {key: place for key, place in places.items() if key not in own}
    larger = extended(moments, [places[member.key] for member in of_households])
    taken = (*of_households, *forward(larger, rest, limits))
    set_of = {key: [m.key for m in (of_households if key in own else taken) if m.key != key] for key in keys}
    found = [beside(moments, places, key, set_of[key], alone[key], alike) for key in keys]
    return Sets(
        forward=taken,
        backward=backward(moments, places, limits),
        beside=tuple(sorted(found, key=lambda one: (-one.alone, one.key))),
        pairs=look_alikes(
            moments, places, alone, {(a, b): r for (a, b), r in alike.items() if max(alone[a], alone[b]) >= limits.gain}
        ),
    )


def extended(moments: Moments, places: Sequence[Longs]) -> Moments:
    """The moments with these parameters counted among the model's."""
    return replace(moments, base=np.concatenate([moments.base, *places]).astype(np.int64))


def forward(moments: Moments, places: dict[str, Longs], limits: Limits) -> tuple[Member, ...]:
    """Take the candidate that gains most beside those taken, until none gains enough or has enough of its own."""
    taken: list[Member] = []
    left = dict(places)
    while left:
        larger = extended(moments, [places[member.key] for member in taken])
        information = larger.total[1]
        gains = {
            key: gain_left_out(larger, own)
            for key, own in left.items()
            if tolerance(information, larger.base, own) >= limits.tolerance
        }
        best = max(gains, key=lambda key: (gains[key], key), default="")
        if not best or gains[best] < limits.gain:
            break
        taken.append(Member(best, gains[best]))
        del left[best]
    return tuple(taken)


def backward(moments: Moments, places: dict[str, Longs], limits: Limits) -> tuple[Member, ...]:
    """Start with all candidates and drop the weakest, until each that is left would be missed; strongest first."""
    kept = independent(moments, places)
    while kept:
        rests = {key: extended(moments, [places[k] for k in kept if k != key]) for key in kept}
        weakest = min(kept, key=lambda key: (_strength(rests[key], places[key]), key))
        if gain_left_out(rests[weakest], places[weakest]) >= limits.gain:
            break
        kept.remove(weakest)
    rests = {key: extended(moments, [places[k] for k in kept if k != key]) for key in kept}
    members = [Member(key, gain_left_out(rests[key], places[key])) for key in kept]
    return tuple(sorted(members, key=lambda member: (-member.gain, member.key)))


def _strength(rest: Moments, own: Longs) -> float:
    step = one_step(*rest.total, rest.base, own)
    return -1.0 if step is None else step.statistic / step.degrees_of_freedom


def independent(moments: Moments, places: dict[str, Longs]) -> list[str]:
    """The candidates that do not follow from the model and those before them."""
    kept: list[str] = []
    information = moments.total[1]
    for key, own in places.items():
        larger = extended(moments, [places[k] for k in kept])
        if tolerance(information, larger.base, own) > DEPENDENT:
            kept.append(key)
    return kept


def partial_correlations(moments: Moments, places: dict[str, Longs]) -> dict[tuple[str, str], float]:
    """How alike each two candidates are beside the model; of the first parameter of each."""
    keys = list(places)
    firsts = np.array([places[key][0] for key in keys], dtype=np.int64)
    rest = remaining_information(moments.total[1], moments.base, firsts)
    spread = np.sqrt(np.maximum(np.diag(rest), 0.0))
    scaled = np.divide(rest, np.outer(spread, spread), out=np.zeros_like(rest), where=np.outer(spread, spread) > 0)
    return {(a, b): float(scaled[i, j]) for i, a in enumerate(keys) for j, b in enumerate(keys) if i != j}


def look_alikes(
    moments: Moments, places: dict[str, Longs], alone: dict[str, float], alike: dict[tuple[str, str], float]
) -> tuple[Pair, ...]:
    """The pairs that share most, with what they gain together."""
    pairs = sorted(((a, b) for a, b in alike if a < b and abs(alike[a, b]) >= ALIKE), key=lambda p: -abs(alike[p]))
    found = []
    for a, b in pairs[:MOST_PAIRS]:
        together = alone[a] + gain_left_out(extended(moments, [places[a]]), places[b])
        found.append(Pair(a, b, alike[a, b], alone[a], alone[b], together))
    return tuple(found)


def beside(
    moments: Moments,
    places: dict[str, Longs],
    key: str,
    others: Sequence[str],
    alone: float,
    alike: dict[tuple[str, str], float],
) -> Besides:
    """What is left of a candidate beside these others."""
    like = max(others, key=lambda other: abs(alike[key, other]), default="")
    left = gain_left_out(extended(moments, [places[other] for other in others]), places[key]) if others else alone
    return Besides(key, alone, left, like, alike[key, like] if like else 0.0)
