"""Saldi, budgets and expenditure of the municipalities: the published mean saldi, and invented ones elsewhere.

They are administrative figures of whole municipalities, so they do not depend on the scale of the population.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.law import macrobudget
from verdeelmodel.synthetic.frame import COMPARISON, YEARS, as_published, frame, margins, packaged
from verdeelmodel.synthetic.targets import character

LARGE = 40_000
# Spread of the yearly saldi around their mean, and of the mean saldi of municipalities outside the study.
YEARLY, YEARLY_COMPARISON, SMALL_SPREAD = 0.012, 0.006, 0.035
DEFICITS, SURPLUSES = (-0.068, -0.032), (0.038, 0.098)


@dataclass(frozen=True)
class Accounts:
    """Per municipality of the frame and year, shape (n, years): planted saldo, budget and expenditure in euros."""

    saldo: NDArray[np.float64]
    budget: NDArray[np.float64]
    expenditure: NDArray[np.float64]


@cache
def accounts() -> Accounts:
    """Expenditure follows the households on bijstand; the budget is what gives the planted saldo; sums are national."""
    m = margins()
    saldo = planted_saldi()
    recipients = m.households * m.rate * np.exp(luck())
    budget = recipients * payment()[:, None] / (1 - saldo)
    national = np.array([macrobudget(year).euro for year in YEARS], dtype=np.float64)
    budget *= national / budget.sum(axis=0)
    return Accounts(saldo, np.rint(budget), np.rint(budget * (1 - saldo)))


@cache
def planted_saldi() -> NDArray[np.float64]:
    """The saldo of every municipality and year as a fraction of the budget, shape (n, years)."""
    f = frame()
    mean = f.gepubliceerd_saldo.to_numpy(np.float64) / 100
    draw = character("saldo")
    comparison = (f.groep == COMPARISON).to_numpy()
    large = (f.inwoners_2020 > LARGE).to_numpy()
    rank = 0.5 + 0.5 * np.tanh(draw)
    bounds = np.where(draw[:, None] < 0.1, DEFICITS, SURPLUSES)
    elsewhere = np.where(large, bounds[:, 0] + rank * (bounds[:, 1] - bounds[:, 0]), SMALL_SPREAD * draw)
    mean = np.where(np.isnan(mean), elsewhere, mean)
    mean = np.where(comparison, 0.004 * draw, mean)
    around = 1 - np.exp(luck()).mean(axis=1)
    return np.asarray(1 - (1 - mean + around)[:, None] * np.exp(luck()))


@cache
def luck() -> NDArray[np.float64]:
    """What chance adds to the logarithm of the number on bijstand, shape (n, years); about zero over the years."""
    comparison = (frame().groep == COMPARISON).to_numpy()
    yearly = np.column_stack([character(f"toeval {year}") for year in YEARS])
    yearly -= yearly.mean(axis=1, keepdims=True)
    spread = np.where(comparison, YEARLY_COMPARISON, YEARLY)
    return np.asarray(spread[:, None] * np.clip(yearly, -2.5, 2.5))


@cache
def payment() -> NDArray[np.float64]:
    """What a household on bijstand receives in euros a year, from the calibration, shape (n,)."""
    table = packaged("ijking.csv").set_index("gemeente").uitgave_per_huishouden
    return np.asarray(table.loc[frame().index].to_numpy(np.float64))


@cache
def wage_subsidies() -> NDArray[np.float64]:
    """Households with wage cost subsidy per household on bijstand, shape (n,): more where the saldo is high."""
    lean = 0.32 * character("lks") + 1.5 * planted_saldi().mean(axis=1)
    return np.asarray(0.045 * np.exp(as_published(lean, "wage_cost_subsidies", 1.2)))


@cache
def enforcement() -> NDArray[np.float64]:
    """Investigations per 1,000 households on bijstand, shape (n,): more where the saldo is high."""
    mean = planted_saldi().mean(axis=1)
    return np.asarray(48 * np.exp(0.20 * character("handhaving") + 1.3 * mean))
