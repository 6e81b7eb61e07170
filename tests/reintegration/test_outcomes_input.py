"""Data that are odd or wrong: a clear message, and a usable result where one is possible."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.reintegration.outcomes_examples import made_up, studied
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.reintegration.histories import ASPECTS, histories_of
from verdeelmodel.reintegration.outcomes_definition import read_definition
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions
from verdeelmodel.table import NotApplicable


def test_one_municipality_gives_a_result_and_says_so():
    study = studied(made_up(), gemeenten=(14,))
    shares = next(t for t in study.tables() if t.key == "shares")
    assert any("één gemeente" in note for note in shares.notes)
    assert study.sample.excluded["elsewhere"] > 0
    assert study.sample.gemeenten == 1


def test_an_empty_group_is_told_and_the_others_are_estimated():
    table = made_up()
    table = table[table.status != "u" * 20 + "w" * 4]
    study = studied(table)
    answers = study.marginal.answers["health"]
    assert isinstance(answers[3], NotApplicable)
    rest = table.status.map({"u" * 24: 1, "u" * 20 + "d" * 4: 2, "u" * 17 + "d" * 7: 3, "u" * 18 + "w" * 6: 5})
    x = np.column_stack([np.ones(len(table)), table[list(ASPECTS)]]).astype(float)
    theirs = sm.MNLogit(rest.to_numpy(), x).fit(disp=0, method="newton", tol=1e-13)
    assert study.marginal.fit.coefficients == pytest.approx(theirs.params.T, abs=1e-8)
    shares = next(t for t in study.tables() if t.key == "shares")
    assert any("groep 4" in note for note in shares.notes)


def test_one_group_for_everybody_is_told():
    table = made_up()
    study = studied(table[table.status == "u" * 24])
    assert all(isinstance(a, NotApplicable) for row in study.marginal.answers.values() for a in row)
    assert study.sample.counts.tolist() == [len(study.sample), 0, 0, 0, 0]


def test_an_aspect_that_nobody_in_a_group_has_gets_a_reason_there_and_effects_elsewhere():
    """With one aspect the logit is saturated: its effects are the differences between the shares."""
    table = made_up()
    table.loc[table.status == "u" * 18 + "w" * 6, "financial"] = False
    study = studied(table.drop(columns=list(ASPECTS[1:])))
    answers = study.marginal.answers["financial"]
    assert "groep 5" in str(answers[4])
    for group, answer in enumerate(answers[:4], 1):
        inside = study.sample.group == group
        flag = study.sample.flags["financial"]
        shares = inside[flag].mean(), inside[~flag].mean()
        assert answer.value == pytest.approx(shares[0] - shares[1], abs=1e-8)
        # The error of a difference between two independent shares.
        error = sum(p * (1 - p) / n for p, n in zip(shares, (flag.sum(), (~flag).sum()), strict=True)) ** 0.5
        assert answer.error == pytest.approx(error, rel=1e-6)


def test_an_aspect_that_a_whole_group_has_gets_a_reason_there():
    table = made_up()
    table.loc[table.status == "u" * 20 + "d" * 4, "health"] = True
    study = studied(table)
    assert "groep 2" in str(study.marginal.answers["health"][1])
    assert not isinstance(study.marginal.answers["health"][0], NotApplicable)
    assert study.marginal.fit.converged


def test_an_aspect_that_nobody_in_the_first_group_has_is_left_out():
    table = made_up()
    table.loc[table.status == "u" * 24, "health"] = False
    study = studied(table)
    assert all("groep 1" in str(a) for a in study.marginal.answers["health"])
    x = np.column_stack([np.ones(len(table)), table[[n for n in ASPECTS if n != "health"]]]).astype(float)
    theirs = sm.MNLogit(study.sample.group, x).fit(disp=0, method="newton", tol=1e-13)
    assert study.marginal.fit.coefficients == pytest.approx(theirs.params.T, abs=1e-8)


def test_a_combination_that_decides_the_group_is_told():
    table = made_up()
    several = table[["financial", "health", "nonwestern"]].sum(axis=1) >= 2
    study = studied(table.assign(status=np.where(several, "u" * 24, "u" * 18 + "w" * 6)))
    assert all("niet tot rust komt" in str(a) for row in study.marginal.answers.values() for a in row[:1])
    assert len(study.tables()) == 6


def test_a_missing_aspect_leaves_the_others():
    study = studied(made_up().drop(columns=["education"]))
    assert all(isinstance(a, NotApplicable) for a in study.marginal.answers["education"])
    assert not any(isinstance(a, NotApplicable) for a in study.marginal.answers["health"])
    assert all(isinstance(a, NotApplicable) for pair in study.index.answers.values() for a in pair)
    assert len(study.tables()) == 6


def test_spells_that_cannot_be_are_counted_and_the_result_stands():
    table = made_up()
    good = studied(table)
    odd = pd.concat([table, table.iloc[:3].assign(start=pd.Timestamp("2016-03-01"))], ignore_index=True)
    odd["end"] = pd.to_datetime(odd["end"])
    odd.loc[10:13, "end"] = pd.Timestamp("2014-01-01")
    study = studied(odd)
    assert study.histories.faults.backwards == 4
    assert study.histories.faults.overlapping == 3
    assert study.histories.faults.double == 3
    assert study.sample.counts.tolist() == good.sample.counts.tolist()
    shown = str(next(t for t in study.tables() if t.key == "accounts"))
    assert "einde voor het begin" in shown
    assert "overlappen" in shown


def test_spells_that_follow_each_other_do_not_overlap():
    table = pd.concat([made_up(n=1)] * 2, ignore_index=True)
    table["start"] = pd.to_datetime(["2016-01-01", "2016-05-01"])
    table["end"] = pd.to_datetime(["2016-05-01", "2016-09-01"])
    assert histories_of(table).faults.overlapping == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "uuX" + "u" * 21}, "X"),
        ({"status": None}, "status"),
        ({"status_from": pd.Timestamp("2024-01-01")}, None),
    ],
)
def test_histories_that_cannot_be_read(change, told):
    table = made_up(n=20).assign(**change)
    if told is None:
        assert len(studied(table).sample) == 20
        return
    with pytest.raises(DataError, match="maandhistories") as caught:
        studied(table)
    assert told.lower() in str(caught.value).lower()


def test_a_wrong_century_is_refused():
    table = made_up(n=20)
    table.loc[3, "status_from"] = pd.Timestamp("1900-01-01")
    with pytest.raises(DataError, match="1900-01"):
        studied(table)


def test_columns_that_are_needed_are_all_named():
    with pytest.raises(DataError) as caught:
        studied(made_up().drop(columns=["status", "status_from"]))
    assert len(caught.value.problems) == 2


def test_wrong_options_are_refused_together():
    with pytest.raises(RequestError) as caught:
        OutcomeOptions(controls=("leeftijd",), effects="x", errors="y", start="2017", steps="z")
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize("start", ["2015-12", "2016-02", "2030-01"])
def test_an_outcome_outside_the_data_is_refused(start):
    with pytest.raises(RequestError, match="2016-01"):
        studied(made_up(), start=start)


def test_nobody_left_is_told_with_the_reasons():
    with pytest.raises(RequestError) as caught:
        studied(made_up().assign(age=80))
    assert len(caught.value.problems) == 1


def test_definitions_that_overlap_or_leave_a_gap_are_refused(tmp_path):
    from importlib.resources import files

    shipped = files("verdeelmodel.reintegration").joinpath("definitions", "outcomes_roa.yaml").read_text("utf-8")
    own = tmp_path / "eigen.yaml"
    own.write_text(shipped.replace("benefit_last: false", "benefit_any: false"))
    with pytest.raises(DataError) as caught:
        read_definition(str(own))
    assert "benefit_any: true" in str(caught.value)
    own.write_text(shipped.replace("months: 23", "months: 2").replace("key: roa", "key: eigen"))
    with pytest.raises(DataError, match="window"):
        read_definition(str(own))
    own.write_text(shipped.replace("key: roa", "key: eigen").replace("months: 23", "months: 17"))
    assert read_definition(str(own)).months == 17
    with pytest.raises(DataError, match="roa_tekst"):
        read_definition("roa_text")
