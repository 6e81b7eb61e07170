"""The figures of one area: persons, households and shares per group, with the interval that chance allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.combinations import membership
from verdeelmodel.reintegration.profile_persons import LEFT_OUT, OTHER, RECIPIENT
from verdeelmodel.reintegration.profile_tally import Tally
from verdeelmodel.table import Evidence

RECIPIENTS, OTHERS, ALL, POTENTIAL, AWAY = "recipients", "others", "all", "potential", "left_out"
GROUPS = (RECIPIENTS, OTHERS, ALL)
MEMBERS: dict[str, tuple[int, ...]] = {
    RECIPIENTS: (RECIPIENT,),
    OTHERS: (OTHER,),
    ALL: (RECIPIENT, OTHER),
    POTENTIAL: (RECIPIENT, OTHER, LEFT_OUT),
    AWAY: (LEFT_OUT,),
}
Z = 1.959963984540054


@dataclass(frozen=True)
class Area:
    """An area of the profile and its sums; `level` is country, province, region, gemeente or wijk."""

    level: str
    code: str
    name: str
    sums: Tally

    @cached_property
    def aspects(self) -> int:
        """How many aspects are counted."""
        return int(self.sums.with_aspect.shape[-1])

    def persons(self, group: str) -> int:
        """Persons in the data."""
        return int(self._of(self.sums.persons, group).sum())

    def persons_with(self, group: str, aspect: int) -> int:
        """Persons in the data with the aspect."""
        return int(self._of(self.sums.persons, group)[membership(self.aspects)[aspect]].sum())

    def stands_for(self, group: str) -> float:
        """How many persons the persons in the data represent."""
        return float(self._of(self.sums.stand_for, group).sum())

    def combinations(self, group: str) -> NDArray[np.float64]:
        """How many persons are represented per combination of aspects, shape (2^k,)."""
        return self._of(self.sums.stand_for, group)

    def combination_persons(self, group: str) -> NDArray[np.int64]:
        """Persons in the data per combination of aspects, shape (2^k,)."""
        return self._of(self.sums.persons, group)

    def combination_households(self, group: str) -> NDArray[np.int64]:
        """Households in the data with a person of each combination, shape (2^k,)."""
        return self._of(self.sums.behind, group)

    def households(self, group: str) -> int:
        """Households in the data with someone counted."""
        return int(self._of(self.sums.households, group))

    def households_with(self, group: str, aspect: int) -> int:
        """Households in the data with someone who has the aspect."""
        return int(self._of(self.sums.with_aspect, group)[aspect])

    def households_without(self, group: str, aspect: int) -> int:
        """Households in the data with someone who has not the aspect."""
        return int(self._of(self.sums.without_aspect, group)[aspect])

    def share(self, group: str, aspect: int) -> float:
        """The part of the group that has the aspect."""
        having = self._of(self.sums.stand_for, group)[membership(self.aspects)[aspect]].sum()
        return float(having / self.stands_for(group))

    def least_share(self, group: str, aspect: int) -> float:
        """The part of the group that has the aspect if it were one person in each household with it."""
        return float(self._of(self.sums.holders, group)[aspect] / self.stands_for(group))

    def evidence(self, group: str, aspect: int) -> Evidence:
        """What stands behind the share: households with the aspect, and all."""
        return Evidence(numerator=self.households_with(group, aspect), denominator=self.households(group))

    def interval(self, group: str, aspect: int) -> tuple[float, float]:
        """The 95% interval of the share, taking into account that adults of one household are alike."""
        moments = self._of(self.sums.moments, group)
        square, cross, having = moments[0], moments[1 + aspect], moments[1 + self.aspects + aspect]
        return wilson(self.share(group, aspect), self.stands_for(group), square, cross, having)

    def _of(self, sums: NDArray[np.int64] | NDArray[np.float64], group: str) -> NDArray:  # type: ignore[type-arg]
        return np.asarray(sums[0][list(MEMBERS[group])].sum(axis=0))


def wilson(share: float, total: float, square: float, cross: float, having: float) -> tuple[float, float]:
    """The interval of Wilson for a ratio of sums over households, at the number of persons it is worth.

    `square`, `cross` and `having` are the sums over households of n², x·n and x². Where everybody or nobody has the
    aspect, the number of persons it is worth follows from the sizes of the households alone.
    """
    variance = (having - 2 * share * cross + share**2 * square) / total**2
    spread = share * (1 - share)
    worth = spread / variance if variance > 1e-15 and spread > 0 else total**2 / square
    centre = (share + Z**2 / (2 * worth)) / (1 + Z**2 / worth)
    half = Z / (1 + Z**2 / worth) * np.sqrt(spread / worth + Z**2 / (4 * worth**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
