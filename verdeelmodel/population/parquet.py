"""Parquet files as the project writes and trusts them: deterministic bytes out, nothing believed on the way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.population.schema import ColumnSchema, TableSchema, missing_columns, table_schema
from verdeelmodel.wording import text

MOST_ROWS = 100_000_000
# A household takes some 150 bytes; a header that claims far more for the rows it holds is not believed.
MOST_BYTES_PER_VALUE = 4096
ARROW: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "string": pa.string(),
    "date": pa.date32(),
}


def arrow_schema(table: TableSchema, columns: Sequence[str], metadata: Mapping[str, str]) -> pa.Schema:
    """The arrow schema of these columns of the table, in the order of the declaration, with the metadata."""
    chosen = [name for name in table.columns if name in set(columns)]
    return pa.schema([(name, ARROW[table.columns[name].type]) for name in chosen], metadata=dict(metadata))


def new_parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer whose bytes depend on nothing but the data, the schema and the version of pyarrow."""
    counting = [name for name in schema.names if name == "household"]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=[name for name in schema.names if name not in counting],
        column_encoding=dict.fromkeys(counting, "DELTA_BINARY_PACKED") or None,
        version="2.6",
        store_schema=True,
    )


def open_parquet(path: Path) -> pq.ParquetFile:
    """The file, its footer read and found believable; a DataError when it is not a whole, honest Parquet file."""
    if not path.is_file():
        raise DataError(text("population.file_missing", file=shown_name(path)))
    if path.stat().st_size == 0:
        raise DataError(text("population.file_empty", file=shown_name(path)))
    try:
        file = pq.ParquetFile(path)
        claims = _claims(file.metadata)
    except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
        raise _unreadable(path, error) from error
    if claims:
        raise DataError(text("population.header_not_believed", file=shown_name(path)), [Problem(claims)])
    return file


def _claims(metadata: pq.FileMetaData) -> str:
    """What the footer claims that cannot be true, in words; empty when it is believable."""
    rows = metadata.num_rows
    if rows > MOST_ROWS:
        return text("population.too_many_rows", rows=rows, limit=MOST_ROWS)
    # Not looked at per column: where a damaged footer holds a wrong column, asking pyarrow for it ends the process.
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        if group.total_byte_size > MOST_BYTES_PER_VALUE * (group.num_rows + 256) * max(group.num_columns, 1):
            return text("population.too_many_bytes", bytes=group.total_byte_size, rows=group.num_rows)
    return ""


def fail_if_columns_are_wrong(file: pq.ParquetFile, name: str, table: str) -> None:
    """Every missing, unknown or wrongly typed column of this file, in one DataError."""
    schema, found = table_schema(table), file.schema_arrow
    problems = [
        Problem(text("population.column_missing", column=column, label=schema.columns[column].label()), name)
        for column in missing_columns(table, found.names)
    ]
    problems += [
        unknown_name(column, list(schema.columns), text("population.column"), name)
        for column in found.names
        if column not in schema.columns
    ]
    problems += [
        Problem(text("population.type_wrong", column=f.name, type=f.type), name, schema.columns[f.name].type)
        for f in found
        if f.name in schema.columns and not _same_family(f.type, schema.columns[f.name])
    ]
    if problems:
        raise DataError(text("population.columns_wrong", file=name), problems)


def _same_family(found: pa.DataType, column: ColumnSchema) -> bool:
    kinds = {
        "bool": pa.types.is_boolean,
        "string": lambda t: pa.types.is_string(t) or pa.types.is_large_string(t),
        "date": lambda t: pa.types.is_date(t) or pa.types.is_timestamp(t),
    }
    if column.type in kinds:
        return bool(kinds[column.type](found))
    if column.type.startswith("float"):
        return bool(pa.types.is_floating(found) or pa.types.is_integer(found))
    return bool(pa.types.is_integer(found))


def read_batches(file: pq.ParquetFile, path: Path, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The columns in batches of at most `rows` rows; a damaged page becomes a DataError."""
    try:
        yield from file.iter_batches(batch_size=rows, columns=list(columns))
    except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
        raise _unreadable(path, error) from error


def read_whole(file: pq.ParquetFile, path: Path) -> pa.Table:
    """All columns of a small table."""
    try:
        return file.read()
    except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
        raise _unreadable(path, error) from error


def to_numpy(array: pa.Array, column: ColumnSchema, name: str) -> np.ndarray[Any, Any]:
    """The values in the type of the schema; empty values and values that do not fit are a DataError."""
    if array.null_count:
        remedy = text("population.use_none", value=column.none) if column.none is not None else ""
        found = text("population.empty_values", column=column.name, count=array.null_count)
        raise DataError(text("population.columns_wrong", file=name), [Problem(found, name, remedy=remedy)])
    if array.type != ARROW[column.type]:
        try:
            array = array.cast(ARROW[column.type])
        except pa.ArrowException as error:
            found = text("population.does_not_fit", column=column.name, reason=str(error))
            raise DataError(text("population.columns_wrong", file=name), [Problem(found, name, column.type)]) from error
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _unreadable(path: Path, error: BaseException) -> DataError:
    return DataError(
        text("population.not_parquet", file=shown_name(path)),
        [Problem(first_line(error), remedy=text("population.not_parquet_remedy"))],
    )


def first_line(error: BaseException) -> str:
    """What a library says is wrong, in one line that any terminal can print."""
    lines = str(error).splitlines() or [type(error).__name__]
    return text("population.library_says", line="".join(sign if sign.isprintable() else "?" for sign in lines[0]))


def shown_name(path: Path) -> str:
    """The name of a file within its population, never the folders of the user."""
    return f"households/{path.name}" if path.parent.name == "households" else path.name
