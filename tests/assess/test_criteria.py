"""A file of criteria of the user's own: every fault is told, with its place and what is expected."""

import pytest

from tests.assess.test_assess import request
from verdeelmodel.assess.criteria import default_framework, read_framework
from verdeelmodel.assess.study import assess
from verdeelmodel.errors import DataError

GOOD = {
    "evidence": "tolerance",
    "rule": "at_least",
    "threshold": "0.5",
    "decides": "niet_opnemen",
}
STEADY = {"evidence": "drift", "rule": "steady", "threshold": "0.5", "found_below": "0.001"}
GAIN = {"evidence": "gain_out"}

WRONG = [
    ({"evidence": "toleranc"}, "bedoelt u tolerance?"),
    ({"rule": "declared"}, "at_least, at_most"),
    ({"threshold": None}, "threshold: dit ontbreekt"),
    ({"threshold": "veel"}, "een getal van 0 tot en met 1"),
    ({"threshold": "true"}, "een getal van 0 tot en met 1"),
    ({"threshold": "-0.1"}, "een getal van 0 tot en met 1"),
    ({"threshold": "50"}, "een getal van 0 tot en met 1"),
    ({**GAIN, "threshold": "-0.001"}, "een getal van 0 of meer"),
    ({**GAIN, "threshold": ".nan"}, "een getal van 0 of meer"),
    ({**GAIN, "threshold": ".inf"}, "een getal van 0 of meer"),
    ({"found_below": "0.01"}, "de regel at_least kijkt hier niet naar"),
    ({**STEADY, "found_below": None}, "found_below: dit ontbreekt"),
    ({**STEADY, "found_below": "2"}, "een getal tussen 0 en 1"),
    ({"evidence": "theory", "rule": "declared"}, "de regel declared kijkt hier niet naar"),
    ({"evidence": "sources", "rule": "registers", "threshold": None, "not_integral": "LISA"}, "een lijst met namen"),
    ({"decides": "opnemen"}, "niet_opnemen, nader_onderzoek"),
    ({"decides": None}, "niet_opnemen, nader_onderzoek"),
    ({"judgement": "misschien"}, "true, false"),
    ({"drempel": "1"}, "veld 'drempel' bestaat niet"),
]


def write(folder, **changes):
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    path = folder / "kader.yaml"
    path.write_text("criteria:\n  proef: {" + ", ".join(f"{k}: {v}" for k, v in fields.items()) + "}\n")
    return path


def test_what_is_right_is_read(tmp_path):
    [one] = read_framework(write(tmp_path)).criteria
    assert (one.key, one.threshold, one.decides) == ("proef", 0.5, "niet_opnemen")


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[str(change) for change, _ in WRONG])
def test_a_wrong_field_is_told_with_what_is_expected(tmp_path, change, told):
    with pytest.raises(DataError) as caught:
        read_framework(write(tmp_path, **change))
    assert len(caught.value.problems) == 1
    assert told in str(caught.value)
    assert "kader.yaml: proef" in str(caught.value)


@pytest.mark.parametrize("content", ["", "criteria: []\n", "criteria: {}\n", "een: twee\n", "- 1\n"])
def test_a_file_without_criteria_is_refused(tmp_path, content):
    path = tmp_path / "kader.yaml"
    path.write_text(content)
    with pytest.raises(DataError, match="geen criteria"):
        read_framework(path)


def test_the_default_framework_names_what_the_report_names():
    keys = {c.key for c in default_framework().criteria}
    assert {"uitlegbaar", "niet_beinvloedbaar", "aanvullend", "verklaringskracht"} <= keys
    assert {"meetbaar", "niveau", "stabiel", "teken", "samen"} <= keys
    assert all(c.reason for c in default_framework().criteria)


def test_a_framework_of_the_user_is_checked_whole(tmp_path):
    path = tmp_path / "kader.yaml"
    path.write_text(
        "name: Eigen\ncriteria:\n"
        "  een: {evidence: toleranc, rule: at_least, threshold: 1, decides: niet_opnemen}\n"
        "  twee: {evidence: tolerance, rule: at_least, decides: misschien}\n"
        "  drie: {evidence: theory, rule: at_most, decides: niet_opnemen, drempel: 3}\n"
    )
    with pytest.raises(DataError) as caught:
        read_framework(path)
    message = str(caught.value)
    assert "bedoelt u tolerance?" in message
    assert "kader.yaml: twee.threshold: dit ontbreekt" in message
    assert "misschien" in message
    assert len(caught.value.problems) == 5
    path.write_text("criteria:\n  een: {evidence: tolerance, rule: at_least, threshold: 0.2, decides: niet_opnemen}\n")
    own = read_framework(path)
    assert own.criteria[0].threshold == 0.2
    found = assess(request(("mental_care_use",)), own)
    assert "een" in [column.label for column in found.scorecard().columns]
    assert "een: " in str(found.verdicts[0])
