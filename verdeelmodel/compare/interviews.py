"""A spread choice of cases for interviews: over regions, size classes and bijstand density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verdeelmodel.compare.groups import OVERSCHOT, TEKORT
from verdeelmodel.compare.selection import Chosen, Selection
from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

REGION, DENSITY = "regio", "bijstandsdichtheid"


@dataclass(frozen=True)
class InterviewOptions:
    """How many cases with a tekort and with an overschot, and which gemeenten are in the choice anyhow."""

    tekort: int = 5
    overschot: int = 3
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A gemeente to interview, its strata, and which of them it adds to the choice."""

    gemeente: Chosen
    strata: dict[str, str]
    adds: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"{self.gemeente.name}: {self.reason}"


def choose_interviews(selection: Selection, options: InterviewOptions | None = None) -> tuple[Case, ...]:
    """Cases chosen one by one: each the gemeente that adds most to the spread so far, the largest saldo when equal.

    The first is the gemeente with the largest saldo of its group. The strata are size class, and region and density
    (above or below the median of the selection) when the saldi carry them.
    """
    wanted = options or InterviewOptions()
    candidates = [g for g in selection.gemeenten if g.group in (TEKORT, OVERSCHOT)]
    fail_if_always_not_selected(candidates, wanted.always)
    strata = {g.code: _strata(selection, g, candidates) for g in candidates}
    cases: list[Case] = []
    for group, count in ((TEKORT, wanted.tekort), (OVERSCHOT, wanted.overschot)):
        members = sorted((g for g in candidates if g.group == group), key=lambda g: g.rank)
        fixed = [g for g in members if g.code in wanted.always]
        for _ in range(min(max(count, len(fixed)), len(members))):
            gemeente = fixed.pop(0) if fixed else _most_spread(members, strata, cases)
            always = gemeente.code in wanted.always
            cases.append(_case(gemeente, strata[gemeente.code], cases, always))
            members.remove(gemeente)
    return tuple(cases)


def fail_if_always_not_selected(candidates: Sequence[Chosen], always: Sequence[str]) -> None:
    """A gemeente that must be interviewed has to be among those with a tekort or an overschot."""
    codes = [g.code for g in candidates]
    what = text("compare.groups.gemeente")
    problems: list[Problem] = [unknown_name(c, codes, what, "--always") for c in always if c not in codes]
    if problems:
        raise RequestError(text("compare.interviews.not_selected"), problems)


def _strata(selection: Selection, gemeente: Chosen, candidates: Sequence[Chosen]) -> dict[str, str]:
    features = selection.saldi.features
    strata = {"grootteklasse": gemeente.size_class}
    if REGION in features.columns:
        strata[REGION] = str(features[REGION][gemeente.code])
    if DENSITY in features.columns:
        middle = features[DENSITY].reindex([g.code for g in candidates]).median()
        above = features[DENSITY][gemeente.code] > middle
        strata[DENSITY] = text("compare.interviews.dense" if above else "compare.interviews.sparse")
    return strata


def _new(strata: dict[str, str], cases: Sequence[Case]) -> tuple[str, ...]:
    return tuple(s for s, value in strata.items() if all(case.strata[s] != value for case in cases))


def _most_spread(members: Sequence[Chosen], strata: dict[str, dict[str, str]], cases: Sequence[Case]) -> Chosen:
    def crowding(gemeente: Chosen) -> tuple[int, int, int]:
        own = strata[gemeente.code]
        shared = sum(case.strata[s] == value for case in cases for s, value in own.items())
        return -len(_new(own, cases)), shared, gemeente.rank

    return min(members, key=crowding)


def _case(gemeente: Chosen, strata: dict[str, str], cases: Sequence[Case], always: bool) -> Case:
    adds = _new(strata, cases)
    if always:
        reason = text("compare.interviews.always")
    elif adds:
        reason = text("compare.interviews.adds", strata=", ".join(strata[s] for s in adds))
    else:
        reason = text("compare.interviews.least_shared")
    return Case(gemeente, strata, adds, reason)


def interviews_table(cases: Sequence[Case], synthetic: bool = False) -> Table:
    """The cases with their strata and the reason for each choice (interviews.csv)."""
    strata = list(cases[0].strata) if cases else []
    columns = [
        Column("gm_code", text("compare.column.gm_code"), "code"),
        Column("gm_naam", text("compare.column.gm_naam")),
        Column("groep", text("compare.column.groep")),
        *(Column(s, text(f"compare.column.{s}")) for s in strata),
        Column("reden", text("compare.column.reden")),
    ]
    values: dict[str, list[str]] = {
        "gm_code": [c.gemeente.code for c in cases],
        "gm_naam": [c.gemeente.name for c in cases],
        "groep": [c.gemeente.group for c in cases],
        **{s: [c.strata[s] for c in cases] for s in strata},
        "reden": [c.reason for c in cases],
    }
    return Table("interviews", text("compare.interviews.title"), tuple(columns), values, synthetic).public("names")
