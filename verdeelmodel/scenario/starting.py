"""A first scenario file: an empty one with every section explained, or one made from a sheet of Excel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from verdeelmodel.documents import parse_yaml
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.record import write_whole
from verdeelmodel.scenario.reading import Source, build, examined_source, set_value
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# A workbook with a scenario is small; what unpacks to more, or claims a cell far away, is not read.
LARGEST, MOST_ROWS, MOST_COLUMNS = 50_000_000, 5000, 50
PATH, VALUE = ("path", "pad"), ("value", "waarde")


def new_scenario(name: str, base: str, folder: Path | None = None) -> str:
    """The text of a new scenario file: valid as it is, with an example of every section behind a hash.

    DataError when the base is none; a file name in it is looked up from `folder`, where the scenario will be.
    """
    written = name if reads_as_itself(name) else json.dumps(name, ensure_ascii=False)
    made = text("scenario.template", name=written, base=base) + "\n"
    build(Source(parse_yaml(made, name), name, folder or Path()), [])
    return made


def reads_as_itself(name: str) -> bool:
    """Whether YAML reads this text, without quotes, as this text."""
    try:
        return bool(parse_yaml(name, name) == name)
    except DataError:
        return False


def scenario_from_excel(path: Path) -> str:
    """A scenario file from the first sheet of a workbook with the columns path and value.

    DataError with every row that is not plain: a formula, a path that occurs twice, a cell without a value; and with
    everything that is wrong with the scenario itself.
    """
    document: dict[str, Any] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for row, written, value in rows_of(path):
        where = text("scenario.row", file=path.name, row=row)
        if value is None or (isinstance(value, str) and value.startswith("=")):
            problems.append(Problem(str(value or ""), where, text("scenario.expected.plain_cell")))
            continue
        if written in seen:
            problems.append(Problem(written, where, text("scenario.expected.once")))
            continue
        seen.add(written)
        set_value(document, written, plain(value))
    question = str(document.pop("question", ""))
    document = as_lists(document)
    problems += examined_source(Source({"question": question, **document}, path.name, path.parent), [])[1]
    if problems:
        raise DataError(text("scenario.wrong", file=path.name, count=len(problems)), problems)
    return f"# {question}\n" + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def rows_of(path: Path) -> list[tuple[int, str, Any]]:
    """Row number, path and value of every row of the first sheet that has a path."""
    rows = list(first_sheet(path).iter_rows(values_only=True))
    header = [str(cell or "").strip().lower() for cell in (rows[0] if rows else ())]
    places = [next((i for i, h in enumerate(header) if h in names), None) for names in (PATH, VALUE)]
    if None in places:
        raise DataError(
            text("scenario.no_workbook", file=path.name), [Problem(", ".join(header), expected="path, value")]
        )
    at, value = (int(place or 0) for place in places)
    return [(number, str(row[at]).strip(), row[value]) for number, row in enumerate(rows[1:], 2) if row[at] is not None]


def first_sheet(path: Path) -> Worksheet:
    """The first sheet of a workbook of believable size; a DataError when it is no sound workbook."""
    import zipfile

    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        sheet: Worksheet | None = load_workbook(path).worksheets[0] if unpacked <= LARGEST else None
    except Exception as error:  # a damaged workbook makes the library fail in any of a dozen ways
        raise DataError(text("scenario.no_workbook", file=path.name)) from error
    if sheet is None or sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        raise DataError(text("scenario.workbook_too_large", file=path.name, rows=MOST_ROWS, columns=MOST_COLUMNS))
    return sheet


def plain(value: Any) -> Any:
    """A cell as a value of YAML: whole numbers without a decimal, and lists and mappings written as text."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        return parse_yaml(value, "cel")
    return value


def as_lists(node: Any) -> Any:
    """Mappings whose keys are 1, 2, 3, … as lists."""
    if not isinstance(node, dict):
        return node
    inner = {key: as_lists(value) for key, value in node.items()}
    if inner and list(inner) == [str(i + 1) for i in range(len(inner))]:
        return list(inner.values())
    return inner


def write_scenario(path: Path, content: str, force: bool) -> None:
    """Write a scenario file, whole or not at all; an existing file stays unless `force`."""
    if path.exists() and not force:
        raise DataError(text("scenario.file_exists", file=path.name))
    write_whole(path, content.encode("utf-8"))
