"""The make-up of the population of a gemeente: status holders, education, income, participation, denomination."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import kenmerk, verhouding
from verdeelmodel.kenmerken.instellingen import waarde

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

THEMA = "Overige demografische kenmerken"
STATLINE = ("CBS StatLine",)
_aandeel = partial(
    kenmerk,
    thema=THEMA,
    eenheid="gemeente",
    soort="aandeel",
    beinvloedbaar="nee",
    reden="De samenstelling van de bevolking is op korte termijn niet te sturen.",
)


@_aandeel(
    label="Aandeel statushouders",
    label_en="Share of status holders",
    bron=("ASIELCOHORT", "GBAADRESOBJECTBUS", "VSLGWBTAB", "NIETVSLGWBTAB"),
    verwacht_teken="+",
    theorie="Statushouders hebben de eerste jaren vrijwel allemaal bijstand.",
)
def status_holders(aandeel_statushouders: Floats, households: Floats, inhabitants: Floats) -> Floats:
    """Persons with an asylum permit who came from 2014 on, as a fraction of all inhabitants.

    The number is the mean per household times the households of the gemeente, so a sample gives the same figure.
    """
    return verhouding(aandeel_statushouders * households, inhabitants)


@_aandeel(
    label="Aandeel hoogopgeleiden",
    label_en="Share of highly educated",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Hoogopgeleiden in de omgeving vergroten de kans op sociale stijging.",
)
def highly_educated(high_education: Floats) -> Floats:
    """The share of the labour force of 15 to 75 with a high level of education; known from 2019 on."""
    return high_education


@_aandeel(
    thema="Opleidingsniveau",
    label="Aandeel laagst opgeleiden in gemeente",
    label_en="Share with the lowest education in the municipality",
    bron=STATLINE,
    verwacht_teken="+",
    theorie="Veel laagopgeleiden betekent meer concurrentie om eenvoudig werk.",
)
def municipality_share_lowest_educated(lowest_educated: Floats) -> Floats:
    """The fraction with the lowest level of education; the unit of the official model is not published."""
    return lowest_educated


@kenmerk(
    thema=THEMA,
    label="Huishouden zonder student met bekend inkomen",
    label_en="Household without students and with known income",
    bron=("INHATAB", "ONDERWIJSINSCHRTAB"),
)
def inkomen_bekend_zonder_student(income_decile: NDArray[Any], student_level: NDArray[Any]) -> Flags:
    """A household in which nobody studies and whose disposable income is known."""
    bekend: Flags = (income_decile >= 1) & (student_level == 0)
    return bekend


@kenmerk(
    thema=THEMA,
    label="Aandeel huishoudens met een hoog inkomen",
    label_en="Share of households with a high income",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Hoge inkomens in de omgeving vergroten de kans op sociale stijging.",
    reden="De samenstelling van de bevolking is op korte termijn niet te sturen.",
    noemer="inkomen_bekend_zonder_student",
)
def hoog_inkomen_zonder_student(inkomen_bekend_zonder_student: Flags, income_decile: NDArray[Any]) -> Flags:
    """A household without students in the eighth to tenth decile of standardised disposable income."""
    return inkomen_bekend_zonder_student & (income_decile >= waarde("hoog_inkomen"))


@_aandeel(
    label="Aandeel personen met een hoog inkomen op gemeenteniveau",
    label_en="Share of persons with a high income",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Hoge inkomens in de omgeving vergroten de kans op sociale stijging.",
)
def high_income(aandeel_hoog_inkomen_zonder_student: Floats) -> Floats:
    """The share of households, students left out, in the eighth to tenth decile of standardised disposable income.

    The shortlist says persons, the definition in appendix C households; this is the definition.
    """
    return aandeel_hoog_inkomen_zonder_student


@_aandeel(
    label="Bruto arbeidsparticipatie",
    label_en="Gross labour participation",
    bron=("CBS StatLine Arbeidsdeelname, regionale indeling 2020",),
    verwacht_teken="-",
    theorie="Waar meer mensen willen en kunnen werken, is bijstand minder gewoon.",
)
def gross_participation(participation: Floats) -> Floats:
    """The share of the potential labour force (15 to 75 years) that works or is able and willing to work."""
    return participation


@_aandeel(
    soort="getal",
    label="Kenmerken voor 'nietsers': verschil in bruto participatie tussen mannen en vrouwen",
    label_en="Difference in gross participation between men and women ('nietsers')",
    bron=("CBS StatLine Arbeidsdeelname, regionale indeling 2020",),
    verwacht_teken="?",
    theorie="Waar veel partners niet werken en geen uitkering hebben, is het beroep op bijstand anders.",
)
def nietsers_gross_participation(participation_men: Floats, participation_women: Floats) -> Floats:
    """Gross participation of men minus that of women; the other half of this entry is `gross_participation`."""
    return participation_men - participation_women


@_aandeel(
    label="Aandeel hervormden in gemeente",
    label_en="Share of reformed (hervormd) in the municipality",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Kerkelijke gemeenschappen helpen elkaar en zien bijstand eerder als laatste redmiddel.",
)
def aandeel_hervormden(reformed: Floats) -> Floats:
    """The share of members of the former Dutch Reformed church."""
    return reformed


@_aandeel(
    label="Aandeel gereformeerden in gemeente",
    label_en="Share of Calvinists (gereformeerd) in the municipality",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Kerkelijke gemeenschappen helpen elkaar en zien bijstand eerder als laatste redmiddel.",
)
def aandeel_gereformeerden(calvinist: Floats) -> Floats:
    """The share of members of the gereformeerde churches."""
    return calvinist


@_aandeel(
    label="Aandeel protestanten in gemeente",
    label_en="Share of protestants in the municipality",
    bron=STATLINE,
    verwacht_teken="-",
    theorie="Kerkelijke gemeenschappen helpen elkaar en zien bijstand eerder als laatste redmiddel.",
)
def aandeel_protestanten(protestant: Floats) -> Floats:
    """The share of protestants of all denominations."""
    return protestant
