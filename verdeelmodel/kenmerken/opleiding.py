"""Education: human capital (HCI), special education, and students who dropped out."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import any_in, any_with, codes

HCI = codes("hci_1")

opleiding = partial(
    kenmerk,
    thema="Opleidingsniveau",
    bron=("HOOGSTEOPLTAB", "SPOLISBUS"),
    peildatum="opleiding 1 oktober, arbeidsverleden vijf jaar",
    verwacht_teken="+",
    theorie="Wie weinig opleiding en werkervaring heeft, vindt minder snel werk.",
    beinvloedbaar="deels",
    reden="Scholing van bijstandsontvangers is gemeentelijk beleid, de opleiding van de bevolking niet.",
)


@opleiding(label="Lage HCI in huishouden", label_en="Low human capital in household")
def hci_low(hci_1: Ints, hci_2: Ints, hci_3: Ints) -> Flags:
    """At least one adult with low human capital (education and work history together)."""
    return any_with(HCI["laag"], hci_1, hci_2, hci_3)


@opleiding(
    label="Middelbare of hoge HCI in huishouden",
    label_en="Middle or high human capital in household",
    verwacht_teken="-",
    theorie="Wie meer opleiding en werkervaring heeft, vindt sneller werk.",
)
def hci_middle_or_high(hci_1: Ints, hci_2: Ints, hci_3: Ints) -> Flags:
    """At least one adult with middle or high human capital."""
    return any_in([HCI["midden"], HCI["hoog"]], hci_1, hci_2, hci_3)


@opleiding(
    label="HCI onbekend in huishouden",
    label_en="Human capital unknown in household",
    verwacht_teken="?",
    theorie="Referentiecategorie: van oudere personen en nieuwkomers is de opleiding vaak niet bekend.",
)
def hci_unknown(hci_1: Ints, hci_2: Ints, hci_3: Ints) -> Flags:
    """At least one adult whose human capital is unknown."""
    return any_with(HCI["onbekend"], hci_1, hci_2, hci_3)


@opleiding(
    label="(V)SO of praktijkonderwijs gevolgd in huishouden",
    label_en="Special or practical education in household",
    bron=("ONDERWIJSINSCHRTAB",),
    peildatum="1 oktober",
    theorie="Wie voortgezet speciaal of praktijkonderwijs volgde, heeft vaker een arbeidsbeperking.",
    beinvloedbaar="nee",
    reden="De schoolloopbaan ligt vast.",
)
def special_or_practical_education(vso_pro: Flags) -> Flags:
    """At least one person attended special secondary or practical education."""
    return vso_pro
