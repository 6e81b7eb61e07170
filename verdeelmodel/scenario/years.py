"""From the budget of one year to that of another, split over what changed in between.

found = bridge_years(population, 2019, 2020)              # every gemeente, to the euro
print(change_of(found, "GM0014"))                         # one gemeente, in a sentence
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.law import budget_rules, gross_norms
from verdeelmodel.model.spec import ModelSpec, read_model
from verdeelmodel.scenario.definition import Amount, Layer, Scenario
from verdeelmodel.scenario.outcome import Engine
from verdeelmodel.scenario.running import ScenarioRun, run_settings
from verdeelmodel.scenario.setting import Model, Setting, published_macrobudget, vangnet_of
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population


def bridge_years(
    population: Population,
    first: int,
    last: int,
    *,
    model: str | ModelSpec = "2022",
    model_last: str | ModelSpec | None = None,
    pools: Mapping[str, float] | None = None,
    threads: int | None = None,
    engine: Engine | None = None,
) -> ScenarioRun:
    """What changed between the budgets of two years, for every gemeente: `change_of(found, "GM0014")` tells of one.

    A year has its own macrobudget, rules, municipal figures and households. Both use `model`, or the last year its
    own: a model year or file with weights. A published model without a constant gets the one that meets the share of
    households on bijstand in the year. `pools` are the euros of pools of which the population has no costs. Causes
    are split as in a scenario: by exact Shapley values in whole euros, that add up to the change of every gemeente.
    An `engine` of an earlier run on this population saves computing anew.

    Raises RequestError when the population lacks one of the years or has other gemeenten in them, UnknownRuleError
    when the rules or the macrobudget of a year are not known.
    """
    fail_if_years_cannot_be_bridged(population, first, last)
    specs = [
        s if isinstance(s, ModelSpec) else read_model(s) for s in (model, model if model_last is None else model_last)
    ]
    start, end = (setting_of_year(year, spec, pools or {}) for year, spec in zip((first, last), specs, strict=True))
    name = text("scenario.years.name", first=first, last=last)
    asked = Scenario(
        name, text("scenario.years.question", first=first, last=last), "", specs[0].rules_year, (), Layer(name)
    )
    return run_settings(engine or Engine(population, threads), asked, start, end, (str(first), str(last)))


def chosen_years(population: Population, first: int | None, last: int | None) -> tuple[int, int]:
    """The years to go from and to: unless given, the last year of the population and the one before."""
    end = max(population.years) if last is None else last
    earlier = [year for year in population.years if year < end]
    return (max(earlier, default=end) if first is None else first), end


def setting_of_year(year: int, spec: ModelSpec, pools: Mapping[str, float]) -> Setting:
    """The world of one budget year: its rules, macrobudget, figures and households, with a model."""
    rules = budget_rules(year)
    return Setting(
        model=Model(spec),
        norms=gross_norms(spec.rules_year),
        rules=rules,
        scale=rules.scale,
        pools={name: Amount(euro) for name, euro in pools.items() if name in rules.pools},
        vangnet=vangnet_of(year),
        macrobudget=published_macrobudget(year, None),
        years=(year,),
        money_year=year,
    )


def fail_if_years_cannot_be_bridged(population: Population, first: int, last: int) -> None:
    """Refuse years that are the same or absent, and years between which gemeenten changed."""
    have = ", ".join(map(str, population.years))
    problems = [Problem(str(year), expected=have) for year in (first, last) if year not in population.years]
    if first == last:
        problems.append(Problem(str(first), expected=text("scenario.years.two")))
    if not problems:
        one, other = (set(population.gemeenten(year)["code"]) for year in (first, last))
        remedy = text("scenario.years.one_division", year=population.meta.division)
        problems = [Problem(str(code), remedy=remedy) for code in sorted(one ^ other)]
    if problems:
        raise RequestError(text("scenario.years.wrong", first=first, last=last), problems)
