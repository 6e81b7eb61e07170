"""A result table as bytes: CSV for people and other programs, Parquet that keeps everything, JSON for the evidence."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from verdeelmodel.errors import RunError
from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pyarrow as pa

MARK = "synthetisch"
DESCRIPTION = b"verdeelmodel.table"

# A number with a sign, as a reader sees it, with its stars; anything else after a sign a spreadsheet may compute.
_SIGNED = re.compile(r"[+-][0-9.,]+%?( \*{1,3})?")


def csv_bytes(table: Table) -> bytes:
    """The table as CSV: UTF-8, commas, decimal points, full precision; an empty cell is not applicable.

    A synthetic table has a last column `synthetisch`, so that every row keeps its mark wherever it is copied.
    """
    mark = [MARK] if table.synthetic and MARK not in table.values else []
    return _csv(
        [[*(c.key for c in table.columns), *mark]]
        + [
            [*(csv_cell(table.values[c.key][i]) for c in table.columns), *("ja" for _ in mark)]
            for i in range(len(table))
        ]
    )


def reasons_bytes(table: Table) -> bytes | None:
    """CSV with the row number, column and reason of every cell that is not applicable; None when there are none."""
    rows = [[str(i + 1), key, csv_cell(reason)] for i, key, reason in _not_applicable(table)]
    return _csv([["row", "column", "reason"], *rows]) if rows else None


def csv_cell(value: Cell) -> str:
    """One cell as it stands in CSV; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, NotApplicable):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _is_formula(value) else value
    return repr(value)


def _is_formula(value: str) -> bool:
    if value[:1] in ("=", "@", "\t", "\r"):
        return True
    return len(value) > 1 and value[0] in "+-" and _SIGNED.fullmatch(value) is None


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")


def parquet_bytes(table: Table) -> bytes:
    """The table as Parquet with its labels, notes and marks in the metadata; equal tables give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [_field(c, table.values[c.key]) for c in table.columns]
    arrays = [_array(table.values[f.name], f.type) for f in fields]
    marks = {MARK.encode(): b"ja"} if table.synthetic else {}
    schema = pa.schema(fields, metadata={**marks, DESCRIPTION: _json(_description(table))})
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue())


def evidence_bytes(table: Table) -> bytes | None:
    """What stands behind each cell, as JSON: every different piece once, and per column which row has which.

    None when nothing was recorded.
    """
    if not table.evidence:
        return None
    pieces: dict[Evidence, int] = {}
    cells = {
        key: [None if e is None else pieces.setdefault(e, len(pieces)) for e in column]
        for key, column in sorted(table.evidence.items())
    }
    return _json({"table": table.key, "pieces": [_told(e) for e in pieces], "evidence": cells}) + b"\n"


def _told(evidence: Evidence) -> dict[str, Any]:
    told = {f.name: getattr(evidence, f.name) for f in fields(evidence)}
    return {name: value for name, value in told.items() if value is not None and value != ()}


def read_table(parquet: bytes, evidence: bytes | None, name: str) -> Table:
    """The table that was written, equal to what it was; a RunError when the bytes are not such a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Without the threads of pyarrow: a process that ends while those are still starting is aborted.
        stored = pq.ParquetFile(pa.BufferReader(parquet)).read(use_threads=False)
        told: dict[str, Any] = json.loads((stored.schema.metadata or {})[DESCRIPTION])
        columns = tuple(Column(**c) for c in told["columns"])
        values = {c.key: list(told["exact"].get(c.key) or stored.column(c.key).to_pylist()) for c in columns}
        for row, key, reason in told["not_applicable"]:
            values[key][row] = NotApplicable(reason)
        return Table(
            key=told["key"],
            title=told["title"],
            columns=columns,
            values=values,
            synthetic=told["synthetic"],
            notes=tuple(told["notes"]),
            source=told["source"],
            row_group=told["row_group"],
            emphasis=frozenset((row, key) for row, key in told["emphasis"]),
            evidence=_read_evidence(evidence),
        )
    except (pa.ArrowException, KeyError, ValueError, TypeError, IndexError, OSError) as error:
        raise RunError(text("record.not_a_table", name=name)) from error


def _read_evidence(source: bytes | None) -> Mapping[str, Sequence[Evidence | None]]:
    if source is None:
        return {}
    told = json.loads(source)
    pieces = [Evidence(**{**piece, "largest": tuple(piece.get("largest", ()))}) for piece in told["pieces"]]
    return {key: [None if at is None else pieces[at] for at in column] for key, column in told["evidence"].items()}


def _description(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": [asdict(c) for c in table.columns],
        "synthetic": table.synthetic,
        "notes": list(table.notes),
        "source": table.source,
        "row_group": table.row_group,
        "emphasis": sorted([row, key] for row, key in table.emphasis),
        "not_applicable": [list(entry) for entry in _not_applicable(table)],
        "exact": {key: _exact(v) for key, v in table.values.items() if _type_of(v) is None},
    }


def _not_applicable(table: Table) -> list[tuple[int, str, str]]:
    return [
        (i, c.key, cell.reason)
        for i in range(len(table))
        for c in table.columns
        if isinstance(cell := table.values[c.key][i], NotApplicable)
    ]


def _type_of(cells: Sequence[Cell]) -> type | None:
    """The one type of the cells that have a value; None when text and numbers stand mixed or do not fit 64 bits."""
    types = {type(c) for c in cells if not isinstance(c, NotApplicable)}
    if any(isinstance(c, int) and abs(c) >= 2**63 for c in cells):
        return None
    if types == {int, float}:
        return None
    return types.pop() if len(types) == 1 else (str if not types else None)


def _field(column: Column, cells: Sequence[Cell]) -> pa.Field:
    import pyarrow as pa

    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    labels = {"label": column.label, "unit": column.unit, "kind": column.kind}
    numbers = not any(isinstance(c, str | bool) for c in cells)
    mixed = pa.float64() if numbers else pa.string()
    chosen = _type_of(cells)
    return pa.field(column.key, kinds[chosen] if chosen else mixed, metadata=labels)


def _array(cells: Sequence[Cell], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    plain: list[Any] = [None if isinstance(c, NotApplicable) else c for c in cells]
    if pa.types.is_string(kind):
        plain = [None if c is None else c if isinstance(c, str) else csv_cell(c) for c in plain]
    elif pa.types.is_floating(kind):
        plain = [None if c is None else float(c) for c in plain]
    return pa.array(plain, type=kind)


def _exact(cells: Sequence[Cell]) -> list[Any]:
    return [None if isinstance(c, NotApplicable) else c for c in cells]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False).encode("utf-8")
