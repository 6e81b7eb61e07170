"""Debts, crime, divorce, youth care and asylum."""

from __future__ import annotations

import numpy as np

from verdeelmodel.synthetic.draws import Booleans, chance, normal, pick, uniform
from verdeelmodel.synthetic.persons import ASYLUM, AT_HOME, NEVER, Columns
from verdeelmodel.synthetic.quotas import Quotas
from verdeelmodel.synthetic.schooling import is_couple, ranks

# Which criterion makes a debt a registered problem, and how often.
CRITERIA = ("wsnp", "premium", "fine", "allowance", "tax", "lost", "duo")
CRITERIA_SHARE = (0.05, 0.36, 0.15, 0.15, 0.13, 0.07, 0.09)


def trouble(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Everything in which a household can be registered as being in trouble."""
    age, kind, need = units["age_1"], units["household_type"], units["_need"]
    n = len(age)
    burdened = need + 0.25 * units["_frail"] - 0.5 * units["_above"] - 0.3 * (units["housing"] == 0)
    problem = quotas.meet("problematische_schulden", ranks(stream, burdened, 0.9))
    found = _debts(stream, problem, n)
    young_man = (units["sex_1"] == 1) & (age < 35)
    suspect = 0.6 * need + 0.7 * young_man + 0.3 * problem + 0.15 * units["_frail"]
    found["verdachte"] = quotas.meet("verdachte", ranks(stream, suspect, 1.0))
    found["gedetineerd"] = found["verdachte"] & (uniform(stream, n) < 0.05)
    parted = (age >= 24) & (kind != AT_HOME)
    together = is_couple(kind)
    score = ranks(stream, 0.15 * need - 0.02 * np.abs(age - 43) - 2.0 * together, 1.0)
    found["gescheiden"] = quotas.meet("gescheiden", score, parted)
    minors = units["_minors"] > 0
    care = 0.5 * need + 0.6 * (units["adults"] == 1) + 0.3 * found["verdachte"]
    found["jeugdzorg"] = quotas.meet("jeugdzorg", ranks(stream, care, 0.9), minors)
    found["statushouders"] = _permit_holders(stream, units, quotas)
    return found


def _debts(stream: np.random.Generator, problem: Booleans, n: int) -> Columns:
    """At least one narrow criterion for a problematic debt; ordinary arrears below every criterion for some others."""
    which = pick(stream, n, range(len(CRITERIA)), CRITERIA_SHARE)
    also = pick(stream, n, range(len(CRITERIA)), CRITERIA_SHARE)
    second = chance(stream, n, 0.3)
    months = -np.log(np.maximum(uniform(stream, n), 1e-6))
    amount = np.exp(6.6 + 1.1 * normal(stream, n))
    arrears = ~problem & (uniform(stream, n) < 0.09)

    def met(name: str) -> Booleans:
        place = CRITERIA.index(name)
        return np.asarray(problem & ((which == place) | (second & (also == place))))

    def spell(name: str, least: int, mean: float) -> np.ndarray:
        ordinary = np.where(arrears & (which == CRITERIA.index(name)), np.minimum(months, least - 1), 0)
        return np.where(met(name), np.minimum(least + mean * months, 120), np.floor(ordinary)).astype(np.int8)

    def euros(name: str, least: int) -> np.ndarray:
        small = np.where(arrears & (which == CRITERIA.index(name)), 0.5 * least, 0)
        return np.where(met(name), np.maximum(least, amount), small).astype(np.int32)

    lost = met("lost")
    ordinary = np.where(uniform(stream, n) < 0.16, np.exp(8.2 + 1.0 * normal(stream, n)), 0)
    return {
        "wsnp": met("wsnp"),
        "premium_months": spell("premium", 6, 12),
        "fine_months": spell("fine", 2, 9),
        "fine_amount": euros("fine", 50),
        "allowance_months": spell("allowance", 28, 14),
        "allowance_amount": euros("allowance", 51),
        "tax_months": spell("tax", 16, 12),
        "tax_amount": euros("tax", 51),
        "tax_lost_months": np.where(lost, np.minimum(months * 5, 12), NEVER).astype(np.int8),
        "duo_months": spell("duo", 3, 8),
        "duo_amount": euros("duo", 270),
        "debt_total": np.where(problem, 3.5 * amount + 900, ordinary).astype(np.int32),
    }


def _permit_holders(stream: np.random.Generator, units: Columns, quotas: Quotas) -> np.ndarray:
    """Persons with an asylum permit since 2014: in households that came from a country of asylum."""
    refugee = ASYLUM[units["origin_1"]] & (units["generation_1"] == 1)
    since = quotas.meet("statushouders", ranks(stream, units["origin_1"] == 13, 1.0), refugee)
    return np.where(since, units["adults"] + units["_minors"], 0).astype(np.int8)
