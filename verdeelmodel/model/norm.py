"""Which norm a household would receive: the kind of household in the terms of the law, from its raw columns.

Choices where the published texts do not decide: a household of several adults who are not a couple is normed as its
first adult, sharing costs; a student living alone or as an adult child has norm zero, while in a couple or a one-parent
family the student cannot be told apart from a child, so that the norm of the family stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.law import KINDS, Norms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[Any]]

NORM_COLUMNS = ("household_type", "age_1", "age_2", "age_youngest_child", "student_level", "kostendelers")
COUPLES = (1, 2)
ALONE = (0, 6)
ADULT_NORM_AGE = 21
CHILD_AGE = 18


def norm_kinds(columns: Columns) -> NDArray[np.int8]:
    """The index in `law.KINDS` per household, shape (n,)."""
    kind = columns["household_type"]
    couple, alone = np.isin(kind, COUPLES), np.isin(kind, ALONE)
    young_1 = columns["age_1"] < ADULT_NORM_AGE
    young_2 = (columns["age_2"] >= 0) & (columns["age_2"] < ADULT_NORM_AGE)
    youngest = columns["age_youngest_child"]
    child = (youngest >= 0) & (youngest < CHILD_AGE)
    choices = {
        "student": alone & (columns["student_level"] > 0),
        "paar_18_20_met_kind": couple & young_1 & young_2 & child,
        "paar_18_20_zonder_kind": couple & young_1 & young_2,
        "paar_een_18_20_met_kind": couple & (young_1 | young_2) & child,
        "paar_een_18_20_zonder_kind": couple & (young_1 | young_2),
        "paar_21_aow": couple,
        "alleenstaande_18_20": young_1,
    }
    single = KINDS.index("alleenstaande_21_aow")
    indices = [KINDS.index(name) for name in choices]
    return np.select(list(choices.values()), indices, default=single).astype(np.int8)


def norms_of_households(norms: Norms, columns: Columns) -> NDArray[np.float64]:
    """Gross annual norm per household in euros, shape (n,)."""
    return norms.amounts(norm_kinds(columns), columns["kostendelers"])
