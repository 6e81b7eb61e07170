"""Applying the changes of a population one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.scenario.definition import Assign, Move, Rake, Replace, Scale, Step
from verdeelmodel.scenario.moving import Moved
from verdeelmodel.scenario.population import Assigned, Raked, Scaled
from verdeelmodel.scenario.replacing import Replaced

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population


def changed_population(
    population: Population, steps: tuple[Step, ...], seed: int, rules_year: int | None
) -> Population:
    """The population after these steps; nothing is read before it is asked for."""
    changed = population
    for number, step in enumerate(steps):
        changed = _after(changed, step, seed + number, rules_year)
    return changed


def _after(below: Population, step: Step, seed: int, rules_year: int | None) -> Population:
    if isinstance(step, Scale):
        return Scaled(below, rules_year, step)
    if isinstance(step, Rake):
        return Raked(below, rules_year, step)
    if isinstance(step, Move):
        return Moved(below, rules_year, step, seed)
    if isinstance(step, Assign):
        return Assigned(below, rules_year, step, seed)
    if isinstance(step, Replace):
        return Replaced(below, rules_year, step)
    raise TypeError(type(step).__name__)
