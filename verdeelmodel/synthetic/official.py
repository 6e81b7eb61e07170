"""The official predictors of volume and price for the households of one municipality: the published weights.

The household kenmerken are those of the registry, so the truth cannot drift from the definitions that are estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.households import Plan, compute_chunk, plan
from verdeelmodel.kenmerken.parameters import parameter
from verdeelmodel.law import Component, price_weights, volume_weights

MODEL = 2022
HOUSEHOLD, SUBSIDY = "huishouden", "wage_cost_subsidy_indicator"
OMITTED = ("gezondheidsproblemen", "problematische_schulden")
Values = NDArray[np.float64]


@cache
def household_plan() -> Plan:
    """What must be computed: every household kenmerk with a weight, and those on which the omitted effects rest."""
    rows = (*volume_weights(MODEL).rows, *price_weights(MODEL).rows)
    own = [row.kenmerk for row in rows if row.indicator.level == HOUSEHOLD and row.kenmerk != SUBSIDY]
    return plan([*dict.fromkeys(own), *OMITTED])


def kenmerken_of(columns: Mapping[str, NDArray[Any]], year: int) -> dict[str, NDArray[Any]]:
    """The planned kenmerken of these households, by key, each shape (n,)."""
    made = household_plan()
    scalars = {name: parameter(name, MODEL, year) for name in made.parameters}
    n = len(columns["age_1"])
    chunk: dict[str, NDArray[Any]] = {"gemeente": np.zeros(n, np.int16), "buurt": np.zeros(n, np.int32)}
    chunk |= {name: columns[name] for name in made.columns if name not in chunk}
    return compute_chunk(made, chunk, scalars)


def predictors(kenmerken: Mapping[str, NDArray[Any]]) -> tuple[Values, Values]:
    """Volume and price predictor of the household kenmerken, without constant and without area, each shape (n,)."""
    n = len(next(iter(kenmerken.values())))
    found = []
    for weights in (volume_weights(MODEL), price_weights(MODEL)):
        total = np.zeros(n)
        for row in weights.rows:
            if row.kenmerk in kenmerken:
                total += row.value * kenmerken[row.kenmerk]
        found.append(total)
    return found[0], found[1]


@cache
def area_kenmerken(component: Component) -> tuple[str, ...]:
    """The kenmerken of the municipality with a weight in this component."""
    rows = volume_weights(MODEL).rows if component == "volume" else price_weights(MODEL).rows
    return tuple(row.kenmerk for row in rows if row.indicator.level == "gemeente")


@cache
def weight(component: Component, kenmerk: str) -> float:
    """One published weight of the model of the truth."""
    weights = volume_weights(MODEL) if component == "volume" else price_weights(MODEL)
    return weights.by_kenmerk[kenmerk].value
