"""Scalars that kenmerken need: values of the law of the rules year, and values of the year of the data.

The law knows the wealth limits of each model year, and its notes say where a row means something else than in other
years. What goes with the year of the data (AOW age, rent limit, age up to which education is known) it knows as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from verdeelmodel.errors import Problem, RequestError, UnknownRuleError
from verdeelmodel.law.yearly import year_values
from verdeelmodel.wording import text

YEAR = "jaar"
LAW: dict[str, str] = {
    "vermogensgrens_alleenstaande": "single_assets",
    "overwaardegrens_alleenstaande": "single_home_equity",
    "vermogensgrens_paar": "couple_assets",
    "overwaardegrens_paar": "couple_home_equity",
}
# Parameter -> the row of the volume model whose notes tell it, and how that note begins.
FROM_NOTES: dict[str, tuple[str, str]] = {
    "overige_uitkering_telt": ("benefit_sickness_or_wachtgeld", "met_overige_uitkering"),
    "zorgkostengrens_gezondheidsproblemen": ("combo_hci_low_x_health_problems", "gezondheidsproblemen_"),
}


def parameter_names() -> tuple[str, ...]:
    """Every parameter a kenmerk may ask for."""
    return (*LAW, *FROM_NOTES, *year_values(), YEAR)


@cache
def parameters(rules_year: int) -> Mapping[str, float]:
    """The values of the law of this rules year by parameter name; UnknownRuleError for a year that is not published."""
    from verdeelmodel.law.norms import wealth_limits

    limits = wealth_limits(rules_year)
    values = {name: float(getattr(limits, field)) for name, field in LAW.items()}
    return MappingProxyType(values | {name: _from_notes(name, rules_year) for name in FROM_NOTES})


def _from_notes(name: str, rules_year: int) -> float:
    from verdeelmodel.law.weights import volume_weights

    row, beginning = FROM_NOTES[name]
    found = [
        n.removeprefix(beginning) for n in volume_weights(rules_year).by_kenmerk[row].notes if n.startswith(beginning)
    ]
    if not found:
        return 0.0
    return float(found[0]) if found[0] else 1.0


def parameter(name: str, rules_year: int | None, year: int) -> float:
    """One parameter for this rules year and year of the data; an error that names what is missing, never a guess."""
    if name == YEAR:
        return float(year)
    if name in LAW or name in FROM_NOTES:
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
