"""Type of household and age of the youngest child at home, in the classes of the volume and of the price model."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

TYPE = codes("household_type")
KIND_THUIS = "Zorg voor jonge kinderen maakt werken moeilijker."
OUDER_KIND = "Naarmate het jongste kind ouder is, is werken beter mogelijk."
SAMEN = "Met twee volwassenen is er vaker een inkomen uit werk, en is de norm per persoon lager."

huishouden = partial(
    kenmerk,
    thema="Huishoudtype",
    bron=("GBAHUISHOUDENSBUS", "GBAPERSOONTAB"),
    peildatum="31 december",
    reden="Het type huishouden is geen gevolg van bijstandsbeleid.",
)
moeder = partial(huishouden, verwacht_teken="+", theorie=KIND_THUIS)
vader = partial(huishouden, verwacht_teken="-", theorie=OUDER_KIND)
paar = partial(huishouden, verwacht_teken="-", theorie=SAMEN)


def _youngest(lowest: int, below: int, age_youngest_child: Ints) -> Flags:
    return (age_youngest_child >= lowest) & (age_youngest_child < below)


@huishouden(
    label="Alleenstaande",
    label_en="Single person",
    verwacht_teken="+",
    theorie="Zonder partner valt inkomen niet op te vangen; referentiecategorie van het volumemodel.",
)
def household_single(household_type: Ints) -> Flags:
    """One adult without children at home."""
    return household_type == TYPE["alleenstaande"]


@moeder(label="Eenouder-moeder, jongste kind tot 5", label_en="Single mother, youngest child under 5")
def household_single_mother_youngest_under_5(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is younger than 5."""
    return (household_type == TYPE["eenouder_moeder"]) & _youngest(0, 5, age_youngest_child)


@moeder(label="Eenouder-moeder, jongste kind 5-12", label_en="Single mother, youngest child 5-12")
def household_single_mother_youngest_5_12(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is 5 to 11 years old."""
    return (household_type == TYPE["eenouder_moeder"]) & _youngest(5, 12, age_youngest_child)


@moeder(label="Eenouder-moeder, jongste kind 12-18", label_en="Single mother, youngest child 12-18")
def household_single_mother_youngest_12_18(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is 12 to 17 years old."""
    return (household_type == TYPE["eenouder_moeder"]) & _youngest(12, 18, age_youngest_child)


@huishouden(
    label="Eenouder-moeder, jongste kind 18+",
    label_en="Single mother, youngest child 18+",
    verwacht_teken="-",
    theorie=OUDER_KIND,
)
def household_single_mother_youngest_18plus(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is 18 or older."""
    return (household_type == TYPE["eenouder_moeder"]) & (age_youngest_child >= 18)


@huishouden(
    label="Eenouder-moeder, jongste kind tot 18",
    label_en="Single mother, youngest child under 18",
    verwacht_teken="+",
    theorie=KIND_THUIS,
)
def eenouder_moeder_kind_tot_18(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is younger than 18."""
    return (household_type == TYPE["eenouder_moeder"]) & _youngest(0, 18, age_youngest_child)


@vader(label="Eenouder-vader, jongste kind tot 5", label_en="Single father, youngest child under 5")
def household_single_father_youngest_under_5(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single father whose youngest child at home is younger than 5."""
    return (household_type == TYPE["eenouder_vader"]) & _youngest(0, 5, age_youngest_child)


@vader(label="Eenouder-vader, jongste kind 5-12", label_en="Single father, youngest child 5-12")
def household_single_father_youngest_5_12(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single father whose youngest child at home is 5 to 11 years old."""
    return (household_type == TYPE["eenouder_vader"]) & _youngest(5, 12, age_youngest_child)


@vader(label="Eenouder-vader, jongste kind 12-18", label_en="Single father, youngest child 12-18")
def household_single_father_youngest_12_18(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single father whose youngest child at home is 12 to 17 years old."""
    return (household_type == TYPE["eenouder_vader"]) & _youngest(12, 18, age_youngest_child)


@vader(label="Eenouder-vader, jongste kind 18+", label_en="Single father, youngest child 18+")
def household_single_father_youngest_18plus(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single father whose youngest child at home is 18 or older."""
    return (household_type == TYPE["eenouder_vader"]) & (age_youngest_child >= 18)


@paar(label="Paar, jongste kind 18-", label_en="Couple, youngest child under 18")
def household_couple_youngest_under_18(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A couple whose youngest child at home is younger than 18."""
    return (household_type == TYPE["paar_met_kinderen"]) & _youngest(0, 18, age_youngest_child)


@paar(label="Paar, jongste kind 18+", label_en="Couple, youngest child 18+")
def household_couple_youngest_18plus(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A couple whose youngest child at home is 18 or older."""
    return (household_type == TYPE["paar_met_kinderen"]) & (age_youngest_child >= 18)


@paar(label="Paar zonder kinderen", label_en="Couple without children")
def household_couple_no_children(household_type: Ints) -> Flags:
    """A couple without children at home."""
    return household_type == TYPE["paar_zonder_kinderen"]


@paar(
    label="Thuiswonend meerderjarig kind",
    label_en="Adult child living at home",
    theorie="Wie bij de ouders woont, leeft vaker van hun inkomen en vraagt minder vaak bijstand aan.",
)
def household_adult_child_at_home(household_type: Ints) -> Flags:
    """An adult child living with the parents, for bijstand a household of its own."""
    return household_type == TYPE["thuiswonend_kind"]


@huishouden(
    label="Overig huishouden",
    label_en="Other household",
    verwacht_teken="+",
    theorie="In overige huishoudens is inkomen minder vaak gedeeld dan bij paren.",
)
def household_other(household_type: Ints) -> Flags:
    """A household of another composition."""
    return household_type == TYPE["overig"]


@huishouden(
    label="Eenouder-moeder, jongste kind 5+",
    label_en="Single mother, youngest child 5+",
    verwacht_teken="-",
    theorie=OUDER_KIND,
)
def household_single_mother_youngest_5plus(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """A single mother whose youngest child at home is 5 or older (price model)."""
    return (household_type == TYPE["eenouder_moeder"]) & (age_youngest_child >= 5)


@paar(label="Paar met kinderen", label_en="Couple with children")
def household_couple_with_children(household_type: Ints) -> Flags:
    """A couple with children at home (price model)."""
    return household_type == TYPE["paar_met_kinderen"]


@paar(label="Paar zonder kinderen of overig huishouden", label_en="Couple without children, or other household")
def household_couple_no_children_or_other(household_couple_no_children: Flags, household_other: Flags) -> Flags:
    """A couple without children or a household of another composition (price model)."""
    return household_couple_no_children | household_other


@huishouden(
    label="Alleenstaande of eenouder-vader",
    label_en="Single person or single father",
    verwacht_teken="+",
    theorie="Referentiecategorie van het prijsmodel: zonder partner is er minder inkomen te verrekenen.",
)
def household_single_or_single_father(household_type: Ints) -> Flags:
    """A single person or a single father (price model)."""
    return (household_type == TYPE["alleenstaande"]) | (household_type == TYPE["eenouder_vader"])
