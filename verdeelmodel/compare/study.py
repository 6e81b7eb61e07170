"""The whole comparison: one object that holds the question, and the tables that answer it, part by part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.compare import decomposition as gelbach
from verdeelmodel.compare import layout, matching, outliers, power, relations, robustness
from verdeelmodel.compare import panel as panels
from verdeelmodel.compare import sensitivity as variants
from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.findings import findings, findings_table
from verdeelmodel.compare.groups import GemeenteTable, Groups, groups_table
from verdeelmodel.compare.least_squares import one_thread
from verdeelmodel.compare.regressions import Regressions, regress, regressions_table
from verdeelmodel.compare.robustness import Influence, Resampling, Robustness
from verdeelmodel.compare.saldi import Saldi
from verdeelmodel.compare.sample import Sample, Standardised, sample, standardise
from verdeelmodel.compare.selection import SelectionOptions
from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_CONTROL = "regional_customer_potential"


@dataclass(frozen=True)
class CompareOptions:
    """The choices of a comparison. `gemeenten` limits the outlier table; `match_on` adds a matched comparison."""

    controls: tuple[str, ...] = ()
    gemeenten: tuple[str, ...] = ()
    match_on: tuple[str, ...] = ()
    resampling: Resampling = field(default_factory=Resampling)
    selection: SelectionOptions = field(default_factory=SelectionOptions)

    def told(self) -> dict[str, object]:
        """The choices as plain values, for the record of a run."""
        return {
            "control": list(self.controls),
            "gemeente": list(self.gemeenten),
            "match": list(self.match_on),
            "permutations": self.resampling.permutations,
            "draws": self.resampling.draws,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """A table of kenmerken compared between groups; every part is computed when it is first asked for.

    `saldi` and `yearly` kenmerken are needed only for the parts on saldi over the years.
    """

    table: GemeenteTable
    groups: Groups
    options: CompareOptions = field(default_factory=CompareOptions)
    saldi: Saldi | None = None
    yearly: pd.DataFrame | None = None

    def __str__(self) -> str:
        return f"{self.groups}. {self.plain}"

    @cached_property
    def standardised(self) -> Standardised:
        """The kenmerken in standard deviations of the comparison group."""
        return standardise(self.table, self.groups)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The sample without control and, when there is one, with control."""
        plain = sample(self.standardised)
        return (plain, sample(self.standardised, self.options.controls)) if self.options.controls else (plain,)

    @cached_property
    def regressions(self) -> tuple[Regressions, ...]:
        """The regressions without control and, when there is one, with control."""
        return tuple(regress(s) for s in self.samples)

    @property
    def plain(self) -> Regressions:
        """The regressions without control."""
        return self.regressions[0]

    @property
    def controlled(self) -> Regressions | None:
        """The regressions with control, if there is one."""
        return self.regressions[1] if len(self.regressions) > 1 else None

    @cached_property
    def robust(self) -> tuple[Robustness, ...]:
        """The regressions judged in other ways."""
        pairs = zip(self.samples, self.regressions, strict=True)
        return tuple(robustness.robustness(s, self.options.resampling, r) for s, r in pairs)

    @cached_property
    def influences(self) -> tuple[tuple[Influence, ...], ...]:
        """The influence of single gemeenten, per choice of controls."""
        pairs = zip(self.samples, self.regressions, strict=True)
        return tuple(robustness.influence(s, r) for s, r in pairs)

    @cached_property
    def clusters(self) -> relations.Clusters:
        """The systematic kenmerken and how they correlate."""
        return relations.clusters(self.standardised, [r.kenmerk.key for r in self.plain.systematic])

    @cached_property
    def representatives(self) -> tuple[str, ...]:
        """The strongest kenmerk of each cluster, as many as the number of gemeenten can bear."""
        return relations.representatives(self.clusters, self.plain, len(self.groups.codes))

    def to_frame(self) -> pd.DataFrame:
        """The columns of regressions.csv, without and with control."""
        return regressions_table(self.regressions).to_frame()

    def tables(self, parts: Sequence[str] = ()) -> tuple[Table, ...]:
        """The tables of these parts, in the order of PARTS; of all parts when none is named."""
        fail_if_parts_unknown(parts)
        chosen = parts or tuple(PARTS)
        with one_thread():
            return tuple(table for part, make in PARTS.items() if part in chosen for table in make(self))


def fail_if_parts_unknown(parts: Sequence[str]) -> None:
    """A part that is asked for must exist."""
    problems = [unknown_name(p, list(PARTS), text("compare.part"), "--show") for p in parts if p not in PARTS]
    if problems:
        raise RequestError(text("compare.part_unknown"), problems)


def _differences(c: Comparison) -> list[Table]:
    tables = [layout.differences_table(c.plain)]
    return [*tables, layout.differences_table(c.controlled, c.plain)] if c.controlled else tables


def _both(c: Comparison) -> list[Table]:
    if c.controlled:
        return [layout.both_table(c.plain, c.controlled)]
    return [layout.differences_table(c.plain, everything=True)]


def _association(c: Comparison) -> list[Table]:
    return [layout.association_table(c.plain, c.controlled)]


def _regressions(c: Comparison) -> list[Table]:
    return [regressions_table(c.regressions), groups_table(c.groups, c.table)]


def _outliers(c: Comparison) -> list[Table]:
    found = outliers.outliers(c.standardised)
    rows = outliers.chosen_rows(c.standardised, c.options.gemeenten)
    return [
        outliers.outliers_overview(found, rows),
        outliers.outliers_table(found, rows if c.options.gemeenten else None),
        outliers.mahalanobis_table(c.standardised, c.options.resampling.seed),
    ]


def _robustness(c: Comparison) -> list[Table]:
    return [robustness.robustness_table(c.robust)]


def _influence(c: Comparison) -> list[Table]:
    found = [i for influences in c.influences for i in influences]
    return [robustness.influence_table(found, c.table.synthetic)]


def _power(c: Comparison) -> list[Table]:
    tested = sum(r.tests is not None for r in c.plain.rows)
    noise = power.noise_findings(c.groups.sizes, max(tested, 1), seed=c.options.resampling.seed)
    return [power.power_table(c.plain, c.groups.sizes), power.noise_table(noise, c.table.synthetic)]


def _clusters(c: Comparison) -> list[Table]:
    if not c.clusters.keys:
        return [reason_table("clusters", text("compare.clusters.title"), text("compare.reason.nothing_systematic"))]
    return [relations.clusters_table(c.clusters), relations.correlations_table(c.clusters)]


def _joint(c: Comparison) -> list[Table]:
    tests = [test for s in c.samples for test in relations.joint_tests(s, c.representatives)]
    return [relations.joint_table(tests, c.table.synthetic)]


def _decomposition(c: Comparison) -> list[Table]:
    title = text("compare.decomposition.title")
    if c.saldi is None:
        return [reason_table("decomposition", title, text("compare.reason.no_saldi"), c.table.synthetic)]
    place = dict(zip(c.saldi.codes, c.saldi.measured("mean"), strict=True))
    saldo = np.array([place.get(code, np.nan) for code in c.standardised.table.codes])
    resampling = c.options.resampling
    found = gelbach.decompose(c.standardised, saldo, c.representatives, resampling.draws, resampling.seed)
    if isinstance(found, str):
        return [reason_table("decomposition", title, found, c.table.synthetic)]
    return [gelbach.decomposition_table(found)]


def _panel(c: Comparison) -> list[Table]:
    title = text("compare.panel.title")
    if c.saldi is None:
        return [reason_table("panel", title, text("compare.reason.no_saldi"), c.table.synthetic)]
    found = panels.panel(c.saldi, c.table, c.representatives, c.yearly)
    if isinstance(found, str):
        return [reason_table("panel", title, found, c.table.synthetic)]
    return [panels.persistence_table(found), panels.panel_table(found)]


def _sensitivity(c: Comparison) -> list[Table]:
    if c.saldi is None:
        title = text("compare.sensitivity.title")
        return [reason_table("sensitivity", title, text("compare.reason.no_saldi"), c.table.synthetic)]
    found = variants.sensitivity(c.saldi, c.table, c.options.selection)
    return [
        variants.sensitivity_overview(found, c.table.synthetic),
        variants.sensitivity_table(found, c.table.synthetic),
    ]


def _matching(c: Comparison) -> list[Table]:
    if not c.options.match_on:
        title = text("compare.matching.title")
        return [reason_table("matching", title, text("compare.reason.no_match_on"), c.table.synthetic)]
    matched = matching.match(c.table, c.groups, c.options.match_on)
    again = regress(sample(standardise(c.table, matched.groups)))
    shown = layout.differences_table(again)
    title = text("compare.matching.title_differences", on=", ".join(matched.on))
    titled = replace(shown, key="differences_matched", title=title)
    return [titled, matching.matching_table(matched, c.table)]


def _findings(c: Comparison) -> list[Table]:
    found = findings_table(findings(c.plain, c.controlled, c.influences[0]), c.table.synthetic)
    degrees = {row.kenmerk.key: row.degrees for regressions in c.regressions for row in regressions.rows}
    return [with_degrees(found, [degrees[str(key)] for key in found.values["kenmerk"]])]


def reason_table(key: str, title: str, reason: str, synthetic: bool = False) -> Table:
    """A part that cannot be made, as a table that says why."""
    column = Column("reason", text("compare.column.reason"))
    return Table(key, title, (column,), {"reason": [reason]}, synthetic).public("names")


# What a comparison can show, in the order in which it is shown.
PARTS: dict[str, Callable[[Comparison], list[Table]]] = {
    "differences": _differences,
    "both": _both,
    "association": _association,
    "outliers": _outliers,
    "power": _power,
    "robustness": _robustness,
    "influence": _influence,
    "clusters": _clusters,
    "joint": _joint,
    "matching": _matching,
    "sensitivity": _sensitivity,
    "decomposition": _decomposition,
    "panel": _panel,
    "findings": _findings,
    "regressions": _regressions,
}
# What is shown in the terminal when nothing is chosen.
SHOWN = ("differences", "association", "findings")
