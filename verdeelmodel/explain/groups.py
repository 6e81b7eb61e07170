"""The groups of the study that a gemeente can be compared with, when the population has saldi to choose them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.compare.build import select_groups
from verdeelmodel.compare.groups import GROUPS
from verdeelmodel.errors import DataError, RequestError

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population


def study_groups(population: Population) -> dict[str, tuple[int, ...]]:
    """The members of each group by code; none when the population is too small or has no budgets."""
    try:
        found = select_groups(population=population).groups
    except (DataError, RequestError):
        return {}
    return {key: tuple(int(code[2:]) for code in getattr(found, key)) for key in GROUPS}
