"""A population written and read as Parquet, CSV and .sav is the same population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.population.examples import META, memory_population, write
from verdeelmodel.population import MemoryPopulation, open_population, table_schema
from verdeelmodel.population.convert import convert_population
from verdeelmodel.population.export import export_population

OPTIONAL = {
    "banen": pd.DataFrame({"gemeente": [14, 14, 518], "sector": [1, 2, 1], "year": 2020, "jobs": [10.5, 0.1, 1e6 / 3]}),
    "reistijden": pd.DataFrame({"from": [14, 518], "to": [518, 14], "minutes": 135.125, "minutes_ov": [np.nan, 160.0]}),
    "clienten": pd.DataFrame(
        {
            "client": [1, 2],
            "gemeente": [14, 14],
            "start": pd.to_datetime(["2019-05-01", "2020-02-29"]),
            "end": pd.to_datetime(["2020-01-31", None]),
            "end_reason": ["werk; \"vast\"", None],
            "age": [30, 41],
            "financial": [True, False],
        }
    ),
}  # fmt: skip


def full_population():
    made = memory_population()
    households = {year: made.households(year) for year in made.years}
    tables = {name: made.table(name) for name in made.tables()}
    tables["gemeenten"]["name"] = ["Groningen", '\'s-Gravenhage; "Den Haag"', "Súdwest, Fryslân"] * 2
    tables["gemeenten"]["lks_households"] = [1.0, np.nan, 3.0] * 2
    return MemoryPopulation(META, households, tables | OPTIONAL)


def fail_if_different(left, right):
    assert left.meta == right.meta
    assert left.tables() == right.tables()
    for year in left.years:
        assert set(left.columns(year)) == set(right.columns(year))
        for name, values in left.households(year).items():
            found = right.households(year, [name])[name]
            assert found.dtype == values.dtype
            np.testing.assert_array_equal(found, values, err_msg=name)
    for table in left.tables():
        a, b = left.table(table), right.table(table)
        pd.testing.assert_frame_equal(a, b[list(a.columns)], check_exact=True)
        assert set(a.columns) == set(b.columns)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return open_population(write(full_population(), tmp_path_factory.mktemp("round") / "pop"))


@pytest.mark.parametrize("form", ["csv", "sav"])
def test_a_population_survives_another_format(stored, form, tmp_path):
    export_population(stored, tmp_path / "files", form)
    convert_population(tmp_path / "files" / "mapping.yaml", tmp_path / "back")
    fail_if_different(stored, open_population(tmp_path / "back"))


def test_parquet_again_gives_the_same_bytes(stored, tmp_path):
    again = write(MemoryPopulation(
        stored.meta,
        {year: stored.households(year) for year in stored.years},
        {name: stored.table(name) for name in stored.tables()},
    ), tmp_path / "again")  # fmt: skip
    for name, path in stored.files().items():
        assert (again / name).read_bytes() == path.read_bytes(), name


def test_labels_and_codebooks_travel_with_spss(stored, tmp_path):
    import pyreadstat

    export_population(stored, tmp_path / "files", "sav")
    _, meta = pyreadstat.read_sav(tmp_path / "files" / "households_2020.sav", metadataonly=True)
    column = table_schema("households").columns["housing"]
    assert meta.column_names_to_labels["housing"] == column.nl
    assert meta.variable_value_labels["housing"][1] == "Corporatiewoning"
    assert "SYNTHETISCH" in meta.file_label
