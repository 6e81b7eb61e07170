"""The groups of the study from saldi and inhabitants, and every choice in them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compare.examples import codes, published, saldi_of
from verdeelmodel.compare.interviews import InterviewOptions, choose_interviews, interviews_table
from verdeelmodel.compare.saldi import Saldi, saldi_from_frame
from verdeelmodel.compare.selection import SelectionOptions, overview_table, select, selection_table
from verdeelmodel.errors import DataError, RequestError


def published_saldi() -> Saldi:
    """Saldi that agree with everything published.

    The report gives the mean saldi of the 30 chosen for their tekort or overschot. Of the comparison group it only says
    that its saldi are steadily around zero, of the others nothing; those are filled in: a calm saldo for the first, a
    saldo between the smallest chosen tekort and overschot that swings from year to year for the others.
    """
    yearly = {}
    for code, (_, group, saldo, _) in published().items():
        if saldo is not None:
            yearly[code] = [saldo / 100] * 4
        else:
            yearly[code] = [0.01, -0.01, 0.01, -0.01] if group == "vergelijking" else [0.2, -0.2, 0.15, -0.1]
    return saldi_of(yearly, {code: inhabitants for code, (*_, inhabitants) in published().items()})


def test_the_published_groups_come_back() -> None:
    chosen = select(published_saldi())
    for group in ("tekort", "overschot", "vergelijking"):
        expected = {code for code, (_, g, _, _) in published().items() if g == group}
        assert set(getattr(chosen.groups, group)) == expected
    assert chosen.groups.tekort[0] == "GM0080"
    assert chosen.groups.overschot[:2] == ("GM0362", "GM1911")
    assert chosen.shortages == {}


def test_the_groups_are_spread_over_size_classes_as_in_table_2_5() -> None:
    chosen = [g for g in select(published_saldi()).gemeenten if g.group]
    count = pd.crosstab([g.size_class for g in chosen], [g.group for g in chosen])
    assert count.loc["40-100", ["tekort", "overschot", "vergelijking"]].tolist() == [8, 13, 21]
    assert count.loc["100-250", ["tekort", "overschot", "vergelijking"]].tolist() == [6, 2, 8]
    assert count.loc["250+", ["tekort", "overschot", "vergelijking"]].tolist() == [1, 0, 1]


def test_gemeenten_of_40_000_or_fewer_are_not_eligible_and_say_so() -> None:
    chosen = select(published_saldi())
    small = [g for g in chosen.gemeenten if g.inhabitants <= 40_000]
    assert small
    assert all(not g.group and "40.000" in g.reason for g in small)


def ranks(saldi: list[float]) -> dict[str, list[float]]:
    return {code: [s, s] for code, s in zip(codes(len(saldi)), saldi, strict=True)}


def test_ties_go_to_the_lowest_code_whatever_the_order_of_the_rows() -> None:
    yearly = ranks([-0.1, -0.1, -0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.02])
    options = SelectionOptions(number=2)
    groups = select(saldi_of(yearly), options).groups
    assert groups.tekort == tuple(codes(2))
    assert groups.overschot == tuple(codes(11)[3:5])
    assert groups.vergelijking == tuple(codes(11)[6:10])
    assert select(saldi_of(dict(reversed(yearly.items()))), options).groups == groups


@settings(max_examples=25, deadline=None)
@given(st.permutations([i / 100 for i in range(-12, 13)]), st.integers(2, 6))
def test_nobody_outside_has_a_larger_saldo_or_is_calmer(saldi: list[float], number: int) -> None:
    chosen = select(saldi_of(ranks(saldi)), SelectionOptions(number=number))
    by = {g.code: g for g in chosen.gemeenten}
    tekort = max(by[c].saldo for c in chosen.groups.tekort)
    overschot = min(by[c].saldo for c in chosen.groups.overschot)
    unrest = max(by[c].unrest for c in chosen.groups.vergelijking)
    for gemeente in chosen.gemeenten:
        if gemeente.group == "":
            assert tekort <= gemeente.saldo <= overschot
            assert gemeente.unrest >= unrest


def test_the_measure_decides() -> None:
    yearly = {
        "GM0014": [-0.5, 0.1, 0.1],
        "GM0034": [-0.05, -0.06, -0.07],
        "GM0037": [-0.11, -0.12, 0.05],
        **{code: [0.2, 0.1, 0.3] for code in ("GM0050", "GM0059", "GM0060")},
        **{code: [0.01, -0.01, 0.01] for code in ("GM0361", "GM0362", "GM0363", "GM0370")},
    }
    saldi = saldi_of(yearly)
    mean, median = (select(saldi, SelectionOptions(2, measure)).groups.tekort for measure in ("mean", "median"))
    assert mean == ("GM0014", "GM0034")
    assert median == ("GM0037", "GM0034")


def test_cumulative_euros_weigh_large_gemeenten() -> None:
    frame = pd.DataFrame(
        [
            (int(code[2:]), 2020, budget, budget * (1 - saldo), 50_000)
            for code, budget, saldo in zip(
                codes(10),
                [1e6, 1e6, 1e9, 1e9, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6],
                [-0.5, -0.4, -0.1, -0.2, 0.3, 0.2, 0.01, 0.02, 0.03, 0.04],
                strict=True,
            )
        ],
        columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"],
    )
    chosen = select(saldi_from_frame(frame), SelectionOptions(2, "euros"))
    assert chosen.groups.tekort == (codes(10)[3], codes(10)[2])
    assert selection_table(chosen).column("saldo").kind == "euro"


def test_merged_gemeenten_count_as_always_merged() -> None:
    rows = [
        # Haren (17) and Ten Boer (9) became part of Groningen (14) on 1 January 2019.
        *[
            (g, 2018, budget, spent, size)
            for g, budget, spent, size in ((14, 100, 120, 200), (17, 50, 40, 20), (9, 50, 40, 8))
        ],
        (14, 2019, 200, 210, 230),
    ]
    frame = pd.DataFrame(rows, columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"], dtype=float)
    saldi = saldi_from_frame(frame.astype({"gm_code": int, "jaar": int}))
    assert saldi.codes == ("GM0014",)
    assert saldi.yearly.tolist() == [[0.0, pytest.approx(-0.05)]]
    assert saldi.names == ("Groningen",)


def test_a_file_that_is_already_in_the_last_division_gives_the_same() -> None:
    rows = [(g, y, 100.0, 90.0, 50_000.0) for g in (14, 1966) for y in (2018, 2019)]
    saldi = saldi_from_frame(pd.DataFrame(rows, columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"]))
    assert saldi.codes == ("GM0014", "GM1966")


def test_a_gemeente_that_no_longer_exists_is_named_with_what_became_of_it() -> None:
    frame = pd.DataFrame([(17, 2020, 1.0, 1.0, 1.0)], columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"])
    with pytest.raises(DataError, match="GM0014 \\(Groningen\\)"):
        saldi_from_frame(frame)


def test_a_gemeente_with_missing_years_is_left_out_with_the_reason() -> None:
    yearly = ranks([-0.1, -0.2, 0.1, 0.2, 0.01, 0.01, 0.01, 0.01])
    yearly["GM0037"] = yearly["GM0037"][:1]
    saldi = saldi_of(yearly)
    assert "GM0037" not in saldi.codes
    assert saldi.left_out == {"GM0037": "deze jaren ontbreken: 2018"}


def test_a_shortage_in_a_size_class_is_said_and_counted() -> None:
    yearly = ranks([-0.3, -0.2, 0.3, 0.2, 0.01, 0.01, 0.01, 0.01, 0.01])
    sizes = dict.fromkeys(yearly, 50_000) | {codes(1)[0]: 300_000}
    chosen = select(saldi_of(yearly, sizes), SelectionOptions(number=2))
    assert chosen.shortages == {"250+": 1}
    assert any("250+" in note and "1" in note for note in selection_table(chosen).notes)


def test_too_few_tekorten_is_an_error_with_the_number_that_works() -> None:
    yearly = ranks([-0.3, -0.2, -0.1, *[0.1] * 12])
    with pytest.raises(RequestError, match="--number 3"):
        select(saldi_of(yearly), SelectionOptions(number=5))


def test_wrong_options_are_reported_together() -> None:
    with pytest.raises(RequestError) as error:
        SelectionOptions(number=1, measure="gemiddeld", above_inhabitants=-1, bounds=(200, 100))  # type: ignore[arg-type]
    assert len(error.value.problems) == 4


def test_the_overview_has_the_layout_of_table_2_2() -> None:
    table = overview_table(select(published_saldi()))
    assert [c.label for c in table.columns[1:]] == ["Tekortgemeenten", "Overschotgemeenten", "Vergelijkingsgroep"]
    assert table.values["tekort"][0] == "Hilversum"
    assert table.values["overschot"][0] == "Amstelveen"
    assert table.values["vergelijking"][0] == "Barendrecht · Smallingerland"
    assert [table.values[g][-1] for g in ("tekort", "overschot", "vergelijking")] == ["15", "15", "30"]


def test_every_gemeente_has_a_reason() -> None:
    chosen = select(published_saldi())
    table = selection_table(chosen, everyone=True)
    assert len(table) == len(published())
    assert all(table.values["reden"])
    assert table.values["reden"][0] == "nr. 1 grootste tekort"


def features(saldi: Saldi) -> Saldi:
    regions = ["Noord", "Oost", "Zuid", "West", "Midden"]
    frame = pd.DataFrame(index=list(saldi.codes))
    frame["regio"] = [regions[i % 5] for i in range(len(saldi.codes))]
    frame["bijstandsdichtheid"] = [(i * 7 % 11) / 100 for i in range(len(saldi.codes))]
    return Saldi(
        saldi.codes, saldi.names, saldi.years, saldi.budget, saldi.spent, saldi.inhabitants, saldi.left_out, frame
    )


def test_cases_for_interviews_are_spread_and_give_reasons() -> None:
    chosen = select(features(published_saldi()))
    cases = choose_interviews(chosen, InterviewOptions(5, 3, ("GM0718",)))
    groups = [c.gemeente.group for c in cases]
    assert groups == ["tekort"] * 5 + ["overschot"] * 3
    assert cases[0].gemeente.code == "GM0718"
    assert len({c.strata["regio"] for c in cases}) == 5
    assert {c.strata["grootteklasse"] for c in cases} == {"40-100", "100-250", "250+"}
    assert len({c.strata["bijstandsdichtheid"] for c in cases}) == 2
    assert all(interviews_table(cases).values["reden"])
    assert choose_interviews(chosen, InterviewOptions(5, 3, ("GM0718",))) == cases


def test_a_case_that_was_not_selected_cannot_be_asked_for() -> None:
    with pytest.raises(RequestError, match="GM0599"):
        choose_interviews(select(published_saldi()), InterviewOptions(always=("GM0599",)))
