"""Errors show every problem with place, finding, expectation and remedy; names get a suggestion."""

import pytest

from verdeelmodel.errors import DataError, Problem, did_you_mean, unknown_name
from verdeelmodel.wording import set_language


def test_a_problem_tells_where_what_expected_and_remedy() -> None:
    problem = Problem("'31.204,0' is geen getal", "regel 14", "een heel getal", "31204")
    assert str(problem).splitlines() == [
        "regel 14: '31.204,0' is geen getal",
        "    verwacht: een heel getal",
        "    doe dit: 31204",
    ]


def test_ten_problems_are_shown_and_the_rest_is_counted() -> None:
    error = DataError("Fouten in x.csv", [Problem(f"p{i}") for i in range(13)])
    lines = str(error).splitlines()
    assert len(error.problems) == 13
    assert lines[:2] == ["Fouten in x.csv", "  p0"]
    assert lines[-2:] == ["  p9", "  en nog 3 andere problemen"]


@pytest.mark.parametrize(("name", "suggestion"), [("vlissinge", "bedoelt u Vlissingen?"), ("xyz", "")])
def test_a_close_name_is_suggested_whatever_its_case(name: str, suggestion: str) -> None:
    assert did_you_mean(name, ["Vlissingen", "Assen"]) == suggestion


def test_an_unknown_name_is_one_problem() -> None:
    problem = unknown_name("Asen", ["Assen"], "gemeente", "regel 2")
    assert str(problem) == "regel 2: gemeente 'Asen' bestaat niet\n    bedoelt u Assen?"


def test_messages_follow_the_language() -> None:
    set_language("en")
    assert did_you_mean("Asen", ["Assen"]) == "did you mean Assen?"
