"""The official volume and price predictors of the truth, on the columns of one municipality."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.law import price_weights, volume_weights, wealth_limits
from verdeelmodel.synthetic.persons import COUPLE_CHILDREN, FATHER, MOTHER, NEVER, OTHER, Columns
from verdeelmodel.synthetic.schooling import LOW, is_couple, is_parent

MODEL = 2022
ORIGINS: dict[str, tuple[int, ...]] = {
    "origin_turkish": (1,),
    "origin_surinamese": (2,),
    "origin_dutch_caribbean": (3,),
    "origin_moroccan": (4,),
    "origin_ghanaian": (5,),
    "origin_somali_or_eritrean": (6, 7),
    "origin_other_african": (8, 9, 10),
    "origin_afghan": (11,),
    "origin_iraqi": (12,),
    "origin_syrian": (13,),
    "origin_iranian": (14,),
    "origin_chinese": (15,),
    "origin_indian": (16,),
    "origin_other_non_western": (18, 23),
    "origin_former_yugoslavian": (19,),
    "origin_former_soviet": (20, 21),
    "origin_other_western": (17, 22, 24),
    "origin_african_excl_moroccan": (5, 6, 7, 8, 9, 10),
    "origin_iraqi_syrian_iranian_or_afghan": (11, 12, 13, 14),
}
NON_WESTERN = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 23)
AGES = {"age_20_to_25": (20, 25), "age_25_to_30": (25, 30), "age_30_to_40": (30, 40), "age_40_to_50": (40, 50)}


def predictors(units: Columns) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Volume and price predictor of the household kenmerken, without constant and without area, each shape (n,)."""
    found = indicators(units)
    n = len(units["age_1"])
    volume, price = np.zeros(n), np.zeros(n)
    for total, weights in ((volume, volume_weights(MODEL)), (price, price_weights(MODEL))):
        for row in weights.rows:
            if row.kenmerk in found:
                total += row.value * found[row.kenmerk]
    return volume, price


def indicators(units: Columns) -> Columns:
    """Every household indicator of the model year by its published key, each shape (n,)."""
    found: Columns = {}
    found |= _wealth(units)
    found |= _household(units)
    found |= {key: _any_origin(units, codes) for key, codes in ORIGINS.items()}
    found |= {key: _any_age(units, *bounds) for key, bounds in AGES.items()}
    found["age_50_to_aow"] = _any_age(units, 50, 66)
    found |= _benefits(units)
    low = (units["hci_1"] == LOW) | (units["hci_2"] == LOW) | (units["hci_3"] == LOW)
    found["hci_low"] = low
    found["hci_middle_or_high"] = (units["hci_1"] > LOW) | (units["hci_2"] > LOW) | (units["hci_3"] > LOW)
    found["special_or_practical_education"] = units["vso_pro"]
    found |= _health(units)
    ill = health_problems(units)
    non_western = _any_origin(units, NON_WESTERN)
    found["combo_hci_low_x_health_problems"] = low & ill
    found["combo_non_western_x_health_problems"] = non_western & ill
    found["combo_non_western_x_age_50_to_aow"] = non_western & found["age_50_to_aow"]
    return found


def health_problems(units: Columns) -> NDArray[np.bool_]:
    """Care costs above 50,000, mental care, medicines for addiction, depression or psychosis, or four groups."""
    medicines = units["medicine_addiction"] | units["medicine_depression"] | units["medicine_psychosis"]
    return np.asarray(
        medicines | (units["care_cost"] > 50_000) | (units["ggz"] > 0) | (units["medicine_groups"] >= 4)
    )


def _any_origin(units: Columns, codes: tuple[int, ...]) -> NDArray[np.bool_]:
    member = np.zeros(128, np.bool_)
    member[list(codes)] = True
    return np.asarray(member[units["origin_1"]] | member[units["origin_2"]] | member[units["origin_3"]])


def _any_age(units: Columns, low: int, high: int) -> NDArray[np.bool_]:
    ages = (units["age_1"], units["age_2"], units["age_3"])
    return np.asarray(np.logical_or.reduce([(a >= low) & (a < high) for a in ages]))


def _wealth(units: Columns) -> Columns:
    limits = wealth_limits(MODEL)
    pair = is_couple(units["household_type"]) | is_parent(units["household_type"])
    rich = units["assets"] > np.where(pair, limits.couple_assets, limits.single_assets)
    home = ~rich & (units["home_equity"] > np.where(pair, limits.couple_home_equity, limits.single_home_equity))
    return {
        "wealth_single_above_limit": ~pair & rich,
        "wealth_single_below_limit_home_equity_above": ~pair & home,
        "wealth_couple_above_limit": pair & rich,
        "wealth_couple_below_limit_home_equity_above": pair & home,
    }


def _household(units: Columns) -> Columns:
    kind, youngest = units["household_type"], units["age_youngest_child"]
    found: Columns = {}
    for parent, code in (("mother", MOTHER), ("father", FATHER)):
        for name, low, high in (("under_5", 0, 5), ("5_12", 5, 12), ("12_18", 12, 18), ("18plus", 18, 127)):
            own = (kind == code) & (youngest >= low) & (youngest < high)
            found[f"household_single_{parent}_youngest_{name}"] = own
    couple = is_couple(kind)
    found["household_single_mother_youngest_5plus"] = (kind == MOTHER) & (youngest >= 5)
    found["household_couple_youngest_under_18"] = couple & (youngest != NEVER) & (youngest < 18)
    found["household_couple_youngest_18plus"] = couple & (youngest >= 18)
    found["household_couple_no_children"] = couple & (youngest == NEVER)
    found["household_couple_with_children"] = kind == COUPLE_CHILDREN
    found["household_couple_no_children_or_other"] = (couple & (youngest == NEVER)) | (kind == OTHER)
    found["household_adult_child_at_home"] = kind == OTHER + 1
    found["household_other"] = kind == OTHER
    found["housing_corporation"] = units["housing"] == 1
    found["housing_caravan_pitch"] = units["housing"] == 3
    found["housing_corporation_or_caravan_pitch"] = (units["housing"] == 1) | (units["housing"] == 3)
    return found


def _benefits(units: Columns) -> Columns:
    return {
        "benefit_disability_15_80_or_unknown": units["ao_15_80"],
        "benefit_disability_80_100": units["ao_80_100"],
        "benefit_unemployment": units["ww"],
        "benefit_survivors": units["anw"],
        "benefit_sickness_or_wachtgeld": units["ziektewet"] | units["overige_uitkering"],
        "benefit_pension": units["pensioen"],
        "student": units["student_level"] > 0,
    }


def _health(units: Columns) -> Columns:
    groups = units["medicine_groups"]
    return {
        "care_cost_above_50000": units["care_cost"] > 50_000,
        "mental_care_use": units["ggz"] > 0,
        "medication_addiction": units["medicine_addiction"],
        "medication_depression": units["medicine_depression"],
        "medication_psychosis": units["medicine_psychosis"],
        "medication_groups_4_to_6": (groups >= 4) & (groups < 6),
        "medication_groups_6_to_8": (groups >= 6) & (groups < 8),
        "medication_groups_8_or_more": groups >= 8,
    }
