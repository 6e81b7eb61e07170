"""From a user's own files to a population folder, by a mapping file; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem, did_you_mean, unknown_name
from verdeelmodel.population.cells import DecimalSign, decimal_sign
from verdeelmodel.population.csv_text import plain_name
from verdeelmodel.population.mapping import (
    ALL,
    DERIVED,
    ColumnMapping,
    PopulationMapping,
    TableMapping,
    read_mapping,
    read_table_mapping,
)
from verdeelmodel.population.memory import LIBRARIES, PER_HOUSEHOLD, fail_if_memory_too_small
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.municipalities import FIRST, LAST, municipalities, unknown_gemeente
from verdeelmodel.population.parquet import open_parquet
from verdeelmodel.population.population import Columns
from verdeelmodel.population.schema import format_gemeente, missing_columns, table_schema
from verdeelmodel.population.sources import Block, Source, open_source
from verdeelmodel.population.typed import Target, Wrong, coded, typed
from verdeelmodel.population.writer import ROWS_PER_GROUP, PopulationWriter
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

SAMPLED = 20_000
SHOWN = 15
WIDE = 60
Told = Callable[[float], None]


def convert_population(
    mapping_file: Path, out: Path, force: bool = False, told: Told = lambda _rows: None
) -> PopulationMeta:
    """Write the population that the mapping file describes; a DataError with what is wrong in any of its files.

    Households come out sorted by gemeente and buurt and numbered from 0, whatever their order and identification were.
    """
    mapping = read_mapping(mapping_file)
    problems: list[Problem] = []
    fail_if_files_are_absent(mapping)
    fail_if_files_are_too_large(mapping)
    with PopulationWriter(out, mapping.meta, force) as writer:
        for table, entry in mapping.tables.items():
            for year, path in entry.files.items():
                read = _read_table(entry, path, mapping.decimal, mapping.meta.division, told)
                problems += read.problems
                if not problems:
                    _write(writer, table, year, read)
        if problems:
            raise DataError(text("population.convert.problems", file=mapping_file.name), problems)
    return mapping.meta


def fail_if_files_are_absent(mapping: PopulationMapping) -> None:
    """Refuse when a file that the mapping names is not there, before anything is read."""
    paths = [path for entry in mapping.tables.values() for path in entry.files.values()]
    absent = [
        Problem(text("population.file_missing", file=path.name), mapping.name, did_you_mean(path.name, beside(path)))
        for path in paths
        if not path.is_file()
    ]
    if absent:
        raise DataError(text("population.convert.problems", file=mapping.name), absent)


def beside(path: Path) -> list[str]:
    """The names of the files in the folder where this one should be."""
    return [other.name for other in path.parent.iterdir() if other.is_file()] if path.parent.is_dir() else []


def fail_if_files_are_too_large(mapping: PopulationMapping) -> None:
    """Refuse, before anything is read, a file whose columns will not fit in memory: it is sorted as a whole."""
    for path in mapping.tables["households"].files.values():
        if path.suffix.lower() == ".parquet":
            rows = int(open_parquet(path).metadata.num_rows)
        else:
            rows = path.stat().st_size // PER_HOUSEHOLD
        fail_if_memory_too_small(LIBRARIES + 2 * PER_HOUSEHOLD * rows, rows)


@dataclass
class _Read:
    """The columns of one file as they grow, and the problems that were met, once per column and value."""

    path: Path
    division: int
    parts: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    met: dict[tuple[str, str, str, str], tuple[int, int]] = field(default_factory=dict)
    beyond: list[Problem] = field(default_factory=list)
    rows: int = 0

    def add(self, targets: Mapping[str, Target], block: Block) -> None:
        """Take a block of the file."""
        for name, target in targets.items():
            source = target.mapping.source or ""
            if name == "household":
                self.parts.setdefault(name, []).append(self._identities(source, block[source]))
                continue
            values, wrong = typed(block[source], target)
            self.parts.setdefault(name, []).append(values if wrong else stored(values, target))
            for fault in wrong:
                self._meet(f"{source} → {name}" if source != name else name, fault)
        self.rows += len(next(iter(block.values())))

    def _identities(self, source: str, values: pa.Array) -> NDArray[np.int64]:
        nothing = pc.or_kleene(pc.is_null(values), pc.equal(pc.utf8_trim_whitespace(values.cast(pa.string())), ""))
        if pc.any(nothing).as_py():
            count, first = int(pc.sum(nothing).as_py()), int(pc.index(nothing, True).as_py())
            self._meet(f"{source} → household", Wrong(text("population.cell.empty"), "", "", count, first))
        return identities(values)

    def _meet(self, column: str, fault: Wrong) -> None:
        key = (column, fault.found, fault.expected, fault.remedy)
        count, first = self.met.get(key, (0, self.rows + fault.row))
        self.met[key] = (count + fault.count, first)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the rows."""
        told = []
        for (column, found, wanted, remedy), (count, row) in sorted(self.met.items(), key=lambda entry: entry[1][1]):
            where = text("population.csv.row_column", file=self.path.name, row=row + 1, column=column)
            more = f" {text('population.convert.more_rows', count=count)}" if count > 1 else ""
            told.append(Problem(f"{found}{more}", where, wanted, remedy))
        return told + self.beyond

    def columns(self) -> Columns:
        """Whole columns; the parts are given up on the way, to keep memory low."""
        return {name: np.concatenate(self.parts.pop(name)) for name in list(self.parts)}


def convert_table(table: str, path: Path, mapping_file: Path | None = None) -> pd.DataFrame:
    """One table from a user's own file, in the types of the schema; a DataError with everything that is wrong in it.

    The mapping file holds `columns` and `ignore` (and `decimal`), as under that table in the mapping of a population;
    without it the file has the column names of the schema.
    """
    if mapping_file is None:
        entry, decimal = TableMapping(table, {0: path}, None, ()), None
    else:
        entry, decimal = read_table_mapping(table, path, mapping_file)
    if not path.is_file():
        raise DataError(text("population.file_missing", file=path.name))
    read = _read_table(entry, path, decimal, 0, lambda _rows: None)
    if read.problems:
        raise DataError(text("population.convert.problems", file=path.name), read.problems)
    return _frame(table, read.columns())


def _read_table(entry: TableMapping, path: Path, decimal: DecimalSign | None, division: int, told: Told) -> _Read:
    source = open_source(path)
    columns = _choose_columns(entry, source)
    read = _Read(path, division)
    constants = {name: column for name, column in columns.items() if column.source is None}
    wanted = {name: column for name, column in columns.items() if column.source is not None}
    sources = list(dict.fromkeys(str(column.source) for column in wanted.values()))
    targets: dict[str, Target] = {}
    for block in source.blocks(sources):
        if not targets:
            sign = decimal or _sign_of(source, block, entry.table, wanted)
            targets = {name: _target(entry.table, name, column, sign) for name, column in wanted.items()}
        read.add(targets, block)
        told(len(next(iter(block.values()))))
    if read.rows == 0:
        read.beyond.append(Problem(text("population.csv.no_rows", file=path.name)))
        return read
    for name, column in constants.items():
        value = coded(column.value, table_schema(entry.table).column(name))
        read.parts[name] = [np.full(read.rows, value, table_schema(entry.table).column(name).dtype)]
    if entry.table == "households" or not read.met:
        read.beyond += _key_problems(entry.table, read)
    if not read.met:
        read.beyond += _division_problems(read)
    return read


def _target(table: str, name: str, column: ColumnMapping, sign: DecimalSign | None) -> Target:
    schema = table_schema(table).column(name)
    return Target(schema, column, sign, may_be_empty=table != "households" and not schema.required)


def stored(values: NDArray[Any], target: Target) -> NDArray[Any]:
    """The values in the type of the schema; whole numbers of which some are missing stay floating."""
    if values.dtype.kind == "f" and target.column.dtype.kind == "i" and np.isnan(values).any():
        return values
    return values.astype(target.column.dtype, copy=False)


def _sign_of(source: Source, block: Block, table: str, columns: Mapping[str, ColumnMapping]) -> DecimalSign | None:
    """The decimal sign of a text file, told from its first rows; other files have real numbers."""
    if not source.separator:
        return "."
    schema = table_schema(table)
    cells: set[str] = set()
    for name, column in columns.items():
        if schema.column(name).is_number and column.source:
            cells.update(block[column.source].slice(0, SAMPLED).to_pylist())
    return decimal_sign(cells, source.separator)


def identities(values: pa.Array) -> NDArray[np.int64]:
    """A number for each identification a user gives to a household, whatever it looks like: only equality matters."""
    import pandas as pd

    if pa.types.is_integer(values.type) and not values.null_count:
        return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.int64)
    shown = np.asarray(values.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False), dtype=object)
    return np.asarray(pd.util.hash_array(shown, categorize=False)).view(np.int64)


def _choose_columns(entry: TableMapping, source: Source) -> dict[str, ColumnMapping]:
    """The columns to read, by name in the schema; every column of the file is used or left out on purpose."""
    schema, name = table_schema(entry.table), source.path.name
    plain = {plain_name(column): column for column in source.header}
    if entry.columns is None:
        own = {plain[plain_name(c)]: c for c in schema.columns if plain_name(c) in plain}
        columns = {c: ColumnMapping(c, written, {}) for written, c in own.items()}
    else:
        columns = dict(entry.columns)
    used = {column.source for column in columns.values() if column.source is not None}
    header = [column for column in source.header if not column.startswith("\0")]
    problems = [_absent(column, header, name) for column in sorted(used - set(source.header))]
    problems += [
        Problem(text("population.column_missing", column=c, label=schema.columns[c].label()), name)
        for c in missing_columns(entry.table, list(columns))
        if c not in DERIVED
    ]
    if len(header) == 1 and header[0] not in used and problems:
        problems = [
            Problem(
                text("population.convert.one_column", column=header[0][:WIDE]),
                name,
                remedy=text("population.convert.header"),
            )
        ]
    elif entry.ignore != ALL:
        problems += [
            _unused(c, list(schema.columns), name) for c in header if c not in used and c not in set(entry.ignore)
        ]
    if problems:
        raise DataError(text("population.columns_wrong", file=name), problems)
    return columns


def _absent(column: str, header: list[str], where: str) -> Problem:
    """A column that the mapping names and the file does not have, with the closest ones or what is there."""
    problem = unknown_name(column, header, text("population.column"), where)
    return problem if problem.expected else replace(problem, expected=", ".join(header[:SHOWN]))


def _unused(column: str, known: list[str], where: str) -> Problem:
    problem = unknown_name(column, known, text("population.column"), where)
    remedy = text("population.convert.ignore", column=column)
    return Problem(text("population.convert.unused", column=column), where, problem.expected, remedy)


def _key_problems(table: str, read: _Read) -> list[Problem]:
    """Keys that stand there twice, each with both rows."""
    key = [name for name in table_schema(table).key if name in read.parts]
    if not key:
        return []
    import pandas as pd

    frame = pd.DataFrame({name: np.concatenate(read.parts[name]) for name in key})
    again = np.flatnonzero(frame.duplicated().to_numpy())
    problems = []
    for row in again[:20]:
        values = frame.iloc[row]
        first = int(np.flatnonzero((frame == values).all(axis=1).to_numpy())[0])
        shown = "household" if table == "households" else ", ".join(f"{name} {values[name]}" for name in key)
        where = text("population.csv.row_column", file=read.path.name, row=row + 1, column=" + ".join(key))
        problems.append(Problem(text("population.convert.key_twice", key_values=shown, row=first + 1), where))
    if len(again) > len(problems):
        problems.append(Problem(text("population.convert.more_keys", count=len(again) - len(problems))))
    return problems


def _division_problems(read: _Read) -> list[Problem]:
    """Gemeenten that are not in the division of the population, each with its first row and its fate."""
    if "gemeente" not in read.parts or not FIRST <= read.division <= LAST:
        return []
    codes = np.concatenate(read.parts["gemeente"])
    found, first = np.unique(codes, return_index=True)
    known = municipalities(read.division)
    return [
        unknown_gemeente(
            int(code),
            read.division,
            text("population.csv.row_column", file=read.path.name, row=row + 1, column="gemeente"),
        )
        for code, row in zip(found, first, strict=True)
        if int(code) not in known
    ]


def _write(writer: PopulationWriter, table: str, year: int, read: _Read) -> None:
    columns = read.columns()
    if table != "households":
        writer.table(table, _frame(table, columns))
        return
    columns.pop("household", None)
    rows = len(columns["gemeente"])
    order = np.lexsort((columns["buurt"], columns["gemeente"]))
    if not np.array_equal(order, np.arange(rows)):
        for name in columns:
            columns[name] = columns[name][order]
    for start in range(0, rows, ROWS_PER_GROUP):
        writer.households(year, {name: values[start : start + ROWS_PER_GROUP] for name, values in columns.items()})


def _frame(table: str, columns: Columns) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(columns)
    if table == "gemeenten" and "code" not in frame:
        frame["code"] = [format_gemeente(int(code)) for code in frame["gemeente"]]
    return frame
