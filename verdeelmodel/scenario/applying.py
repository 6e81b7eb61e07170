"""Applying the changes of a population one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verdeelmodel.errors import DataError, Problem, VerdeelmodelError
from verdeelmodel.scenario.definition import Assign, Move, Rake, Replace, Scale, Step
from verdeelmodel.scenario.moving import Moved
from verdeelmodel.scenario.population import Assigned, Changed, Raked, Scaled
from verdeelmodel.scenario.replacing import Replaced
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population


def changed_population(
    population: Population, steps: tuple[Step, ...], seed: int, rules_year: int | None, year: int
) -> Population:
    """The population after these steps, with every step prepared for this year.

    DataError with everything that cannot be done in that year; a step that cannot be done is left out in judging those
    after it.
    """
    changed, problems = population, list[Problem]()
    for number, step in enumerate(steps):
        made = _after(changed, step, seed + number, rules_year)
        try:
            made.prepare(year)
        except VerdeelmodelError as error:
            problems += [replace(p, where=", ".join(filter(None, (step.place, p.where)))) for p in every(error)]
        else:
            changed = made
    if problems:
        raise DataError(text("scenario.not_possible", count=len(problems)), problems)
    return changed


def every(error: VerdeelmodelError) -> tuple[Problem, ...]:
    """What an error reports, at least its summary."""
    return error.problems or (Problem(error.summary),)


def _after(below: Population, step: Step, seed: int, rules_year: int | None) -> Changed:
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
