"""Large files of users (CSV, SPSS, Parquet), read in blocks of columns whose values are not yet believed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.population.csv_text import SAMPLE, encoding_of, fail_if_header_is_wrong, separator_of
from verdeelmodel.population.parquet import first_line, open_parquet, read_batches
from verdeelmodel.wording import text

BLOCK = 32_000_000
ROWS = 200_000
Block = dict[str, pa.Array]


@dataclass(frozen=True)
class Source:
    """A file with its column names; `separator` is empty when it is not text."""

    path: Path
    header: tuple[str, ...]
    separator: str = ""
    encoding: str = "utf-8"

    def blocks(self, columns: Sequence[str]) -> Iterator[Block]:
        """These columns in blocks; rows that are empty in all of them are left out of a text file."""
        suffix = self.path.suffix.lower()
        if suffix == ".sav":
            return _sav_blocks(self.path, columns)
        if suffix == ".parquet":
            return _parquet_blocks(self.path, columns)
        return _csv_blocks(self, columns)


def open_source(path: Path) -> Source:
    """The file, its header read; a DataError when it is absent, empty, or not what its name says."""
    if not path.is_file():
        raise DataError(text("population.file_missing", file=path.name))
    if path.stat().st_size == 0:
        raise DataError(text("population.file_empty", file=path.name))
    suffix = path.suffix.lower()
    if suffix == ".sav":
        return Source(path, _sav_header(path))
    if suffix == ".parquet":
        return Source(path, tuple(open_parquet(path).schema_arrow.names))
    if suffix in (".csv", ".txt", ".tsv"):
        return _open_csv(path)
    raise RequestError(text("population.source.suffix", file=path.name))


def _open_csv(path: Path) -> Source:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    encoding = encoding_of(sample, complete=path.stat().st_size <= SAMPLE)
    try:
        content = io.TextIOWrapper(io.BytesIO(sample), encoding=encoding, errors="replace", newline="").read()
    except UnicodeError as error:
        raise DataError(text("population.csv.not_text", file=path.name)) from error
    if "\0" in content:
        raise DataError(text("population.csv.not_text", file=path.name))
    if not content.strip():
        raise DataError(text("population.file_empty", file=path.name))
    separator = separator_of(content)
    first = next(csv.reader(io.StringIO(content.lstrip("\r\n"), newline=""), delimiter=separator))
    header = [cell.strip() for cell in first]
    while header and not header[-1]:
        header.pop()
    fail_if_header_is_wrong(header, path.name)
    empty_ends = [f"\0{i}" for i in range(len(first) - len(header))]
    return Source(path, (*header, *empty_ends), separator, encoding)


def _csv_blocks(source: Source, columns: Sequence[str]) -> Iterator[Block]:
    wrong: list[Problem] = []

    def refuse(row: Any) -> str:
        found = text("population.csv.ragged", found=row.actual_columns, expected=row.expected_columns)
        wrong.append(Problem(found, text("population.csv.row", row=(row.number or 0) - 1)))
        return "skip"

    try:
        reader = pa_csv.open_csv(
            source.path,
            pa_csv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                encoding="utf-8" if source.encoding == "utf-8-sig" else source.encoding,
                column_names=list(source.header),
                skip_rows=1,
            ),
            pa_csv.ParseOptions(delimiter=source.separator, invalid_row_handler=refuse),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(source.header, pa.string()),
                include_columns=list(columns),
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            if not wrong:
                yield _without_empty_rows({name: batch[name] for name in columns})
    except (pa.ArrowException, OSError, UnicodeError, ValueError) as error:
        raise _unreadable(source.path, error) from error
    if wrong:
        raise DataError(text("population.csv.not_a_table", file=source.path.name), wrong)


def _without_empty_rows(block: Block) -> Block:
    import pyarrow.compute as pc

    filled = None
    for values in block.values():
        here = pc.greater(pc.utf8_length(values), 0)
        filled = here if filled is None else pc.or_(filled, here)
        if pc.all(filled).as_py() is not False:
            return block
    return {name: values.filter(filled) for name, values in block.items()}


def load_pyreadstat() -> Any:
    """The package behind `.sav`; a RequestError with the line to type when it is not installed."""
    try:
        import pyreadstat
    except ImportError as error:
        raise RequestError(text("population.source.no_sav")) from error
    return pyreadstat


def sav_errors(pyreadstat: Any) -> tuple[type[Exception], ...]:
    """What the reader raises on a damaged file; the last four come from inside it and mean the same."""
    own = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError)
    return (*own, OSError, ValueError, MemoryError, TypeError, IndexError, KeyError, OverflowError)


def _sav_header(path: Path) -> tuple[str, ...]:
    pyreadstat = load_pyreadstat()
    try:
        _, meta = pyreadstat.read_sav(path, metadataonly=True)
    except sav_errors(pyreadstat) as error:
        raise _unreadable(path, error) from error
    return tuple(meta.column_names)


def _sav_blocks(path: Path, columns: Sequence[str]) -> Iterator[Block]:
    pyreadstat = load_pyreadstat()
    start = 0
    while True:
        try:
            frame, _ = pyreadstat.read_sav(path, usecols=list(columns), row_offset=start, row_limit=ROWS)
        except sav_errors(pyreadstat) as error:
            raise _unreadable(path, error) from error
        if len(frame) == 0:
            return
        yield {name: pa.array(frame[name], from_pandas=True) for name in columns}
        start += len(frame)


def _parquet_blocks(path: Path, columns: Sequence[str]) -> Iterator[Block]:
    for batch in read_batches(open_parquet(path), path, columns, ROWS):
        yield {name: batch[name] for name in columns}


def _unreadable(path: Path, error: BaseException) -> DataError:
    return DataError(text("population.source.unreadable", file=path.name), [Problem(first_line(error))])
