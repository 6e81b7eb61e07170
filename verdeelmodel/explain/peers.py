"""Gemeenten that are like another one: of the same size, and with the same make-up of the predicted rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.compare.selection import SelectionOptions
from verdeelmodel.law import budget_rules
from verdeelmodel.law.rules import rule_years
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.explain.country import Country

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Peer:
    """A gemeente of the same size class, its distance, and the thema on which the two differ most.

    The distance is the square root of the summed squared differences in contribution to the predicted rate, per thema.
    """

    gemeente: int
    name: str
    inhabitants: int
    rate: float
    distance: float
    theme: str
    theme_difference: float

    def __str__(self) -> str:
        return f"{self.name} ({self.distance:.4f})"


def size_bounds(country: Country) -> tuple[float, ...]:
    """Inhabitants at which a next size class starts: the thresholds of the law, then the classes of the study."""
    options = SelectionOptions()
    year = country.year if country.year in rule_years() else max(rule_years())
    scale = budget_rules(year).scale
    return tuple(sorted({scale.lower, scale.upper, *map(float, options.bounds)}))


def size_class(country: Country, inhabitants: float) -> int:
    """The position of the size class."""
    return int(np.searchsorted(np.array(size_bounds(country)), inhabitants, side="right"))


def size_label(country: Country, inhabitants: float) -> str:
    """The size class in words."""
    from verdeelmodel.table import format_number

    bounds = size_bounds(country)
    at = size_class(country, inhabitants)
    shown = [format_number(b, "count") for b in bounds]
    if at == 0:
        return text("explain.size_below", high=shown[0])
    if at == len(bounds):
        return text("explain.size_above", low=shown[-1])
    return text("explain.size_between", low=shown[at - 1], high=shown[at])


def same_size(country: Country, gemeente: int) -> tuple[int, ...]:
    """The other gemeenten of its size class."""
    inhabitants = country.table["inhabitants"]
    own = size_class(country, float(inhabitants.loc[gemeente]))
    classes = np.searchsorted(np.array(size_bounds(country)), inhabitants.to_numpy(float), side="right")
    return tuple(int(g) for g, c in zip(inhabitants.index, classes, strict=True) if c == own and g != gemeente)


def nearest(country: Country, gemeente: int, number: int) -> tuple[Peer, ...]:
    """The gemeenten of its size class with the most similar contributions per thema; ties go to the lowest code."""
    found = beside(country, gemeente, same_size(country, gemeente))
    return tuple(sorted(found, key=lambda peer: (round(peer.distance, 12), peer.gemeente))[:number])


def beside(country: Country, gemeente: int, others: Sequence[int]) -> tuple[Peer, ...]:
    """Each of these gemeenten (those with households) as a peer of this one, in the order given."""
    split = country.split
    there = set(split.areas.tolist())
    pool = [g for g in others if g in there]
    themes, sums = contributions_by_theme(country)
    own = sums[int(np.searchsorted(split.areas, gemeente))]
    rows = np.searchsorted(split.areas, pool)
    distance = np.sqrt(((sums[rows] - own) ** 2).sum(axis=1))
    peers = []
    for i in range(len(pool)):
        apart = own - sums[rows[i]]
        far = int(np.abs(apart).argmax())
        peers.append(
            Peer(
                pool[i],
                country.gemeente_name(pool[i]),
                int(country.table["inhabitants"].loc[pool[i]]),
                float(split.rate[rows[i]]),
                float(distance[i]),
                themes[far],
                float(apart[far]),
            )
        )
    return tuple(peers)


def contributions_by_theme(country: Country) -> tuple[tuple[str, ...], Floats]:
    """The thema's in order of first appearance, and the contributions (areas, thema's)."""
    split = country.split
    of_kenmerk = [country.themes[k] for k in split.kenmerken]
    themes = tuple(dict.fromkeys(of_kenmerk))
    member = np.array([[float(t == theme) for theme in themes] for t in of_kenmerk])
    return themes, split.contributions @ member.reshape(len(of_kenmerk), len(themes))
