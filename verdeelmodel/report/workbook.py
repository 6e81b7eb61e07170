"""The tables as an Excel workbook: numbers as numbers, Dutch formats, frozen headers, a sheet per table."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from verdeelmodel.table import DECIMALS, Column, NotApplicable, Table, harmless
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# The same tables give the same bytes, so the moment of writing is not in the file.
MOMENT = datetime(2000, 1, 1)
LONGEST_NAME, WIDEST, FIRST_ROW = 31, 60, 3
# Tables of the national report whose sheet has a name for people; every other sheet has the name of its table.
NAMED = ("national_years", "national_groups", "all_years", "all_gaps", "all_types", "all_themes", "calibration")


def workbook(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet per table, in this order; the headers of each sheet stay in view."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": MOMENT, "author": "verdeelmodel", "title": tables[0].title})
        formats = Formats(book)
        for name, table in zip(sheet_names([t.key for t in tables]), tables, strict=True):
            write_sheet(book.add_worksheet(name), table, formats)
            book.define_name(re.sub(r"\W", "_", name), area_of(name, table))
    return buffer.getvalue()


def sheet_names(keys: Sequence[str]) -> list[str]:
    """A name per sheet of at most 31 characters, no two alike whatever the capitals."""
    names: list[str] = []
    for key in keys:
        called = text(f"report.sheet.{key}") if key in NAMED else key.capitalize()
        bare = re.sub(r"[\[\]:*?/\\]", "_", called)[:LONGEST_NAME]
        number = 1
        name = bare
        while name.casefold() in {n.casefold() for n in names}:
            number += 1
            name = f"{bare[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        names.append(name)
    return names


def area_of(name: str, table: Table) -> str:
    """The named range with the header and the rows, for Power BI."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    first = xl_rowcol_to_cell(FIRST_ROW, 0, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(FIRST_ROW + len(table), max(len(table.columns) - 1, 0), row_abs=True, col_abs=True)
    return f"='{name}'!{first}:{last}"


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.mark = book.add_format({"bold": True, "font_color": "#7A2E00"})
        self.head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        self.note = book.add_format({"font_color": "#595959", "italic": True})
        self.absent = book.add_format({"align": "right", "font_color": "#595959"})
        self._numbers: dict[str, Format] = {}

    def number(self, column: Column) -> Format:
        """How Excel shows a column; it puts commas and points where its own language wants them."""
        code = number_format(column)
        if code not in self._numbers:
            self._numbers[code] = self.book.add_format({"num_format": code})
        return self._numbers[code]


def number_format(column: Column) -> str:
    """The Excel format code of a column, in the notation of the file: it is shown with decimal commas in Dutch."""
    if column.kind in ("text", "code", "flag", "stars"):
        return "@"
    places = DECIMALS.get(column.kind, 2) if column.decimals is None else column.decimals
    body = "#,##0" + ("." + "0" * places if places else "")
    if column.kind == "share":
        return f"0{'.' + '0' * places if places else ''}%"
    return f'"€" {body};-"€" {body}' if column.kind == "euro" else body


def write_sheet(sheet: Worksheet, table: Table, formats: Formats) -> None:
    """Title, mark, header and rows; below them the notes, the reasons and the source."""
    sheet.write_string(0, 0, harmless(table.title), formats.title)
    if table.synthetic:
        sheet.write_string(1, 0, text("table.synthetic"), formats.mark)
    for at, column in enumerate(table.columns):
        sheet.write_string(FIRST_ROW, at, column.label, formats.head)
        sheet.set_column(at, at, width_of(table, column))
        for row, value in enumerate(table.values[column.key], start=FIRST_ROW + 1):
            write_cell(sheet, row, at, value, column, formats)
    last = FIRST_ROW + len(table)
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    if table.columns:
        sheet.autofilter(FIRST_ROW, 0, last, len(table.columns) - 1)
    reasons = dict.fromkeys(str(v) for c in table.values.values() for v in c if isinstance(v, NotApplicable))
    source = [text("table.source", source=table.source)] if table.source else []
    for row, note in enumerate((*table.notes, *reasons, *source), start=last + 2):
        sheet.write_string(row, 0, harmless(note), formats.note)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW)


def write_cell(sheet: Worksheet, row: int, at: int, value: Any, column: Column, formats: Formats) -> None:
    """One cell: a number stays a number, a share a fraction; percentage points are shown as points."""
    if isinstance(value, NotApplicable):
        sheet.write_string(row, at, text("table.not_applicable"), formats.absent)
    elif isinstance(value, bool):
        sheet.write_string(row, at, text("table.yes" if value else "table.no"))
    elif isinstance(value, int | float) and column.kind not in ("text", "code"):
        shown = value * 100 if column.kind == "percentage_points" else value
        sheet.write_number(row, at, shown, formats.number(column))
    else:
        sheet.write_string(row, at, harmless(str(value)))


def width_of(table: Table, column: Column) -> int:
    """A width in which the numbers fit, and texts up to a limit."""
    if column.kind in ("text", "code"):
        longest = max((len(str(v)) for v in table.values[column.key]), default=0)
        return min(max(longest + 1, 10), WIDEST)
    return 15
