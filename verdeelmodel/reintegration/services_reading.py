"""Client files of municipalities as one table of text: CSV, Excel and Parquet, each with its own column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, did_you_mean, unknown_name
from verdeelmodel.population.csv_text import plain_name, read_records
from verdeelmodel.wording import language, text

if TYPE_CHECKING:
    import pandas as pd

EmptyServices = Literal["none", "unknown"]
EXCEL, PARQUET = (".xlsx", ".xlsm"), (".parquet", ".pq")
FILE_KEYS = ("file", "gemeente", "sheet", "columns", "ignore", "empty_services")


@dataclass(frozen=True)
class ClientFile:
    """A file of clients: where it is, whose it is when it does not say so itself, and the user's column names.

    `empty_services` is what an empty cell with services means: nothing was offered, or it is not known.
    """

    path: Path
    gemeente: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] | Literal["all"] = "all"
    empty_services: EmptyServices = "none"


@dataclass(frozen=True)
class ClientRows:
    """All rows as text with the file and the row they come from, and the columns that were not used, per file.

    Columns that no file has are absent from `rows`. `numbered` holds the gemeenten in the order of their numbers when
    that is known; the first is the reference.
    """

    rows: pd.DataFrame
    unused: Mapping[str, tuple[str, ...]]
    synthetic: bool = False
    numbered: tuple[str, ...] = ()


@cache
def client_columns() -> dict[str, dict[str, Any]]:
    """The columns of a client file: whether they are required, what they mean and the names they go by."""
    source = files("verdeelmodel.reintegration").joinpath("mapping", "columns.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = parse_yaml(source, "columns.yaml")
    return found


def read_file_mapping(path: Path) -> tuple[ClientFile, ...]:
    """The client files in this YAML file; a DataError with every key that is unknown, missing or wrong."""
    document = read_yaml(path)
    entries = document.get("files") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise DataError(text("services.mapping.wrong", file=path.name), [Problem(text("services.mapping.no_files"))])
    problems = [
        unknown_name(str(k), ("files",), text("services.mapping.key"), path.name) for k in document if k != "files"
    ]
    found = [_file_entry(entry, i + 1, path, problems) for i, entry in enumerate(entries)]
    if problems:
        raise DataError(text("services.mapping.wrong", file=path.name), problems)
    return tuple(entry for entry in found if entry is not None)


def _file_entry(entry: Any, place: int, path: Path, problems: list[Problem]) -> ClientFile | None:
    where = text("services.mapping.place", file=path.name, place=place)
    if not isinstance(entry, dict) or not entry.get("file"):
        problems.append(Problem(text("services.mapping.no_file"), where))
        return None
    before = len(problems)
    problems += [
        unknown_name(str(k), FILE_KEYS, text("services.mapping.key"), where) for k in entry if k not in FILE_KEYS
    ]
    columns, ignore = entry.get("columns") or {}, entry.get("ignore", [])
    empty = entry.get("empty_services", "none")
    if not isinstance(columns, dict) or not (ignore == "all" or isinstance(ignore, list)):
        problems.append(Problem(text("services.mapping.columns"), where))
    if empty not in ("none", "unknown"):
        problems.append(Problem(f"empty_services: {empty}", where, "none / unknown"))
    if len(problems) > before:
        return None
    known = list(client_columns())
    problems += [unknown_name(str(k), known, text("services.mapping.column"), where) for k in columns if k not in known]
    used = {str(k): str(v) for k, v in columns.items()}
    left = "all" if ignore == "all" else tuple(str(name) for name in ignore)
    gemeente, sheet = str(entry.get("gemeente", "")), str(entry.get("sheet", ""))
    return ClientFile(path.parent / str(entry["file"]), gemeente, sheet, used, left, empty)  # type: ignore[arg-type]


def read_clients(chosen: Sequence[ClientFile]) -> ClientRows:
    """All rows of all files; a DataError with everything that keeps a file from being read."""
    import pandas as pd

    parts, unused, problems = [], {}, list[Problem]()
    for file in chosen:
        header, lines, cells = _cells(file)
        places = _places(file, header, problems)
        left = tuple(name for i, name in enumerate(header) if i not in places.values())
        problems += _not_announced(file, left)
        if left:
            unused[file.path.name] = left
        frame = pd.DataFrame({key: [row[place] for row in cells] for key, place in places.items()}, dtype=object)
        frame.insert(0, "file", file.path.name)
        frame.insert(1, "row", lines)
        if file.gemeente:
            frame["gemeente"] = file.gemeente
        frame["empty_services"] = file.empty_services
        parts.append(frame)
    if problems:
        raise DataError(text("services.mapping.unreadable"), problems)
    rows = pd.concat(parts, ignore_index=True).fillna("")
    if rows.empty:
        raise DataError(text("services.mapping.no_rows"))
    return ClientRows(rows, unused)


def _cells(file: ClientFile) -> tuple[list[str], list[int], list[list[str]]]:
    """Header, row numbers and cells of the file, all as text."""
    if not file.path.is_file():
        raise DataError(text("population.file_missing", file=file.path.name))
    if file.path.suffix.casefold() in EXCEL:
        return _excel_cells(file)
    if file.path.suffix.casefold() in PARQUET:
        return _parquet_cells(file)
    read = read_records(file.path)
    return list(read.header), [r.line for r in read.records], [[c.strip() for c in r.cells] for r in read.records]


def _excel_cells(file: ClientFile) -> tuple[list[str], list[int], list[list[str]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(file.path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise DataError(text("services.mapping.not_excel", file=file.path.name), [Problem(str(error))]) from error
    if file.sheet and file.sheet not in book.sheetnames:
        sheets = text("services.words.allowed", keys=", ".join(book.sheetnames))
        found = text("errors.unknown_name", what=text("services.mapping.sheet"), name=file.sheet)
        problem = Problem(found, file.path.name, sheets)
        raise DataError(text("services.mapping.unreadable"), [problem])
    sheet = book[file.sheet] if file.sheet else book.worksheets[0]
    rows = [(i, [_shown(value) for value in row]) for i, row in enumerate(sheet.iter_rows(values_only=True), start=1)]
    book.close()
    filled = [(i, row) for i, row in rows if any(row)]
    if not filled:
        raise DataError(text("population.file_empty", file=file.path.name))
    header = filled[0][1]
    width = max(i for i, name in enumerate(header) if name) + 1
    body = [(i, [*row, *[""] * width][:width]) for i, row in filled[1:]]
    return header[:width], [i for i, _ in body], [row for _, row in body]


def _parquet_cells(file: ClientFile) -> tuple[list[str], list[int], list[list[str]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file.path, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise DataError(text("services.mapping.not_parquet", file=file.path.name), [Problem(str(error))]) from error
    columns = [[_shown(value) for value in table.column(name).to_pylist()] for name in table.column_names]
    return (
        list(table.column_names),
        list(range(1, table.num_rows + 1)),
        [list(row) for row in zip(*columns, strict=True)],
    )


def _shown(value: object) -> str:
    """A cell of Excel or Parquet as it would stand in a CSV."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _places(file: ClientFile, header: Sequence[str], problems: list[Problem]) -> dict[str, int]:
    """Which column stands where; the names of the user first, then the names that are commonly used."""
    spelt = {plain_name(name): i for i, name in enumerate(header)}
    places: dict[str, int] = {}
    for key, entry in client_columns().items():
        if key in file.columns:
            if plain_name(file.columns[key]) in spelt:
                places[key] = spelt[plain_name(file.columns[key])]
            else:
                problems.append(
                    unknown_name(file.columns[key], header, text("services.mapping.column"), file.path.name)
                )
            continue
        names = [plain_name(name) for name in (key, *entry["names"])]
        place = next((spelt[name] for name in names if name in spelt and spelt[name] not in places.values()), None)
        if place is not None and not (key == "gemeente" and file.gemeente):
            places[key] = place
        elif entry.get("required") and not (key == "gemeente" and file.gemeente):
            problems.append(_absent(key, entry, header, file.path.name))
    return places


def _absent(key: str, entry: Mapping[str, Any], header: Sequence[str], file: str) -> Problem:
    close = next((found for name in (key, *entry["names"]) if (found := did_you_mean(name, header))), "")
    found = text("services.mapping.absent", column=key, label=entry[language()])
    return Problem(found, file, close or text("services.mapping.names", names=", ".join(entry["names"])))


def _not_announced(file: ClientFile, left: Sequence[str]) -> list[Problem]:
    """Columns that a mapping neither uses nor ignores: a mapping names every column of its file."""
    if file.ignore == "all":
        return []
    ignored = {plain_name(name) for name in file.ignore}
    absent = [name for name in left if plain_name(name) not in ignored]
    remedy = text("services.mapping.ignore_remedy")
    return [Problem(text("services.mapping.not_used", column=name), file.path.name, remedy=remedy) for name in absent]


def rows_of_frame(frame: pd.DataFrame, name: str, synthetic: bool, numbered: tuple[str, ...] = ()) -> ClientRows:
    """A table of text as if it were a file of this name."""
    rows = frame.reset_index(drop=True).astype(object)
    rows.insert(0, "file", name)
    rows.insert(1, "row", range(1, len(rows) + 1))
    if "empty_services" not in rows:
        rows["empty_services"] = "none"
    return ClientRows(rows, {}, synthetic, numbered)
