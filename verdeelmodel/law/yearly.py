"""Limits that go with the year of the data (AOW age, rent limit, age until which education is known), with source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from verdeelmodel.law.facts import packaged_document


@cache
def year_values() -> Mapping[str, Mapping[str, Any]]:
    """The values by name, each with label, unit, source, certainty and a value per year."""
    return MappingProxyType(packaged_document("jaarwaarden.yaml"))


@cache
def aow_ages() -> Mapping[int, float]:
    """The AOW age by year, in years and parts of a year."""
    return MappingProxyType({int(year): float(age) for year, age in year_values()["aow_leeftijd"]["values"].items()})
