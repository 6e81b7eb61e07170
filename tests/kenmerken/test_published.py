"""Every household kenmerk of the published models: it exists, computes, and means what the regulation says.

The examples below are written by hand from the labels of the annex of the Regeling Participatiewet, IOAW en IOAZ.
"""

import numpy as np
import pytest

from tests.small_country import small_country
from verdeelmodel.kenmerken import compute_gemeenten, compute_households, registry
from verdeelmodel.kenmerken.households import compute_chunk, plan
from verdeelmodel.kenmerken.parameters import parameter
from verdeelmodel.law.weights import COMPONENTS, indicators, model_years, weights
from verdeelmodel.population.schema import table_schema

AREA = {"gemeente", "buurt"}


def published(level="huishouden"):
    """Every key with a weight, and every reference category, of the households."""
    keys = {kenmerk for (_, kenmerk), fact in indicators().items() if fact.level == level}
    if level == "huishouden":
        keys |= {r.kenmerk for y in model_years() for c in COMPONENTS for r in weights(y, c).references}
    return sorted(keys)


def one_household(rules_year=2022, year=2019, key=None, **columns):
    """The value of one kenmerk for one household: a single woman of 40 without anything, changed by `columns`."""
    made = plan([key])
    plain = {"age_1": 40, "adults": 1, "persons": 1, "sex_1": 2, "hci_1": 2}
    schema = table_schema("households").columns
    filled = {name: plain.get(name, schema[name].none or 0) for name in made.columns} | columns
    chunk = {name: np.array([value]).astype(schema[name].dtype) for name, value in filled.items()}
    scalars = {name: parameter(name, rules_year, year) for name in made.parameters}
    return compute_chunk(made, chunk, scalars)[key].item()


def test_there_are_as_many_household_kenmerken_as_the_regulation_has():
    """86 keys with a weight in some year, and 8 reference categories."""
    assert len(published()) == 86 + 8


@pytest.mark.parametrize("key", published())
def test_every_published_household_kenmerk_is_declared_for_households(key):
    declared = registry()[key]
    assert declared.eenheid == "huishouden"
    assert declared.soort == "ja_nee"
    assert declared.label
    assert declared.label_en
    assert declared.definitie
    assert declared.bron


@pytest.mark.parametrize("year", model_years())
def test_the_kenmerken_of_every_model_year_compute_as_yes_or_no_and_vary(year):
    keys = [k for c in COMPONENTS for k in weights(year, c).kenmerken if indicators()[c, k].level == "huishouden"]
    chunks = list(compute_households(small_country(), 2019, keys, year))
    for key in set(keys):
        values = np.concatenate([c[key] for c in chunks])
        assert values.dtype == np.bool_, key
        assert 0 < values.mean() < 1, key


def test_municipal_shares_of_the_model_lie_between_0_and_1():
    frame = compute_gemeenten(small_country(), published(), [2019], 2022)
    assert frame.notna().all().all()
    assert frame.to_numpy().min() >= 0
    assert frame.to_numpy().max() <= 1


CLASSES = {
    "household type of the volume model": [k for k in published() if k.startswith("household_") and k not in {
        "household_single_mother_youngest_5plus", "household_couple_with_children",
        "household_couple_no_children_or_other", "household_single_or_single_father",
    }],
    "household type of the price model": [
        "household_single_mother_youngest_under_5", "household_single_mother_youngest_5plus",
        "household_couple_with_children", "household_couple_no_children_or_other", "household_adult_child_at_home",
        "household_single_or_single_father",
    ],
    "main groups of medication": [k for k in published() if k.startswith("medication_groups_")],
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_classes_that_exclude_each_other_cover_every_household_once(name):
    for chunk in compute_households(small_country(), 2018, CLASSES[name], 2022):
        assert (np.sum([chunk[k] for k in CLASSES[name]], axis=0) == 1).all()


@pytest.mark.parametrize("name", [
    ["age_18_to_20", "age_20_to_25", "age_25_to_30", "age_30_to_40", "age_40_to_50", "age_50_to_aow"],
    ["hci_low", "hci_middle_or_high", "hci_unknown"],
])  # fmt: skip
def test_presence_kenmerken_cover_every_household_at_least_once(name):
    for chunk in compute_households(small_country(), 2018, name, 2022):
        assert np.any([chunk[k] for k in name], axis=0).all()


def test_wealth_kenmerken_exclude_each_other():
    keys = [k for k in published() if k.startswith("wealth_")]
    for chunk in compute_households(small_country(), 2019, keys, 2022):
        assert (np.sum([chunk[k] for k in keys], axis=0) <= 1).all()


SINGLE, COUPLE, WITH_CHILDREN, MOTHER, FATHER, OTHER, CHILD = range(7)

# key, columns of the household, rules year, expected
EXAMPLES = [
    ("wealth_single_above_limit", {"assets": 5000}, 2022, False),
    ("wealth_single_above_limit", {"assets": 5001}, 2022, True),
    ("wealth_single_above_limit", {"assets": 7605}, 2026, False),
    ("wealth_single_above_limit", {"assets": 7606}, 2026, True),
    ("wealth_single_above_limit", {"assets": 9999, "household_type": MOTHER}, 2022, False),
    ("wealth_couple_above_limit", {"assets": 10001, "household_type": MOTHER}, 2022, True),
    ("wealth_couple_above_limit", {"assets": 10001, "household_type": COUPLE, "adults": 2}, 2024, False),
    ("wealth_couple_above_limit", {"assets": 12591, "household_type": COUPLE, "adults": 2}, 2024, True),
    ("wealth_single_below_limit_home_equity_above", {"assets": 5000, "home_equity": 50001}, 2022, True),
    ("wealth_single_below_limit_home_equity_above", {"assets": 5001, "home_equity": 50001}, 2022, False),
    ("wealth_couple_below_limit_home_equity_above", {"adults": 2, "home_equity": 64100}, 2026, False),
    ("wealth_couple_below_limit_home_equity_above", {"adults": 2, "home_equity": 64101}, 2026, True),
    ("benefit_sickness_or_wachtgeld", {"overige_uitkering": 1}, 2022, True),
    ("benefit_sickness_or_wachtgeld", {"overige_uitkering": 1}, 2024, False),
    ("benefit_sickness_or_wachtgeld", {"ziektewet": 1}, 2026, True),
    ("student", {"student_level": 1}, 2022, True),
    ("student", {"student_level": 0}, 2022, False),
    ("age_20_to_25", {"age_1": 20}, 2022, True),
    ("age_20_to_25", {"age_1": 25}, 2022, False),
    ("age_20_to_25", {"age_1": 50, "age_2": 24}, 2022, True),
    ("age_20_to_25", {"age_1": 50, "age_2": 50, "age_3": 22}, 2022, True),
    ("age_50_to_aow", {"age_1": 66}, 2022, True),
    ("age_50_to_aow", {"age_1": 67}, 2022, False),
    ("age_50_to_aow", {"age_1": 49}, 2022, False),
    ("household_single_mother_youngest_5_12", {"household_type": MOTHER, "age_youngest_child": 5}, 2022, True),
    ("household_single_mother_youngest_5_12", {"household_type": MOTHER, "age_youngest_child": 12}, 2022, False),
    ("household_single_mother_youngest_12_18", {"household_type": MOTHER, "age_youngest_child": 12}, 2022, True),
    ("household_single_mother_youngest_18plus", {"household_type": MOTHER, "age_youngest_child": 18}, 2022, True),
    ("household_single_father_youngest_under_5", {"household_type": FATHER, "age_youngest_child": 4}, 2022, True),
    ("household_single_father_youngest_under_5", {"household_type": MOTHER, "age_youngest_child": 4}, 2022, False),
    ("household_couple_youngest_under_18", {"household_type": WITH_CHILDREN, "age_youngest_child": 17}, 2022, True),
    ("household_couple_youngest_18plus", {"household_type": WITH_CHILDREN, "age_youngest_child": 17}, 2022, False),
    ("household_adult_child_at_home", {"household_type": CHILD}, 2022, True),
    ("household_couple_no_children_or_other", {"household_type": OTHER}, 2022, True),
    ("household_single_or_single_father", {"household_type": FATHER}, 2022, True),
    ("housing_corporation_or_caravan_pitch", {"housing": 3}, 2022, True),
    ("housing_corporation", {"housing": 2}, 2022, False),
    ("origin_none", {"origin_1": 0}, 2022, True),
    ("origin_none", {"origin_1": 1, "origin_2": 0}, 2022, True),
    ("origin_turkish", {"origin_1": 0, "origin_3": 1}, 2022, True),
    ("origin_somali_or_eritrean", {"origin_1": 7}, 2022, True),
    ("origin_other_african", {"origin_1": 4}, 2022, False),
    ("origin_other_african", {"origin_1": 9}, 2022, True),
    ("origin_african_excl_moroccan", {"origin_1": 5}, 2022, True),
    ("origin_african_excl_moroccan", {"origin_1": 4}, 2022, False),
    ("origin_other_non_western", {"origin_1": 18}, 2022, True),
    ("origin_other_non_western", {"origin_1": 17}, 2022, False),
    ("origin_other_western", {"origin_1": 17}, 2022, True),
    ("origin_other_asian", {"origin_1": 17}, 2024, True),
    ("origin_other_america_oceania", {"origin_1": 23}, 2024, True),
    ("origin_former_soviet", {"origin_1": 21}, 2022, True),
    ("origin_former_soviet_excl_ukraine", {"origin_1": 21}, 2026, False),
    ("origin_ukrainian_recent", {"origin_1": 21, "recent_1": 0, "recent_2": 1}, 2026, False),
    ("origin_ukrainian_recent", {"origin_1": 0, "origin_2": 21, "recent_2": 1}, 2026, True),
    ("origin_iraqi_syrian_iranian_or_afghan", {"origin_2": 14}, 2022, True),
    ("origin_none_western_or_other_non_western", {"origin_1": 15}, 2022, True),
    ("origin_none_western_or_other_non_western", {"origin_1": 1}, 2022, False),
    ("hci_low", {"hci_1": 3, "hci_2": 1}, 2022, True),
    ("hci_middle_or_high", {"hci_1": 1, "hci_2": 3}, 2022, True),
    ("hci_unknown", {"hci_1": 0}, 2022, True),
    ("hci_unknown", {"hci_1": 1, "hci_2": -1}, 2022, False),
    ("care_cost_above_50000", {"care_cost": 50000}, 2022, False),
    ("care_cost_above_5000", {"care_cost": 5001}, 2024, True),
    ("mental_care_use", {"ggz": 1}, 2022, True),
    ("medication_groups_4_to_6", {"medicine_groups": 4}, 2022, True),
    ("medication_groups_4_to_6", {"medicine_groups": 6}, 2022, False),
    ("medication_groups_8_or_more", {"medicine_groups": 8}, 2022, True),
    ("gezondheidsproblemen", {"care_cost": 6000}, 2022, False),
    ("gezondheidsproblemen", {"care_cost": 6000}, 2024, True),
    ("gezondheidsproblemen", {"medicine_groups": 4}, 2022, True),
    ("combo_hci_low_x_health_problems", {"hci_1": 1, "ggz": 2}, 2022, True),
    ("combo_hci_low_x_health_problems", {"hci_1": 2, "ggz": 2}, 2022, False),
    ("combo_non_western_x_age_50_to_aow", {"origin_1": 13, "age_1": 30, "age_2": 55, "origin_2": 0}, 2022, True),
    ("combo_non_european_x_age_50_to_aow", {"origin_1": 18, "age_1": 55}, 2024, False),
    ("combo_non_european_x_health_problems", {"origin_1": 1, "care_cost": 5001}, 2024, True),
    ("wage_cost_subsidy_indicator", {"lks": 1}, 2022, True),
]


@pytest.mark.parametrize(("key", "columns", "rules_year", "expected"), EXAMPLES)
def test_the_boundary_of_every_class_lies_where_the_regulation_puts_it(key, columns, rules_year, expected):
    assert one_household(rules_year, key=key, **columns) is expected


@pytest.mark.parametrize(("year", "expected"), [(2016, False), (2018, False), (2019, True), (2024, True)])
def test_the_state_pension_age_follows_the_year_of_the_data(year, expected):
    assert one_household(year=year, key="age_50_to_aow", age_1=66) is expected


CRITERIA = [
    ({"wsnp": 1}, True),
    ({"premium_months": 5}, False),
    ({"premium_months": 6}, True),
    ({"fine_months": 2, "fine_amount": 49}, False),
    ({"fine_months": 2, "fine_amount": 50}, True),
    ({"allowance_months": 27, "allowance_amount": 500}, False),
    ({"allowance_months": 28, "allowance_amount": 50}, True),
    ({"tax_months": 15, "tax_amount": 500}, False),
    ({"tax_months": 16, "tax_amount": 50}, True),
    ({"tax_lost_months": -1}, False),
    ({"tax_lost_months": 12}, True),
    ({"tax_lost_months": 13}, False),
    ({"duo_months": 3, "duo_amount": 269}, False),
    ({"duo_months": 3, "duo_amount": 270}, True),
]


@pytest.mark.parametrize(("columns", "expected"), CRITERIA)
def test_problematic_debts_by_each_criterion_of_the_narrow_definition(columns, expected):
    """Criteria as listed in appendix C of SEO/Atlas (2022)."""
    assert one_household(key="problematische_schulden", **columns) is expected


ASPECTS = [
    ("aspect_financieel", {"debt_total": 10_000}, False),
    ("aspect_financieel", {"debt_total": 10_001}, True),
    ("aspect_financieel", {"income_below_poverty": 1}, True),
    ("aspect_gezondheid", {"ao_15_80": 1}, True),
    ("aspect_gezondheid", {"ao_80_100": 1}, False),
    ("aspect_opleiding", {"low_education": 1}, True),
    ("aspect_niet_westers", {"origin_2": 2}, True),
    ("aspect_eenouder", {"household_type": FATHER, "age_youngest_child": 17}, True),
    ("aspect_eenouder", {"household_type": FATHER, "age_youngest_child": 18}, False),
]


@pytest.mark.parametrize(("key", "columns", "expected"), ASPECTS)
def test_the_five_aspects_of_the_profile(key, columns, expected):
    """Definitions of the ROA profile of recipients in Heerlen."""
    assert one_household(key=key, **columns) is expected


def test_the_number_of_aspects_counts_them():
    columns = {"debt_total": 20_000, "medicine_chronic": 1, "low_education": 1, "origin_1": 4}
    assert one_household(key="aantal_aspecten", **columns) == 4


# Household combinations and splits tested for earlier model years (SEO/Atlas 2022, table B.3), by row of that table.
TESTED = {
    1: ["jeugdzorg_in_huishouden"],
    2: ["niet_westers_en_eenouder_moeder"],
    3: ["niet_westers_en_lage_hci"],
    4: ["eenouder_moeder_en_50_tot_aow"],
    5: ["eenouder_moeder_en_lage_hci"],
    6: ["eenouder_moeder_en_gezondheid"],
    7: ["vijftig_tot_aow_en_lage_hci"],
    8: ["vijftig_tot_aow_en_gezondheid"],
    9: ["gedetineerde_in_huishouden"],
    10: ["diabetes_in_huishouden"],
    11: ["medication_epilepsy"],
    12: ["hartaandoening_in_huishouden"],
    13: ["hiv_aids_of_nieraandoening_in_huishouden"],
    14: ["chronische_ziekte_in_huishouden"],
    22: [
        f"{land}_{generatie}_generatie"
        for land in ("marokkaans", "turks", "surinaams", "caribisch")
        for generatie in ("eerste", "tweede")
    ],
    23: ["noord_afrikaans", "midden_afrikaans", "zuid_afrikaans"],
    24: ["ggz_basis", "ggz_specialistisch_tot_4500", "ggz_specialistisch_boven_4500"],
    25: ["wajong_in_huishouden"],
    37: ["special_or_practical_education"],
    38: ["housing_caravan_pitch"],
    40: ["echtscheiding_in_huishouden"],
    41: ["problematische_schulden"],
}


@pytest.mark.parametrize("row", TESTED)
def test_what_was_tested_before_per_household_computes(row):
    for chunk in compute_households(small_country(), 2019, TESTED[row], 2022):
        for key in TESTED[row]:
            assert chunk[key].dtype == np.bool_
            assert chunk[key].any(), key


def test_splits_add_up_to_what_they_split():
    keys = ["origin_other_african", *TESTED[23], "mental_care_use", *TESTED[24]]
    for chunk in compute_households(small_country(), 2019, keys, 2022):
        assert np.array_equal(np.any([chunk[k] for k in TESTED[23]], axis=0), chunk["origin_other_african"])
        assert np.array_equal(np.any([chunk[k] for k in TESTED[24]], axis=0), chunk["mental_care_use"])


def test_generation_and_origin_belong_to_the_same_adult():
    assert one_household(key="turks_eerste_generatie", origin_1=1, generation_1=1) is True
    assert one_household(key="turks_eerste_generatie", origin_1=1, generation_1=2, generation_2=1) is False
