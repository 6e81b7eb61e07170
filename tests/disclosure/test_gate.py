"""The gate on tables built so that the unsafe cells are known: all found, none of the safe ones flagged."""

import numpy as np
import pytest

from verdeelmodel.disclosure.gate import Status, differencing, judge
from verdeelmodel.disclosure.profile import default_profile, read_profile
from verdeelmodel.disclosure.remedy import rounded, suppressed
from verdeelmodel.errors import DataError
from verdeelmodel.table import Column, Evidence, NotApplicable, Table

PROFILE = default_profile()


def table(cells, evidence, kind="count", key="value", **more):
    columns = (Column("name", "Naam"), Column(key, "Waarde", kind))
    names = [f"rij {i}" for i in range(len(cells))]
    return Table("t", "T", columns, {"name": names, key: cells}, evidence={key: evidence}, **more)


# One entry per rule: kind of column, evidence just on the safe side, evidence just on the unsafe side.
EDGES = {
    "minimum": ("count", Evidence(count=10), Evidence(count=9)),
    "minimum, zero": ("count", Evidence(count=10), Evidence(count=0)),
    "minimum, numerator": (
        "share",
        Evidence(numerator=10, denominator=100),
        Evidence(numerator=9, denominator=100),
    ),
    "minimum, denominator": (
        "share",
        Evidence(count=50, denominator=10),
        Evidence(count=50, denominator=9),
    ),
    "group": (
        "share",
        Evidence(numerator=90, denominator=100),
        Evidence(numerator=91, denominator=100),
    ),
    "dominance_one": (
        "euro",
        Evidence(count=20, largest=(50.0, 10.0), total=100.0),
        Evidence(count=20, largest=(51.0, 10.0), total=100.0),
    ),
    "dominance_two": (
        "euro",
        Evidence(count=20, largest=(45.0, 45.0), total=100.0),
        Evidence(count=20, largest=(46.0, 45.0), total=100.0),
    ),
    "degrees_of_freedom": (
        "number",
        Evidence(count=60, degrees_of_freedom=10),
        Evidence(count=60, degrees_of_freedom=9),
    ),
}


@pytest.mark.parametrize("case", EDGES)
def test_every_rule_at_its_edge(case):
    kind, safe, unsafe = EDGES[case]
    verdict = judge(table([1.5, 2.5], [safe, unsafe], kind), PROFILE)
    assert verdict.status is Status.failed
    assert {(f.row, f.rule) for f in verdict.findings} >= {(1, case.split(",")[0])}
    assert verdict.failing_cells == {(1, "value")}


def test_p_percent_at_its_edge():
    # Unsafe: the rest is 100 - 60 - 36 = 4, which is 7% of the largest; safe: 16, which is 36%.
    safe = Evidence(count=20, largest=(44.0, 40.0), total=100.0)
    unsafe = Evidence(count=20, largest=(60.0, 36.0), total=100.0)
    rules = {f.rule for f in judge(table([1.0, 1.0], [safe, unsafe], "euro"), PROFILE).findings if f.row == 1}
    assert "p_percent" in rules
    assert judge(table([1.0], [safe], "euro"), PROFILE).findings == ()


def test_extremes_are_refused_by_the_name_of_the_column():
    verdict = judge(table([5.0], [Evidence(count=500)], "number", key="maximum"), PROFILE)
    assert [f.rule for f in verdict.findings] == ["extremes"]


def test_a_figure_without_evidence_is_for_a_person_to_review():
    columns = (Column("name", "Naam"), Column("value", "Waarde", "count"))
    verdict = judge(Table("t", "T", columns, {"name": ["a"], "value": [12]}), PROFILE)
    assert verdict.status is Status.review
    assert verdict.failing_cells == frozenset()


def test_names_and_cells_that_are_not_applicable_need_no_evidence():
    verdict = judge(table([NotApplicable("leeg")], [None]), PROFILE)
    assert verdict.status is Status.passed


def test_synthetic_tables_pass_with_their_mark():
    verdict = judge(table([3], [Evidence(count=3)], synthetic=True), PROFILE)
    assert verdict.status is Status.passed
    assert "synthetisch" in str(verdict)


def test_precision_and_recall_are_one_on_a_large_constructed_table():
    rng = np.random.default_rng(3)
    kinds = [EDGES[k] for k in EDGES]
    for kind in ("count", "share", "euro", "number"):
        chosen = [edges for edges in kinds if edges[0] == kind]
        unsafe = rng.random(400) < 0.3
        pick = rng.integers(0, len(chosen), 400)
        behind = [chosen[p][2 if bad else 1] for p, bad in zip(pick, unsafe, strict=True)]
        found = judge(table([1.0] * 400, behind, kind), PROFILE).failing_cells
        assert found == {(int(i), "value") for i in np.flatnonzero(unsafe)}, kind


def test_results_that_differ_by_a_few_households_are_refused_together():
    base = table([100, 200, 300], [Evidence(count=100), Evidence(count=200), Evidence(count=300)])
    other = table([100, 209, 320], [Evidence(count=100), Evidence(count=209), Evidence(count=320)])
    found = differencing(base, other, PROFILE)
    assert [(f.row, f.rule) for f in found] == [(1, "differencing")]
    assert differencing(base, base, PROFILE) == ()


def test_suppression_of_a_table_protects_the_total_and_tells_why():
    cells = [4, 60, 25, 89]
    unsafe = table(cells, [Evidence(count=c) for c in cells])
    mended = suppressed(unsafe, judge(unsafe, PROFILE), PROFILE)
    left = mended.table.values["value"]
    assert [isinstance(c, NotApplicable) for c in left] == [True, False, True, False]
    assert (mended.primary, mended.secondary, mended.unprotected) == (1, 1, ())
    assert "te weinig huishoudens" in left[0].reason
    assert judge(mended.table, PROFILE).status is Status.passed


def test_rounding_touches_counts_only():
    t = Table(
        "t",
        "T",
        (Column("n", "Aantal", "count"), Column("e", "Euro", "euro")),
        {"n": [12, 13, 0], "e": [12.0, 13.0, 1.0]},
    )
    result = rounded(t, PROFILE)
    assert result.values["n"] == (10, 15, 0)
    assert result.values["e"] == (12.0, 13.0, 1.0)
    assert "5" in result.notes[-1]


def test_a_profile_of_the_user_is_checked_whole(tmp_path):
    path = tmp_path / "regels.yaml"
    path.write_text("name: Eigen\nrules:\n  minimum: {threshold: 0, source: x, certainty: wellicht}\n  grop: {}\n")
    with pytest.raises(DataError) as caught:
        read_profile(path)
    message = str(caught.value)
    assert "bedoelt u group?" in message
    assert len([p for p in caught.value.problems if "minimum" in p.where]) == 2
    assert any("'differencing' ontbreekt" in p.found for p in caught.value.problems)


def test_every_rule_of_the_default_profile_has_a_source_and_a_certainty():
    for rule in PROFILE.rules.values():
        assert rule.source
        assert rule.certainty in ("zeker", "onzeker")
