"""Counting the persons of a country in one pass: per wijk, group and combination of aspects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.reintegration.profile_persons import STATUSES, PersonBlock, needed_columns, persons_of
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population
    from verdeelmodel.reintegration.aspects import Definitions

Numbers = NDArray[np.float64]
ROWS = 262_144
UNKNOWN = 0


@dataclass(frozen=True)
class Tally:
    """Sums per area (a), group (3) and combination of aspects (2^k) or aspect (k).

    `persons` (a, 3, 2^k) counts persons in the data, `stand_for` how many they represent, `behind` the households in
    the data with such a person. `households` (a, 3) and `with_aspect`, `without_aspect` (a, 3, k) count households in
    the data with someone counted, with someone who has the aspect, and with someone who has not. `holders` (a, 3, k)
    is the represented number of households with the aspect. `moments` (a, 3, 1 + 2k) holds the weighted sums of n²,
    x·n and x² over households, for the intervals.
    """

    wijk: NDArray[np.int32]
    gemeente: NDArray[np.int16]
    persons: NDArray[np.int64]
    stand_for: Numbers
    behind: NDArray[np.int64]
    households: NDArray[np.int64]
    with_aspect: NDArray[np.int64]
    without_aspect: NDArray[np.int64]
    holders: Numbers
    moments: Numbers

    def total(self, areas: NDArray[np.bool_]) -> Tally:
        """One area that is all these areas together."""
        summed = {name: getattr(self, name)[areas].sum(axis=0, keepdims=True) for name in SUMMED}
        return Tally(np.zeros(1, np.int32), np.zeros(1, np.int16), **summed)

    def __str__(self) -> str:
        return f"{int(self.persons.sum())} persons, {len(self.wijk)} areas"


SUMMED = ("persons", "stand_for", "behind", "households", "with_aspect", "without_aspect", "holders", "moments")


def tally(population: Population, year: int, definitions: Definitions, rules_year: int | None = None) -> Tally:
    """The persons of every wijk of a population; buurten that the table of areas lacks are one unknown wijk (0)."""
    from verdeelmodel.kenmerken import compute_households

    columns = needed_columns(definitions, set(population.columns(year)))
    wijken, gemeenten, place_of = _areas(population, year)
    sums = _Sums(len(wijken), len(definitions.aspects))
    for chunk in compute_households(population, year, columns, rules_year, rows=ROWS):
        sums.add(persons_of(chunk, definitions), place_of(chunk["gemeente"], chunk["buurt"]))
    return sums.tally(wijken, gemeenten)


class _Sums:
    """The sums while they grow."""

    def __init__(self, areas: int, aspects: int) -> None:
        self.groups, self.aspects = areas * STATUSES, aspects
        self.combinations = 1 << aspects
        self.persons = np.zeros(self.groups * self.combinations)
        self.stand_for = np.zeros(self.groups * self.combinations)
        self.behind = np.zeros(self.groups * self.combinations)
        self.counts = np.zeros((1 + 2 * aspects, self.groups))
        self.weighted = np.zeros((1 + 3 * aspects, self.groups))

    def add(self, block: PersonBlock, place: NDArray[np.intp]) -> None:
        """Add the persons of some households that stand in these areas."""
        group = place * STATUSES + block.status
        for slot in range(block.counted.shape[1]):
            here = block.counted[:, slot]
            cell = group[here] * self.combinations + block.code[here, slot]
            self.persons += np.bincount(cell, minlength=len(self.persons))
            self.stand_for += np.bincount(cell, block.weight[here], len(self.stand_for))
            earlier = block.counted[:, :slot] & (block.code[:, :slot] == block.code[:, slot : slot + 1])
            self.behind += np.bincount(cell, ~earlier.any(axis=1)[here], len(self.behind))
        self._add_households(block, group)

    def _add_households(self, block: PersonBlock, group: NDArray[Any]) -> None:
        size = block.counted.sum(axis=1)
        some = size > 0
        size, group, weight = size[some].astype(np.float64), group[some], block.weight[some]
        counted, code = block.counted[some], block.code[some]
        k, heavy = self.aspects, block.weight[some] ** 2
        self.counts[0] += np.bincount(group, minlength=self.groups)
        self.weighted[0] += np.bincount(group, heavy * size * size, self.groups)
        for bit in range(k):
            has = (counted & ((code >> bit) & 1).astype(np.bool_)).sum(axis=1).astype(np.float64)
            self.counts[1 + bit] += np.bincount(group, has > 0, self.groups)
            self.counts[1 + k + bit] += np.bincount(group, has < size, self.groups)
            self.weighted[1 + bit] += np.bincount(group, heavy * has * size, self.groups)
            self.weighted[1 + k + bit] += np.bincount(group, heavy * has * has, self.groups)
            self.weighted[1 + 2 * k + bit] += np.bincount(group, weight * (has > 0), self.groups)

    def tally(self, wijk: NDArray[np.int32], gemeente: NDArray[np.int16]) -> Tally:
        """What was counted."""
        shape, k = (len(wijk), STATUSES), self.aspects
        counts = self.counts.round().astype(np.int64).T.reshape(*shape, -1)
        weighted = self.weighted.T.reshape(*shape, -1)
        return Tally(
            wijk=wijk,
            gemeente=gemeente,
            persons=self.persons.round().astype(np.int64).reshape(*shape, -1),
            stand_for=self.stand_for.reshape(*shape, -1),
            behind=self.behind.round().astype(np.int64).reshape(*shape, -1),
            households=counts[..., 0],
            with_aspect=counts[..., 1 : 1 + k],
            without_aspect=counts[..., 1 + k :],
            holders=weighted[..., 1 + 2 * k :],
            moments=weighted[..., : 1 + 2 * k],
        )


class _Places:
    """From the codes of gemeente and buurt of households to the index of their area."""

    def __init__(
        self, buurten: NDArray[Any], places: NDArray[np.intp], gemeenten: NDArray[np.int16], start: int
    ) -> None:
        self.buurten, self.places, self.gemeenten, self.start = buurten, places, gemeenten, start

    def __call__(self, gemeente: NDArray[Any], buurt: NDArray[Any]) -> NDArray[np.intp]:
        fail_if_gemeenten_unknown(gemeente, self.gemeenten)
        at = np.minimum(np.searchsorted(self.buurten, buurt), len(self.buurten) - 1)
        unknown = self.start + np.searchsorted(self.gemeenten, gemeente)
        return np.where(self.buurten[at] == buurt, self.places[at], unknown)


def fail_if_gemeenten_unknown(gemeente: NDArray[Any], known: NDArray[np.int16]) -> None:
    """Refuse households of a gemeente that the table of gemeenten does not have in this year."""
    absent = np.setdiff1d(gemeente, known)
    if len(absent):
        problems = [Problem(format_gemeente(int(code)), "gemeenten") for code in absent]
        raise DataError(text("profile.gemeente_not_in_table", count=len(absent)), problems)


def _areas(population: Population, year: int) -> tuple[NDArray[np.int32], NDArray[np.int16], _Places]:
    """The wijken of the year in the order of their codes, then one unknown wijk per gemeente; and how to find them."""
    frame = population.buurten(year).sort_values("buurt")
    gemeenten = np.unique(population.gemeenten(year)["gemeente"].to_numpy()).astype(np.int16)
    wijken, first, places = np.unique(frame["wijk"].to_numpy(), return_index=True, return_inverse=True)
    codes = np.concatenate([wijken, np.full(len(gemeenten), UNKNOWN)]).astype(np.int32)
    owner = np.concatenate([frame["gemeente"].to_numpy()[first], gemeenten]).astype(np.int16)
    return codes, owner, _Places(frame["buurt"].to_numpy(), places, gemeenten, len(wijken))
