"""Mapping, template and the commands around them, as a user meets them."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tests.population.damage import base, run
from tests.population.examples import memory_population, write
from verdeelmodel.cli.population_files import columns_of_model
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.law import model_years
from verdeelmodel.population import MemoryPopulation, open_population, table_schema
from verdeelmodel.population.convert import convert_population
from verdeelmodel.population.mapping import read_mapping
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.template import everything, population_template


def test_a_mapping_says_where_everything_comes_from(tmp_path):
    mapping = read_mapping(base(tmp_path) / "mapping.yaml")
    assert mapping.meta.years == (2020,)
    assert mapping.tables["households"].files == {2020: tmp_path / "huishoudens.csv"}
    assert mapping.tables["households"].columns["household_type"].codes["P"] == "paar_zonder_kinderen"
    assert mapping.tables["gemeenten"].columns is None


def test_codes_empty_values_and_constants(tmp_path):
    mapping = base(tmp_path) / "mapping.yaml"
    changed = mapping.read_text("utf-8").replace(
        "    assets: vermogen\n",
        "    assets: {from: vermogen, codes: {'-300': 7}, empty: 0}\n"
        "    kamerhuur: {value: nee}\n    housing: {value: corporatie}\n    home_equity: {value: -5}\n",
    )
    mapping.write_text(changed, "utf-8")
    told = tmp_path / "huishoudens.csv"
    told.write_text(told.read_text("utf-8").replace("1200", "").replace("25000", "-300").replace(",0\n", ",-300\n"))
    convert_population(mapping, tmp_path / "uit")
    households = open_population(tmp_path / "uit").households(2020)
    assert households["assets"].tolist() == [0, 7, 7, 7]
    assert households["housing"].tolist() == [1, 1, 1, 1]
    assert households["home_equity"].tolist() == [-5] * 4
    assert not households["kamerhuur"].any()


def test_a_file_for_each_year(tmp_path):
    mapping = base(tmp_path) / "mapping.yaml"
    (tmp_path / "oud.csv").write_text((tmp_path / "huishoudens.csv").read_text("utf-8"), "utf-8")
    for name in ("gemeenten.csv", "buurten.csv"):
        lines = (tmp_path / name).read_text("utf-8").splitlines()
        (tmp_path / name).write_text(
            "\n".join([*lines, *(line.replace("2020", "2019") for line in lines[1:])]), "utf-8"
        )
    changed = mapping.read_text("utf-8").replace("[2020]", "[2019, 2020]")
    mapping.write_text(
        changed.replace("file: huishoudens.csv", "file: {2019: oud.csv, 2020: huishoudens.csv}"), "utf-8"
    )
    convert_population(mapping, tmp_path / "uit")
    assert open_population(tmp_path / "uit").years == (2019, 2020)
    mapping.write_text(
        changed.replace("file: huishoudens.csv", "file: {2018: oud.csv, 2020: huishoudens.csv}"), "utf-8"
    )
    with pytest.raises(DataError, match="2019"):
        read_mapping(mapping)


@pytest.mark.parametrize("model", ["2019", "2020", "2022", "2024", "2026"])
def test_the_template_of_a_model_asks_for_what_its_kenmerken_need(model, tmp_path):
    assert [str(year) for year in model_years()] == ["2019", "2020", "2022", "2024", "2026"]
    needed = columns_of_model(model)
    assert {"housing", "assets", "hci_1", "kostendelers", "fraction_paid"} <= set(needed["households"])
    assert "gedetineerd" not in needed["households"]
    meta = PopulationMeta("x", False, 2020, (2020,))
    population_template(tmp_path / "invoer", meta, needed)
    header = (tmp_path / "invoer" / "households_2020.csv").read_text("utf-8").strip().split(",")
    assert set(header) == set(needed["households"]) | set(table_schema("households").required)


def test_a_filled_template_is_a_population(tmp_path):
    made = memory_population()
    meta = PopulationMeta("x", True, 2020, made.years)
    population_template(tmp_path / "invoer", meta, {"households": everything()["households"]})
    for year in made.years:
        households = made.households(year)
        path = tmp_path / "invoer" / f"households_{year}.csv"
        header = path.read_text("utf-8").strip().split(",")
        assert header == list(table_schema("households").columns)
        rows = zip(*(households[name].astype(households[name].dtype.kind).tolist() for name in header), strict=True)
        cells = [",".join(str(int(v) if isinstance(v, bool) else v) for v in row) for row in rows]
        path.write_text("\n".join([",".join(header), *cells]), "utf-8")
    for table in ("gemeenten", "buurten"):
        path = tmp_path / "invoer" / f"{table}.csv"
        frame = made.table(table).assign(name="x").reindex(columns=path.read_text("utf-8").strip().split(","))
        frame.to_csv(path, index=False)
    convert_population(tmp_path / "invoer" / "mapping.yaml", tmp_path / "uit")
    back = open_population(tmp_path / "uit")
    for year in made.years:
        for name, values in made.households(year).items():
            assert back.households(year, [name])[name].tolist() == values.tolist()


def test_the_template_explains_every_column(tmp_path):
    population_template(tmp_path / "invoer", PopulationMeta("x", False, 2020, (2020,)))
    mapping = (tmp_path / "invoer" / "mapping.yaml").read_text("utf-8")
    for column in table_schema("households").columns.values():
        assert column.nl in mapping
        assert all(code.nl in mapping for code in column.codes)
    with pytest.raises(DataError, match="geen rijen"):
        convert_population(tmp_path / "invoer" / "mapping.yaml", tmp_path / "uit")
    with pytest.raises(RequestError, match="adulst"):
        population_template(tmp_path / "x", PopulationMeta("x", False, 2020, (2020,)), {"households": ["adulst"]})


def test_check_writes_its_findings_and_the_good_rows(tmp_path, capsys, monkeypatch):
    made = memory_population()
    households = {year: made.households(year) for year in made.years}
    households[2020]["adults"][3] = 19
    tables = {name: made.table(name) for name in made.tables()}
    folder = write(MemoryPopulation(made.meta, households, tables), tmp_path / "pop")
    words = [
        "check",
        "--population",
        str(folder),
        "--out",
        str(tmp_path / "controle"),
        "--good",
        str(tmp_path / "goed"),
    ]
    code, out, err = run(words, capsys, monkeypatch)
    assert code == 0
    assert "more_adults_than_persons" in out
    assert "SYNTHETISCH" in out
    assert "goed" in err
    found = (tmp_path / "controle" / "findings_gemeenten.csv").read_text("utf-8")
    assert "more_adults_than_persons" in found
    assert open_population(tmp_path / "goed").count(2020) == 299
    code, out, _ = run(["check", "--population", str(tmp_path / "goed"), "--json"], capsys, monkeypatch)
    assert code == 0
    assert json.loads(out)["synthetic"] is True


def test_info_as_json_and_in_english(tmp_path, capsys, monkeypatch):
    folder = write(memory_population(), tmp_path / "pop")
    code, out, _ = run(["info", "--population", str(folder), "--json"], capsys, monkeypatch)
    assert code == 0
    years = json.loads(out)["tables"]["years"]["rows"]
    assert [row["households"] for row in years] == [300, 300]
    assert 0 < years[0]["bijstand_share"] < 1


def test_convert_goes_both_ways_on_the_command_line(tmp_path, capsys, monkeypatch):
    base(tmp_path)
    code, _, err = run(["convert", str(tmp_path / "mapping.yaml"), "--out", str(tmp_path / "pop")], capsys, monkeypatch)
    assert code == 0
    assert "population check" in err
    words = ["convert", str(tmp_path / "pop"), "--to", "sav", "--out", str(tmp_path / "spss"), "--json"]
    code, out, _ = run(words, capsys, monkeypatch)
    assert code == 0
    assert "households_2020.sav" in json.loads(out)["files"]


def test_without_the_extra_package_spss_files_ask_for_it(tmp_path, capsys, monkeypatch):
    base(tmp_path)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("huishoudens.csv", "huishoudens.sav"), "utf-8")
    (tmp_path / "huishoudens.sav").write_bytes(b"$FL2")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    code, _, err = run(["convert", str(mapping), "--out", str(tmp_path / "uit")], capsys, monkeypatch)
    assert code == 1
    assert 'pip install "verdeelmodel[sav]"' in err


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(RequestError, match="2022"):
        columns_of_model("2021")


def test_parquet_of_another_program_is_read_by_the_same_mapping(tmp_path):
    mapping = base(tmp_path) / "mapping.yaml"
    convert_population(mapping, tmp_path / "csv")
    frame = pd.read_csv(tmp_path / "huishoudens.csv")
    frame["type"] = frame["type"].astype("category")
    frame["bijstand"] = frame["bijstand"] == "ja"
    frame["vermogen"] = [Decimal(value) for value in frame["vermogen"]]
    frame["leeftijd_2"] = frame["leeftijd_2"].astype("Int64")
    frame.to_parquet(tmp_path / "huishoudens.parquet")
    mapping.write_text(mapping.read_text("utf-8").replace("huishoudens.csv", "huishoudens.parquet"), "utf-8")
    convert_population(mapping, tmp_path / "parquet")
    one, two = open_population(tmp_path / "csv"), open_population(tmp_path / "parquet")
    for name, values in one.households(2020).items():
        assert two.households(2020, [name])[name].tolist() == values.tolist(), name


def test_identification_may_be_of_any_kind_and_still_be_found_twice(tmp_path):
    frame = pd.read_csv(base(tmp_path) / "huishoudens.csv")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("huishoudens.csv", "huishoudens.parquet"), "utf-8")
    frame.assign(id=["a", None, "b", " "]).to_parquet(tmp_path / "huishoudens.parquet")
    with pytest.raises(DataError, match=r"rij 2, kolom id → household: de cel is leeg \(in 2 rijen\)"):
        convert_population(mapping, tmp_path / "uit")
    for ids in (["a", "b", "c", "a"], [10**17, 5, 7, 10**17], [1.5, 2.5, 3.5, 1.5]):
        frame.assign(id=ids).to_parquet(tmp_path / "huishoudens.parquet")
        with pytest.raises(DataError) as error:
            convert_population(mapping, tmp_path / "uit")
        assert "rij 4, kolom household: household staat ook al in rij 1" in str(error.value)


def test_a_file_with_a_title_above_its_columns_is_told_in_one_problem(tmp_path: Path) -> None:
    mapping = _mapping_of_one_file(tmp_path, "Huishoudens 2020;;;\n\nhousehold;gemeente\n1;GM0014\n")
    with pytest.raises(DataError) as caught:
        convert_population(mapping, tmp_path / "uit")
    (problem,) = caught.value.problems
    assert problem.found == "er is maar één kolom: Huishoudens 2020"
    assert "eerste regel" in problem.remedy


def test_a_file_that_is_absent_is_told_with_the_names_beside_it(tmp_path: Path) -> None:
    mapping = _mapping_of_one_file(tmp_path, "household;gemeente\n")
    (tmp_path / "huishoudens.csv").rename(tmp_path / "huishouden.csv")
    with pytest.raises(DataError) as caught:
        convert_population(mapping, tmp_path / "uit")
    assert caught.value.problems[0].expected.startswith("bedoelt u huishouden.csv")


def _mapping_of_one_file(folder: Path, content: str) -> Path:
    (folder / "huishoudens.csv").write_text(content, encoding="utf-8")
    for name in ("gemeenten.csv", "buurten.csv"):
        (folder / name).write_text("gemeente;year\n", encoding="utf-8")
    mapping = folder / "mapping.yaml"
    mapping.write_text(
        "name: Proef\nsynthetic: true\ndivision: 2020\nyears: [2020]\nhouseholds:\n  file: huishoudens.csv\n"
        "gemeenten: gemeenten.csv\nbuurten: buurten.csv\n",
        encoding="utf-8",
    )
    return mapping
