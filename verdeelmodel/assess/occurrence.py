"""How common a candidate is, its smallest cell with bijstand, and how much of its variation is between gemeenten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.moments import TINY
from verdeelmodel.model.guards import Totals, totals
from verdeelmodel.model.workers import Workers
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country
    from verdeelmodel.model.design import Design

    Floats = NDArray[np.float64]

#: Kinds of kenmerken of which a household has some or none.
COUNTED = ("ja_nee", "aantal")
#: A stored value this close to that of nobody (in standard deviations) is that of nobody.
CLOSE = 1e-6


@dataclass(frozen=True)
class Occurrence:
    """The share of the households that have any of it, the smallest of four cells, and the part between gemeenten.

    The cells are households with and without the candidate, with and without bijstand.
    """

    share: float | NotApplicable
    smallest_cell: float | NotApplicable
    between_share: float | NotApplicable


def occurrence(country: Country, key: str, shares: Floats) -> Occurrence:
    """The occurrence of a candidate of which a household has some or none; of others it is not applicable."""
    declared, own = country.request.known[key], country.places(key)
    if declared.eenheid != "huishouden" or declared.soort not in COUNTED or len(own) != 1:
        return Occurrence(*[NotApplicable(text("assess.not_yes_no"))] * 3)
    known, place = known_totals(country.design), int(own[0])
    everyone, recipients = float(known.households[0]), float(known.cases[0])
    having, cases = households_having(country.design, place)
    cells = (cases, having - cases, recipients - cases, everyone - having - recipients + cases)
    size = country.sums["households"]
    there = np.isfinite(shares) & (size > 0)
    mean = np.average(shares[there], weights=size[there])
    between = float(np.average((shares[there] - mean) ** 2, weights=size[there]))
    spread = deviation(country, place) ** 2 * float(country.design.scale[place]) ** 2
    return Occurrence(having / everyone, min(cells), between / max(spread, TINY))


def households_having(design: Design, place: int) -> tuple[float, float]:
    """The households with any of the column at this place of the design, and those of them with bijstand."""
    if place < design.dummies.stop:
        known = known_totals(design)
        return float(known.households[place]), float(known.cases[place])
    stored = design.continuous[place - design.continuous_positions.start]
    having = np.abs(stored + design.centre[place] / design.scale[place]) > CLOSE
    if design.weight.size:
        having &= design.weight > 0
    return float(having.sum()), float(design.outcome[having].sum())


def known_totals(design: Design, threads: int | None = 1) -> Totals:
    """Households and recipients per parameter; a pass over the country the first time, remembered after that."""
    with Workers(threads) as workers:
        return totals(design, workers)


def deviation(country: Country, place: int) -> float:
    """The standard deviation of a stored column over households; other numbers than dummies are stored with one."""
    if place >= country.design.dummies.stop:
        return 1.0
    known = known_totals(country.design)
    share = float(known.households[place] / known.households[0])
    return float(np.sqrt(share * (1 - share)))
