"""`reintegration services` as a user runs it."""

import json

import pandas as pd
import pytest

from tests.cli.running import verdeelmodel
from tests.reintegration.services_clients import frame_of, random_rows
from verdeelmodel.record import verify

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
    again = services("--write-mapping", tmp_path / "nalopen.yaml")
    assert again.returncode == 1
    assert "--force" in again.stderr


def test_the_example_file_read_as_a_file_gives_the_same_odds(tmp_path):
    assert services("--write-example", "voorbeeld.csv", "--show", "reading", cwd=tmp_path).returncode == 0
    one = services("--json", "--show", "service_odds")
    options = ("--clients", "voorbeeld.csv", "--names", "--threshold", "0", "--json", "--show", "service_odds")
    two = services(*options, "--from", "2017-01-01", "--until", "2019-12-31", cwd=tmp_path)
    first, second = (json.loads(d.stdout)["tables"]["services_service_odds"]["rows"] for d in (one, two))
    assert [r["odds_ratio"] for r in first][1] == pytest.approx([r["odds_ratio"] for r in second][1], rel=1e-8)


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
def test_thin_data_give_every_part_that_can_be_given(tmp_path, change):
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
    done = services("--clients", "a.csv", "--firth", "--out", "run", "--threshold", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Tabel 7" in done.stdout
    assert (tmp_path / "run" / "services.html").is_file()
    if change in ("nobody to work", "everybody to work", "nobody left"):
        assert "Niet te berekenen, omdat" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--clients", "nergens.csv"), "nergens.csv"),
        (("--show", "odd"), "bedoelt u odds"),
        (("--from", "2019-01-01", "--until", "2018-01-01"), "einde moet na het begin"),
        (("--threshold", "-3"), "onder nul"),
        (("--reasons", "nergens.yaml"), "nergens.yaml"),
        (("--gemeente", "Gemeente 9"), "Gemeente"),
    ],
)
def test_wrong_requests_are_told_in_a_sentence(tmp_path, arguments, message):
    done = services(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr


def test_english():
    done = services("--lang", "en", "--show", "service_odds", "--show", "funnel")
    assert "does not say that coaching harms" in " ".join(done.stdout.split())
    assert "0.45" not in done.stderr
