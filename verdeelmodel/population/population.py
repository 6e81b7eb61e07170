"""A population: households per year, read by column and in chunks, and the tables of areas beside them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.errors import DataError, Problem, RequestError, unknown_name
from verdeelmodel.population.memory import LIBRARIES, fail_if_memory_too_small
from verdeelmodel.population.meta import FILE, PopulationMeta, read_meta
from verdeelmodel.population.parquet import (
    fail_if_columns_are_wrong,
    open_parquet,
    read_batches,
    read_whole,
    to_numpy,
)
from verdeelmodel.population.schema import REQUIRED_TABLES, table_names, table_schema
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

Columns = dict[str, np.ndarray[Any, Any]]
CHUNK = 500_000


class Population(ABC):
    """Households of one or more years and the tables of their areas.

    Guaranteed: columns have the type of the schema, households are sorted by gemeente then buurt, and only the columns
    asked for are in memory.
    """

    meta: PopulationMeta

    @property
    def years(self) -> tuple[int, ...]:
        """The years for which there are households."""
        return self.meta.years

    @abstractmethod
    def columns(self, year: int) -> tuple[str, ...]:
        """The household columns of this year."""

    @abstractmethod
    def count(self, year: int) -> int:
        """The number of households of this year."""

    @abstractmethod
    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        """The columns in blocks of at most `rows` households; the names are known to exist."""

    @abstractmethod
    def has(self, table: str) -> bool:
        """Whether this table is there."""

    @abstractmethod
    def _frame(self, table: str) -> pd.DataFrame:
        """The whole table; it is known to exist."""

    def __str__(self) -> str:
        counts = ", ".join(text("population.of_year", year=year, count=self.count(year)) for year in self.years)
        return f"{self.meta.name}: {counts}"

    def chunks(self, year: int, columns: Sequence[str] | None = None, rows: int = CHUNK) -> Iterator[Columns]:
        """The columns (None: all) in the order of the households, in blocks of at most `rows`."""
        chosen = self._known_columns(year, columns)
        return self._batches(year, chosen, rows)

    def households(self, year: int, columns: Sequence[str] | None = None) -> Columns:
        """The columns (None: all) as whole arrays, one value per household."""
        chosen = self._known_columns(year, columns)
        schema = table_schema("households")
        width = sum(schema.columns[name].dtype.itemsize for name in chosen)
        fail_if_memory_too_small(LIBRARIES + self.count(year) * width, self.count(year))
        whole = {name: np.empty(self.count(year), schema.columns[name].dtype) for name in chosen}
        start = 0
        for block in self._batches(year, chosen, CHUNK):
            stop = start + len(next(iter(block.values())))
            for name, values in block.items():
                whole[name][start:stop] = values
            start = stop
        return whole

    def table(self, name: str) -> pd.DataFrame:
        """A table of areas, jobs, travel times or clients; a DataError when this population does not have it."""
        table_schema(name)
        if not self.has(name):
            found = text("population.table_absent", table=name, population=self.meta.name)
            raise DataError(found, [Problem(text("population.tables_present", tables=", ".join(self.tables())))])
        return self._frame(name)

    def tables(self) -> tuple[str, ...]:
        """The names of the tables that are there, households left out."""
        return tuple(name for name in table_names() if name != "households" and self.has(name))

    def gemeenten(self, year: int) -> pd.DataFrame:
        """A row per gemeente of this year, in the order of the codes."""
        return self._of_year("gemeenten", year)

    def buurten(self, year: int) -> pd.DataFrame:
        """A row per buurt of this year, in the order of gemeente and code."""
        return self._of_year("buurten", year)

    def _of_year(self, name: str, year: int) -> pd.DataFrame:
        frame = self.table(name)
        chosen = frame[frame["year"] == year]
        if chosen.empty:
            years = ", ".join(str(y) for y in sorted(set(frame["year"])))
            raise RequestError(text("population.no_rows_of_year", table=name, year=year, years=years))
        return chosen.reset_index(drop=True)

    def _known_columns(self, year: int, columns: Sequence[str] | None) -> list[str]:
        if year not in self.years:
            years = ", ".join(str(y) for y in self.years)
            raise RequestError(text("population.no_such_year", year=year, years=years, population=self.meta.name))
        present = self.columns(year)
        if columns is None:
            return list(present)
        absent = [name for name in columns if name not in set(present)]
        if absent:
            problems = [self._absent(name, present) for name in absent]
            raise RequestError(text("population.unknown_columns", table=f"households/{year}"), problems)
        if not columns:
            raise RequestError(text("population.no_columns_asked"))
        return list(dict.fromkeys(columns))

    @staticmethod
    def _absent(name: str, present: Sequence[str]) -> Problem:
        declared = table_schema("households").columns
        if name in declared:
            return Problem(text("population.column_missing", column=name, label=declared[name].label()))
        return unknown_name(name, list(present), text("population.column"))


class StoredPopulation(Population):
    """A population in a folder. Footers are read and compared with the schema on opening, values only when asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta = read_meta(folder)
        self._files: dict[int, pq.ParquetFile] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        self._open_all()

    def _open_all(self) -> None:
        fail_if_years_are_not_announced(self.folder, self.meta)
        for year in self.years:
            path = self.path("households", year)
            self._files[year] = open_parquet(path)
            fail_if_columns_are_wrong(self._files[year], f"households/{path.name}", "households")
        for table in REQUIRED_TABLES[1:]:
            if not self.has(table):
                raise DataError(text("population.file_missing", file=f"{table}.parquet"))

    def path(self, table: str, year: int | None = None) -> Path:
        """Where the file of this table is, or would be."""
        return self.folder / "households" / f"{year}.parquet" if year is not None else self.folder / f"{table}.parquet"

    def files(self) -> dict[str, Path]:
        """Every file of the population by its name within the folder: what a record of a run hashes."""
        paths = [self.folder / FILE, *(self.path("households", year) for year in self.years)]
        paths += [self.path(table) for table in self.tables()]
        return {path.relative_to(self.folder).as_posix(): path for path in paths}

    def columns(self, year: int) -> tuple[str, ...]:
        """The household columns in the file of this year."""
        return tuple(self._files[year].schema_arrow.names)

    def count(self, year: int) -> int:
        """The number of households of this year."""
        return int(self._files[year].metadata.num_rows)

    def has(self, table: str) -> bool:
        """Whether the file of this table is there."""
        return self.path(table).is_file()

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        path, schema = self.path("households", year), table_schema("households")
        for batch in read_batches(self._files[year], path, columns, rows):
            yield {name: to_numpy(batch[name], schema.columns[name], f"households/{path.name}") for name in columns}

    def _frame(self, table: str) -> pd.DataFrame:
        if table not in self._tables:
            self._tables[table] = read_table(self.path(table), table)
        return self._tables[table].copy(deep=False)


class MemoryPopulation(Population):
    """A population held in memory: what a scenario makes of another one, or a small case of a test."""

    def __init__(
        self,
        meta: PopulationMeta,
        households: Mapping[int, Mapping[str, np.ndarray[Any, Any]]],
        tables: Mapping[str, pd.DataFrame],
    ) -> None:
        self.meta = meta
        schema = table_schema("households")
        self._households = {
            year: {name: np.asarray(v, schema.column(name).dtype) for name, v in columns.items()}
            for year, columns in households.items()
        }
        self._tables = {table_schema(name).name: frame for name, frame in tables.items()}

    def columns(self, year: int) -> tuple[str, ...]:
        """The household columns of this year."""
        return tuple(self._households[year])

    def count(self, year: int) -> int:
        """The number of households of this year."""
        return len(next(iter(self._households[year].values())))

    def has(self, table: str) -> bool:
        """Whether this table was given."""
        return table in self._tables

    def _batches(self, year: int, columns: Sequence[str], rows: int) -> Iterator[Columns]:
        for start in range(0, self.count(year), rows):
            yield {name: self._households[year][name][start : start + rows] for name in columns}

    def _frame(self, table: str) -> pd.DataFrame:
        return self._tables[table].copy(deep=False)


def open_population(path: Path | str) -> StoredPopulation:
    """The population in this folder; a DataError naming what is missing or damaged."""
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(text("population.no_such_folder", folder=folder.name))
    return StoredPopulation(folder)


def fail_if_years_are_not_announced(folder: Path, meta: PopulationMeta) -> None:
    """Refuse households of a year that `population.toml` does not name: they would be left out in silence."""
    known = {f"{year}.parquet" for year in meta.years}
    extra = sorted(path.name for path in (folder / "households").glob("*.parquet") if path.name not in known)
    if extra:
        problems = [
            Problem(
                text("population.part_not_announced", part=f"households/{name}"),
                FILE,
                remedy=text("population.announce", years=", ".join(str(year) for year in meta.years)),
            )
            for name in extra
        ]
        raise DataError(text("population.meta_wrong", file=FILE), problems)


def read_table(path: Path, table: str) -> pd.DataFrame:
    """A table of areas with the types of the schema, sorted; empty values only in columns that are not required."""
    file = open_parquet(path)
    fail_if_columns_are_wrong(file, path.name, table)
    schema, arrow = table_schema(table), read_whole(file, path)
    problems = [
        Problem(text("population.empty_values", column=name, count=arrow[name].null_count), path.name)
        for name in schema.required
        if arrow[name].null_count
    ]
    if problems:
        raise DataError(text("population.columns_wrong", file=path.name), problems)
    frame: pd.DataFrame = arrow.to_pandas()
    for name in frame.columns:
        column = schema.columns[name]
        if column.is_number and not frame[name].hasnans:
            frame[name] = frame[name].astype(column.dtype)
    order = [name for name in schema.sort if name in frame.columns]
    ordered: pd.DataFrame = frame.sort_values(order, kind="stable", ignore_index=True)
    return ordered
