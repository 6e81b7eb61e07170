"""Hand-made histories have the outcome group that a reader of the definitions would give them."""

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verdeelmodel.documents import read_yaml
from verdeelmodel.reintegration.histories import ASPECTS, histories_of
from verdeelmodel.reintegration.outcomes_definition import read_definition
from verdeelmodel.reintegration.outcomes_groups import groups_of
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions, sample_of

CASES = read_yaml(Path(__file__).with_name("outcomes_cases.yaml"))


def letters(written):
    """`u18 w6` as letters, one a month."""
    return "".join(letter * int(number) for letter, number in re.findall(r"(\S)(\d+)", written))


def rows_of(case, client):
    histories = [case["history"], *([case["again"]] if "again" in case else [])]
    return [
        {
            "client": client,
            "gemeente": 14,
            "start": pd.Timestamp(2016 + number, 1, 1),
            "end": pd.NaT,
            "age": case.get("age", 40),
            "sex": case.get("sex", 2),
            "status": letters(history),
            "status_from": pd.Timestamp(2016, 1, 1),
            **{name: None if case.get("aspect_missing") and name == "health" else False for name in ASPECTS},
        }
        for number, history in enumerate(histories)
    ]


def found(case, definition):
    """The group of the case, or why it does not count. A second client keeps the sample from being empty."""
    other = {"history": "u24"}
    histories = histories_of(pd.DataFrame([*rows_of(case, 1), *rows_of(other, 2)]))
    sample = sample_of(histories, read_definition(definition), OutcomeOptions())
    reasons = [reason for reason, count in sample.excluded.items() if count]
    return reasons[0] if reasons else int(sample.group[0])


def test_there_are_enough_cases_of_everything():
    groups = [case["group"] for case in CASES]
    assert len(CASES) >= 40
    assert set(groups) >= {1, 2, 3, 4, 5, "outcome_unknown", "start_unknown", "too_young", "too_old", "other_status"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_history_has_the_group_of_the_note(case):
    assert found(case, "roa") == case["group"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_history_has_the_group_of_the_text(case):
    assert found(case, "roa_tekst") == case.get("by_text", case["group"])


def test_all_cases_at_once_are_the_cases_one_by_one():
    rows = [row for number, case in enumerate(CASES) for row in rows_of(case, number)]
    shuffled = pd.DataFrame(rows).sample(frac=1, random_state=1)
    sample = sample_of(histories_of(shuffled), read_definition("roa"), OutcomeOptions())
    counted = [case["group"] for case in CASES if isinstance(case["group"], int)]
    assert sample.group.tolist() == counted
    reasons, counts = np.unique([c["group"] for c in CASES if not isinstance(c["group"], int)], return_counts=True)
    assert {reason: count for reason, count in sample.excluded.items() if count} == dict(
        zip(reasons.tolist(), counts.tolist(), strict=True)
    )


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=4, max_size=4), min_size=1, max_size=6),
    st.sampled_from(["roa", "roa_tekst"]),
)
def test_unknown_months_leave_a_group_only_when_every_way_to_fill_them_in_does(windows, name):
    definition = read_definition(name)
    answers = groups_of(np.array(windows, np.uint8), definition)
    for window, answer in zip(windows, answers.tolist(), strict=True):
        choices = [range(4) if state == 4 else (state,) for state in window]
        filled = np.array(list(itertools.product(*choices)), np.uint8)
        possible = set(groups_of(filled, definition).tolist())
        assert answer == (possible.pop() if len(possible) == 1 else 0)


def test_a_later_first_month_makes_clients_older():
    case = {"history": "u30 w6", "age": 65}
    histories = histories_of(pd.DataFrame(rows_of(case, 1)))
    sample = sample_of(histories, read_definition("roa"), OutcomeOptions(start="2017-01"))
    assert sample.age.tolist() == [66]
    assert sample.group.tolist() == [5]
