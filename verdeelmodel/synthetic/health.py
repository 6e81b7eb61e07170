"""Care costs, mental health care and medicines: they rise with age and with need, and go together."""

from __future__ import annotations

import numpy as np

from verdeelmodel.synthetic.draws import Floats, chance, normal, uniform
from verdeelmodel.synthetic.persons import NEVER, Columns
from verdeelmodel.synthetic.quotas import Quotas
from verdeelmodel.synthetic.schooling import ranks


def health(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Everything about care and medicines, from two latent traits: frailty and mental burden."""
    age, need = units["age_1"], units["_need"]
    n = len(age)
    two = units["age_2"] != NEVER
    frail = normal(stream, n) + 0.035 * (age - 42) + 0.35 * need + np.where(two, 0.35, 0.0)
    burden = normal(stream, n) + 0.35 * frail + 0.4 * need - 0.012 * (age - 40)
    frail, burden = frail.astype(np.float32), burden.astype(np.float32)
    found: Columns = {"_frail": frail}
    found |= _medicines(stream, frail, burden, quotas)
    found |= _mental_care(stream, burden, quotas)
    found |= _costs(stream, frail, found, quotas)
    return found


def _medicines(stream: np.random.Generator, frail: Floats, burden: Floats, quotas: Quotas) -> Columns:
    n = len(frail)
    load = ranks(stream, frail + 0.4 * burden, 0.6)
    most = quotas.meet("medicijnen_8", load)
    many = quotas.meet("medicijnen_6", load, ~most)
    several = quotas.meet("medicijnen_4", load, ~most & ~many)
    few = np.clip(np.floor(1.3 + 0.8 * load + uniform(stream, n)), 0, 3)
    groups = np.where(several, 4, few) + np.where(several & (uniform(stream, n) < 0.4), 1, 0)
    groups = np.where(many, 6 + (uniform(stream, n) < 0.35), groups)
    groups = np.where(most, 8 + np.minimum(3, np.floor(-1.2 * np.log(np.maximum(uniform(stream, n), 1e-6)))), groups)
    found: Columns = {"medicine_groups": groups.astype(np.int8)}
    for name, score, spread in (
        ("medicine_addiction", burden, 1.2),
        ("medicine_depression", burden + 0.3 * frail, 0.8),
        ("medicine_psychosis", burden, 1.3),
        ("medicine_epilepsy", frail, 1.2),
        ("medicine_diabetes", frail, 0.9),
        ("medicine_heart", frail, 0.8),
        ("medicine_hiv_kidney", frail, 2.0),
        ("medicine_chronic", frail, 0.7),
    ):
        found[name] = quotas.meet(name, ranks(stream, score, spread))
    found["medicine_groups"] = np.maximum(found["medicine_groups"], _named(found)).astype(np.int8)
    return found


def _named(found: Columns) -> np.ndarray:
    """The main groups that the named medicines make certain: the nervous system, the heart, metabolism."""
    nerves = found["medicine_depression"] | found["medicine_psychosis"] | found["medicine_addiction"]
    nerves = nerves | found["medicine_epilepsy"]
    groups = nerves.astype(np.int8) + found["medicine_heart"] + found["medicine_diabetes"]
    # Never over the edge of the class that the margin of the municipality decided.
    return np.minimum(groups, 3)


def _mental_care(stream: np.random.Generator, burden: Floats, quotas: Quotas) -> Columns:
    n = len(burden)
    score = ranks(stream, burden, 0.8)
    use = quotas.meet("ggz", score)
    heavy = uniform(stream, n) + 0.25 * (score - 1.5)
    level = np.where(heavy > 0.85, 3, np.where(heavy > 0.40, 2, 1))
    past = quotas.meet("ggz_verleden", ranks(stream, score, 0.8))
    return {"ggz": np.where(use, level, 0).astype(np.int8), "ggz_past": past}


def _costs(stream: np.random.Generator, frail: Floats, care: Columns, quotas: Quotas) -> Columns:
    n = len(frail)
    load = ranks(stream, frail + 0.08 * care["medicine_groups"], 0.8)
    very_high = quotas.meet("zorgkosten_50000", load)
    cost = np.exp(6.2 + 0.95 * np.clip(load, -3, 3.2) + 0.5 * normal(stream, n))
    cost += 3200.0 * (care["ggz"] == 2) + 9000.0 * (care["ggz"] == 3)
    cost = np.where(very_high, 50_001 + 30_000 * uniform(stream, n), np.minimum(cost, 49_000))
    return {
        "care_cost": cost.astype(np.int32),
        "care_aids": uniform(stream, n) < 0.10 + 0.06 * np.clip(load, -1, 3),
        "care_hospital": quotas.meet("ziekenhuis", uniform(stream, n) + 1.0 * very_high),
        "care_gp_high": uniform(stream, n) < 0.33 + 0.12 * np.clip(load, -2, 3),
        "care_past_high": chance(stream, n, 0.22 + 0.13 * np.clip(load, -1.5, 3)) | very_high,
    }
