"""`reintegration services` as a user runs it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.running import verdeelmodel
from tests.reintegration.services_clients import frame_of, random_rows, synthetic_study
from verdeelmodel.cli.reintegration_services import PARTS as NAMED
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.record import verify
from verdeelmodel.reintegration.services_build import ServicesRequest, reintegration_services
from verdeelmodel.reintegration.services_parts import PARTS, SHOWN
from verdeelmodel.report.services_page import SECTIONS, services_files

ROWS = frame_of(*random_rows(8, 300))


def services(*arguments, cwd=None):
    done = verdeelmodel("reintegration", "services", *arguments, cwd=cwd)
    assert "Traceback" not in done.stderr
    assert "Dit hoort niet te gebeuren" not in done.stderr
    return done


def test_without_options_it_is_about_the_synthetic_file_and_says_so():
    done = services("--json")
    found = json.loads(done.stdout)
    assert "synthetisch" in done.stderr
    assert found["synthetic"]
    rows = found["tables"]["services_service_odds"]["rows"]
    assert len(rows) == 21
    assert "not_applicable" in next(r for r in rows if r["category"] == "Vrijwilligerswerk")["odds_ratio"]


def test_a_run_holds_every_part_and_verifies(tmp_path):
    done = services("--out", tmp_path / "run", "--write-mapping", tmp_path / "nalopen.yaml", "--quiet")
    assert done.returncode == 0, done.stderr
    assert verify(tmp_path / "run").ok
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"services.html", "funnel.svg", "services_odds.csv", "services_published_odds.csv", "problems.csv"} <= names
    assert "? reintegration_track" in (tmp_path / "nalopen.yaml").read_text("utf-8")
    assert pd.read_csv(tmp_path / "run" / "services_truth.csv")["synthetisch"].all()


def test_a_file_that_exists_is_not_replaced_and_that_is_said_before_anything_is_computed(tmp_path):
    (tmp_path / "nalopen.yaml").write_text("van mij", encoding="utf-8")
    for option in ("--write-mapping", "--write-example"):
        done = services(option, "nalopen.yaml", "--clients", "nergens.csv", cwd=tmp_path)
        assert done.returncode == 1
        assert "--force" in done.stderr
        assert "nergens.csv" not in done.stderr
    assert (tmp_path / "nalopen.yaml").read_text("utf-8") == "van mij"


def test_the_example_file_read_as_a_file_gives_the_same_odds(tmp_path):
    assert services("--write-example", "voorbeeld.csv", "--show", "reading", cwd=tmp_path).returncode == 0
    read = ServicesRequest(clients=(tmp_path / "voorbeeld.csv",), first="2017-01-01", last="2019-12-31", threshold=0)
    first, second = synthetic_study().services, reintegration_services(read).services
    for row in first.rows:
        if row.factor != "gemeente":
            again = second.row(row.factor, row.category)
            assert (row.n, row.events, row.reason) == (again.n, again.events, again.reason)
            assert row.odds is None or row.odds.ratio == pytest.approx(again.odds.ratio, rel=1e-8)


def test_mistakes_in_files_are_told_and_the_rest_is_used(tmp_path):
    wrong = ROWS.copy()
    wrong.loc[0, "start"], wrong.loc[1, "services"], wrong.loc[2, "client"] = "morgen", "zwemles", ""
    wrong.loc[3, ["end", "end_reason"]] = ["2018-01-01", "zomaar"]
    wrong.to_csv(tmp_path / "a.csv", index=False)
    done = services("--clients", "a.csv", "--show", "problems", "--show", "unknown", "--show", "odds", cwd=tmp_path)
    assert done.returncode == 0
    for part in ("morgen", "zwemles", "zomaar", "Nummer van de cliënt ontbreekt", "Tabel 8"):
        assert part in done.stdout
    assert "SYNTHETISCH" not in done.stdout


@pytest.mark.parametrize(
    "change", ["one municipality", "nobody to work", "everybody to work", "one client", "nobody left"]
)
@pytest.mark.parametrize("threshold", [0, 10])
def test_thin_data_give_every_part_that_can_be_given(tmp_path, change, threshold):
    rows = ROWS.copy()
    if change == "one municipality":
        rows["gemeente"] = "A"
    elif change == "nobody to work":
        rows["end_reason"] = rows["end_reason"].replace("arbeid in dienstbetrekking", "detentie")
    elif change == "everybody to work":
        rows = rows[rows["end_reason"] == "arbeid in dienstbetrekking"]
    elif change == "one client":
        rows = rows.head(1)
    else:
        rows["end"] = rows["end_reason"] = ""
    rows.to_csv(tmp_path / "a.csv", index=False)
    study = reintegration_services(ServicesRequest(clients=(tmp_path / "a.csv",), firth=True, threshold=threshold))
    tables = {table.key: table for table in study.tables()}
    assert "services.html" in services_files(study)
    assert len(tables["services_outcome"]) >= 5
    if change in ("nobody to work", "everybody to work", "nobody left"):
        assert "Niet te berekenen, omdat" in tables["services_odds"].notes[0]


@pytest.mark.parametrize(
    ("arguments", "message"), [(("--clients", "nergens.csv"), "nergens.csv"), (("--show", "odd"), "bedoelt u odds")]
)
def test_wrong_requests_are_told_in_a_sentence(tmp_path, arguments, message):
    done = services(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"first": "2019-01-01", "last": "2018-01-01"}, "einde moet na het begin"),
        ({"threshold": -3}, "onder nul"),
        ({"reasons": (Path("nergens.yaml"),)}, "nergens.yaml"),
        ({"gemeenten": ("Gemeente 9",)}, "Gemeente"),
    ],
)
def test_wrong_requests_are_refused(wrong, message):
    with pytest.raises(VerdeelmodelError, match=message):
        reintegration_services(ServicesRequest(**wrong))


def test_english(tmp_path):
    frame_of(*random_rows(3, 900)).to_csv(tmp_path / "a.csv", index=False)
    done = services("--lang", "en", "--clients", "a.csv", "--show", "selection", "--show", "funnel", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for title in ("Services against comparable clients without one", "against what their clients lead to expect"):
        assert title in done.stdout
    assert "n.v.t." not in done.stdout


def test_the_help_names_every_part_and_the_page_shows_what_is_not_for_review_only():
    assert tuple(NAMED.split(", ")) == tuple(PARTS)
    assert set(SHOWN) <= set(PARTS)
    assert {part for parts in SECTIONS.values() for part in parts} == set(PARTS) - {"problems", "unknown"}
