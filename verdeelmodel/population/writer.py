"""Writing a population as a stream of blocks of households, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.population.meta import FILE, PopulationMeta
from verdeelmodel.population.parquet import ARROW, arrow_schema, new_parquet
from verdeelmodel.population.schema import REQUIRED_TABLES, TableSchema, missing_columns, table_schema
from verdeelmodel.record import whole_folder
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

# Large enough that the footer stays small, small enough that reading a few columns stays lean.
ROWS_PER_GROUP = 131_072


class PopulationWriter:
    """Streams a population into a folder that appears when the `with` block ends well, and never otherwise.

    Blocks of households arrive per year in the order of gemeente then buurt, all with the same columns; `household` may
    be left out and is then numbered from 0. The bytes depend on the values only, not on how they were cut into blocks.
    """

    def __init__(self, folder: Path | str, meta: PopulationMeta, force: bool = False) -> None:
        self.folder = Path(folder)
        self.meta = meta
        self._whole = whole_folder(self.folder, force, marker=FILE)
        self._partial = Path()
        self._years: dict[int, _YearWriter] = {}
        self._blocks: dict[str, _BlockFile] = {}
        self._tables: set[str] = set()

    def __enter__(self) -> PopulationWriter:
        self._partial = self._whole.__enter__()
        (self._partial / "households").mkdir()
        return self

    def households(self, year: int, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Add a block of households of this year."""
        if year not in self._years:
            path = self._partial / "households" / f"{year}.parquet"
            self._years[year] = _YearWriter(path, tuple(columns), self._metadata())
        self._years[year].add(columns)

    def rows(self, name: str, block: pa.Table) -> None:
        """Add a block of rows of a large table; the blocks arrive in the order of its key."""
        if name not in self._blocks:
            schema = table_schema(name)
            fail_if_columns_are_not_declared(schema, tuple(block.column_names))
            fields = arrow_schema(schema, block.column_names, self._metadata())
            self._blocks[name] = _BlockFile(self._partial / f"{name}.parquet", fields)
        self._blocks[name].add(block)
        self._tables.add(name)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table of areas, jobs, travel times or clients, sorted by its key."""
        schema = table_schema(name)
        fail_if_table_does_not_fit(schema, frame)
        ordered = frame.sort_values([c for c in schema.sort if c in frame.columns], kind="stable", ignore_index=True)
        fields = arrow_schema(schema, list(frame.columns), self._metadata())
        arrays = [pa.array(ordered[f.name], type=f.type, from_pandas=True) for f in fields]
        with new_parquet(self._partial / f"{name}.parquet", fields) as writer:
            writer.write_table(pa.Table.from_arrays(arrays, schema=fields))
        self._tables.add(name)

    def file(self, name: str, content: bytes) -> None:
        """Add a file of the maker's own beside the tables, such as the truth of a synthetic population."""
        (self._partial / name).write_bytes(content)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for year in self._years.values():
                year.close()
            for part in self._blocks.values():
                part.close()
            if error is None:
                self._finish()
        except BaseException as own:
            self._whole.__exit__(type(own), own, own.__traceback__)
            raise
        self._whole.__exit__(kind, error, trace)

    def _finish(self) -> None:
        absent = [f"households/{year}" for year in self.meta.years if year not in self._years]
        absent += [name for name in REQUIRED_TABLES[1:] if name not in self._tables]
        extra = [f"households/{year}" for year in self._years if year not in self.meta.years]
        if absent or extra:
            problems = [Problem(text("population.part_missing", part=part)) for part in absent]
            problems += [Problem(text("population.part_not_announced", part=part)) for part in extra]
            raise DataError(text("population.not_whole", folder=self.folder.name), problems)
        (self._partial / FILE).write_text(self.meta.to_toml(), encoding="utf-8", newline="\n")

    def _metadata(self) -> dict[str, str]:
        return {"population": self.meta.name, "synthetic": "true" if self.meta.synthetic else "false"}


class _BlockFile:
    """Collects blocks of rows into row groups of fixed size."""

    def __init__(self, path: Path, fields: pa.Schema) -> None:
        self.fields = fields
        self._file: pq.ParquetWriter = new_parquet(path, fields)
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def add(self, block: pa.Table) -> None:
        """Take a block with the columns of the file; write every row group that is full."""
        if set(block.column_names) != set(self.fields.names):
            differing = sorted(set(block.column_names) ^ set(self.fields.names))
            raise DataError(text("population.blocks_differ", columns=", ".join(differing)))
        self._waiting.append(block.select(self.fields.names).cast(self.fields))
        self._rows += len(block)
        if self._rows >= ROWS_PER_GROUP:
            self._write(self._rows // ROWS_PER_GROUP * ROWS_PER_GROUP)

    def _write(self, full: int) -> None:
        waiting = pa.concat_tables(self._waiting)
        self._file.write_table(waiting.slice(0, full), row_group_size=ROWS_PER_GROUP)
        self._waiting = [waiting.slice(full)]
        self._rows -= full

    def close(self) -> None:
        """Write what waits and the footer."""
        if self._rows:
            self._write(self._rows)
        self._file.close()


class _YearWriter:
    """The households of one year: numbered when they have no number, and kept in order."""

    def __init__(self, path: Path, columns: tuple[str, ...], metadata: Mapping[str, str]) -> None:
        schema = table_schema("households")
        self._columns = frozenset({*columns, "household"})
        fail_if_columns_are_not_declared(schema, tuple(self._columns))
        self._fields = arrow_schema(schema, list(self._columns), metadata)
        self._file = _BlockFile(path, self._fields)
        self._rows = 0
        self._last = np.int64(-1)

    def add(self, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Take a block of households."""
        rows = len(columns["gemeente"])
        numbered = {"household": np.arange(self._rows, self._rows + rows, dtype=np.int32), **columns}
        if set(numbered) != self._columns:
            raise DataError(text("population.blocks_differ", columns=", ".join(sorted(set(numbered) ^ self._columns))))
        self._last = fail_if_not_sorted(columns["gemeente"], columns["buurt"], self._last)
        arrays = [_array(numbered[f.name], f, rows) for f in self._fields]
        self._file.add(pa.Table.from_arrays(arrays, schema=self._fields))
        self._rows += rows

    def close(self) -> None:
        """Write what waits and the footer."""
        self._file.close()


def fail_if_columns_are_not_declared(schema: TableSchema, columns: tuple[str, ...]) -> None:
    """Refuse columns that the schema does not know and the absence of required ones."""
    for name in columns:
        schema.column(name)
    absent = missing_columns(schema.name, columns)
    if absent:
        problems = [
            Problem(text("population.column_missing", column=name, label=schema.columns[name].label()))
            for name in absent
        ]
        raise DataError(text("population.columns_wrong", file=schema.name), problems)


def fail_if_table_does_not_fit(schema: TableSchema, frame: pd.DataFrame) -> None:
    """Refuse unknown or missing columns, empty required cells and duplicated keys."""
    fail_if_columns_are_not_declared(schema, tuple(frame.columns))
    problems = [
        Problem(text("population.empty_values", column=name, count=int(frame[name].isna().sum())), schema.name)
        for name in schema.required
        if frame[name].isna().any()
    ]
    duplicates = int(frame.duplicated(list(schema.key)).sum())
    if duplicates:
        found = text("population.duplicate_keys", count=duplicates, columns=" + ".join(schema.key))
        problems.append(Problem(found, schema.name))
    if problems:
        raise DataError(text("population.columns_wrong", file=schema.name), problems)


def fail_if_not_sorted(gemeente: np.ndarray[Any, Any], buurt: np.ndarray[Any, Any], last: np.int64) -> np.int64:
    """Refuse households out of the order gemeente, buurt; the place of the last one is returned."""
    if len(gemeente) == 0:
        return last
    place = gemeente.astype(np.int64) << 32 | buurt.astype(np.int64)
    if place[0] < last or np.any(place[1:] < place[:-1]):
        raise DataError(text("population.not_sorted"))
    return np.int64(place[-1])


def _array(values: np.ndarray[Any, Any], wanted: pa.Field, rows: int) -> pa.Array:
    given = np.asarray(values)
    if given.shape != (rows,):
        raise DataError(text("population.block_shape", column=wanted.name, rows=rows, found=given.shape))
    if given.dtype.kind == "f" and np.isnan(given).any():
        found = text("population.empty_values", column=wanted.name, count=int(np.isnan(given).sum()))
        raise DataError(text("population.columns_wrong", file="households"), [Problem(found)])
    try:
        array = pa.array(given)
        return array if array.type == wanted.type else array.cast(wanted.type, safe=not _is_float(wanted.type))
    except pa.ArrowException as error:
        found = text("population.does_not_fit", column=wanted.name, reason=str(error))
        raise DataError(text("population.columns_wrong", file="households"), [Problem(found)]) from error


def _is_float(kind: pa.DataType) -> bool:
    return kind in (ARROW["float32"], ARROW["float64"])
