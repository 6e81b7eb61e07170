"""A large table arrives in blocks of rows; how it was cut makes no difference, and nothing half is left."""

import pyarrow as pa
import pytest

from tests.population.examples import memory_population
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.population import PopulationWriter, open_population

CLIENTS = pa.table({"client": [1, 2, 3, 4], "gemeente": [14] * 4, "start": ["2017-01-01"] * 4, "age": [20, 30, 40, 50]})


def written(folder, blocks):
    made = memory_population()
    with PopulationWriter(folder, made.meta) as writer:
        for year in made.years:
            writer.households(year, made.households(year))
        for name in made.tables():
            writer.table(name, made.table(name))
        for block in blocks:
            writer.rows("clienten", block)
    return folder


def typed(table):
    return table.set_column(2, "start", table["start"].cast(pa.date32()))


def test_how_the_rows_are_cut_makes_no_difference(tmp_path):
    whole = typed(CLIENTS)
    first = written(tmp_path / "one", [whole]) / "clienten.parquet"
    second = written(tmp_path / "more", [whole.slice(0, 1), whole.slice(1)]) / "clienten.parquet"
    assert first.read_bytes() == second.read_bytes()
    found = open_population(tmp_path / "one").table("clienten")
    assert found["age"].tolist() == [20, 30, 40, 50]


def test_blocks_with_other_columns_and_unknown_columns_are_refused(tmp_path):
    whole = typed(CLIENTS)
    with pytest.raises(DataError, match="sex"):
        written(tmp_path / "a", [whole, whole.append_column("sex", pa.array([1, 2, 1, 2]))])
    with pytest.raises(RequestError, match="leeftijd"):
        written(tmp_path / "b", [whole.append_column("leeftijd", pa.array([1, 2, 1, 2]))])
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()
