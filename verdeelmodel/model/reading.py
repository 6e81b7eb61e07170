"""A design straight from a Parquet file of households, a few columns of one row group at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from verdeelmodel.errors import DataError, unknown_name
from verdeelmodel.model.areas import Areas
from verdeelmodel.model.building import DesignBuilder
from verdeelmodel.model.columns import AreaColumn, Column
from verdeelmodel.model.design import Design, WeightKind
from verdeelmodel.wording import text

#: Small batches keep the memory of decoding small; they cost no time.
HOUSEHOLDS_AT_ONCE = 65_536


def read_design(
    path: Path,
    columns: Sequence[Column],
    *,
    outcome: str,
    areas: Areas | None = None,
    buurt: str | None = None,
    weight: str | None = None,
    weights: WeightKind = "none",
    offset: str | None = None,
    keep_order: bool = False,
    threads: int | None = None,
) -> Design:
    """The design of the households in a Parquet file; never holds more than some 65,536 unpacked households."""
    file = pq.ParquetFile(path, pre_buffer=False)
    special = {"buurt": buurt, "weight": weight, "offset": offset}
    household = [column.key for column in columns if not isinstance(column, AreaColumn)]
    needed = [*household, outcome, *(name for name in special.values() if name is not None)]
    fail_if_columns_not_in_file(path, needed, file.schema_arrow.names)
    builder = DesignBuilder(
        columns,
        areas,
        weights=weights,
        offset=offset is not None,
        households=file.metadata.num_rows,
        keep_order=keep_order,
        threads=threads,
    )
    for batch in file.iter_batches(HOUSEHOLDS_AT_ONCE, columns=list(dict.fromkeys(needed)), use_threads=True):
        given = {role: to_array(batch[name]) for role, name in special.items() if name is not None}
        builder.add({key: to_array(batch[key]) for key in household}, to_array(batch[outcome]), **given)
    return builder.finish()


def to_array(values: pa.Array) -> npt.NDArray[Any]:
    """A column of Arrow as NumPy, booleans and small integers keeping their type unless values are missing."""
    if pa.types.is_boolean(values.type) and values.null_count == 0:
        return np.asarray(values.cast(pa.uint8()).to_numpy(zero_copy_only=False)).view(np.bool_)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return np.asarray(values.to_numpy(zero_copy_only=False))


def fail_if_columns_not_in_file(path: Path, needed: Sequence[str], present: Sequence[str]) -> None:
    """The file has every column that the model reads."""
    missing = [name for name in needed if name not in present]
    if missing:
        what = text("logit.a_column")
        raise DataError(
            text("logit.columns_missing"), [unknown_name(name, list(present), what, path.name) for name in missing]
        )
