"""Education, human capital and study; and the latent need on which everything that follows leans."""

from __future__ import annotations

import numpy as np

from verdeelmodel.synthetic.draws import Booleans, Floats, chance, normal, pick, uniform
from verdeelmodel.synthetic.persons import (
    ASYLUM,
    AT_HOME,
    COUPLE,
    COUPLE_CHILDREN,
    FATHER,
    GROUP_OF_CODE,
    MOTHER,
    NEVER,
    OTHER,
    SINGLE,
    Columns,
)
from verdeelmodel.synthetic.quotas import Quotas

UNKNOWN, LOW, MIDDLE, HIGH = range(4)
# How education differs by group of origin, in standard deviations.
EDUCATION_BY_ORIGIN = np.array([0.1, 0.05, -0.8, -0.25, -0.4, -0.8, -0.3], dtype=np.float32)


def education(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Level of the first adult (0 low, 1 middle, 2 high) and the latent need of the household, both unseen."""
    age, kind = units["age_1"], units["household_type"]
    n = len(age)
    abroad = units["generation_1"] == 1
    group = GROUP_OF_CODE[units["origin_1"]]
    score = 1.0 * normal(stream, n)
    score += EDUCATION_BY_ORIGIN[group] * np.where(abroad, 1.2, 0.6)
    score += np.where(age < 22, -0.5, np.where(age < 45, 0.3, -0.02 * (age - 45)))
    score += np.where(kind == MOTHER, -0.35, 0.0)
    score = score.astype(np.float32)
    high = quotas.meet("onderwijs_hoog", score)
    low = quotas.meet("onderwijs_laag", -score)
    level = np.where(high, 2, np.where(low, 0, 1)).astype(np.int8)
    need = 0.8 * normal(stream, n) - 0.55 * (level - 1.0)
    need += np.where(group >= 2, np.where(abroad, 1.0, 0.65), 0.0)
    need += np.where(ASYLUM[units["origin_1"]] & abroad, 0.5, 0.0)
    need += np.where(kind == MOTHER, 0.3, 0.0) + np.where(kind == SINGLE, 0.5, 0.0)
    need -= np.where((kind == COUPLE) | (kind == COUPLE_CHILDREN), 0.35, 0.0)
    return {"_level": level, "_need": need.astype(np.float32)}


def human_capital(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Human capital of every adult, low education and special education in the household."""
    age, need, level = units["age_1"], units["_need"], units["_level"]
    n = len(age)
    abroad = units["generation_1"] == 1
    vague = normal(stream, n) + np.where(abroad, 1.2, 0.0) + np.where(age < 21, 0.5, 0.0) + 0.3 * need
    unknown = quotas.meet("hci_onbekend", vague.astype(np.float32))
    capital = 0.55 * normal(stream, n) - 0.9 * need + 0.5 * (level - 1.0) - np.where(age < 24, 0.3, 0.0)
    capital = capital.astype(np.float32)
    low = quotas.meet("hci_laag", -capital, ~unknown)
    high = quotas.meet("hci_hoog", capital, ~unknown & ~low)
    first = np.where(unknown, UNKNOWN, np.where(low, LOW, np.where(high, HIGH, MIDDLE))).astype(np.int8)
    found: Columns = {"hci_1": first}
    for slot in ("2", "3"):
        found[f"hci_{slot}"] = _other_adult(stream, first, units[f"age_{slot}"] != NEVER)
    practical = -capital + 0.8 * normal(stream, n) + np.where(age < 30, 0.6, 0.0)
    found["vso_pro"] = quotas.meet("vso_pro", practical.astype(np.float32), age < 45)
    partner_low = (found["hci_2"] == LOW) & chance(stream, n, 0.7)
    found["low_education"] = (level == 0) | partner_low
    return found


def _other_adult(stream: np.random.Generator, first: np.ndarray, there: Booleans) -> np.ndarray:
    """Partners resemble each other: half of them have the level of the first adult."""
    drawn = pick(stream, len(first), (UNKNOWN, LOW, MIDDLE, HIGH), (0.12, 0.20, 0.38, 0.30))
    level = np.where(chance(stream, len(first), 0.5), first, drawn)
    return np.where(there, level, NEVER).astype(np.int8)


def study(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Students: young, single or at home; dropping out comes after a bachelor was begun."""
    age, kind, level = units["age_1"], units["household_type"], units["_level"]
    n = len(age)
    young = (age < 30) & ((kind == SINGLE) | (kind == AT_HOME) | (kind == OTHER))
    keen = 1.1 * normal(stream, n) - 0.33 * np.abs(age - 19.5) + 0.6 * (level - 1.0) - 0.5 * units["_need"]
    student = quotas.meet("student", keen.astype(np.float32), young)
    path = uniform(stream, n) + 0.25 * (level - 1.0) - np.where(kind == AT_HOME, 0.15, 0.0)
    kind_of_study = np.where(path > 0.75, 3, np.where(path > 0.35, 2, 1))
    return {"student_level": np.where(student, kind_of_study, 0).astype(np.int8)}


def dropping_out(stream: np.random.Generator, units: Columns, quotas: Quotas) -> Columns:
    """Former students who did not finish a bachelor, and those of them with psychological problems."""
    age, need = units["age_1"], units["_need"]
    n = len(age)
    troubled = (units["ggz"] > 0) | units["medicine_depression"] | units["medicine_addiction"]
    eligible = (age >= 20) & (age < 47) & (units["student_level"] == 0) & (units["_level"] > 0)
    score = normal(stream, n) + 0.25 * need + np.where(troubled, 0.6, 0.0) + np.where(age < 35, 0.3, 0.0)
    score = score.astype(np.float32)
    psychological = quotas.meet("uitval_psychisch", score, eligible & troubled)
    plain = quotas.meet("uitval", score, eligible & ~psychological & (~troubled | chance(stream, n, 0.5)))
    dropped = psychological | plain
    return {
        "dropouts": dropped.astype(np.int8),
        "dropouts_psychological": psychological.astype(np.int8),
        "dropout_age": np.where(dropped, age, NEVER).astype(np.int8),
    }


def is_couple(kind: np.ndarray) -> Booleans:
    """Whether the household is a couple, with or without children."""
    return np.asarray((kind == COUPLE) | (kind == COUPLE_CHILDREN))


def is_parent(kind: np.ndarray) -> Booleans:
    """Whether the household is a one-parent family."""
    return np.asarray((kind == MOTHER) | (kind == FATHER))


def ranks(stream: np.random.Generator, score: Floats, spread: float) -> Floats:
    """The score with chance added, shape of score."""
    return np.asarray(score + spread * normal(stream, len(score)), dtype=np.float32)
