"""Time to leaving and return: equal to statsmodels, to sums by hand, and adding up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from tests.reintegration.services_clients import random_rows, study, synthetic_study
from verdeelmodel.reintegration.odds import Factor, NotEstimable
from verdeelmodel.reintegration.survival import fit_cox, moments, returns


def histories(months, exits):
    return pd.DataFrame({"months": np.asarray(months, float), "exit": exits})


def test_a_small_case_by_hand():
    # Four clients: work after 2, otherwise after 5, followed until 9, work after 11.
    found = {m.months: m for m in moments(histories([2, 5, 9, 11], [1, 2, 0, 1]))}
    assert found[3].still[0] == pytest.approx(3 / 4)
    assert found[6].still[0] == pytest.approx(3 / 4 * 2 / 3)
    assert (found[6].work[0], found[6].other[0]) == pytest.approx((1 / 4, 1 / 4))
    assert (found[6].at_risk, found[6].to_work, found[6].otherwise) == (2, 1, 1)


@given(st.lists(st.tuples(st.integers(1, 36), st.integers(0, 2)), min_size=5, max_size=60))
@settings(max_examples=40)
def test_the_two_ways_out_and_still_on_bijstand_add_up(rows):
    for moment in moments(histories(*zip(*rows, strict=True))):
        assert moment.still[0] + moment.work[0] + moment.other[0] == pytest.approx(1, abs=1e-9)
        for value, low, high in (moment.still, moment.work, moment.other):
            assert 0 <= low <= value + 1e-12
            assert value - 1e-12 <= high <= 1


def test_chances_equal_statsmodels():
    frame = synthetic_study().clients.frame
    frame = frame[frame["group"] > 0]
    time, ended = frame["months"].to_numpy(), frame["exit"].to_numpy()
    whole, incidence = SurvfuncRight(time, (ended > 0).astype(int)), CumIncidenceRight(time, ended)
    (year,) = (m for m in synthetic_study().moments if m.months == 12)
    place = np.searchsorted(whole.surv_times, 12, side="right") - 1
    assert year.still[0] == pytest.approx(whole.surv_prob[place])
    place = np.searchsorted(incidence.times, 12, side="right") - 1
    assert (year.work[0], year.other[0]) == pytest.approx((incidence.cinc[0][place], incidence.cinc[1][place]))


def test_cox_equals_statsmodels():
    rng = np.random.default_rng(2)
    frame = histories(rng.exponential(20, 500).clip(0.5, 36), rng.choice([0, 1, 2], 500))
    frame["sex"] = rng.choice(["man", "woman"], 500)
    factor = Factor("sex", "Geslacht", {"man": "Man", "woman": "Vrouw"}, "woman")
    model = fit_cox(frame, [factor])
    fitted = PHReg(
        frame["months"], (frame["sex"] == "man").astype(float), status=frame["exit"] == 1, ties="efron"
    ).fit()
    odds = next(r for r in model.rows if r.category == "man").odds
    assert odds.log == pytest.approx(fitted.params[0], rel=1e-6)
    assert [np.log(odds.low), np.log(odds.high)] == pytest.approx(list(fitted.conf_int()[0]), rel=1e-6)


def test_cox_finds_a_planted_hazard_ratio():
    rng = np.random.default_rng(4)
    man = rng.random(4000) < 0.5
    time = rng.exponential(20 / np.where(man, 2.0, 1.0))
    other = rng.exponential(40, 4000)
    seen = np.minimum(time, other)
    exits = np.where(seen > 36, 0, np.where(time < other, 1, 2))
    frame = histories(seen.clip(0.01, 36), exits).assign(sex=np.where(man, "man", "woman"))
    model = fit_cox(frame, [Factor("sex", "Geslacht", {"man": "Man", "woman": "Vrouw"}, "woman")])
    odds = next(r for r in model.rows if r.category == "man").odds
    assert odds.low < 2 < odds.high
    assert odds.high / odds.low < 1.3


def test_nobody_to_work_has_a_reason():
    found = fit_cox(histories([3, 4], [0, 2]).assign(sex=["man", "woman"]), [])
    assert isinstance(found, NotEstimable)
    assert moments(histories([3, 4], [0, 0])) == ()


def test_return_counts_only_who_left_for_work():
    ended = {"end": "2018-01-01"}
    work = {**ended, "end_reason": "arbeid in dienstbetrekking"}
    rows = [{"client": str(i), **work} for i in range(4)]
    rows += [
        {"client": "0", "start": "2018-04-15"},
        {"client": "9", **ended, "end_reason": "detentie"},
        {"client": "9", "start": "2018-05-01"},
    ]
    found = {r.months: r for r in returns(study(*rows).clients.frame)}
    assert (found[3].came_back, found[6].came_back) == (0, 1)
    assert found[6].share[0] == pytest.approx(1 / 4)


def test_a_study_in_which_nobody_came_back_says_so():
    (table,) = study(*random_rows(6)).tables(("returns",))
    assert len(table) == 0
    assert "Niemand" in table.notes[0]
