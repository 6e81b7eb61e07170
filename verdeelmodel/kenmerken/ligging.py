"""Where a gemeente lies: distance to the border and to the sea."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import kenmerk

Floats = NDArray[np.float64]

_ligging = partial(
    kenmerk,
    thema="Geografisch",
    eenheid="gemeente",
    soort="getal",
    bron=("GIS",),
    beinvloedbaar="nee",
    reden="De ligging staat vast.",
)


@_ligging(
    label="Afstand tot de grens",
    label_en="Distance to the border",
    verwacht_teken="-",
    theorie="Dicht bij de grens ligt een deel van het werk buiten bereik door taal, regels en diploma's.",
)
def distance_border(distance_border: Floats) -> Floats:
    """Kilometres from the nearest point of the gemeente to Belgium or Germany."""
    return distance_border


@_ligging(
    label="Afstand tot zee",
    label_en="Distance to the sea",
    verwacht_teken="-",
    theorie="Dicht bij zee ligt een deel van de omgeving onder water; badplaatsen hebben bovendien veel seizoenwerk.",
)
def distance_sea(distance_sea: Floats) -> Floats:
    """Kilometres from the nearest point of the gemeente to the North Sea or the Wadden Sea."""
    return distance_sea
