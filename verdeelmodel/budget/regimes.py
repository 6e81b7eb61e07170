"""The three families of rules, as functions on arrays of n gemeenten. Every function returns the parts of the grant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.damping import damped_shares
from verdeelmodel.budget.inputs import Amounts, Inputs, counted, historical_cost, lks_column
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
NOISE = 1e-9


@dataclass(frozen=True)
class Parts:
    """m, the parts of the grant in unrounded euros (name to array of n), and the pool of the objective part."""

    m: Floats
    parts: dict[str, Floats]
    objective_pool: float


def shares(values: Floats, what: str) -> Floats:
    """Each value over the sum, shape of `values`; DataError when there is nothing to share."""
    total = float(values.sum())
    if total <= 0:
        raise DataError(text("budget.zero_sum", what=what), [Problem(text("budget.zero_sum_found", what=what))])
    return values / total


def shares_or_zero(values: Floats) -> Floats:
    """Each value over the sum, or zeros when the sum is zero."""
    total = float(values.sum())
    return values / total if total > 0 else np.zeros_like(values)


def parts_regime(rules: BudgetRules, inputs: Inputs, amounts: Amounts) -> Parts:
    """2017 and later: U = BO + BL + BDTI and parts on keys of their own; the objective pool is the residual."""
    m = rules.scale.m(inputs["inhabitants"])
    keyed = {k.part: _keyed(rules, inputs, amounts, k.column, k.pool) for k in rules.keyed}
    first = sum(amounts.pool(k.pool) for k in rules.keyed if k.bears == "alles")
    available = amounts.macrobudget - first
    historical_pool = available - sum(amounts.pool(p) for p in rules.less_historical)
    homeless_pool = available - sum(amounts.pool(p) for p in rules.less_homeless)
    cost_share = shares(historical_cost(rules, inputs), text("budget.column.cost"))
    historical = (1 - m) * cost_share * historical_pool
    national_cost = float(inputs["cost"].sum()) if amounts.total_cost is None else amounts.total_cost
    homeless = m * inputs["homeless_cost"] / national_cost * homeless_pool
    borne = sum(float(keyed[k.part].sum()) for k in rules.keyed if k.bears == "objectief")
    residual = available - float(historical.sum()) - float(homeless.sum()) - borne
    objective = _objective(m * inputs["objective"], residual, amounts.macrobudget)
    t = rules.transition
    return Parts(
        m,
        {
            "BO": (1 - t) * objective,
            "BL": (1 - t) * historical + t * cost_share * available,
            "BDTI": (1 - t) * homeless,
            **keyed,
        },
        residual,
    )


def _keyed(rules: BudgetRules, inputs: Inputs, amounts: Amounts, column: str, pool: str) -> Floats:
    euro = amounts.pool(pool)
    if euro == 0:
        return np.zeros(len(inputs))
    name = lks_column(amounts.stage) if column == "lks" else column
    return shares(counted(rules, inputs, name), text(f"budget.column.{name}")) * euro


def _objective(base: Floats, pool: float, macrobudget: float) -> Floats:
    """The residual pool in proportion to m times O; an empty pool needs no objective amounts."""
    if abs(pool) <= NOISE * macrobudget:
        return np.zeros_like(base)
    if pool < 0:
        found = Problem(text("budget.negative_pool_found", euro=pool), remedy=text("budget.negative_pool_remedy"))
        raise DataError(text("budget.negative_pool"), [found])
    return shares(base, text("budget.objective_base")) * pool


def base_regime(rules: BudgetRules, inputs: Inputs, amounts: Amounts) -> Parts:
    """2007 to 2014: a budget base G = m O + (1 - m) K, and everyone the share of G in the total."""
    m = rules.scale.m(inputs["inhabitants"])
    elderly = shares_or_zero(inputs.get("cost_65plus")) * amounts.pool("elderly")
    wwik = shares_or_zero(inputs.get("cost_wwik")) * amounts.pool("wwik")
    pool = amounts.macrobudget + amounts.pool("mau") - float(elderly.sum()) - float(wwik.sum())
    historical = historical_cost(rules, inputs)
    objective = inputs["objective"]
    if rules.damping is not None:
        objective = _damped(rules, m, historical, objective)
    base = m * objective + (1 - m) * historical
    shares(base, text("budget.base"))
    factor = pool / float(base.sum())
    parts = {"BO": m * objective * factor, "BL": (1 - m) * historical * factor}
    if rules.elderly:
        parts["B65"] = elderly
    if rules.wwik:
        parts["BWWIK"] = wwik
    return Parts(m, _deduct_mau(rules, inputs, amounts, parts), float(parts["BO"].sum()))


def _damped(rules: BudgetRules, m: Floats, historical: Floats, objective: Floats) -> Floats:
    """Objective amounts whose shares among the (partly) objective gemeenten are damped; the sum stays the same."""
    if rules.damping is None or not (m > 0).any():
        return objective
    there = m > 0
    history = shares(historical[there], text("budget.column.cost"))
    before = shares(objective[there], text("budget.column.objective"))
    after = objective.copy()
    after[there] = damped_shares(history, before, rules.damping) * objective[there].sum()
    return after


def compartments_regime(rules: BudgetRules, inputs: Inputs, amounts: Amounts) -> Parts:
    """2015 and 2016: small gemeenten in a compartment of their own, the others half historical in transition."""
    m = rules.scale.m(inputs["inhabitants"])
    small = inputs["inhabitants"] <= rules.scale.lower
    cost = historical_cost(rules, inputs)
    whole = amounts.macrobudget + amounts.pool("mau")
    cost_share = shares(cost, text("budget.column.cost"))
    pool = float(cost_share[~small].sum()) * whole
    fully_historical = cost_share * whole
    # The outcome of the model is calibrated: with the historical parts fixed, the bases add up to the compartment.
    residual = pool - float(((1 - m) * fully_historical)[~small].sum())
    objective = _objective(np.where(small, 0.0, m * inputs["objective"]), residual, whole)
    t = np.where(small, 1.0, rules.transition)
    parts = {"BO": (1 - t) * objective, "BL": t * fully_historical + (1 - t) * (1 - m) * fully_historical}
    return Parts(m, _deduct_mau(rules, inputs, amounts, parts), residual)


def _deduct_mau(rules: BudgetRules, inputs: Inputs, amounts: Amounts, parts: dict[str, Floats]) -> dict[str, Floats]:
    """The parts and the deduction of multi-year grants, in proportion to m times U on the scale of the deduction."""
    if rules.mau is None or amounts.pool("mau") == 0:
        return parts
    grant = np.sum(list(parts.values()), axis=0)
    weight = rules.mau.m(inputs["inhabitants"]) * grant
    deduction = shares(weight, text("budget.mau_base")) * amounts.pool("mau")
    if (deduction > grant).any():
        found = Problem(text("budget.mau_found", euro=amounts.pool("mau"), grant=weight.sum()))
        raise DataError(text("budget.mau_too_large"), [found])
    return {**parts, "MAU": -deduction}
