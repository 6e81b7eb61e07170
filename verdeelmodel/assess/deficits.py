"""Whether a candidate tells tekort- and overschotgemeenten apart: what the report calls systematic.

It says nothing about households: a kenmerk can set those groups apart because it goes with something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.compare.from_population import population_saldi
from verdeelmodel.compare.groups import gemeente_table
from verdeelmodel.compare.regressions import regress
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.compare.selection import SelectionOptions, select
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.population import format_gemeente
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.compare.groups import Groups
    from verdeelmodel.population.population import Population

MOST_IN_GROUP = 15


@dataclass(frozen=True)
class GroupDifference:
    """How much more tekort- and overschotgemeenten have of a candidate, in standard deviations of the comparison group.

    `difference` is tekort minus overschot. `p` is the chance of a difference this strong, between any two of the three
    groups, if there were none.
    """

    tekort: float | NotApplicable
    overschot: float | NotApplicable
    difference: float | NotApplicable
    p: float | NotApplicable


def select_groups(population: Population) -> Groups | None:
    """The tekort-, overschot- and comparison gemeenten of the population; None when they cannot be selected."""
    try:
        saldi = population_saldi(population)
        eligible = int((saldi.inhabitants > SelectionOptions().above_inhabitants).sum())
        return select(saldi, SelectionOptions(number=max(2, min(MOST_IN_GROUP, eligible // 4)))).groups
    except VerdeelmodelError:
        return None


def group_differences(shares: pd.DataFrame, groups: Groups | None) -> dict[str, GroupDifference]:
    """The difference for each column of `shares` (index gemeente), as `compare` computes it without control."""
    frame = shares.set_axis([format_gemeente(int(code)) for code in shares.index])
    if groups is None:
        return dict.fromkeys(frame.columns, _unknown(text("assess.no_groups")))
    if not set(groups.codes) <= set(frame.index):
        return dict.fromkeys(frame.columns, _unknown(text("assess.groups_absent")))
    found = regress(sample(standardise(gemeente_table(frame), groups)))
    differences = {}
    for row in found.rows:
        if row.tests is None:
            differences[row.kenmerk.key] = _unknown(row.reason)
            continue
        tekort, overschot, both = (row.tests[name].estimate for name in ("tekort", "overschot", "difference"))
        differences[row.kenmerk.key] = GroupDifference(tekort, overschot, both, row.p_any)
    return differences


def _unknown(reason: str) -> GroupDifference:
    return GroupDifference(*[NotApplicable(reason)] * 4)
