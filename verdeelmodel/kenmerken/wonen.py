"""Housing: the kind of dwelling."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

WONING = codes("housing")

woning = partial(
    kenmerk,
    thema="Woonsituatie",
    bron=("EIGENDOMTAB", "GBAADRESOBJECTBUS"),
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Woningen met een lage huur en toewijzing op inkomen trekken huishoudens met weinig inkomen aan.",
    beinvloedbaar="deels",
    reden="De gemeente stuurt op termijn met woningbouw en prestatieafspraken.",
)


@woning(label="Wonen in corporatiewoning", label_en="Housing corporation dwelling")
def housing_corporation(housing: Ints) -> Flags:
    """The household rents from a housing corporation."""
    return housing == WONING["corporatie"]


@woning(
    label="Wonen op een standplaats",
    label_en="Caravan pitch",
    theorie="Bewoners van standplaatsen hebben een grotere afstand tot de arbeidsmarkt.",
)
def housing_caravan_pitch(housing: Ints) -> Flags:
    """The household lives on a caravan pitch."""
    return housing == WONING["standplaats"]


@woning(
    label="Wonen in corporatiewoning of op standplaats",
    label_en="Housing corporation dwelling or caravan pitch",
)
def housing_corporation_or_caravan_pitch(housing_corporation: Flags, housing_caravan_pitch: Flags) -> Flags:
    """The household rents from a housing corporation or lives on a caravan pitch (price model)."""
    return housing_corporation | housing_caravan_pitch


@woning(
    label="Commerciële kamerhuur",
    label_en="Room rented on commercial terms",
    bron=(),
    theorie="Wie op commerciële basis een kamer huurt is geen kostendeler en krijgt daardoor een hogere uitkering.",
)
def commerciele_kamerhuur(kamerhuur: Flags) -> Flags:
    """The household rents a room on commercial terms, so that the norm for sharing costs does not apply."""
    return kamerhuur
