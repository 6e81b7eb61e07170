"""Writing and opening a population: equal values, only what is asked, deterministic bytes, whole or not at all."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.population.examples import META, memory_population, random_households, write
from verdeelmodel.errors import DataError, RequestError, RunError
from verdeelmodel.population import MemoryPopulation, PopulationWriter, open_population, table_names, table_schema
from verdeelmodel.population.meta import read_meta


@pytest.fixture(scope="module")
def made():
    return memory_population()


@pytest.fixture
def stored(made, tmp_path):
    return open_population(write(made, tmp_path / "pop"))


def test_what_is_written_is_read_back(made, stored):
    assert stored.meta == made.meta
    for year in made.years:
        assert stored.count(year) == 300
        for name, values in made.households(year).items():
            read = stored.households(year, [name])[name]
            assert read.dtype == table_schema("households").columns[name].dtype
            np.testing.assert_array_equal(read, values)
    pd.testing.assert_frame_equal(
        stored.table("gemeenten"), made.table("gemeenten"), check_dtype=False, check_like=True, check_exact=True
    )


def test_chunks_join_to_the_whole(stored):
    parts = list(stored.chunks(2020, ["buurt", "bijstand"], rows=64))
    assert max(len(p["buurt"]) for p in parts) <= 64
    whole = stored.households(2020, ["buurt", "bijstand"])
    for name in whole:
        np.testing.assert_array_equal(np.concatenate([p[name] for p in parts]), whole[name])


def test_areas_of_one_year(stored):
    assert list(stored.gemeenten(2020)["gemeente"]) == [14, 518, 718]
    assert set(stored.buurten(2019)["year"]) == {2019}
    with pytest.raises(RequestError, match="2021"):
        stored.gemeenten(2021)


def test_an_absent_column_says_what_it_would_hold(stored):
    with pytest.raises(RequestError) as error:
        stored.households(2020, ["bijstan", "gemeente"])
    assert "bijstand" in str(error.value)


def test_a_column_that_this_population_lacks_is_named_with_its_label(made):
    few = ["household", "gemeente", "buurt", "household_type", "adults", "persons", "age_1", "age_2", "bijstand"]
    small = MemoryPopulation(made.meta, {2020: made.households(2020, few)}, {})
    with pytest.raises(RequestError, match="geestelijke gezondheidszorg"):
        small.households(2020, ["ggz"])


def test_an_absent_table_is_refused_with_what_is_there(stored):
    assert stored.has("gemeenten")
    assert not stored.has("banen")
    with pytest.raises(DataError, match="gemeenten, buurten"):
        stored.table("banen")


def test_bytes_depend_on_the_values_only(made, tmp_path):
    def digest(folder):
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*.*"))}

    assert digest(write(made, tmp_path / "a", rows=11)) == digest(write(made, tmp_path / "b", rows=300))


def test_every_file_of_a_synthetic_population_says_so(stored):
    assert read_meta(stored.folder).synthetic
    for name, path in stored.files().items():
        if name.endswith(".parquet"):
            assert pq.read_schema(path).metadata[b"synthetic"] == b"true"


def test_an_unfinished_population_leaves_nothing(made, tmp_path):
    with pytest.raises(DataError, match=r"households/2019"), PopulationWriter(tmp_path / "pop", META) as writer:
        writer.households(2020, made.households(2020))
    with pytest.raises(DataError), PopulationWriter(tmp_path / "pop", META) as writer:
        writer.households(2020, {"age_1": np.zeros(3)})
    assert not [path for path in tmp_path.iterdir() if not path.name.endswith(".lock")]


def test_an_existing_folder_is_only_replaced_on_request(made, stored, tmp_path):
    with pytest.raises(RunError):
        write(made, stored.folder)
    with PopulationWriter(stored.folder, made.meta, force=True) as writer:
        for year in made.years:
            writer.households(year, made.households(year))
        for table in made.tables():
            writer.table(table, made.table(table))
    assert open_population(stored.folder).count(2020) == 300


def test_households_out_of_order_are_refused(tmp_path):
    columns = random_households(50)
    reverse = {name: values[::-1] for name, values in columns.items()}
    with pytest.raises(DataError, match="volgorde"), PopulationWriter(tmp_path / "pop", META) as writer:
        writer.households(2020, reverse)


def test_values_that_do_not_fit_are_refused(tmp_path):
    columns = random_households(50) | {"persons": np.full(50, 1000)}
    with pytest.raises(DataError, match="persons"), PopulationWriter(tmp_path / "pop", META) as writer:
        writer.households(2020, columns)


@pytest.mark.parametrize("table", table_names())
def test_every_declared_column_has_a_label_in_both_languages_and_values_that_fit_its_type(table):
    schema = table_schema(table)
    assert set(schema.key) | set(schema.sort) <= set(schema.columns)
    for column in schema.columns.values():
        assert column.label("nl")
        assert column.label("en")
        assert len({c.value for c in column.codes}) == len({c.key for c in column.codes}) == len(column.codes)
        if column.is_number and column.type.startswith("int"):
            info = np.iinfo(column.dtype)
            bounds = [column.minimum, column.maximum, column.none, *(c.value for c in column.codes)]
            assert all(info.min <= b <= info.max for b in bounds if b is not None)


def test_a_population_tells_what_it_holds(stored):
    first = stored.years[0]
    assert str(stored).startswith(f"{stored.meta.name}: ")
    assert f"in {first}" in str(stored)
