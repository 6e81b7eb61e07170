"""A run as one page: its tables in their order, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verdeelmodel.report.page import Section, page
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.table import Table


def run_page(verb: str, tables: Sequence[Table], account: Table) -> str:
    """The page with a part per table; the account stands last."""
    title = text("report.run.title", verb=verb)
    parts = [Section(table.key, table.title, tables=[table]) for table in tables]
    parts.append(Section(account.key, account.title, tables=[account]))
    synthetic = any(table.synthetic for table in tables)
    return page(title, title, [text("report.run.lead", count=len(tables))], parts, synthetic)
