"""Households read from Parquet, in chunks and whatever the types in the file, give the design of the same values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.model.designs import make_households
from verdeelmodel.errors import DataError
from verdeelmodel.model import CodedColumn, fit_logit, read_design, reading


@pytest.fixture
def households():
    return make_households(3000, seed=61, continuous=1)


def written(path, households, **columns):
    everything = {**households.values, "buurt": households.buurt, "bijstand": households.outcome == 1, **columns}
    pq.write_table(pa.table(everything), path, row_group_size=700)
    return path


def test_a_file_gives_the_same_bytes_as_memory(tmp_path, households, monkeypatch):
    monkeypatch.setattr(reading, "HOUSEHOLDS_AT_ONCE", 500)
    weight = np.random.default_rng(62).uniform(0.5, 2, 3000)
    path = written(tmp_path / "households.parquet", households, gewicht=weight)
    read = read_design(
        path, households.columns, outcome="bijstand", areas=households.areas, buurt="buurt", weight="gewicht",
        weights="sampling", threads=2,
    )  # fmt: skip
    direct = households.design(weight=weight, weights="sampling")
    found, expected = fit_logit(read), fit_logit(direct)
    assert found.estimate.tobytes() == expected.estimate.tobytes()
    assert found.covariance.tobytes() == expected.covariance.tobytes()


def test_dictionary_columns_and_missing_values(tmp_path, households):
    dictionary = pa.array(households.buurt).dictionary_encode()
    path = written(tmp_path / "households.parquet", households, buurt=dictionary)
    given = {"outcome": "bijstand", "areas": households.areas, "buurt": "buurt"}
    assert read_design(path, households.columns, **given).households == 3000
    holes = pa.array([None, *households.values["b0"][1:].tolist()])
    path = written(tmp_path / "holes.parquet", households, b0=holes)
    with pytest.raises(DataError, match="'b0': 1 huishoudens zonder"):
        read_design(path, households.columns, **given)


def test_a_column_that_is_not_in_the_file_is_named(tmp_path, households):
    path = written(tmp_path / "households.parquet", households)
    with pytest.raises(DataError, match=r"households.parquet.*'bo' bestaat niet"):
        read_design(path, [CodedColumn("bo")], outcome="bijstand")
