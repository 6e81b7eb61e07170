"""What surrounds a household: the area kenmerken of the official model, and what it does not see of the buurt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken import compute_gemeenten
from verdeelmodel.population import MemoryPopulation, PopulationMeta
from verdeelmodel.synthetic.areas import buurten_table, gemeenten_table, non_working, nuisance
from verdeelmodel.synthetic.frame import ANCHOR, YEARS, Frame, frame
from verdeelmodel.synthetic.jobs import jobs_table, sector_table
from verdeelmodel.synthetic.official import MODEL, area_kenmerken, weight
from verdeelmodel.synthetic.places import Buurten
from verdeelmodel.synthetic.targets import customers
from verdeelmodel.synthetic.travel import travel_times

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Surroundings:
    """The surroundings of one municipality in one year.

    `volume` and `price` (b,): the area part of the official predictors by buurt. `segregation` (b,): share without
    work in the buurt above that of the municipality. `customers`: standardised regional customer potential.
    """

    volume: Values
    price: Values
    segregation: Values
    customers: float


@cache
def areas(seed: int) -> MemoryPopulation:
    """The tables of the whole country without its households."""
    everywhere = np.arange(len(frame()))
    tables = {
        "gemeenten": gemeenten_table(YEARS, everywhere),
        "buurten": buurten_table(YEARS, everywhere, seed),
        "banen": jobs_table(),
        "sectoren": sector_table(),
        "reistijden": travel_times(),
    }
    meta = PopulationMeta("Synthetisch Nederland", synthetic=True, division=ANCHOR, years=YEARS, seed=seed)
    return MemoryPopulation(meta, {}, tables)


@cache
def kenmerken_of_gemeenten(seed: int, year: int) -> Frame:
    """The area kenmerken of the official model by municipality of the frame, on the tables of the whole country."""
    keys = list(dict.fromkeys((*area_kenmerken("volume"), *area_kenmerken("prijs"))))
    found: Frame = compute_gemeenten(areas(seed), keys, [year], MODEL).loc[frame().index]
    return found


def surroundings_of(place: int, seed: int, year: int, buurten: Buurten) -> Surroundings:
    """The surroundings of the municipality at this place of the frame."""
    row = kenmerken_of_gemeenten(seed, year).iloc[place]
    idle = non_working(place, buurten)
    index = nuisance(place, buurten).astype(np.float32).astype(np.float64)
    parts = {
        component: sum(weight(component, key) * float(row[key]) for key in area_kenmerken(component))
        + weight(component, NUISANCE) * index
        for component in ("volume", "prijs")
    }
    return Surroundings(
        volume=parts["volume"],
        price=parts["prijs"],
        segregation=idle - float(buurten.share @ idle),
        customers=float(customers()[place]),
    )


NUISANCE = "nuisance_unsafety_index"
