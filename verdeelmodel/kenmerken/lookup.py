"""The user's own CSV file with a value per gemeente, wijk or buurt, to be used as a kenmerk."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import text

AREAS = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}
LARGEST = 20_000_000


def read_lookup(path: Path, area: str, column: str, year: str | None) -> Mapping[tuple[int, int], float]:
    """The values by (code of the area, year); year 0 when the file has no years.

    A code is `GM0014` or `14`. An empty value means "not known". Every wrong line is named in one DataError.
    """
    rows = list(_rows(path))
    header = rows[0][1]
    problems = [
        unknown_name(name, header, text("kenmerken.csv_column"), path.name)
        for name in (area, column, *([year] if year else []))
        if name not in header
    ]
    if problems:
        raise DataError(text("kenmerken.csv_wrong", file=path.name), problems)
    found: dict[tuple[int, int], float] = {}
    for line, cells in rows[1:]:
        fields = dict(zip(header, cells, strict=False))
        try:
            place = (_code(fields.get(area, ""), area), _year(fields.get(year, "")) if year else 0)
            value = _number(fields.get(column, ""))
            if place in found:
                raise ValueError(text("kenmerken.csv_twice", area=fields[area]))
        except ValueError as error:
            problems.append(Problem(str(error), where=text("kenmerken.csv_line", file=path.name, line=line)))
            continue
        if value is not None:
            found[place] = value
    if problems:
        raise DataError(text("kenmerken.csv_wrong", file=path.name), problems)
    return found


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that is not empty; comma or semicolon, whichever the header has."""
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(text("documents.too_large", file=path.name, limit=LARGEST))
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(text("documents.unreadable", file=path.name, reason=error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise DataError(text("documents.not_utf8", file=path.name)) from error
    first = source.partition("\n")[0]
    if not first.strip():
        raise DataError(text("kenmerken.csv_empty", file=path.name))
    reader = csv.reader(source.splitlines(), delimiter=";" if ";" in first else ",")
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        where = text("kenmerken.csv_line", file=path.name, line=reader.line_num)
        raise DataError(text("kenmerken.csv_wrong", file=path.name), [Problem(str(error), where=where)]) from error


def _code(cell: str, area: str) -> int:
    match = re.fullmatch(rf"(?:{AREAS[area]})?0*(\d{{1,8}})", cell)
    if not match:
        raise ValueError(text("kenmerken.csv_code", code=repr(cell), example=f"{AREAS[area]}…"))
    return int(match.group(1))


def _year(cell: str) -> int:
    if not re.fullmatch(r"\d{4}", cell):
        raise ValueError(text("kenmerken.csv_year", year=repr(cell)))
    return int(cell)


def _number(cell: str) -> float | None:
    """The number with decimal point or comma; None for an empty cell."""
    if not cell:
        return None
    if not re.fullmatch(r"-?\d+([.,]\d+)?([eE][+-]?\d{1,3})?", cell):
        raise ValueError(text("kenmerken.csv_number", value=repr(cell)))
    value = float(cell.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError(text("kenmerken.csv_number", value=repr(cell)))
    return value
