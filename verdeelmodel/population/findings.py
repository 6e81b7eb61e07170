"""What a check found: how many rows break which rule, per gemeente, with the first examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem
from verdeelmodel.population.bounds import expected
from verdeelmodel.population.rules import Severity
from verdeelmodel.population.schema import format_gemeente, table_schema
from verdeelmodel.table import Cell, Column, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 5


class Broken(NamedTuple):
    """A rule that is broken and where: the table, the year (0: not of one year) and the column, if it is about one."""

    rule: str
    severity: Severity
    table: str
    year: int = 0
    column: str = ""


@dataclass(frozen=True)
class Example:
    """A row that breaks a rule: its number (the first is 1), its gemeente and the values that were looked at."""

    row: int
    gemeente: int
    values: Mapping[str, Cell]

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.values.items())


@dataclass(frozen=True)
class Finding:
    """One broken rule in one table and year (0: not of one year); `column` is empty for a rule over several columns."""

    rule: str
    severity: Severity
    table: str
    year: int
    column: str
    count: int
    per_gemeente: Mapping[int, int]
    examples: tuple[Example, ...]

    @property
    def sentence(self) -> str:
        """What is wrong, in the language in use."""
        return text(f"population.rule.{self.rule}")

    @property
    def place(self) -> str:
        """The file, and the column when there is one."""
        name = f"{self.table}/{self.year}" if self.table == "households" else self.table
        year = f" ({self.year})" if self.table != "households" and self.year else ""
        column = text("population.check.in_column", column=self.column) if self.column else ""
        return f"{name}.parquet{year}{column}"

    def problem(self) -> Problem:
        """The finding as a problem with place, found, expected and remedy."""
        first = self.examples[0]
        found = text("population.check.found", sentence=self.sentence, count=self.count, row=first.row, example=first)
        wanted = expected(table_schema(self.table).columns[self.column]) if self.column else ""
        return Problem(found, self.place, wanted, text("population.check.remedy"))


@dataclass(frozen=True)
class PopulationCheck:
    """The findings of a check. `bad` marks per year the households that break a rule that is an error, shape (n,)."""

    population: str
    synthetic: bool
    findings: tuple[Finding, ...]
    bad: Mapping[int, NDArray[np.bool_]] = field(repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the population unusable."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that ask for a look."""
        return tuple(f for f in self.findings if f.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether no rule that is an error was broken."""
        return not self.errors

    def good_rows(self, year: int) -> NDArray[np.bool_]:
        """True for every household of this year that breaks no error rule."""
        return ~self.bad[year]

    def __str__(self) -> str:
        rows = sum(len(mask) for mask in self.bad.values())
        bad = sum(int(mask.sum()) for mask in self.bad.values())
        return text(
            "population.check.summary",
            population=self.population,
            errors=len(self.errors),
            warnings=len(self.warnings),
            rows=rows,
            bad=bad,
        )

    def to_frame(self) -> pd.DataFrame:
        """A row per finding."""
        return self.tables()[0].to_frame()

    def tables(self) -> tuple[Table, Table, Table]:
        """The findings, their counts per gemeente, and the first examples."""
        return findings_table(self), gemeenten_table(self), examples_table(self)


def findings_table(check: PopulationCheck) -> Table:
    """A row per finding: rule, how serious, where, how many rows, and the first of them."""
    rows: list[list[Cell]] = [
        [f.rule, text(f"population.check.{f.severity}"), f.place, f.count, len(f.per_gemeente), f.sentence]
        for f in check.findings
    ]
    kinds = {"rule": "code", "severity": "text", "place": "text", "rows": "count", "gemeenten": "count", "what": "text"}
    return _table("findings", kinds, rows, check).behind([Evidence(count=f.count) for f in check.findings])


def gemeenten_table(check: PopulationCheck) -> Table:
    """A row per finding and gemeente: how many rows."""
    rows: list[list[Cell]] = [
        [f.rule, f.place, _code(gemeente), count]
        for f in check.findings
        for gemeente, count in sorted(f.per_gemeente.items())
    ]
    kinds = {"rule": "code", "place": "text", "gemeente": "code", "rows": "count"}
    table = _table("findings_gemeenten", kinds, rows, check)
    return table.behind([Evidence(count=n) for f in check.findings for _, n in sorted(f.per_gemeente.items())])


def examples_table(check: PopulationCheck) -> Table:
    """The first rows of every finding with the values that were looked at."""
    rows: list[list[Cell]] = [
        [f.rule, f.place, example.row, _code(example.gemeente), str(example)]
        for f in check.findings
        for example in f.examples
    ]
    kinds = {"rule": "code", "place": "text", "row": "count", "gemeente": "code", "values": "text"}
    # Every row is about one household, and its values stand in a text.
    table = _table("findings_examples", kinds, rows, check)
    return table.behind([Evidence(count=1)] * len(table), ("row", "values"))


def _code(gemeente: int) -> str:
    return format_gemeente(gemeente) if gemeente else ""


def _table(key: str, kinds: Mapping[str, Any], rows: list[list[Cell]], check: PopulationCheck) -> Table:
    columns = tuple(Column(name, text(f"population.check.column.{name}"), kind) for name, kind in kinds.items())
    values = {name: [row[i] for row in rows] for i, name in enumerate(kinds)}
    return Table(key, text(f"population.check.{key}"), columns, values, synthetic=check.synthetic)


class Collector:
    """Adds up what breaks one rule while the blocks of a table pass by."""

    def __init__(self) -> None:
        self._count: dict[Broken, int] = {}
        self._per: dict[Broken, dict[int, int]] = {}
        self._examples: dict[Broken, list[Example]] = {}

    def add(
        self,
        rule: Broken,
        mask: NDArray[np.bool_],
        gemeente: NDArray[Any],
        values: Mapping[str, NDArray[Any]],
        first_row: int = 0,
    ) -> None:
        """Rows of one block that break the rule; `values` are the columns that were looked at."""
        places = np.flatnonzero(mask)
        if len(places) == 0:
            return
        self._count[rule] = self._count.get(rule, 0) + len(places)
        per = self._per.setdefault(rule, {})
        for code, count in zip(*np.unique(gemeente[places], return_counts=True), strict=True):
            per[int(code)] = per.get(int(code), 0) + int(count)
        examples = self._examples.setdefault(rule, [])
        for place in places[: EXAMPLES - len(examples)]:
            shown = {name: plain(column[place]) for name, column in values.items()}
            examples.append(Example(first_row + int(place) + 1, int(gemeente[place]), shown))

    def findings(self) -> tuple[Finding, ...]:
        """Everything found: errors before warnings, and what breaks the same rule together."""
        found = [Finding(*rule, n, self._per[rule], tuple(self._examples[rule])) for rule, n in self._count.items()]
        first = {f.rule: place for place, f in reversed(list(enumerate(found)))}
        return tuple(sorted(found, key=lambda f: (f.severity != "error", first[f.rule], f.table, f.year)))


def plain(value: object) -> Cell:
    """A value as a cell of a table: a flag as 1 or 0, what is no number as its name."""
    item = value.item() if isinstance(value, np.generic) else value
    if isinstance(item, bool):
        return int(item)
    if item is None or (isinstance(item, float) and not np.isfinite(item)):
        return str(item)
    return item if isinstance(item, (int, float, str)) else str(item)
