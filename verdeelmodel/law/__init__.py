"""The law as data: weights, norms, limits, rules and macrobudgets, each with date, unit, source and certainty."""

from verdeelmodel.law.facts import Certainty, Source, sources
from verdeelmodel.law.macro import STAGES, MacroBudget, macrobudget, macrobudgets
from verdeelmodel.law.norms import KINDS, Norm, Norms, WealthLimits, gross_norms, wealth_limits
from verdeelmodel.law.rules import BudgetRules, Scale, budget_rules, rule_years
from verdeelmodel.law.vangnet import Vangnet, VangnetRules, eligible_cost_rules, vangnet_rules, vangnet_years
from verdeelmodel.law.weights import (
    Component,
    Indicator,
    ReferenceCategory,
    Weight,
    Weights,
    indicators,
    model_years,
    price_weights,
    reference_categories,
    volume_weights,
    weights,
)

__all__ = [
    "KINDS",
    "STAGES",
    "BudgetRules",
    "Certainty",
    "Component",
    "Indicator",
    "MacroBudget",
    "Norm",
    "Norms",
    "ReferenceCategory",
    "Scale",
    "Source",
    "Vangnet",
    "VangnetRules",
    "WealthLimits",
    "Weight",
    "Weights",
    "budget_rules",
    "eligible_cost_rules",
    "gross_norms",
    "indicators",
    "macrobudget",
    "macrobudgets",
    "model_years",
    "price_weights",
    "reference_categories",
    "rule_years",
    "sources",
    "vangnet_rules",
    "vangnet_years",
    "volume_weights",
    "wealth_limits",
    "weights",
]
