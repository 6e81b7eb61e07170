"""Other problems in the household that were tested before or are crossed with health: crime, youth care, divorce."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, kenmerk

probleem = partial(
    kenmerk,
    thema="(Stapeling van) problematiek / Centrumfunctie",
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Problemen in het huishouden verkleinen de kans op werk.",
    reden="Het probleem ontstaat niet door bijstandsbeleid.",
)


@probleem(
    label="Verdachte van een misdrijf in huishouden", label_en="Suspect of a crime in household", bron=("VERDTAB",)
)
def verdachte_in_huishouden(verdachte: Flags) -> Flags:
    """At least one person is registered by the police as suspect of a crime."""
    return verdachte


@probleem(label="Gedetineerde in huishouden", label_en="Person in detention in household", bron=("DETENTIETAB",))
def gedetineerde_in_huishouden(gedetineerd: Flags) -> Flags:
    """At least one person is in detention on the reference date."""
    return gedetineerd


@probleem(
    label="Jeugdzorg in huishouden (zonder voogdij, pleegzorg en verblijf)",
    label_en="Youth care in household (without guardianship, foster care and residence)",
    bron=("JEUGDHULPBUS",),
    beinvloedbaar="deels",
    reden="Jeugdzorg is een taak van de gemeente.",
)
def jeugdzorg_in_huishouden(jeugdzorg: Flags) -> Flags:
    """Youth care in the household, without guardianship, foster care and residence."""
    return jeugdzorg


@probleem(
    label="Echtscheiding in de vijf jaar ervoor in huishouden",
    label_en="Divorce in the five years before in household",
    bron=("GBABURGERLIJKESTAATBUS",),
)
def echtscheiding_in_huishouden(gescheiden: Flags) -> Flags:
    """At least one adult was divorced in the five years before."""
    return gescheiden
