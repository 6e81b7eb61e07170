"""What leaves a closed environment: only what is safe, with its explanation, and never the evidence."""

import hashlib
import json

import pandas as pd
import pytest

from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.errors import RequestError
from verdeelmodel.record import new_run, read_run
from verdeelmodel.record.release import Choices, release
from verdeelmodel.table import Column, Evidence, Table

PROFILE = default_profile()
COLUMNS = (Column("name", "Gemeente"), Column("value", "Huishoudens", "count"))


def table(counts, key="aantallen", synthetic=False):
    names = [f"Gemeente {i}" for i in range(len(counts))]
    behind = {"value": [Evidence(count=c) for c in counts]}
    return Table(key, "Aantallen", COLUMNS, {"name": names, "value": counts}, evidence=behind, synthetic=synthetic)


def saved(tmp_path, *tables, name="run", files=()):
    with new_run(tmp_path / name, verb="fit", options={}, inputs={}) as run:
        for each in tables:
            run.table(each)
        for file, content in files:
            run.text(file, content)
    return read_run(tmp_path / name)


def test_safe_results_leave_with_explanation_and_checksums_but_without_evidence(tmp_path):
    run = saved(tmp_path, table([40, 60]), files=[("rapport.html", "<p>40</p>")])
    result = release(run, tmp_path / "export", PROFILE, Choices())
    assert all(d.leaves for d in result.decisions)
    names = {p.relative_to(tmp_path / "export").as_posix() for p in (tmp_path / "export").rglob("*") if p.is_file()}
    assert names == {
        "tabellen/aantallen.csv",
        "tabellen/aantallen.parquet",
        "toelichting/aantallen.md",
        "bestanden/rapport.html",
        "oordeel.csv",
        "verantwoording.json",
        "sha256sums.txt",
    }
    for line in (tmp_path / "export/sha256sums.txt").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "export" / name).read_bytes()).hexdigest() == digest
    assert "van 40 tot 60" in (tmp_path / "export/toelichting/aantallen.md").read_text()


def test_nothing_is_written_while_one_output_is_undecided(tmp_path):
    run = saved(tmp_path, table([4, 60, 25]), files=[("rapport.html", "<p>4</p>"), ("los.json", "{}")])
    with pytest.raises(RequestError) as caught:
        release(run, tmp_path / "export", PROFILE, Choices())
    assert {p.where for p in caught.value.problems} == {"aantallen", "rapport.html", "los.json"}
    assert not (tmp_path / "export").exists()
    assert "--without los.json" in str(caught.value)


def test_suppression_lets_a_table_leave_without_its_unsafe_cells(tmp_path):
    run = saved(tmp_path, table([4, 60, 25, 89]))
    release(run, tmp_path / "export", PROFILE, Choices(suppress=True))
    left = pd.read_csv(tmp_path / "export/tabellen/aantallen.csv")["value"]
    assert left.isna().tolist() == [True, False, True, False]
    statement = json.loads((tmp_path / "export/verantwoording.json").read_text())
    assert statement["decisions"][0]["outcome"] == "mended"


def test_an_override_needs_a_reason_and_is_recorded(tmp_path):
    run = saved(tmp_path, table([4, 60]))
    with pytest.raises(RequestError, match="--reason"):
        release(run, tmp_path / "export", PROFILE, Choices(override={"aantallen": " "}))
    release(run, tmp_path / "export", PROFILE, Choices(override={"aantallen": "openbaar cijfer van het CBS"}))
    statement = json.loads((tmp_path / "export/verantwoording.json").read_text())
    assert statement["decisions"][0]["reason"] == "openbaar cijfer van het CBS"
    assert pd.read_csv(tmp_path / "export/tabellen/aantallen.csv")["value"].tolist() == [4, 60]


def test_two_runs_that_differ_by_a_few_households_do_not_leave_together(tmp_path):
    base = saved(tmp_path, table([400, 600]), name="basis")
    scenario = saved(tmp_path, table([400, 606]), name="scenario")
    far = saved(tmp_path, table([400, 650]), name="ver")
    with pytest.raises(RequestError, match="6 huishoudens"):
        release(scenario, tmp_path / "export", PROFILE, Choices(suppress=True), beside=base)
    release(far, tmp_path / "export", PROFILE, Choices(), beside=base)


def test_synthetic_results_leave_with_their_mark(tmp_path):
    run = saved(tmp_path, table([1, 2], synthetic=True), files=[("fit.json", "{}")])
    release(run, tmp_path / "export", PROFILE, Choices())
    assert (pd.read_csv(tmp_path / "export/tabellen/aantallen.csv")["synthetisch"] == "ja").all()


def test_what_is_left_out_stays_behind(tmp_path):
    run = saved(tmp_path, table([40, 60]), table([1, 2], key="klein"))
    release(run, tmp_path / "export", PROFILE, Choices(without=("klein",)))
    assert not (tmp_path / "export/tabellen/klein.csv").exists()


def test_an_unknown_output_gets_a_did_you_mean(tmp_path):
    run = saved(tmp_path, table([40, 60]))
    with pytest.raises(RequestError, match="bedoelt u aantallen"):
        release(run, tmp_path / "export", PROFILE, Choices(without=("aantalen",)))


def test_an_export_is_not_overwritten_without_force(tmp_path):
    run = saved(tmp_path, table([40, 60]))
    release(run, tmp_path / "export", PROFILE, Choices())
    with pytest.raises(Exception, match="export"):
        release(run, tmp_path / "export", PROFILE, Choices())
    release(run, tmp_path / "export", PROFILE, Choices(), force=True)


def test_a_pattern_leaves_out_every_page_and_a_page_says_why_it_stays(tmp_path):
    run = saved(tmp_path, table([4, 60, 25, 89]), files=[("a.html", "<p>4</p>"), ("b.html", "<p>4</p>")])
    with pytest.raises(
        RequestError, match="toont ook cijfers van tabellen die niet of niet helemaal vrij zijn: aantallen"
    ):
        release(run, tmp_path / "export", PROFILE, Choices(suppress=True))
    release(run, tmp_path / "export", PROFILE, Choices(suppress=True, without=("*.html",)))
    assert not (tmp_path / "export/bestanden").exists()
    with pytest.raises(RequestError, match=r"\*\.pdf"):
        release(run, tmp_path / "elders", PROFILE, Choices(suppress=True, without=("*.pdf",)))
