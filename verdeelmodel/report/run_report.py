"""A run as a report: one page and one workbook with its tables in their order, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verdeelmodel.record import read_run
from verdeelmodel.report.account import account_of_run
from verdeelmodel.report.page import Section, page
from verdeelmodel.report.workbook import workbook
from verdeelmodel.table import Table
from verdeelmodel.wording import text


@dataclass(frozen=True)
class RunReport:
    """The tables of a run, and the account that stands last."""

    verb: str
    tables: tuple[Table, ...]
    account: Table

    def __str__(self) -> str:
        return text("report.run.title", verb=self.verb)

    @property
    def synthetic(self) -> bool:
        """Whether any of it is about invented households."""
        return any(table.synthetic for table in self.tables)

    def page(self) -> str:
        """The page, with a part per table."""
        parts = [Section(table.key, table.title, tables=[table]) for table in (*self.tables, self.account)]
        return page(str(self), str(self), [text("report.run.lead", count=len(self.tables))], parts, self.synthetic)

    def workbook(self) -> bytes:
        """The workbook, with a sheet per table."""
        return workbook([*self.tables, self.account])


def report_on_run(folder: Path) -> RunReport:
    """The report on the run in this folder: what `report RUN` writes."""
    saved = read_run(folder)
    return RunReport(saved.verb, tuple(saved.table(key) for key in saved.keys), account_of_run(saved.record))
