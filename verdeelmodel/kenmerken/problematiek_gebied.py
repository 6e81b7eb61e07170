"""Stacking of problems in a gemeente: debts, crime, health, young people, divorces, literacy."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import kenmerk, verhouding

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int8]

SCHULDEN = ("Schuldenproblematiek",)
GEZONDHEID = ("MEDICIJNTAB", "ZVWZORGKOSTENTAB")
STATLINE = ("CBS StatLine",)
_problematiek = partial(kenmerk, thema="(Stapeling van) problematiek / Centrumfunctie", verwacht_teken="+")
_gemeente = partial(_problematiek, eenheid="gemeente")
STAPELING = "Wie meer dan één probleem heeft, vindt moeilijker werk en blijft langer in de bijstand."
PER_TIENDUIZEND = 10_000


@_gemeente(
    label="Huishoudens met problematische schulden",
    label_en="Households with problematic debt",
    soort="aandeel",
    bron=SCHULDEN,
    theorie="Schulden maken werken minder lonend en geven stress.",
    beinvloedbaar="deels",
    reden="Schuldhulpverlening is een taak van de gemeente.",
)
def problematic_debt(aandeel_problematische_schulden: Floats) -> Floats:
    """The share of households in which somebody meets the narrow definition of registered problematic debt."""
    return aandeel_problematische_schulden


@_gemeente(
    label="Multiproblematiek: criminaliteit en gezondheidsproblemen",
    label_en="Multiple problems: crime and health",
    soort="getal",
    bron=("VERDTAB", *GEZONDHEID),
    theorie=STAPELING,
    beinvloedbaar="nee",
    reden="Gezondheid en criminaliteit liggen grotendeels buiten het bereik van het bijstandsbeleid.",
)
def multi_crime_health(aandeel_verdachte_in_huishouden: Floats, aandeel_gezondheidsproblemen: Floats) -> Floats:
    """The share of households with a suspect of a crime times the share with health problems, as in appendix C.

    A product of two municipal shares: it says nothing about the same households. Section 4.1 of the report speaks of
    households that have both; that is `criminaliteit_en_gezondheid_samen`.
    """
    return aandeel_verdachte_in_huishouden * aandeel_gezondheidsproblemen


@_gemeente(
    label="Multiproblematiek: problematische schulden en gezondheidsproblemen",
    label_en="Multiple problems: problematic debt and health",
    soort="getal",
    bron=(*SCHULDEN, *GEZONDHEID),
    theorie=STAPELING,
    beinvloedbaar="nee",
    reden="Gezondheid ligt buiten het bereik van het bijstandsbeleid.",
)
def multi_debt_health(aandeel_problematische_schulden: Floats, aandeel_gezondheidsproblemen: Floats) -> Floats:
    """The share of households with problematic debt times the share with health problems, as in appendix C.

    A product of two municipal shares: it says nothing about the same households. Section 4.1 of the report speaks of
    households that have both; that is `schulden_en_gezondheid_samen`.
    """
    return aandeel_problematische_schulden * aandeel_gezondheidsproblemen


@_gemeente(
    label="Huishoudens met een verdachte én gezondheidsproblemen",
    label_en="Households with both a suspect of a crime and health problems",
    soort="aandeel",
    bron=("VERDTAB", *GEZONDHEID),
    theorie=STAPELING,
    beinvloedbaar="nee",
    reden="Gezondheid en criminaliteit liggen grotendeels buiten het bereik van het bijstandsbeleid.",
)
def criminaliteit_en_gezondheid_samen(aandeel_verdachte_en_gezondheidsproblemen: Floats) -> Floats:
    """The share of households that have both problems themselves, as section 4.1 of the report words it."""
    return aandeel_verdachte_en_gezondheidsproblemen


@_gemeente(
    label="Huishoudens met problematische schulden én gezondheidsproblemen",
    label_en="Households with both problematic debt and health problems",
    soort="aandeel",
    bron=(*SCHULDEN, *GEZONDHEID),
    theorie=STAPELING,
    beinvloedbaar="nee",
    reden="Gezondheid ligt buiten het bereik van het bijstandsbeleid.",
)
def schulden_en_gezondheid_samen(aandeel_schulden_en_gezondheidsproblemen: Floats) -> Floats:
    """The share of households that have both problems themselves, as section 4.1 of the report words it."""
    return aandeel_schulden_en_gezondheidsproblemen


@_problematiek(
    label="Verdachte en gezondheidsproblemen in huishouden",
    label_en="Suspect of a crime and health problems in the household",
    bron=("VERDTAB", *GEZONDHEID),
    theorie=STAPELING,
)
def verdachte_en_gezondheidsproblemen(verdachte_in_huishouden: Flags, gezondheidsproblemen: Flags) -> Flags:
    """At least one registered suspect of a crime and at least one person with health problems."""
    return verdachte_in_huishouden & gezondheidsproblemen


@_problematiek(
    label="Problematische schulden en gezondheidsproblemen in huishouden",
    label_en="Problematic debt and health problems in the household",
    bron=(*SCHULDEN, *GEZONDHEID),
    theorie=STAPELING,
)
def schulden_en_gezondheidsproblemen(problematische_schulden: Flags, gezondheidsproblemen: Flags) -> Flags:
    """At least one person with registered problematic debt and at least one with health problems."""
    return problematische_schulden & gezondheidsproblemen


@_gemeente(
    label="Jeugdproblematiek: aandeel jongeren van 12-25 jaar verdacht van misdrijf",
    label_en="Young people of 12 to 25 suspected of a crime, per 10,000 inhabitants",
    soort="getal",
    bron=STATLINE,
    theorie="Jongeren met politiecontacten hebben later vaker bijstand.",
    beinvloedbaar="deels",
    reden="Jeugdbeleid is een taak van de gemeente.",
)
def youth_crime_suspects(youth_suspects: Floats, inhabitants: Floats) -> Floats:
    """Young people of 12 to 25 suspected of at least one crime, per ten thousand inhabitants (of all ages)."""
    return PER_TIENDUIZEND * verhouding(youth_suspects, inhabitants)


@_gemeente(
    label="Aandeel jongeren met jeugdzorg",
    label_en="Share of young people with youth care",
    soort="aandeel",
    bron=STATLINE,
    theorie="Jeugdzorg wijst op gezinnen met problemen en op een moeilijker start op de arbeidsmarkt.",
    beinvloedbaar="deels",
    reden="De gemeente bepaalt mee wie jeugdzorg krijgt.",
)
def youth_care(youth_care_persons: Floats, youth_0_23: Floats) -> Floats:
    """Young people of 0 to 23 with youth care, as a fraction of all young people of that age."""
    return verhouding(youth_care_persons, youth_0_23)


@_problematiek(
    label="Uitgevallen studenten met psychische problematiek in huishouden",
    label_en="Dropped-out students with psychological problems in the household",
    soort="aantal",
    bron=("HOOGSTEOPLTAB", "GBAPERSOONTAB", *GEZONDHEID),
    theorie="Uitval uit de studie met psychische problemen leidt vaker naar de bijstand.",
)
def uitgevallen_studenten_psychisch(
    dropouts_psychological: Ints, dropout_age: Ints, leeftijdsgrens_studie: float
) -> Ints:
    """Persons who began a bachelor or higher, did not finish it and have psychological problems.

    Counted only up to the age to which education is fully registered (43 in 2017, a year more every year). The age
    known of a household is that of its youngest dropped-out student, so an older one in the same household is counted
    along.
    """
    bekend = (dropout_age >= 0) & (dropout_age <= leeftijdsgrens_studie)
    return np.where(bekend, dropouts_psychological, 0).astype(dropouts_psychological.dtype)


@_gemeente(
    label="Aandeel (voormalige) studenten met psychische problematiek",
    label_en="Share of (former) students with psychological problems",
    soort="aandeel",
    bron=("HOOGSTEOPLTAB", "GBAPERSOONTAB", *GEZONDHEID),
    theorie="Studentensteden houden uitgevallen studenten met psychische problemen als inwoner.",
    beinvloedbaar="nee",
    reden="Waar studenten wonen volgt uit de ligging van opleidingen.",
)
def former_students_mental_health(
    aandeel_uitgevallen_studenten_psychisch: Floats, households: Floats, labour_force: Floats
) -> Floats:
    """Dropped-out students with psychological problems, as a fraction of the labour force.

    The number is the mean per household times the households of the gemeente, so a sample gives the same figure.
    """
    return verhouding(aandeel_uitgevallen_studenten_psychisch * households, labour_force)


@_gemeente(
    label="Aandeel echtscheidingen",
    label_en="Divorces per 1,000 married persons, age-standardised",
    soort="getal",
    bron=STATLINE,
    theorie="Na een scheiding valt een huishouden vaker terug op de bijstand.",
    beinvloedbaar="nee",
    reden="Een gemeente heeft geen invloed op scheidingen.",
)
def divorces(divorces: Floats) -> Floats:
    """Divorces per thousand married persons, standardised for age, as published."""
    return divorces


@_gemeente(
    label="Aandeel laaggeletterden",
    label_en="Share with low literacy",
    soort="aandeel",
    bron=("geletterdheidinzicht.nl (ROA)",),
    theorie="Wie moeite heeft met lezen en schrijven, vindt moeilijker werk.",
    beinvloedbaar="deels",
    reden="De gemeente koopt taalonderwijs in.",
)
def low_literacy(low_literacy_share: Floats) -> Floats:
    """The published share of people with low literacy, as a fraction; the report has one figure for all years."""
    return low_literacy_share
