"""Blocks of a user's values as values of the schema, with what is wrong told once per distinct value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from verdeelmodel.errors import did_you_mean
from verdeelmodel.population.bounds import expected, fail_mark
from verdeelmodel.population.cells import CellError, DecimalSign, area, day, flag, integer, number
from verdeelmodel.population.mapping import ColumnMapping
from verdeelmodel.population.schema import ColumnSchema
from verdeelmodel.wording import text

AREAS = {"gemeente": "GM", "from": "GM", "to": "GM", "buurt": "BU", "wijk": "WK"}
MISSING: dict[str, Any] = {"float32": np.nan, "float64": np.nan, "string": None, "date": np.datetime64("NaT")}


@dataclass(frozen=True)
class Wrong:
    """A value that cannot be stored: what, what was expected, in how many rows, and the first row (0 is the first)."""

    found: str
    expected: str
    remedy: str
    count: int
    row: int


@dataclass(frozen=True)
class Target:
    """How a column is read: its schema, its mapping, the decimal sign of the file, and whether it may be empty."""

    column: ColumnSchema
    mapping: ColumnMapping
    sign: DecimalSign | None
    may_be_empty: bool

    @property
    def working(self) -> np.dtype[Any]:
        """The type in which values are judged before they are stored."""
        if self.column.type in ("bool", "string", "date"):
            return self.column.dtype
        return np.dtype(np.float64 if self.column.type.startswith("float") or self.may_be_empty else np.int64)


def typed(values: pa.Array, target: Target) -> tuple[NDArray[Any], list[Wrong]]:
    """The values in the working type of the target, and what is wrong with them; wrong values hold a filler."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    quick = None if target.mapping.codes else _quick(values, target)
    result, wrong = (quick, []) if quick is not None else _one_by_one(values, target)
    if wrong:
        return result, wrong
    mask = fail_mark(target.column, result) if target.column.is_number else None
    return result, ([] if mask is None else _outside(result, mask, target))


def _quick(values: pa.Array, target: Target) -> NDArray[Any] | None:
    """All values at once, when each of them can only be read in one way; else None."""
    column = target.column
    if not column.is_number or column.name in AREAS or values.null_count:
        return None
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        shown = pc.utf8_trim_whitespace(values)
        pattern = r"^-?[0-9]{1,15}$"
        if target.working.kind == "f" and target.sign:
            pattern = rf"^-?[0-9]{{1,15}}([{target.sign}][0-9]{{1,17}})?$"
        if not pc.all(pc.match_substring_regex(shown, pattern)).as_py():
            return None
        plain = pc.replace_substring(shown, ",", ".") if target.sign == "," else shown
        return np.asarray(plain.cast(pa.float64() if target.working.kind == "f" else pa.int64()).to_numpy())
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        given = values.to_numpy(zero_copy_only=False)
        whole = target.working.kind == "f" or given.dtype.kind in "iu" or bool(np.all(given == np.rint(given)))
        return given.astype(target.working) if whole and not np.isnan(given).any() else None
    return None


def _one_by_one(values: pa.Array, target: Target) -> tuple[NDArray[Any], list[Wrong]]:
    """Each distinct value read by itself; the work is in the number of distinct values, not of rows."""
    encoded = values.dictionary_encode(null_encoding="encode")
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    distinct = encoded.dictionary.to_pylist()
    filler = MISSING.get(target.column.type, 0)
    read: list[Any] = []
    faults: dict[int, CellError] = {}
    for place, value in enumerate(distinct):
        try:
            read.append(_read(_as_text(value), target))
        except CellError as error:
            read.append(filler)
            faults[place] = error
    result = np.empty(len(distinct), dtype=target.working)
    result[:] = read
    counts = np.bincount(indices, minlength=len(distinct))
    wrong = [
        Wrong(error.found, _wanted(error, target), error.remedy, int(counts[place]), int(np.argmax(indices == place)))
        for place, error in faults.items()
    ]
    return result[indices], sorted(wrong, key=lambda w: w.row)


def _wanted(error: CellError, target: Target) -> str:
    """What was expected: what was perhaps meant, what the cell itself told, or what the column may hold."""
    if error.meant:
        return text("errors.did_you_mean", names=error.meant)
    return error.wanted or expected(target.column)


def _as_text(value: Any) -> str:
    """A value of SPSS or Parquet as the text a CSV would have; nothing at all as an empty text."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _read(shown: str, target: Target) -> Any:
    mapping, column = target.mapping, target.column
    if shown in mapping.codes:
        return coded(mapping.codes[shown], column)
    if not shown:
        return _empty(target)
    if mapping.codes:
        known = ", ".join(mapping.codes)
        found = text("population.cell.not_in_mapping", cell=shown)
        raise CellError(found, wanted=text("population.cell.known_codes", codes=known))
    if column.codes and not _is_number(shown):
        return coded(shown, column)
    return _reader(column, target.sign)(shown)


def _empty(target: Target) -> Any:
    if target.mapping.empty is not None:
        return coded(target.mapping.empty, target.column)
    if target.column.none is not None:
        return target.column.none
    if target.may_be_empty:
        return MISSING.get(target.column.type, np.nan)
    raise CellError(text("population.cell.empty"), remedy=text("population.cell.say_empty"))


def coded(value: Any, column: ColumnSchema) -> Any:
    """A value of a mapping or a codebook: a number, a flag, or the key or label of a code."""
    if column.type == "bool":
        return flag(str(value))
    for code in column.codes:
        names = {code.key.casefold(), code.nl.casefold(), code.en.casefold(), str(code.value)}
        if str(value).casefold() in names:
            return code.value
    if column.codes and value != column.none:
        close = did_you_mean(str(value), [code.key for code in column.codes])
        raise CellError(text("population.cell.not_in_codebook", cell=value), wanted=close or expected(column))
    return value


def _is_number(shown: str) -> bool:
    return shown.lstrip("+-").isdigit()


def _reader(column: ColumnSchema, sign: DecimalSign | None) -> Callable[[str], Any]:
    if column.name in AREAS:
        kind: Any = AREAS[column.name]
        return lambda shown: area(shown, kind)
    if column.type.startswith("int"):
        return lambda shown: integer(shown, sign)
    if column.type.startswith("float"):
        return lambda shown: float(number(shown, sign))
    readers: dict[str, Callable[[str], Any]] = {
        "bool": flag,
        "date": lambda shown: np.datetime64(day(shown)),
        "string": str,
    }
    return readers[column.type]


def _outside(values: NDArray[Any], mask: NDArray[np.bool_], target: Target) -> list[Wrong]:
    wrong = []
    places = np.flatnonzero(mask)
    for value, count in zip(*np.unique(values[places], return_counts=True), strict=True):
        first = int(places[np.argmax(values[places] == value)])
        found = text("population.cell.not_allowed", cell=f"{value:g}")
        wrong.append(Wrong(found, expected(target.column), "", int(count), first))
    return sorted(wrong, key=lambda w: w.row)
