"""Client files as CSV, Excel and Parquet, with names of their own."""

import pandas as pd
import pytest

from tests.reintegration.services_clients import frame_of, random_rows
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.reintegration.services_build import ServicesRequest, build_study, reintegration_services
from verdeelmodel.reintegration.services_reading import ClientFile, read_clients, read_file_mapping

ROWS = frame_of(*random_rows(3, 120))
DUTCH = {"client": "Klantnr", "start": "Ingang", "end": "Tot en met", "end_reason": "Waarom", "sex": "M/V"}


def written(folder, kind, frame=ROWS):
    path = folder / f"clienten.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False, sep=";")
    elif kind == "parquet":
        frame.assign(start=pd.to_datetime(frame["start"]), age=frame["age"].astype(int)).to_parquet(path)
    else:
        frame.assign(start=pd.to_datetime(frame["start"]), age=frame["age"].astype(int)).to_excel(path, index=False)
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_every_kind_of_file_gives_the_same_clients(tmp_path, kind):
    rows = read_clients([ClientFile(written(tmp_path, kind))]).rows
    assert rows[list(ROWS.columns)].equals(ROWS.astype(object))
    assert rows["row"].tolist() == list(range(1, 121) if kind == "parquet" else range(2, 122))


def test_names_of_the_user_a_municipality_without_column_and_another_file(tmp_path):
    frame = ROWS.drop(columns="gemeente").rename(columns=DUTCH).assign(BSN="geheim")
    frame.to_csv(tmp_path / "een.csv", index=False)
    written(tmp_path, "xlsx")
    (tmp_path / "koppeling.yaml").write_text(
        "files:\n  - file: een.csv\n    gemeente: Noord\n    ignore: [BSN]\n    columns:\n"
        + "".join(f"      {ours}: {theirs}\n" for ours, theirs in DUTCH.items())
        + "  - file: clienten.xlsx\n    empty_services: unknown\n",
        encoding="utf-8",
    )
    rows = read_clients(read_file_mapping(tmp_path / "koppeling.yaml"))
    assert set(rows.rows["gemeente"]) == {"Noord", "A", "B", "C"}
    assert len(rows.rows) == 240
    assert rows.unused == {"een.csv": ("BSN",)}
    assert set(rows.rows.loc[rows.rows["file"] == "clienten.xlsx", "empty_services"]) == {"unknown"}


def test_everything_wrong_with_a_mapping_is_told_at_once(tmp_path):
    path = tmp_path / "koppeling.yaml"
    path.write_text(
        "fils: 1\nfiles:\n  - {gemeente: A}\n  - {file: a.csv, colums: {}}\n  - {file: a.csv, columns: {clint: x}}\n"
        "  - {file: a.csv, empty_services: leeg}\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as error:
        read_file_mapping(path)
    message = str(error.value)
    for part in ("fils", "bestand 1", "columns", "client", "leeg"):
        assert part in message


def test_a_column_that_the_mapping_does_not_name_is_an_error_with_a_remedy(tmp_path):
    written(tmp_path, "csv", ROWS.assign(BSN="geheim"))
    (tmp_path / "k.yaml").write_text("files:\n  - file: clienten.csv\n    ignore: []\n", encoding="utf-8")
    with pytest.raises(DataError, match="BSN") as error:
        read_clients(read_file_mapping(tmp_path / "k.yaml"))
    assert "ignore" in str(error.value)
    assert "geheim" not in str(error.value)


def test_missing_columns_are_all_told_with_what_they_may_be(tmp_path):
    frame = ROWS.drop(columns=["end_reason"]).rename(columns={"start": "begindatm"})
    with pytest.raises(DataError) as error:
        read_clients([ClientFile(written(tmp_path, "csv", frame))])
    assert "bedoelt u begindatm" in str(error.value)
    assert "reden_einde" in str(error.value)


@pytest.mark.parametrize("name", ["kapot.xlsx", "kapot.parquet"])
def test_a_broken_file_is_an_error_and_no_traceback(tmp_path, name):
    (tmp_path / name).write_bytes(b"dit is niets")
    with pytest.raises(DataError, match="kapot"):
        read_clients([ClientFile(tmp_path / name)])


def test_a_sheet_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="Sheet1"):
        read_clients([ClientFile(written(tmp_path, "xlsx"), sheet="Blad1")])


def test_the_usual_period_is_three_years_up_to_the_last_date(tmp_path):
    found = reintegration_services(ServicesRequest(clients=(written(tmp_path, "csv"),)))
    assert str(found.clients.window) == "Waarneming van 2017-01-01 tot en met 2019-12-31."
    later = reintegration_services(ServicesRequest(clients=(written(tmp_path, "csv"),), last="2018-12-31"))
    assert (later.clients.window.first.year, later.clients.window.months) == (2016, 36)


def test_a_municipality_can_be_chosen_and_must_exist(tmp_path):
    path = written(tmp_path, "csv")
    assert (
        len(reintegration_services(ServicesRequest(clients=(path,), gemeenten=("b",))).clients.traits["gemeente"].keys)
        == 1
    )
    with pytest.raises(RequestError, match="bedoelt"):
        reintegration_services(ServicesRequest(clients=(path,), gemeenten=("Aa",)))


def test_a_date_that_is_none_and_two_sources_are_refused(tmp_path):
    with pytest.raises(RequestError, match="geen datum"):
        reintegration_services(ServicesRequest(first="vorig jaar"))
    with pytest.raises(RequestError, match="onder nul"):
        reintegration_services(ServicesRequest(threshold=-1))


def test_clients_of_a_population(tmp_path):
    from verdeelmodel.synthetic import SyntheticOptions, make_population

    make_population(tmp_path / "land", SyntheticOptions(scale=0.05, gemeenten=(14, 344), years=(2017, 2018)), workers=1)
    from verdeelmodel.population import open_population

    land = open_population(tmp_path / "land")
    built = build_study(ServicesRequest(population=land, names=True))
    clients = built.study.clients
    assert {c.label for c in clients.traits["gemeente"].categories} == {"GM0014", "GM0344"}
    assert clients.synthetic
    assert clients.unknown == ()
    assert clients.spells.problems == ()
    assert str(clients.window).startswith("Waarneming van 2017-01-01 tot en met 2019")
    one = build_study(ServicesRequest(population=land, gemeenten=("GM0344",))).study
    assert 0 < len(one.clients) < len(clients)
