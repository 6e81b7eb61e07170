"""The difference between two assessments: what changed, and nothing else."""

import json
from dataclasses import replace

import pytest

from tests.assess.test_assess import CANDIDATES, request
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.difference import DOCUMENT, Differences, difference_of_assessments, document
from verdeelmodel.assess.study import assess
from verdeelmodel.errors import RequestError
from verdeelmodel.record import new_run, read_run
from verdeelmodel.table import NotApplicable


@pytest.fixture(scope="module")
def found():
    return document(assess(request(), default_framework()))


def saved(folder, content, verb="assess"):
    with new_run(folder, verb=verb, options={}, inputs={}) as run:
        run.json(DOCUMENT, content)
    return read_run(folder)


def test_an_assessment_does_not_differ_from_itself(found):
    same = Differences(found, json.loads(json.dumps(found)))
    assert [len(t) for t in same.tables()] == [0]
    assert "0 met een ander oordeel" in str(same)


def test_a_framework_with_another_threshold_changes_criteria_and_verdicts(found, tmp_path):
    framework = default_framework()
    strict = tuple(
        replace(c, threshold=2.0) if c.evidence == "tolerance" else c
        for c in framework.criteria
        if c.key != "significant"
    )
    other = document(assess(request(), replace(framework, criteria=strict)))
    different = difference_of_assessments(saved(tmp_path / "a", found), saved(tmp_path / "b", other))
    criteria = different.criteria()
    changed = {
        row[0]: row[1:] for row in zip(*(criteria.values[n] for n in ("criterion", "before", "after")), strict=True)
    }
    assert set(changed) == {"significant", "aanvullend"}
    assert changed["significant"][1] == "afwezig"
    assert "0.5" in changed["aanvullend"][0]
    assert "at_least 2" in changed["aanvullend"][1]
    # Which candidates stand in the set depends on the thresholds, and so does what is left beside them.
    assert set(different.figures().values["measure"]) <= {"Winst naast de andere"}
    verdicts = different.verdicts()
    assert any("aanvullend voldaan → niet voldaan" in str(cell) for cell in verdicts.values["criteria"])


def test_other_sources_are_another_criterion(found):
    framework = default_framework()
    other = tuple(replace(c, not_integral=("LISA",)) if c.rule == "registers" else c for c in framework.criteria)
    changed = Differences(found, document(assess(request(), replace(framework, criteria=other)))).criteria()
    assert list(changed.values["criterion"]) == ["meetbaar"]
    assert "LISA" in str(changed.values["after"][0])


def test_other_years_change_figures_and_a_missing_candidate_is_told(found):
    other = document(assess(request(CANDIDATES[:2], years=(2020,)), default_framework()))
    different = Differences(found, other)
    assert CANDIDATES[2] in different.verdicts().values["key"]
    place = different.verdicts().values["key"].index(CANDIDATES[2])
    assert different.verdicts().values["after"][place] == "afwezig"
    figures = different.figures()
    assert set(figures.values["key"]) == set(CANDIDATES[:2])
    assert any(isinstance(cell, NotApplicable) for cell in figures.values["after"])
    assert set(figures.evidence) == {"before", "after"}


def test_a_run_of_another_verb_is_refused(found, tmp_path):
    first, second = saved(tmp_path / "a", found), saved(tmp_path / "b", found, verb="compare")
    with pytest.raises(RequestError, match="geen run van assess"):
        difference_of_assessments(first, second)
