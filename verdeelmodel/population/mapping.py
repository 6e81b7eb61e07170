"""The mapping file: from a user's own files, column names and codes to the schema of a population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from verdeelmodel.documents import read_yaml
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.population.cells import DecimalSign
from verdeelmodel.population.meta import KINDS, PopulationMeta, meta_from
from verdeelmodel.population.schema import REQUIRED_TABLES, missing_columns, table_names, table_schema
from verdeelmodel.wording import text

YEAR = "{year}"
ALL = "all"
TABLE_KEYS = ("file", "columns", "ignore")
# Required in a population, but made on the way in when a file does not have them.
DERIVED = frozenset({"household", "code"})
COLUMN_KEYS = ("from", "codes", "empty", "value")


@dataclass(frozen=True)
class ColumnMapping:
    """Where one column of the schema comes from.

    `source` is the user's column (None: every row gets `value`), `codes` maps the user's codes, as text, to values or
    keys of the codebook, `empty` is what an empty cell means.
    """

    name: str
    source: str | None
    codes: Mapping[str, Any]
    empty: Any = None
    value: Any = None


@dataclass(frozen=True)
class TableMapping:
    """One table: its files (by year for households, else under 0), its columns and the columns to leave out."""

    table: str
    files: Mapping[int, Path]
    columns: Mapping[str, ColumnMapping] | None
    ignore: tuple[str, ...] | Literal["all"]


@dataclass(frozen=True)
class PopulationMapping:
    """A whole mapping file: what the population says of itself, the decimal sign if it is given, and the tables."""

    name: str
    meta: PopulationMeta
    decimal: DecimalSign | None
    tables: Mapping[str, TableMapping]


def read_mapping(path: Path) -> PopulationMapping:
    """The mapping in this YAML file; a DataError with every key that is unknown, missing or wrong."""
    entries = read_yaml(path)
    if not isinstance(entries, dict):
        raise DataError(text("population.mapping.wrong", file=path.name), [Problem(text("population.mapping.no_keys"))])
    problems = _unknown_keys(entries, (*KINDS, "decimal", *table_names()), path.name)
    problems += [
        Problem(text("population.mapping.table_absent", table=table), path.name)
        for table in REQUIRED_TABLES
        if table not in entries
    ]
    if entries.get("decimal") not in (None, ",", "."):
        problems.append(Problem(text("population.mapping.decimal", value=entries["decimal"]), path.name))
    told = entries.get("years")
    years = [year for year in told if isinstance(year, int)] if isinstance(told, list) else []
    tables = {
        table: _table(table, entries[table], path, years, problems) for table in table_names() if table in entries
    }
    if problems:
        raise DataError(text("population.mapping.wrong", file=path.name), problems)
    meta = meta_from({key: value for key, value in entries.items() if key in KINDS}, path.name)
    return PopulationMapping(path.name, meta, entries.get("decimal"), tables)


def read_table_mapping(table: str, path: Path, mapping_file: Path) -> tuple[TableMapping, DecimalSign | None]:
    """The mapping of one table whose file is named apart from it, and the decimal sign if it is given."""
    entries = read_yaml(mapping_file)
    if not isinstance(entries, dict):
        problem = Problem(text("population.mapping.no_keys"))
        raise DataError(text("population.mapping.wrong", file=mapping_file.name), [problem])
    problems: list[Problem] = []
    if entries.get("decimal") not in (None, ",", "."):
        problems.append(Problem(text("population.mapping.decimal", value=entries["decimal"]), mapping_file.name))
    own = {key: value for key, value in entries.items() if key != "decimal"}
    found = _table(table, {**own, "file": path.name}, path, [], problems)
    if problems:
        raise DataError(text("population.mapping.wrong", file=mapping_file.name), problems)
    return found, entries.get("decimal")


def _unknown_keys(entries: Mapping[Any, Any], known: tuple[str, ...], where: str) -> list[Problem]:
    unknown = [str(key) for key in entries if key not in known]
    return [unknown_name(key, known, text("population.key"), where) for key in unknown]


def _table(table: str, entry: Any, path: Path, years: list[int], problems: list[Problem]) -> TableMapping:
    where = f"{path.name}, {table}"
    if isinstance(entry, str):
        entry = {"file": entry}
    if not isinstance(entry, dict) or "file" not in entry:
        problems.append(Problem(text("population.mapping.no_file", table=table), where))
        return TableMapping(table, {}, None, ())
    problems += _unknown_keys(entry, TABLE_KEYS, where)
    ignore = entry.get("ignore") or []
    if ignore != ALL and not isinstance(ignore, list):
        problems.append(Problem(text("population.mapping.ignore"), where))
        ignore = []
    columns = _columns(table, entry["columns"], where, problems) if "columns" in entry else None
    files = _files(table, entry["file"], path.parent, years, where, problems)
    return TableMapping(table, files, columns, ignore if ignore == ALL else tuple(str(name) for name in ignore))


def _files(
    table: str, entry: Any, folder: Path, years: list[int], where: str, problems: list[Problem]
) -> dict[int, Path]:
    if table != "households":
        if isinstance(entry, str):
            return {0: folder / entry}
        problems.append(Problem(text("population.mapping.one_file", table=table), where))
        return {}
    if isinstance(entry, dict):
        absent = [str(year) for year in years if year not in entry]
        extra = [str(year) for year in entry if year not in years]
        if absent or extra:
            found = text(
                "population.mapping.file_years", absent=", ".join(absent) or "-", extra=", ".join(extra) or "-"
            )
            problems.append(Problem(found, where))
        return {year: folder / str(entry[year]) for year in years if year in entry}
    if not isinstance(entry, str) or (YEAR not in entry and len(years) > 1):
        problems.append(Problem(text("population.mapping.year_in_file", year=YEAR), where))
        return {}
    return {year: folder / entry.replace(YEAR, str(year)) for year in years}


def _columns(table: str, entry: Any, where: str, problems: list[Problem]) -> dict[str, ColumnMapping]:
    schema = table_schema(table)
    if not isinstance(entry, dict):
        problems.append(Problem(text("population.mapping.columns"), where))
        return {}
    problems += [
        unknown_name(str(name), list(schema.columns), text("population.column"), where)
        for name in entry
        if name not in schema.columns
    ]
    problems += [
        Problem(text("population.column_missing", column=name, label=schema.columns[name].label()), where)
        for name in missing_columns(table, [str(name) for name in entry])
        if name not in DERIVED
    ]
    return {name: _column(name, spec, where, problems) for name, spec in entry.items() if name in schema.columns}


def _column(name: str, spec: Any, where: str, problems: list[Problem]) -> ColumnMapping:
    if isinstance(spec, (str, int)) and not isinstance(spec, bool):
        return ColumnMapping(name, str(spec), {})
    place = f"{where}, {name}"
    if not isinstance(spec, dict) or ("from" in spec) == ("value" in spec):
        problems.append(Problem(text("population.mapping.column"), place))
        return ColumnMapping(name, None, {}, value=0)
    problems += _unknown_keys(spec, COLUMN_KEYS, place)
    codes = spec.get("codes") or {}
    if not isinstance(codes, dict):
        problems.append(Problem(text("population.mapping.codes"), place))
        codes = {}
    source = str(spec["from"]) if "from" in spec else None
    plain = {_code(code): value for code, value in codes.items()}
    return ColumnMapping(name, source, plain, spec.get("empty"), spec.get("value"))


def _code(code: object) -> str:
    """A code of the user as text; YAML reads `ja` as text but `true` as a flag."""
    return str(code).lower() if isinstance(code, bool) else str(code)
