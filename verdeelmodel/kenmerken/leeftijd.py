"""Age of the adults in the household, in the classes of the published models."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import any_aged

leeftijd = partial(
    kenmerk,
    thema="Leeftijd",
    bron=("GBAPERSOONTAB",),
    peildatum="31 december",
    reden="Leeftijd is geen gevolg van gemeentelijk beleid.",
)


@leeftijd(
    label="18 of 19 jaar in huishouden",
    label_en="Person aged 18 or 19 in household",
    verwacht_teken="-",
    theorie="Lage jongerennorm en vaak nog onderwijs; referentiecategorie van het volumemodel.",
)
def age_18_to_20(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 18 or 19 years old."""
    return any_aged(18, 20, age_1, age_2, age_3)


@leeftijd(
    label="18 tot 25 jaar in huishouden",
    label_en="Person aged 18 to 25 in household",
    verwacht_teken="-",
    theorie="Jongeren werken vaker in deeltijd naast de uitkering; referentiecategorie van het prijsmodel.",
)
def age_18_to_25(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 18 to 24 years old."""
    return any_aged(18, 25, age_1, age_2, age_3)


@leeftijd(
    label="20 tot 25 jaar in huishouden",
    label_en="Person aged 20 to 25 in household",
    verwacht_teken="+",
    theorie="Ouder dan 20 jaar is er vaker een eigen recht op bijstand dan daaronder.",
)
def age_20_to_25(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 20 to 24 years old."""
    return any_aged(20, 25, age_1, age_2, age_3)


@leeftijd(
    label="25 tot 30 jaar in huishouden",
    label_en="Person aged 25 to 30 in household",
    verwacht_teken="+",
    theorie="Wie na de schoolleeftijd geen werk heeft, is vaker op bijstand aangewezen.",
)
def age_25_to_30(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 25 to 29 years old."""
    return any_aged(25, 30, age_1, age_2, age_3)


@leeftijd(
    label="30 tot 40 jaar in huishouden",
    label_en="Person aged 30 to 40 in household",
    verwacht_teken="+",
    theorie="Wie na de schoolleeftijd geen werk heeft, is vaker op bijstand aangewezen.",
)
def age_30_to_40(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 30 to 39 years old."""
    return any_aged(30, 40, age_1, age_2, age_3)


@leeftijd(
    label="40 tot 50 jaar in huishouden",
    label_en="Person aged 40 to 50 in household",
    verwacht_teken="+",
    theorie="De kans om weer werk te vinden daalt met de leeftijd.",
)
def age_40_to_50(age_1: Ints, age_2: Ints, age_3: Ints) -> Flags:
    """At least one adult is 40 to 49 years old."""
    return any_aged(40, 50, age_1, age_2, age_3)


@leeftijd(
    label="50 jaar tot AOW-leeftijd in huishouden",
    label_en="Person aged 50 to the state pension age in household",
    verwacht_teken="+",
    theorie="De kans om weer werk te vinden daalt met de leeftijd.",
)
def age_50_to_aow(age_1: Ints, age_2: Ints, age_3: Ints, aow_leeftijd: float) -> Flags:
    """At least one adult is 50 or older and has not reached the state pension (AOW) age of the year of the data."""
    return any_aged(50, aow_leeftijd, age_1, age_2, age_3)
