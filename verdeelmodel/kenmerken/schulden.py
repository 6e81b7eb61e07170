"""Registered problematic debts, by the narrow definition: the criteria of BKR and CCBR are not in the registers."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.instellingen import waarde

NIET_ONINBAAR = -1

schulden = partial(
    kenmerk,
    thema="(Stapeling van) problematiek / Centrumfunctie",
    bron=("Schuldenproblematiek",),
    peildatum="1 januari",
    verwacht_teken="+",
    theorie="Wie problematische schulden heeft, houdt van werk minder over en heeft minder ruimte om werk te zoeken.",
    beinvloedbaar="deels",
    reden="Schuldhulpverlening is een taak van de gemeente.",
)


@schulden(label="Achterstand in de zorgpremie", label_en="Arrears in the health premium")
def schuld_zorgpremie(premium_months: Ints) -> Flags:
    """The health premium has not been paid for at least six months."""
    return premium_months >= waarde("schuld_premie_maanden")


@schulden(label="Achterstand in verkeersboetes (CJIB)", label_en="Arrears in traffic fines (CJIB)")
def schuld_verkeersboete(fine_months: Ints, fine_amount: Ints) -> Flags:
    """The second reminder of a traffic fine has been open for at least two months, for at least 50 euro in all."""
    return (fine_months >= waarde("schuld_boete_maanden")) & (fine_amount >= waarde("schuld_boete_bedrag"))


@schulden(label="Toeslagschuld", label_en="Debt of benefit allowances")
def schuld_toeslag(allowance_months: Ints, allowance_amount: Ints) -> Flags:
    """An allowance debt of at least 50 euro in all has been open for more than 27 months."""
    return (allowance_months > waarde("schuld_toeslag_maanden")) & (allowance_amount >= waarde("schuld_toeslag_bedrag"))


@schulden(label="Belastingschuld", label_en="Tax debt")
def schuld_belasting(tax_months: Ints, tax_amount: Ints) -> Flags:
    """A debt on other tax assessments of at least 50 euro in all has been open for more than 15 months."""
    return (tax_months > waarde("schuld_belasting_maanden")) & (tax_amount >= waarde("schuld_belasting_bedrag"))


@schulden(label="Oninbare belastingschuld", label_en="Uncollectable tax debt")
def schuld_belasting_oninbaar(tax_lost_months: Ints) -> Flags:
    """A tax debt became uncollectable in the twelve months before the reference date."""
    return (tax_lost_months > NIET_ONINBAAR) & (tax_lost_months <= waarde("schuld_oninbaar_maanden"))


@schulden(label="Achterstand bij DUO", label_en="Arrears at DUO")
def schuld_duo(duo_months: Ints, duo_amount: Ints) -> Flags:
    """Arrears at DUO of at least 270 euro for three months or longer."""
    return (duo_months >= waarde("schuld_duo_maanden")) & (duo_amount >= waarde("schuld_duo_bedrag"))


@schulden(label="Huishouden met problematische schulden", label_en="Household with problematic debts")
def problematische_schulden(
    wsnp: Flags,
    schuld_zorgpremie: Flags,
    schuld_verkeersboete: Flags,
    schuld_toeslag: Flags,
    schuld_belasting: Flags,
    schuld_belasting_oninbaar: Flags,
    schuld_duo: Flags,
) -> Flags:
    """At least one person meets a criterion of the narrow definition: a WSNP track, or one of the six kinds of arrears.

    The register holds months and amounts per household, so a month count and an amount may come from different persons.
    """
    return (
        wsnp
        | schuld_zorgpremie
        | schuld_verkeersboete
        | schuld_toeslag
        | schuld_belasting
        | schuld_belasting_oninbaar
        | schuld_duo
    )
