"""Housing, wealth, income, other benefits and work."""

from __future__ import annotations

import numpy as np

from verdeelmodel.law import wealth_limits
from verdeelmodel.synthetic.draws import Booleans, Floats, chance, normal, uniform
from verdeelmodel.synthetic.persons import AT_HOME, NEVER, OLDEST, SINGLE, Columns
from verdeelmodel.synthetic.quotas import Quotas
from verdeelmodel.synthetic.schooling import HIGH, LOW, is_couple, is_parent, ranks

OWNER, CORPORATION, PRIVATE, PITCH, UNKNOWN = range(5)
# The wealth limits around which the assets are spread; the model year on which the truth rests.
LIMITS_YEAR = 2022
# Euros of surplus value per standard deviation of the value of homes in the municipality.
HOME_VALUE = 18_000


def housing(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Where the household lives; adult children live where their parents do."""
    kind, need = units["household_type"], units["_need"]
    n = len(kind)
    age = np.where(kind == AT_HOME, units["age_1"] + 27, units["age_1"])
    couple = is_couple(kind)
    wants = -0.55 * need + np.where(couple | (kind == AT_HOME), 0.8, 0.0) + 0.02 * np.minimum(age - 35, 15)
    wants += 0.3 * (units["_level"] - 1.0) - np.where(age < 25, 0.8, 0.0) - np.where(units["student_level"] > 0, 0.2, 0)
    owner = quotas.meet("koop", ranks(stream, wants, 0.7))
    social = 0.6 * need + 0.015 * (age - 35) + np.where(is_parent(kind), 0.5, 0.0) - 0.2 * (units["_level"] - 1.0)
    corporation = quotas.meet("corporatie", ranks(stream, social, 0.7), ~owner)
    rest = ~owner & ~corporation
    pitch = quotas.meet("standplaats", ranks(stream, need, 1.5), rest)
    unknown = rest & ~pitch & chance(stream, n, 0.04)
    where = np.where(owner, OWNER, np.where(corporation, CORPORATION, np.where(pitch, PITCH, PRIVATE)))
    where = np.where(unknown, UNKNOWN, where).astype(np.int8)
    young = (kind == SINGLE) & (where == PRIVATE)
    room = quotas.meet("kamerhuur", ranks(stream, -0.08 * age + 0.2 * need, 1.0), young)
    return {"housing": where, "kamerhuur": room, "rent": _rent(stream, where, room, n)}


def _rent(stream: np.random.Generator, where: np.ndarray, room: Booleans, n: int) -> np.ndarray:
    z = normal(stream, n)
    rent = np.where(where == CORPORATION, 565 + 85 * z, np.where(room, 430 + 90 * z, 900 + 240 * z))
    rent = np.where(where == PITCH, 280 + 60 * z, rent)
    return np.where((where == OWNER) | (where == UNKNOWN), NEVER, np.clip(rent, 120, 4000)).astype(np.int16)


def wealth(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Assets above or below the limit of the law by type of household, and the surplus value of the home."""
    limits = wealth_limits(LIMITS_YEAR)
    kind, need, age = units["household_type"], units["_need"], units["age_1"]
    n = len(kind)
    owner = units["housing"] == OWNER
    score = ranks(stream, -0.75 * need + 0.012 * (age - 40) + 0.6 * owner, 0.8)
    above = np.zeros(n, np.bool_)
    couple, parent = is_couple(kind), is_parent(kind)
    for name, members in (("alleen", ~couple & ~parent), ("paar", couple), ("ouder", parent)):
        share = quotas.shares[f"vermogen_{name}"] * float(members[: quotas.counted].mean()) if n else 0.0
        above |= quotas.meet(f"vermogen_{name}", score, members, share)
    limit = np.where(couple | parent, limits.couple_assets, limits.single_assets)
    rich = limit * (1.02 + np.exp(0.9 + 0.9 * normal(stream, n) + 0.25 * score))
    poor = limit * (1.0 - 1.25 * uniform(stream, n) ** 0.7)
    assets = np.where(above, np.minimum(rich, 4e7), np.minimum(poor, limit))
    equity = 5500.0 * (age - 30) + 45_000 * normal(stream, n) + np.where(above, 35_000, -15_000)
    equity = equity + HOME_VALUE * quotas.shares["overwaarde"]
    equity = np.where(owner & (kind != AT_HOME), equity, 0)
    return {
        "_above": above,
        "assets": assets.astype(np.int32),
        "home_equity": equity.astype(np.int32),
    }


def benefits(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Benefits other than bijstand; a student has none of those that follow a career."""
    age, kind, need, frail = units["age_1"], units["household_type"], units["_need"], units["_frail"]
    partner = units["age_2"]
    worker = (units["student_level"] == 0) & (age >= 20)
    two = partner != NEVER
    full = quotas.meet("ao_80_100", ranks(stream, frail + 0.4 * need + 0.3 * two, 1.0), age < OLDEST + 1)
    part = quotas.meet("ao_15_80", ranks(stream, 0.7 * frail + 0.02 * age + 0.4 * two, 1.2), worker & ~full)
    full = full & (units["student_level"] == 0)
    alone = ~is_couple(kind) & (kind != AT_HOME) & (units["sex_1"] == 2) & (age >= 35)
    retired = (partner > OLDEST) | (worker & (age >= 58))
    return {
        "ww": quotas.meet("ww", ranks(stream, 0.1 * need + 0.3 * two, 1.0), worker),
        "ao_15_80": part,
        "ao_80_100": full,
        "wajong": full & (age < 50) & (units["vso_pro"] | (uniform(stream, len(age)) < 0.25)),
        "anw": quotas.meet("anw", ranks(stream, 0.04 * age, 1.0), alone),
        "ziektewet": quotas.meet("ziektewet", ranks(stream, 0.5 * frail + 0.2 * need, 1.0), worker),
        "overige_uitkering": quotas.meet("overige_uitkering", ranks(stream, 0.2 * need, 1.0), worker),
        "pensioen": quotas.meet("pensioen", ranks(stream, np.where(partner > OLDEST, 3.0, 0.0), 1.0), retired),
    }


def work(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Persons in the labour force, at work and self-employed; income follows."""
    need, adults, kind = units["_need"], units["adults"], units["household_type"]
    n = len(need)
    idle = units["ao_80_100"] | (units["age_1"] > 62)
    taking_part = np.clip(0.88 - 0.10 * need - 0.45 * idle - 0.25 * (units["student_level"] > 0), 0.05, 0.98)
    force = (uniform(stream, n) < taking_part).astype(np.int8)
    second = (units["age_2"] != NEVER) & (units["age_2"] <= OLDEST) & (uniform(stream, n) < taking_part)
    force = (force + second).astype(np.int8)
    at_work = np.clip(0.97 - 0.06 * np.maximum(need, -1) - 0.5 * units["ww"], 0.05, 0.995)
    working = np.where(uniform(stream, n) < at_work, force, np.maximum(force - 1, 0)).astype(np.int8)
    own = quotas.meet("zelfstandig", ranks(stream, 0.25 * (units["_level"] - 1.0), 1.0), working > 0)
    number = np.where(own, 1 + ((working > 1) & (uniform(stream, n) < 0.15)), 0)
    owner_director = own & (uniform(stream, n) < 0.11)
    staffless = own & ~owner_director & (uniform(stream, n) < 0.78)
    found: Columns = {
        "labour_force": force,
        "working": working,
        "zelfstandigen": number.astype(np.int8),
        "dga": owner_director.astype(np.int8),
        "zzp": np.where(staffless, number, 0).astype(np.int8),
    }
    per_adult = working / adults
    score = ranks(stream, 1.1 * per_adult - 0.5 * need + 0.35 * (units["_level"] - 1.0) + 0.25 * units["_above"], 0.5)
    return found | _income(stream, score, units, quotas, kind)


def _income(stream: np.random.Generator, score: Floats, units: Columns, quotas: Quotas, kind: np.ndarray) -> Columns:
    high = quotas.meet("inkomen_hoog", score)
    low = quotas.meet("inkomen_laag", -score, ~high)
    # The national deciles follow from the middle seven tenths between the two published classes.
    middle = np.clip(np.floor(4.6 + 1.7 * (score - 0.6) + 0.5 * normal(stream, len(score))), 2, 7)
    decile = np.where(high, 8 + np.floor(3 * uniform(stream, len(score))), np.where(low, 1, middle))
    decile = np.where(units["student_level"] > 0, np.minimum(decile, 3), decile)
    rent_help = -0.7 * decile + 0.6 * (units["hci_1"] == LOW) - 0.6 * (units["hci_1"] == HIGH)
    tenant = (units["rent"] > 0) & (kind != AT_HOME) & ~units["kamerhuur"]
    return {
        "income_decile": decile.astype(np.int8),
        "income_below_poverty": low & (uniform(stream, len(score)) < 0.75),
        "huurtoeslag": quotas.meet("huurtoeslag", ranks(stream, rent_help, 1.0), tenant),
    }
