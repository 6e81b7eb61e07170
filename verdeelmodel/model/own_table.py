"""A model on a table of one's own: any outcome, any columns, with or without areas and weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.model.areas import make_areas
from verdeelmodel.model.building import build_design
from verdeelmodel.model.columns import CodedColumn, Column, ContinuousColumn
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.model.design import Design

MOST_CLASSES = 40


def read_own_table(path: Path) -> pd.DataFrame:
    """The table in a Parquet or CSV file; semicolons and decimal commas are recognised."""
    import pandas as pd

    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        head = path.read_text(encoding="utf-8-sig")[:100_000].splitlines()
        if not head:
            raise DataError(text("model.table_empty", file=path.name))
        semicolon = head[0].count(";") > head[0].count(",")
        return pd.read_csv(path, sep=";" if semicolon else ",", decimal="," if semicolon else ".", encoding="utf-8-sig")
    except (OSError, ValueError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DataError(text("model.table_unreadable", file=path.name, reason=reason)) from error


def own_design(
    frame: pd.DataFrame,
    outcome: str,
    kenmerken: Sequence[str],
    area: str | None = None,
    weights: str | None = None,
    threads: int | None = None,
) -> Design:
    """The design of a table: text, booleans and 0/1 become dummies, other numbers stay numbers."""
    fail_if_columns_unusable(frame, outcome, kenmerken, area, weights)
    columns = [column_of(frame[name], name) for name in kenmerken]
    values = {name: frame[name].to_numpy() for name in kenmerken}
    for column in columns:
        if isinstance(column, CodedColumn) and column.is_boolean:
            values[column.key] = values[column.key].astype(bool)
    codes = None if area is None else frame[area].to_numpy()
    return build_design(
        columns,
        values,
        frame[outcome].to_numpy(dtype=float),
        areas=None if codes is None else make_areas(np.unique(codes), None),
        buurt=codes,
        weight=None if weights is None else frame[weights].to_numpy(dtype=float),
        weights="none" if weights is None else "sampling",
        threads=threads,
    )


def column_of(values: pd.Series, name: str) -> Column:
    """How a column enters the model: its own type and its values decide."""
    found = values.unique()
    if set(found.tolist()) <= {0, 1}:
        return CodedColumn(name)
    if values.dtype.kind in "OSU" or str(values.dtype) in ("string", "str", "category"):
        return CodedColumn(name, tuple(sorted(str(v) for v in found)))
    return ContinuousColumn(name)


def fail_if_columns_unusable(
    frame: pd.DataFrame, outcome: str, kenmerken: Sequence[str], area: str | None, weights: str | None
) -> None:
    """Refuse columns that are absent, empty in places, not numbers where numbers are needed, or of too many classes."""
    known = [str(c) for c in frame.columns]
    named = [outcome, *kenmerken, *(c for c in (area, weights) if c is not None)]
    problems = [unknown_name(c, known, text("model.table_column")) for c in named if c not in known]
    for name in [c for c in named if c in known]:
        empty = frame[name].isna().to_numpy()
        if empty.any():
            line = int(np.flatnonzero(empty)[0]) + 2
            problems.append(Problem(text("model.table_missing", column=name, count=int(empty.sum()), line=line)))
        is_text = frame[name].dtype.kind not in "iufb"
        if is_text and name in (outcome, weights):
            problems.append(Problem(text("model.table_not_number", column=name)))
        if is_text and name in kenmerken and frame[name].nunique() > MOST_CLASSES:
            problems.append(Problem(text("model.table_classes", column=name, count=frame[name].nunique())))
    if problems:
        raise DataError(text("model.table_unusable"), problems)
