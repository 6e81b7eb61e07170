"""From the values of a column to the position of their level, with every value that does not fit reported by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from verdeelmodel.errors import DataError, Problem, RequestError
from verdeelmodel.model.columns import INTERCEPT, MOST_LEVELS, AreaColumn, CodedColumn, Column
from verdeelmodel.wording import text

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
SHOWN_VALUES = 5


@dataclass
class Findings:
    """What is wrong with the values seen so far: per column the number of households, the first row and examples."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    first_row: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, column: str, kind: str, wrong: npt.NDArray[np.bool_], first: int, values: Any = None) -> None:
        """Note the wrong values of a block of households that starts at row `first`."""
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        name = (column, kind)
        self.counts[name] = self.counts.get(name, 0) + len(rows)
        self.first_row[name] = min(self.first_row.get(name, first + int(rows[0])), first + int(rows[0]))
        if values is not None:
            seen = {*self.examples.get(name, ()), *{str(v) for v in np.asarray(values)[rows]}}
            self.examples[name] = sorted(seen)[:SHOWN_VALUES]

    def problems(self, expected: dict[str, str]) -> list[Problem]:
        """One problem per column and kind."""
        return [
            Problem(
                where=text("logit.column", column=column),
                found=text(
                    f"logit.{kind}", count=count, row=self.first_row[column, kind],
                    values=", ".join(self.examples.get((column, kind), [])),
                ),
                expected=expected.get(column, "") if kind == "unseen" else "",
            )
            for (column, kind), count in sorted(self.counts.items())
        ]  # fmt: skip


def level_positions(column: CodedColumn, values: npt.NDArray[Any], first: int, findings: Findings) -> Bytes:
    """Position of the level of each value; unseen and missing values are noted and become the reference."""
    if values.dtype == np.bool_ and column.is_boolean and not column.levels[0]:
        return values.view(np.uint8)
    count = len(column.levels)
    if values.dtype.kind in "uib" and column.levels == tuple(range(count)):
        wrong = (values < 0) | (values >= count)
        if not wrong.any():
            return values.astype(np.uint8, copy=False)
    return _looked_up(column, values, first, findings)


def _looked_up(column: CodedColumn, values: npt.NDArray[Any], first: int, findings: Findings) -> Bytes:
    import pandas as pd

    missing = np.asarray(pd.isna(values), dtype=bool)
    place = np.asarray(pd.Index(column.levels).get_indexer(pd.Index(values)), dtype=np.int64)
    if values.dtype.kind == "f" and column.levels == tuple(range(len(column.levels))):
        place = np.where(np.isin(values, np.arange(len(column.levels))), np.nan_to_num(values), -1).astype(np.int64)
    findings.add(column.key, "missing", missing, first)
    findings.add(column.key, "unseen", (place < 0) & ~missing, first, values)
    return np.where(place < 0, column.reference_position, place).astype(np.uint8)


def numbers(key: str, values: npt.NDArray[Any], first: int, findings: Findings) -> Floats:
    """Values as doubles; missing and infinite ones are noted."""
    try:
        out = np.asarray(values, dtype=np.float64) + 0.0
    except (TypeError, ValueError):
        findings.add(key, "not_numbers", np.ones(len(values), dtype=bool), first)
        return np.zeros(len(values))
    findings.add(key, "missing", ~np.isfinite(out), first)
    return out


def fail_if_columns_unusable(columns: Sequence[Column]) -> None:
    """Every column has a name of its own, at least two levels when coded, and numbers when it is of areas."""
    problems: list[Problem] = []
    seen = {INTERCEPT}
    for column in columns:
        where = text("logit.column", column=column.key)
        if column.key in seen:
            problems.append(Problem(text("logit.name_twice"), where))
        seen.add(column.key)
        problems += [Problem(found, where) for found in _column_findings(column)]
    if problems:
        raise RequestError(text("logit.columns_unusable"), problems)


def _column_findings(column: Column) -> list[str]:
    if isinstance(column, AreaColumn):
        missing = int((~np.isfinite(column.values)).sum())
        return [text("logit.area_values_missing", count=missing)] if missing else []
    if not isinstance(column, CodedColumn):
        return []
    found = []
    if not 2 <= len(column.levels) <= MOST_LEVELS:
        found.append(text("logit.number_of_levels", count=len(column.levels), most=MOST_LEVELS))
    if len(set(column.levels)) < len(column.levels):
        found.append(text("logit.level_twice"))
    if column.reference is not None and column.reference not in column.levels:
        found.append(text("logit.no_such_reference", reference=column.reference))
    return found


def fail_if_problems(problems: Sequence[Problem]) -> None:
    """The values of all households can be used."""
    if problems:
        raise DataError(text("logit.values_unusable"), problems)
