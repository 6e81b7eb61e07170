"""The gate: may this table leave? Every cell is judged on the evidence behind it, never on the number shown.

A cell passes, fails, or needs a person's review. A failing cell names the rule, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from verdeelmodel.disclosure.profile import Profile
from verdeelmodel.table import NAMES, Cell, Column, Evidence, NotApplicable, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

AMOUNTS = ("euro", "number")


class Status(StrEnum):
    """What the gate says of an output, from good to bad."""

    passed = "pass"
    review = "review"
    failed = "fail"


@dataclass(frozen=True)
class Finding:
    """One cell and the rule it breaks; `row` is the index in the table, `rule` a key of the profile or `evidence`."""

    row: int
    column: str
    rule: str
    found: str
    status: Status

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return text(f"disclosure.remedy.{self.rule}")

    def __str__(self) -> str:
        return text("disclosure.finding", row=self.row + 1, column=self.column, found=self.found, remedy=self.remedy)


@dataclass(frozen=True)
class Verdict:
    """The judgement of one table under one profile; the worst finding decides."""

    table: str
    profile: str
    status: Status
    findings: tuple[Finding, ...]
    synthetic: bool

    def __str__(self) -> str:
        key = "synthetic" if self.synthetic else self.status.value
        return text(f"disclosure.verdict.{key}", table=self.table, count=len(self.findings))

    @property
    def failing_cells(self) -> frozenset[tuple[int, str]]:
        """The (row, column) pairs that may not leave."""
        return frozenset((f.row, f.column) for f in self.findings if f.status is Status.failed)

    def to_frame(self) -> pd.DataFrame:
        """A row per finding."""
        import pandas as pd

        rows = [(f.row, f.column, f.rule, f.status.value, f.found, f.remedy) for f in self.findings]
        return pd.DataFrame(rows, columns=["row", "column", "rule", "status", "found", "remedy"])


def judge(table: Table, profile: Profile) -> Verdict:
    """The verdict on a table; a synthetic table describes nobody and passes with its mark.

    A table of which nothing was told, not even that it has only names, is for a person.
    """
    if table.synthetic:
        return Verdict(table.key, profile.name, Status.passed, (), synthetic=True)
    findings = tuple(finding for column in table.columns for finding in _column_findings(table, column, profile))
    if len(table) and not table.evidence and all(c.kind in NAMES for c in table.columns):
        untold = text("disclosure.found.untold")
        findings = (Finding(0, table.columns[0].key, "evidence", untold, Status.review),)
    statuses = {f.status for f in findings}
    worst = next((s for s in (Status.failed, Status.review) if s in statuses), Status.passed)
    return Verdict(table.key, profile.name, worst, findings, synthetic=False)


def _column_findings(table: Table, column: Column, profile: Profile) -> Iterator[Finding]:
    """Figures are judged, wherever they stand, and texts of which it was told what stands behind them."""
    behind = table.evidence.get(column.key)
    for row, cell in enumerate(table.values[column.key]):
        evidence = behind[row] if behind is not None else None
        if isinstance(cell, NotApplicable) or (evidence is None and not is_figure(cell, column)):
            continue
        if evidence is None or evidence == Evidence():
            yield Finding(row, column.key, "evidence", text("disclosure.found.evidence"), Status.review)
        elif evidence.public is None:
            for rule, found in broken_rules(evidence, column, profile):
                yield Finding(row, column.key, rule, found, Status.failed)


def is_figure(cell: Cell, column: Column) -> bool:
    """Whether a cell is a figure: a cell of a column of figures, or a number among texts."""
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return column.kind not in NAMES or (column.kind == "text" and number)


def broken_rules(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """The rules that a cell with this evidence breaks, each with what was found."""
    for check in (_minimum, _group, _dominance, _p_percent, _degrees_of_freedom, _extremes):
        yield from check(evidence, column, profile)


def _minimum(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """Counts, numerators and denominators of at least the minimum; zero counts as too few when zeros are disclosive."""
    lowest, zeros = profile["minimum"].number("threshold"), profile["zeros"].settings["disclosive"]
    for part in ("count", "numerator", "denominator"):
        number = getattr(evidence, part)
        if number is not None and number < lowest and (number > 0 or zeros):
            yield "minimum", text(f"disclosure.found.{part}", number=number)


def _group(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """No category may hold nearly everybody of its group: that tells something of each of them."""
    if evidence.numerator is not None and evidence.denominator:
        share = evidence.numerator / evidence.denominator
        if share > profile["group"].number("share"):
            yield "group", text("disclosure.found.group", share=format_number(share, "share"))


def _dominance(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """The one or two largest contributors may not make up nearly the whole amount."""
    if column.kind not in AMOUNTS or not evidence.total:
        return
    for key in ("dominance_one", "dominance_two"):
        rule = profile[key]
        n = int(rule.number("contributors"))
        share = sum(_ordered(evidence)[:n]) / abs(evidence.total)
        if len(evidence.largest) >= n and share > rule.number("share"):
            yield key, text("disclosure.found.dominance", n=n, share=format_number(share, "share"))


def _p_percent(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """The second largest may not be able to estimate the largest to within p percent from the total."""
    if column.kind not in AMOUNTS or not evidence.total or len(evidence.largest) < 2:
        return
    first, second = _ordered(evidence)[:2]
    rest = abs(evidence.total) - first - second
    if first > 0 and rest < profile["p_percent"].number("share") * first:
        yield "p_percent", text("disclosure.found.p_percent", share=format_number(max(rest, 0.0) / first, "share"))


def _degrees_of_freedom(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    free = evidence.degrees_of_freedom
    if free is not None and free < profile["degrees_of_freedom"].number("threshold"):
        yield "degrees_of_freedom", text("disclosure.found.degrees_of_freedom", number=free)


def _extremes(evidence: Evidence, column: Column, profile: Profile) -> Iterator[tuple[str, str]]:
    """A smallest or largest value is the value of somebody."""
    if column.key.casefold() in {c.casefold() for c in profile["extremes"].settings["columns"]}:
        yield "extremes", text("disclosure.found.extremes", column=column.label)


def _ordered(evidence: Evidence) -> list[float]:
    return sorted((abs(v) for v in evidence.largest), reverse=True)


def differencing(first: Table, second: Table, profile: Profile) -> tuple[Finding, ...]:
    """Cells of two tables with the same key that differ by fewer households than the rule allows: refused together.

    Rows are matched on their names (text and code columns); a cell that only one of the two has is not compared.
    """
    if first.synthetic and second.synthetic:
        return ()
    lowest = profile["differencing"].number("threshold")
    others = {_row_name(second, row): row for row in range(len(second))}
    findings = []
    for row in range(len(first)):
        other = others.get(_row_name(first, row))
        for key in first.evidence if other is not None else ():
            gap = _household_gap(first.evidence[key], row, second.evidence.get(key), other)
            if 0 < gap < lowest:
                found = text("disclosure.found.differencing", number=gap)
                findings.append(Finding(row, key, "differencing", found, Status.failed))
    return tuple(findings)


def _row_name(table: Table, row: int) -> tuple[object, ...]:
    return tuple(table.values[c.key][row] for c in table.columns if c.kind in ("text", "code"))


def _household_gap(
    one: Sequence[Evidence | None], row: int, two: Sequence[Evidence | None] | None, other: int | None
) -> int:
    """The smallest non-zero difference between the counts, numerators or denominators behind two cells; 0 when none."""
    a, b = one[row], None if two is None or other is None else two[other]
    if a is None or b is None:
        return 0
    pairs = [(getattr(a, part), getattr(b, part)) for part in ("count", "numerator", "denominator")]
    gaps = [abs(x - y) for x, y in pairs if x is not None and y is not None and x != y]
    return min(gaps, default=0)
