"""Problems that come together in one household: combinations of the published models, and those that were tested."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, kenmerk

ZORG = ("MEDICIJNTAB", "ZVWZORGKOSTENTAB")
AFKOMST = ("GBAPERSOONTAB", "LANDAKTUEELREF")
HUISHOUDEN = ("GBAHUISHOUDENSBUS",)
SCHOLING = ("HOOGSTEOPLTAB", "SPOLISBUS")

stapeling = partial(
    kenmerk,
    thema="Stapeling van factoren",
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Problemen die samenkomen, verkleinen de kans op werk meer dan elk apart.",
    reden="Een combinatie van achtergrond en gezondheid is geen gevolg van bijstandsbeleid.",
)


@stapeling(
    label="Niet-westerse migratieachtergrond en 50 tot AOW-leeftijd in huishouden",
    label_en="Non-western background and age 50 to state pension age in household",
    bron=AFKOMST,
)
def combo_non_western_x_age_50_to_aow(niet_westers: Flags, age_50_to_aow: Flags) -> Flags:
    """An adult with a non-western background and an adult of 50 to AOW age, the same or another (models to 2022)."""
    return niet_westers & age_50_to_aow


@stapeling(
    label="Niet-westerse migratieachtergrond en gezondheidsproblemen in huishouden",
    label_en="Non-western background and health problems in household",
    bron=(*AFKOMST, *ZORG),
)
def combo_non_western_x_health_problems(niet_westers: Flags, gezondheidsproblemen: Flags) -> Flags:
    """An adult with a non-western background and a person with health problems (models to 2022)."""
    return niet_westers & gezondheidsproblemen


@stapeling(
    label="Lage HCI en gezondheidsproblemen in huishouden",
    label_en="Low human capital and health problems in household",
    bron=(*SCHOLING, *ZORG),
)
def combo_hci_low_x_health_problems(hci_low: Flags, gezondheidsproblemen: Flags) -> Flags:
    """An adult with low human capital and a person with health problems."""
    return hci_low & gezondheidsproblemen


@stapeling(
    label="Niet-Europees en 50 tot AOW-leeftijd in huishouden",
    label_en="Non-European origin and age 50 to state pension age in household",
    bron=AFKOMST,
)
def combo_non_european_x_age_50_to_aow(niet_europees: Flags, age_50_to_aow: Flags) -> Flags:
    """An adult from outside Europe and an adult of 50 to AOW age, the same or another (models from 2024)."""
    return niet_europees & age_50_to_aow


@stapeling(
    label="Niet-Europees en gezondheidsproblemen in huishouden",
    label_en="Non-European origin and health problems in household",
    bron=(*AFKOMST, *ZORG),
)
def combo_non_european_x_health_problems(niet_europees: Flags, gezondheidsproblemen: Flags) -> Flags:
    """An adult from outside Europe and a person with health problems (models from 2024)."""
    return niet_europees & gezondheidsproblemen


@stapeling(
    label="Niet-westerse migratieachtergrond en eenouder-moeder met kind tot 18",
    label_en="Non-western background and single mother with a child under 18",
    bron=(*AFKOMST, *HUISHOUDEN),
)
def niet_westers_en_eenouder_moeder(niet_westers: Flags, eenouder_moeder_kind_tot_18: Flags) -> Flags:
    """A single mother with a child under 18 and a non-western background."""
    return niet_westers & eenouder_moeder_kind_tot_18


@stapeling(
    label="Niet-westerse migratieachtergrond en lage HCI in huishouden",
    label_en="Non-western background and low human capital in household",
    bron=(*AFKOMST, *SCHOLING),
)
def niet_westers_en_lage_hci(niet_westers: Flags, hci_low: Flags) -> Flags:
    """An adult with a non-western background and an adult with low human capital."""
    return niet_westers & hci_low


@stapeling(
    label="Eenouder-moeder met kind tot 18, van 50 tot AOW-leeftijd",
    label_en="Single mother with a child under 18, aged 50 to state pension age",
    bron=HUISHOUDEN,
)
def eenouder_moeder_en_50_tot_aow(eenouder_moeder_kind_tot_18: Flags, age_50_to_aow: Flags) -> Flags:
    """A single mother with a child under 18, and an adult of 50 to AOW age."""
    return eenouder_moeder_kind_tot_18 & age_50_to_aow


@stapeling(
    label="Eenouder-moeder met kind tot 18 en lage HCI",
    label_en="Single mother with a child under 18, low human capital",
    bron=(*HUISHOUDEN, *SCHOLING),
)
def eenouder_moeder_en_lage_hci(eenouder_moeder_kind_tot_18: Flags, hci_low: Flags) -> Flags:
    """A single mother with a child under 18, and an adult with low human capital."""
    return eenouder_moeder_kind_tot_18 & hci_low


@stapeling(
    label="Eenouder-moeder met kind tot 18 en gezondheidsproblemen",
    label_en="Single mother with a child under 18, health problems",
    bron=(*HUISHOUDEN, *ZORG),
)
def eenouder_moeder_en_gezondheid(eenouder_moeder_kind_tot_18: Flags, gezondheidsproblemen: Flags) -> Flags:
    """A single mother with a child under 18, and a person with health problems."""
    return eenouder_moeder_kind_tot_18 & gezondheidsproblemen


@stapeling(
    label="50 tot AOW-leeftijd en lage HCI in huishouden",
    label_en="Age 50 to state pension age and low human capital in household",
    bron=("GBAPERSOONTAB", *SCHOLING),
)
def vijftig_tot_aow_en_lage_hci(age_50_to_aow: Flags, hci_low: Flags) -> Flags:
    """An adult of 50 to AOW age and an adult with low human capital."""
    return age_50_to_aow & hci_low


@stapeling(
    label="50 tot AOW-leeftijd en gezondheidsproblemen in huishouden",
    label_en="Age 50 to state pension age and health problems in household",
    bron=("GBAPERSOONTAB", *ZORG),
)
def vijftig_tot_aow_en_gezondheid(age_50_to_aow: Flags, gezondheidsproblemen: Flags) -> Flags:
    """An adult of 50 to AOW age and a person with health problems."""
    return age_50_to_aow & gezondheidsproblemen
