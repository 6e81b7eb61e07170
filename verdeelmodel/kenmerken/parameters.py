"""Scalars that kenmerken need: values of the law of the rules year, and values of the year of the data.

The law knows the wealth limits of each model year. What the law room does not publish (AOW age, rent limit, age up to
which
education is known) stands, per year and with its source, in `data/jaarwaarden.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from verdeelmodel.documents import parse_yaml
from verdeelmodel.errors import Problem, RequestError, UnknownRuleError
from verdeelmodel.wording import text

YEAR = "jaar"
LAW: dict[str, str] = {
    "vermogensgrens_alleenstaande": "single_assets",
    "overwaardegrens_alleenstaande": "single_home_equity",
    "vermogensgrens_paar": "couple_assets",
    "overwaardegrens_paar": "couple_home_equity",
}


@cache
def year_values() -> MappingProxyType[str, Mapping[str, Any]]:
    """The values per year of the data by name, each with label, unit, source, certainty and values."""
    source = files(__package__).joinpath("data", "jaarwaarden.yaml").read_text(encoding="utf-8")
    return MappingProxyType(parse_yaml(source, "jaarwaarden.yaml"))


def parameter_names() -> tuple[str, ...]:
    """Every parameter a kenmerk may ask for."""
    return (*LAW, *year_values(), YEAR)


@cache
def parameters(rules_year: int) -> Mapping[str, float]:
    """The values of the law of this rules year by parameter name; UnknownRuleError for a year that is not published."""
    from verdeelmodel.law.norms import wealth_limits

    limits = wealth_limits(rules_year)
    return MappingProxyType({name: float(getattr(limits, field)) for name, field in LAW.items()})


def parameter(name: str, rules_year: int | None, year: int) -> float:
    """One parameter for this rules year and year of the data; an error that names what is missing, never a guess."""
    if name == YEAR:
        return float(year)
    if name in LAW:
        if rules_year is None:
            raise RequestError(text("kenmerken.rules_year_needed", parameter=name))
        return parameters(rules_year)[name]
    values = year_values()[name]["values"]
    if year not in values:
        known = ", ".join(str(y) for y in values)
        problem = Problem(text("kenmerken.year_values_known", years=known))
        raise UnknownRuleError(
            text("kenmerken.year_value_unknown", label=year_values()[name]["label"], year=year), [problem]
        )
    return float(values[year])
