"""Health: costs of care, mental care and medicines in the household."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

GGZ = codes("ggz")
VIJFTIGDUIZEND = 50_000
VIJFDUIZEND = 5_000

zorg = partial(
    kenmerk,
    thema="Zorggebruik",
    bron=("ZVWZORGKOSTENTAB",),
    peildatum="heel het jaar",
    verwacht_teken="+",
    theorie="Een slechte gezondheid verkleint de kans op werk.",
    reden="Zorggebruik is geen gevolg van bijstandsbeleid.",
)
medicijn = partial(zorg, bron=("MEDICIJNTAB",))


@zorg(label="Zorgkosten boven € 50.000 in huishouden", label_en="Care costs above 50,000 euro in household")
def care_cost_above_50000(care_cost: Ints) -> Flags:
    """At least one person with more than 50,000 euro of care costs (models to 2022)."""
    return care_cost > VIJFTIGDUIZEND


@zorg(label="Zorgkosten boven € 5.000 in huishouden", label_en="Care costs above 5,000 euro in household")
def care_cost_above_5000(care_cost: Ints) -> Flags:
    """At least one person with more than 5,000 euro of care costs (models from 2024)."""
    return care_cost > VIJFDUIZEND


@zorg(label="Zorgkosten voor hulpmiddelen in huishouden", label_en="Care costs for medical aids in household")
def care_cost_aids(care_aids: Flags) -> Flags:
    """At least one person with care costs for medical aids."""
    return care_aids


@zorg(label="Zorgkosten voor ziekenhuisbezoek in huishouden", label_en="Care costs for hospital visits in household")
def care_cost_hospital(care_hospital: Flags) -> Flags:
    """At least one person with care costs for hospital visits."""
    return care_hospital


@zorg(label="Bovengemiddelde huisartskosten in huishouden", label_en="General practitioner costs above average")
def gp_cost_above_average(care_gp_high: Flags) -> Flags:
    """At least one person with costs of the general practitioner above the national mean."""
    return care_gp_high


@zorg(label="Verleden met zorgkosten boven € 5.000 in huishouden", label_en="Past care costs above 5,000 euro")
def care_cost_history_above_5000(care_past_high: Flags) -> Flags:
    """At least one person with more than 5,000 euro of care costs in a year of the ten years before."""
    return care_past_high


@zorg(label="Gebruik ggz-zorg in huishouden", label_en="Use of mental health care in household")
def mental_care_use(ggz: Ints) -> Flags:
    """At least one person uses mental health care."""
    return ggz != GGZ["geen"]


@zorg(label="Verleden met ggz-kosten in huishouden", label_en="Past costs of mental health care in household")
def mental_care_history(ggz_past: Flags) -> Flags:
    """At least one person with costs of mental health care in the ten years before."""
    return ggz_past


@zorg(label="Basis-ggz in huishouden", label_en="Basic mental health care in household")
def ggz_basis(ggz: Ints) -> Flags:
    """The heaviest mental health care in the household is basic care."""
    return ggz == GGZ["basis"]


@zorg(label="Specialistische ggz tot en met € 4.500 in huishouden", label_en="Specialist mental care up to 4,500 euro")
def ggz_specialistisch_tot_4500(ggz: Ints) -> Flags:
    """The heaviest mental health care in the household is specialist care of at most 4,500 euro."""
    return ggz == GGZ["specialistisch"]


@zorg(label="Specialistische ggz boven € 4.500 in huishouden", label_en="Specialist mental care above 4,500 euro")
def ggz_specialistisch_boven_4500(ggz: Ints) -> Flags:
    """At least one person uses specialist mental health care of more than 4,500 euro."""
    return ggz == GGZ["specialistisch_hoog"]


@zorg(
    label="Uitgevallen ex-student met psychische problemen in huishouden",
    label_en="Former student who dropped out, with psychological problems",
    bron=("HOOGSTEOPLTAB", "ZVWZORGKOSTENTAB", "MEDICIJNTAB"),
)
def dropout_ex_student_psychological(dropouts_psychological: Ints) -> Flags:
    """At least one person who left higher education without a diploma and has psychological problems (from 2024)."""
    return dropouts_psychological > 0


@medicijn(label="Medicijnen voor verslaving in huishouden", label_en="Medication for addiction in household")
def medication_addiction(medicine_addiction: Flags) -> Flags:
    """At least one person uses medication for addiction, nicotine left out."""
    return medicine_addiction


@medicijn(label="Medicijnen voor depressie in huishouden", label_en="Medication for depression in household")
def medication_depression(medicine_depression: Flags) -> Flags:
    """At least one person uses medication for depression."""
    return medicine_depression


@medicijn(label="Medicijnen voor psychose in huishouden", label_en="Medication for psychosis in household")
def medication_psychosis(medicine_psychosis: Flags) -> Flags:
    """At least one person uses medication for psychosis or bipolar disorder."""
    return medicine_psychosis


@medicijn(label="Medicijnen voor epilepsie in huishouden", label_en="Medication for epilepsy in household")
def medication_epilepsy(medicine_epilepsy: Flags) -> Flags:
    """At least one person uses medication for epilepsy or neuropathic pain."""
    return medicine_epilepsy


@medicijn(
    label="Medicijnen uit minder dan 4 hoofdgroepen in huishouden",
    label_en="Medication from fewer than 4 main groups",
    verwacht_teken="-",
    theorie="Referentiecategorie: weinig medicijngebruik wijst op een betere gezondheid.",
)
def medication_groups_under_4(medicine_groups: Ints) -> Flags:
    """The person with the most medicines uses them from fewer than 4 main groups."""
    return medicine_groups < 4


@medicijn(label="Medicijnen uit 4 tot 6 hoofdgroepen in huishouden", label_en="Medication from 4 to 6 main groups")
def medication_groups_4_to_6(medicine_groups: Ints) -> Flags:
    """The person with the most medicines uses them from 4 or 5 main groups."""
    return (medicine_groups >= 4) & (medicine_groups < 6)


@medicijn(label="Medicijnen uit 6 tot 8 hoofdgroepen in huishouden", label_en="Medication from 6 to 8 main groups")
def medication_groups_6_to_8(medicine_groups: Ints) -> Flags:
    """The person with the most medicines uses them from 6 or 7 main groups."""
    return (medicine_groups >= 6) & (medicine_groups < 8)


@medicijn(label="Medicijnen uit 8 of meer hoofdgroepen in huishouden", label_en="Medication from 8 or more main groups")
def medication_groups_8_or_more(medicine_groups: Ints) -> Flags:
    """The person with the most medicines uses them from 8 or more main groups."""
    return medicine_groups >= 8


@medicijn(label="Diabetes in huishouden", label_en="Diabetes in household")
def diabetes_in_huishouden(medicine_diabetes: Flags) -> Flags:
    """At least one person uses medication for diabetes."""
    return medicine_diabetes


@medicijn(label="Hartaandoening in huishouden", label_en="Heart condition in household")
def hartaandoening_in_huishouden(medicine_heart: Flags) -> Flags:
    """At least one person uses medication for a heart condition."""
    return medicine_heart


@medicijn(label="Hiv, aids of nieraandoening in huishouden", label_en="HIV, AIDS or kidney condition in household")
def hiv_aids_of_nieraandoening_in_huishouden(medicine_hiv_kidney: Flags) -> Flags:
    """At least one person uses medication for HIV, AIDS or a kidney condition."""
    return medicine_hiv_kidney


@medicijn(label="Chronische ziekte in huishouden", label_en="Chronic disease in household")
def chronische_ziekte_in_huishouden(medicine_chronic: Flags) -> Flags:
    """At least one person uses medication for a chronic disease."""
    return medicine_chronic


@zorg(
    label="Gezondheidsproblemen in huishouden",
    label_en="Health problems in household",
    bron=("MEDICIJNTAB", "ZVWZORGKOSTENTAB"),
)
def gezondheidsproblemen(
    medicine_addiction: Flags,
    medicine_depression: Flags,
    medicine_psychosis: Flags,
    medicine_groups: Ints,
    care_cost: Ints,
    ggz: Ints,
    zorgkostengrens_gezondheidsproblemen: float,
) -> Flags:
    """At least one person with health problems.

    Medication for addiction (nicotine left out), a chronic mood disorder, psychosis or bipolar disorder, medication
    from four or more main groups, care costs above the limit of the rules year, or use of mental health care.
    """
    return (
        medicine_addiction
        | medicine_depression
        | medicine_psychosis
        | (medicine_groups >= 4)
        | (care_cost > zorgkostengrens_gezondheidsproblemen)
        | (ggz != GGZ["geen"])
    )
