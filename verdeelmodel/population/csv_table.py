"""A small table in a user's CSV, read strictly: every problem with its line and column, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.population.cells import CellError, DecimalSign, area, day, decimal_sign, flag, integer, number
from verdeelmodel.population.csv_text import Record, plain_name, read_records
from verdeelmodel.population.municipalities import municipalities, unknown_gemeente
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "integer", "number", "flag", "gemeente", "buurt", "wijk", "date"]
TYPES: dict[Kind, str] = {
    "text": "object",
    "integer": "int64",
    "number": "float64",
    "flag": "bool",
    "gemeente": "int16",
    "buurt": "int32",
    "wijk": "int32",
    "date": "datetime64[s]",
}


@dataclass(frozen=True)
class CsvColumn:
    """A column that a file may have: its kind, whether it must be there and be filled, its bounds and other names.

    `filled=None` means: filled when the column is required.
    """

    name: str
    kind: Kind = "number"
    required: bool = True
    filled: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    also: tuple[str, ...] = ()

    @property
    def must_be_filled(self) -> bool:
        """Whether an empty cell is an error."""
        return self.required if self.filled is None else self.filled


def read_csv_table(
    path: Path | str,
    columns: Sequence[CsvColumn],
    *,
    key: Sequence[str] = (),
    division: int | None = None,
    decimal: DecimalSign | None = None,
    ignore_unknown: bool = False,
) -> pd.DataFrame:
    """The table in this file, with the columns that are declared and present, each in its own type.

    The index is the line of the file, so that what is found later can still be told where it stands. Semicolons,
    commas or tabs, decimal comma or point, a byte order mark, Windows line ends and any case of column names are read;
    `GM0014`, `gm14` and `14` are all gemeente 14. A DataError names everything that is wrong: unknown and missing
    columns, cells that are no value, empty cells, values out of bounds, keys that stand there twice, and, with
    `division`, gemeenten that do not exist in that year. Empty cells that are allowed become missing (NaN).
    """
    file = read_records(Path(path))
    records = file.records
    chosen = _match_header(file.header, columns, file.name, ignore_unknown)
    if not records:
        raise DataError(text("population.csv.no_rows", file=file.name))
    sign = decimal or decimal_sign(_number_cells(chosen, records), file.separator)
    problems: list[tuple[int, Problem]] = []
    values = {c.name: _read_column(c, place, records, sign, division, problems) for place, c in chosen.items()}
    problems += _duplicates(values, records, [c for c in columns if c.name in key])
    if problems:
        in_order = [problem for _, problem in sorted(problems, key=lambda found: found[0])]
        raise DataError(text("population.csv.problems", file=file.name, count=len(in_order)), in_order)
    return _frame(values, [chosen[p] for p in chosen], records)


def _match_header(
    header: Sequence[str], columns: Sequence[CsvColumn], name: str, ignore_unknown: bool
) -> dict[int, CsvColumn]:
    """Place in the header to column; a DataError with every column that is unknown, missing or there twice."""
    known = {plain_name(spelling): c for c in columns for spelling in (c.name, *c.also)}
    chosen: dict[int, CsvColumn] = {}
    problems = []
    for place, written in enumerate(header):
        column = known.get(plain_name(written))
        if column is None:
            if not ignore_unknown:
                problems.append(unknown_name(written, [c.name for c in columns], text("population.column"), name))
        elif column in chosen.values():
            problems.append(Problem(text("population.csv.under_two_names", column=column.name, other=written), name))
        else:
            chosen[place] = column
    absent = [c for c in columns if c.required and c not in chosen.values()]
    problems += [Problem(text("population.csv.column_absent", column=c.name), name) for c in absent]
    if problems:
        raise DataError(text("population.columns_wrong", file=name), problems)
    return chosen


def _number_cells(chosen: Mapping[int, CsvColumn], records: Sequence[Record]) -> list[str]:
    places = [place for place, column in chosen.items() if column.kind in ("number", "integer")]
    return [record.cells[place] for record in records for place in places]


def _read_column(
    column: CsvColumn,
    place: int,
    records: Sequence[Record],
    sign: DecimalSign | None,
    division: int | None,
    problems: list[tuple[int, Problem]],
) -> list[Any]:
    read = _reader(column.kind, sign)
    values: list[Any] = []
    for record in records:
        cell = record.cells[place].strip()
        values.append(None)
        try:
            if cell or column.must_be_filled:
                values[-1] = _value(cell, column, read, division, sign)
        except CellError as error:
            where = text("population.csv.place", line=record.line, column=column.name)
            meant = text("errors.did_you_mean", names=error.meant) if error.meant else ""
            problems.append((record.line, Problem(error.found, where, expected=meant)))
    return values


def _value(
    cell: str, column: CsvColumn, read: Callable[[str], Any], division: int | None, sign: DecimalSign | None
) -> Any:
    if not cell:
        raise CellError(text("population.cell.empty"))
    value = read(cell)
    if column.kind == "gemeente" and division is not None and value not in municipalities(division):
        problem = unknown_gemeente(value, division)
        raise CellError(f"{problem.found}; {problem.expected}" if problem.expected else problem.found)
    if column.minimum is not None and value < column.minimum:
        raise CellError(text("population.cell.too_low", cell=cell, limit=_shown(column.minimum, sign)))
    if column.maximum is not None and value > column.maximum:
        raise CellError(text("population.cell.too_high", cell=cell, limit=_shown(column.maximum, sign)))
    return value


def _shown(limit: float, sign: DecimalSign | None) -> str:
    return f"{limit:g}".replace(".", sign or ".")


def _reader(kind: Kind, sign: DecimalSign | None) -> Callable[[str], Any]:
    readers: dict[Kind, Callable[[str], Any]] = {
        "text": str,
        "integer": lambda cell: integer(cell, sign),
        "number": lambda cell: float(number(cell, sign)),
        "flag": flag,
        "gemeente": lambda cell: area(cell, "GM"),
        "buurt": lambda cell: area(cell, "BU"),
        "wijk": lambda cell: area(cell, "WK"),
        "date": day,
    }
    return readers[kind]


def _duplicates(
    values: Mapping[str, Sequence[Any]], records: Sequence[Record], key: Sequence[CsvColumn]
) -> list[tuple[int, Problem]]:
    parts = [column for column in key if column.name in values]
    first: dict[tuple[Any, ...], int] = {}
    problems = []
    for i, record in enumerate(records if parts else ()):
        found = tuple(values[column.name][i] for column in parts)
        if None in found:
            continue
        line = first.setdefault(found, record.line)
        if line != record.line:
            where = text("population.csv.line", line=record.line)
            shown = ", ".join(_shown_key(column, value) for column, value in zip(parts, found, strict=True))
            twice = Problem(text("population.csv.key_twice", key_values=shown, line=line), where)
            problems.append((record.line, twice))
    return problems


def _shown_key(column: CsvColumn, value: object) -> str:
    if column.kind == "gemeente":
        return format_gemeente(int(str(value)))
    return f"{column.name} {value}"


def _frame(values: Mapping[str, list[Any]], columns: Sequence[CsvColumn], records: Sequence[Record]) -> pd.DataFrame:
    import pandas as pd

    index = pd.Index([record.line for record in records], name="line")
    data = {}
    for column in columns:
        cells = values[column.name]
        if None not in cells or column.kind in ("number", "date", "text"):
            data[column.name] = pd.Series(cells, index=index, dtype=TYPES[column.kind])
        else:
            nothing_for = "object" if column.kind == "flag" else "float64"
            data[column.name] = pd.Series(cells, index=index, dtype=nothing_for)
    return pd.DataFrame(data, index=index)
