"""Spells and outcomes: what every history leads to, and every kind of mistake with its row."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.reintegration.services_clients import clients
from verdeelmodel.errors import RequestError
from verdeelmodel.reintegration.services_words import packaged_words
from verdeelmodel.reintegration.spells import Window

# Read as text, so that a date stays as somebody wrote it.
CASES = yaml.load(Path(__file__).with_name("services_cases.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506


def made(case):
    rows = [{"client": "7", "start": s, "end": e, "end_reason": reason} for s, e, reason in case["spells"]]
    return clients(*rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_history_leads_to_its_outcome(case):
    found = made(case)
    row = found.frame.iloc[0]
    assert len(found) == 1
    assert row["group"] == int(case["group"])
    assert bool(row["new"]) == (case["new"] == "true")
    assert (row["back"] >= 0) == (case["back"] == "true")
    assert [p.kind for p in found.spells.problems] == ([case["problem"]] if "problem" in case else [])


def test_there_are_cases_for_every_group_and_every_problem():
    assert {case["group"] for case in CASES} == {"0", "1", "2", "3", "4"}
    assert len(CASES) >= 40


def test_every_mistake_is_told_with_its_row_and_the_others_are_used():
    found = clients(
        {},
        {"start": "2018-05-01", "end": "2018-04-01"},
        {"client": ""},
        {"gemeente": " "},
        {"start": "ooit"},
        {},
    )
    told = {(p.file, p.row, p.kind) for p in found.spells.problems}
    expected = {(2, "turned"), (3, "no_client"), (4, "no_gemeente"), (5, "bad_start")}
    assert told == {("proef.csv", row, kind) for row, kind in expected}
    assert all("niet gebruikt" in p.sentence for p in found.spells.problems)
    assert len(found) == 2


def test_the_same_number_in_two_municipalities_is_two_clients():
    found = clients({"client": "1", "gemeente": "A"}, {"client": "1", "gemeente": "B"})
    assert len(found) == 2
    assert found.spells.problems == ()


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("18", "to_22"),
        ("22", "to_22"),
        ("23", "to_44"),
        ("44", "to_44"),
        ("45", "from_45"),
        ("66", "from_45"),
        ("18 t/m 22", "to_22"),
        ("23-44", "to_44"),
        (">44", "from_45"),
    ],
)
def test_ages_and_bands(age, band):
    assert clients({"age": age}).frame["age"].tolist() == [band]


@pytest.mark.parametrize("age", ["17", "67", "101"])
def test_ages_outside_the_study_are_counted_out(age):
    found = clients({"age": age}, {})
    assert (len(found), found.too_young_or_old) == (1, 1)


def test_missing_and_unknown_characteristics_are_kept_apart():
    found = clients({"sex": "", "housing": "", "services": "x-traject"}, {"sex": "q", "housing": "caravan"})
    assert found.frame["sex"].tolist() == ["", ""]
    assert found.frame["housing"].tolist() == ["unknown", ""]
    assert found.frame["services"].tolist() == ["", "none"]
    assert {(u.section, u.written, u.count) for u in found.unknown} == {
        ("services", "x-traject", 1),
        ("sex", "q", 1),
        ("housing", "caravan", 1),
    }


def test_the_first_of_several_services_counts():
    found = clients({"services": "scholing; coaching"}, {"services": "geen; coaching"}, {"services": "coaching;coach"})
    assert found.frame["services"].tolist() == ["schooling", "coaching", "coaching"]
    assert found.several_services == 1


def test_time_runs_from_the_start_of_the_observation_or_of_the_spell():
    found = clients(
        {"start": "2010-01-01", "end": "2018-01-01", "end_reason": "AOW"},
        {"start": "2018-01-01", "end": "2019-01-01", "end_reason": "arbeid in dienstbetrekking"},
    )
    assert found.frame["months"].tolist() == pytest.approx([12, 12], abs=0.05)
    assert found.frame["exit"].tolist() == [2, 1]


def test_numbers_of_municipalities_tell_neither_name_nor_size():
    rows = [
        {"gemeente": name, "client": str(i)}
        for name, size in zip("ABCDE", (9, 5, 4, 3, 2), strict=True)
        for i in range(size)
    ]
    orders = {tuple(clients(*rows, seed=seed).traits["gemeente"].words) for seed in range(30)}
    assert len(orders) > 10
    assert {order[0] for order in orders} == {"A"}
    named = clients(*rows, names=True).traits["gemeente"]
    assert [c.label for c in named.categories] == list("ABCDE")
    assert clients(*rows, seed=1).traits["gemeente"].categories[0].label == "Referentiegemeente"


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(RequestError, match="het einde moet na het begin liggen"):
        Window(date(2019, 1, 1), date(2018, 1, 1))


def test_own_reasons_go_before_the_packaged_ones():
    words = packaged_words().extended({"reasons": {"zie rapport": "4", "AOW": "2"}})
    ended = {"end": "2018-01-01"}
    found = clients({**ended, "end_reason": "Zie rapport"}, {**ended, "end_reason": "aow"}, words=words)
    assert found.frame["group"].tolist() == [4, 2]
