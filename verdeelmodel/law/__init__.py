"""The law as data: weights, norms, limits, rules and macrobudgets, each with date, unit, source and certainty."""

from verdeelmodel.law.facts import Certainty, Source, sources
from verdeelmodel.law.norms import KINDS, Norm, Norms, WealthLimits, gross_norms, wealth_limits
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
    "Certainty",
    "Component",
    "Indicator",
    "Norm",
    "Norms",
    "ReferenceCategory",
    "Source",
    "WealthLimits",
    "Weight",
    "Weights",
    "gross_norms",
    "indicators",
    "model_years",
    "price_weights",
    "reference_categories",
    "sources",
    "volume_weights",
    "wealth_limits",
    "weights",
]
