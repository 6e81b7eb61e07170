"""Housing as a kenmerk of the gemeente: rent allowance, social and cheap rental dwellings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import kenmerk, verhouding
from verdeelmodel.kenmerken.instellingen import reeks

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

THEMA = "Overige demografische kenmerken"
_wonen = partial(
    kenmerk,
    thema=THEMA,
    verwacht_teken="+",
    theorie="Waar veel goedkope woningen staan, wonen meer mensen met een laag inkomen.",
    beinvloedbaar="deels",
    reden="De woningvoorraad is op termijn mee te sturen door de gemeente.",
)
_goedkoop = partial(_wonen, bron=("HUURENQUETE", "VSLGWBTAB", "NIETVSLGWBTAB"))


@_wonen(
    label="Aandeel huishoudens met huurtoeslag",
    label_en="Share of households with rent allowance",
    eenheid="gemeente",
    soort="aandeel",
    bron=("CBS StatLine",),
)
def rent_allowance_households(aandeel_huurtoeslag: Floats) -> Floats:
    """Households with rent allowance as a share of all households."""
    return aandeel_huurtoeslag


@_wonen(
    label="Aandeel sociale huurwoningen",
    label_en="Share of social rental dwellings",
    eenheid="gemeente",
    soort="aandeel",
    bron=("CBS StatLine",),
)
def social_rental_housing(social_dwellings: Floats, dwellings: Floats) -> Floats:
    """Social rental dwellings as a share of all dwellings."""
    return verhouding(social_dwellings, dwellings)


@_goedkoop(label="Huur bekend uit de huurenquête", label_en="Rent known from the rent survey")
def huur_bekend(rent: NDArray[Any]) -> Flags:
    """A tenant whose basic rent is in the sample of the rent survey."""
    return rent >= 0


def onder_grens(rent: NDArray[Any], liberalisatiegrens: float, deel: float) -> Flags:
    """Tenants with a known basic rent below this part of the rent-liberalisation limit."""
    return (rent >= 0) & (rent < deel * liberalisatiegrens)


def _goedkope_huur(deel: float) -> Callable[[NDArray[Any], float], Flags]:
    procent = round(100 * deel)

    def cheap_rental_housing(rent: NDArray[Any], liberalisatiegrens: float) -> Flags:
        return onder_grens(rent, liberalisatiegrens, deel)

    cheap_rental_housing.__doc__ = f"""A basic rent below {procent}% of the rent-liberalisation limit of the year.

    A share is of the tenants whose rent is known.
    """
    return _goedkoop(
        key=f"cheap_rental_housing_{procent}",
        label=f"Aandeel goedkope huurwoningen (onder {procent}% van de liberalisatiegrens)",
        label_en=f"Share of cheap rental dwellings (below {procent}% of the rent-liberalisation limit)",
        noemer="huur_bekend",
    )(cheap_rental_housing)


# The report tests one kenmerk for each part of the limit; only the part differs.
for _deel in reeks("goedkope_huur"):
    globals()[f"cheap_rental_housing_{round(100 * _deel)}"] = _goedkope_huur(_deel)


@_goedkoop(
    label="Aandeel goedkope huurwoningen",
    label_en="Share of cheap rental dwellings",
    eenheid="gemeente",
    soort="aandeel",
)
def cheap_rental_housing(aandeel_cheap_rental_housing_100: Floats) -> Floats:
    """The share of rents below the limit itself, under the name of the shortlist; 75% and 50% are variants."""
    return aandeel_cheap_rental_housing_100
