"""What a CSV of a user looks like: its encoding, separator, header and records, told before any cell is believed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.wording import text

SEPARATORS = ";,\t|"
LARGEST = 200_000_000
SAMPLE = 1_000_000
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Record:
    """The cells of one row and the line of the file on which it ends."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CsvText:
    """A table as text: the header as written, the sign between cells, and every row that is not empty."""

    name: str
    separator: str
    header: tuple[str, ...]
    records: tuple[Record, ...]


def read_records(path: Path) -> CsvText:
    """The file as text cells; a DataError when it is not one whole table."""
    content = decode(path)
    separator = separator_of(content)
    records = list(_records(content, separator, path.name))
    if not records:
        raise DataError(text("population.file_empty", file=path.name))
    header = [cell.strip() for cell in records[0].cells]
    while header and not header[-1]:
        header.pop()
    fail_if_header_is_wrong(header, path.name)
    fail_if_ragged(records[1:], len(header), path.name)
    rows = tuple(Record(r.line, r.cells[: len(header)]) for r in records[1:])
    return CsvText(path.name, separator, tuple(header), rows)


def decode(path: Path) -> str:
    """The text of the file: UTF-8 (with or without mark), UTF-16 with mark, else the Western code page of Windows."""
    if not path.is_file():
        raise DataError(text("population.file_missing", file=path.name or str(path)))
    if path.stat().st_size > LARGEST:
        raise DataError(text("documents.too_large", file=path.name, limit=LARGEST))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(text("documents.unreadable", file=path.name, reason=error.strerror or str(error))) from error
    try:
        decoded = content.decode(encoding_of(content))
    except UnicodeError as error:
        raise DataError(text("population.csv.not_text", file=path.name)) from error
    if not decoded.strip():
        raise DataError(text("population.file_empty", file=path.name))
    if "\0" in decoded:
        raise DataError(text("population.csv.not_text", file=path.name))
    return decoded


def encoding_of(content: bytes, complete: bool = True) -> str:
    """The encoding these bytes are in; with `complete` off they may stop in the middle of a character."""
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if complete or error.start < len(content) - 4:
            return "cp1252"
    return "utf-8"


def separator_of(content: str) -> str:
    """The sign that separates the cells of the header."""
    header = re.sub(r'"[^"]*"', "", content.lstrip()[:SAMPLE].splitlines()[0])
    return max(SEPARATORS, key=lambda sign: (header.count(sign), -SEPARATORS.index(sign)))


def _records(content: str, separator: str, name: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Record(reader.line_num, tuple(cells))
    except csv.Error as error:
        where = text("population.csv.line", line=reader.line_num)
        raise DataError(text("population.csv.not_a_table", file=name), [Problem(str(error), where)]) from error


def fail_if_header_is_wrong(header: Sequence[str], name: str) -> None:
    """Refuse a header with nameless or repeated columns, in whatever case they are written."""
    problems = [
        Problem(text("population.csv.nameless", place=i + 1), name) for i, cell in enumerate(header) if not cell
    ]
    seen: dict[str, int] = {}
    for i, cell in enumerate(header):
        first = seen.setdefault(plain_name(cell), i)
        if first != i and cell:
            problems.append(Problem(text("population.csv.column_twice", column=cell, a=first + 1, b=i + 1), name))
    if not header:
        problems.append(Problem(text("population.csv.no_columns"), name))
    if problems:
        raise DataError(text("population.csv.header_wrong", file=name), problems)


def fail_if_ragged(rows: Sequence[Record], width: int, name: str) -> None:
    """Refuse rows with fewer or more cells than the header; empty cells at the end are forgiven."""
    problems = []
    for row in rows:
        extra = [cell for cell in row.cells[width:] if cell.strip()]
        if len(row.cells) < width or extra:
            where = text("population.csv.line", line=row.line)
            found = text("population.csv.ragged", found=len(row.cells), expected=width)
            problems.append(Problem(found, where, remedy=text("population.csv.ragged_remedy")))
    if problems:
        raise DataError(text("population.csv.not_a_table", file=name), problems)


def plain_name(name: str) -> str:
    """A column name without the differences that do not matter: case, blanks around, blanks and hyphens within."""
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())
