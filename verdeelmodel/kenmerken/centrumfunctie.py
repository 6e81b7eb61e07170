"""The centre function of a gemeente: regional customers, address density, and what comes with them."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.kenmerken.bereikbaarheid import aantrekking_van_kernen, klantenpotentieel
from verdeelmodel.kenmerken.declare import kenmerk, verhouding
from verdeelmodel.kenmerken.instellingen import reeks, waarde

Floats = NDArray[np.float64]

_centrum = partial(
    kenmerk,
    thema="(Stapeling van) problematiek / Centrumfunctie",
    eenheid="gemeente",
    verwacht_teken="+",
    theorie="Een centrum trekt mensen aan die voorzieningen, opvang of goedkope woonruimte zoeken.",
    beinvloedbaar="nee",
    reden="De functie voor de regio volgt uit ligging, omvang en geschiedenis.",
)


@_centrum(
    label="Regionaal klantenpotentieel", label_en="Regional customer potential", soort="getal", bron=("CBS StatLine",)
)
def regional_customer_potential(regional_customers: Floats, inhabitants: Floats) -> Floats:
    """Potential regional customers per inhabitant, as published; above 1 customers come from elsewhere."""
    return verhouding(regional_customers, inhabitants)


@_centrum(
    label="Regionaal klantenpotentieel (zwaartekracht)",
    label_en="Regional customer potential (gravity)",
    soort="getal",
    bron=("CBS StatLine",),
)
def regionaal_klantenpotentieel_zwaartekracht(inhabitants: Floats, x: Floats, y: Floats) -> Floats:
    """Customers per inhabitant when everybody spreads over the centres within 60 km in proportion to their attraction.

    Attraction: inhabitants to the power 1.5 over the square of the distance (`data/gebied.yaml`). For when the
    published figures are not at hand; the official calculation uses settlements, this one gemeenten. All customers
    together are all inhabitants.
    """
    aantrekking = aantrekking_van_kernen(
        inhabitants, x, y, waarde("klanten_macht"), waarde("klanten_straal"), waarde("klanten_binnen")
    )
    return verhouding(klantenpotentieel(inhabitants, aantrekking), inhabitants)


@_centrum(
    label="Gezondheidsproblemen gekruist met regionaal klantenpotentieel",
    label_en="Health problems crossed with regional customer potential",
    soort="getal",
    bron=("MEDICIJNTAB", "ZVWZORGKOSTENTAB", "CBS StatLine"),
)
def health_x_regional_customer_potential(
    regional_customer_potential: Floats, aandeel_gezondheidsproblemen: Floats
) -> Floats:
    """Regional customers per inhabitant times the share of households with health problems, per year; then averaged."""
    return regional_customer_potential * aandeel_gezondheidsproblemen


def stedelijkheidsklasse(oad: ArrayLike, ondergrenzen: ArrayLike) -> Floats:
    """The class of an address density, 1 for the lowest; a density on a limit is in the class that begins there."""
    dichtheid = np.asarray(oad, dtype=np.float64)
    klasse = np.searchsorted(np.asarray(ondergrenzen, dtype=np.float64), dichtheid, side="right").astype(np.float64)
    return np.where(np.isnan(dichtheid), np.nan, klasse)


@_centrum(
    label="Stedelijkheid",
    label_en="Urbanity",
    soort="klasse",
    bron=("CBS omgevingsadressendichtheid",),
)
def urbanity(gemiddelde_oad: Floats) -> Floats:
    """The class of the mean address density over the years, from 1 (not urban) to 5 (very strongly urban).

    The classes begin at 500, 1,000, 1,500 and 2,500 addresses per km2. The order of the report: higher is more urban;
    CBS numbers the same classes the other way round.
    """
    return stedelijkheidsklasse(gemiddelde_oad, reeks("stedelijkheid"))


@_centrum(
    label="Omgevingsadressendichtheid",
    label_en="Surrounding address density",
    soort="getal",
    bron=("CBS omgevingsadressendichtheid",),
)
def omgevingsadressendichtheid(oad: Floats) -> Floats:
    """Addresses per square kilometre around the mean address of the gemeente."""
    return oad
