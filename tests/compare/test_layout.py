"""The tables have the layout of the report, in Dutch, and fit 100 columns."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

from tests.compare.examples import codes, groups_of, saldi_of
from verdeelmodel.compare.groups import GemeenteTable, KenmerkLabel
from verdeelmodel.compare.layout import association_table, both_table, differences_table
from verdeelmodel.compare.regressions import GroupTest, Regression, Regressions
from verdeelmodel.compare.robustness import Resampling
from verdeelmodel.compare.study import PARTS, CompareOptions, Comparison
from verdeelmodel.errors import RequestError
from verdeelmodel.table import NotApplicable

GROUPS = groups_of()
LABELS = {
    "a": ("Segregatie", "Verhuisindex (o.b.v. bijstandsontvangst)"),
    "b": ("Segregatie", "Segregatie-index (o.b.v. niet-westerse migratieachtergrond)"),
    "c": (
        "Arbeidsmarkt",
        "Aandeel conjunctuurgevoelige werkgelegenheid in totale beschikbaarheid van werk naar sector en omvang",
    ),
    "d": ("Stedelijkheid", "Regionaal klantenpotentieel"),
}


def row(key: str, control: str, tekort: tuple[float, float], overschot: tuple[float, float], p: float) -> Regression:
    """A regression with these estimates and p-values, and this p of their difference."""
    parts = {"tekort": tekort, "overschot": overschot, "difference": (tekort[0] - overschot[0], p)}
    tests = {name: GroupTest(estimate, 0.3, chance, {}) for name, (estimate, chance) in parts.items()}
    return Regression(KenmerkLabel(key, *LABELS[key]), control, 60, tests, p_any=p, q=p)


PLAIN = Regressions(
    "",
    (
        row("a", "", (0.93, 0.001), (-0.53, 0.07), 0.001),
        row("b", "", (0.21, 0.5), (-0.18, 0.6), 0.3),
        row("c", "", (-0.81, 0.02), (-0.29, 0.4), 0.2),
        row("d", "", (0.42, 0.2), (-0.44, 0.2), 0.02),
    ),
)
CONTROLLED = Regressions(
    "d",
    (
        row("a", "d", (0.66, 0.004), (-0.24, 0.4), 0.004),
        row("b", "d", (-0.65, 0.03), (0.12, 0.7), 0.03),
        row("c", "d", (-0.2, 0.5), (-0.22, 0.4), 0.9),
        Regression(KenmerkLabel("d", *LABELS["d"]), "d", 60, None, "is_control"),
    ),
)


def test_table_4_2_has_coefficients_with_stars_and_only_what_is_systematic() -> None:
    table = differences_table(PLAIN)
    shown = list(zip(*(table.values[k] for k in ("coef_tekort", "coef_overschot", "difference")), strict=True))
    assert shown == [("0,93 ***", "-0,53 *", "***"), ("-0,81 **", "-0,29", ""), ("0,42", "-0,44", "**")]
    assert table.row_group == "thema"
    assert table.emphasis == frozenset()


def test_table_4_3_shows_the_control_as_a_dash_and_the_new_in_bold() -> None:
    table = differences_table(CONTROLLED, PLAIN)
    labels = table.values["kenmerk"]
    assert set(labels) == {LABELS[k][1] for k in ("a", "b", "d")}
    assert table.emphasis == {(labels.index(LABELS["b"][1]), "kenmerk")}
    at = labels.index(LABELS["d"][1])
    assert [table.values[k][at] for k in ("coef_tekort", "coef_overschot", "difference")] == ["-", "-", "-"]
    assert "Regionaal klantenpotentieel" in table.title


def test_table_s_1_says_ja_ja_ja_and_nee_ja() -> None:
    table = association_table(PLAIN, CONTROLLED)
    said = dict(zip(table.values["kenmerk"], table.values["association"], strict=True))
    assert [said[LABELS[k][1]] for k in "abcd"] == ["Ja (ja)", "Nee (ja)", "Ja", "Ja"]


def test_table_d_1_has_both_side_by_side() -> None:
    table = both_table(PLAIN, CONTROLLED)
    assert len(table.columns) == 8
    assert len(table) == 4
    assert table.values["tekort_controlled"][0] == "0,66 ***"


def comparison(synthetic: bool = True, kenmerken: int = 12) -> Comparison:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(90, kenmerken)) + rng.normal(size=(90, 1))
    values[:15, : kenmerken // 2] += 1.2
    values[3, 1] = np.nan
    labels = tuple(KenmerkLabel(f"k{i}", *LABELS["abcd"[i % 4]]) for i in range(kenmerken - 1))
    labels = (*labels, KenmerkLabel("d", *LABELS["d"]))
    table = GemeenteTable(tuple(codes(90)), tuple(codes(90)), labels, values, synthetic)
    saldi = saldi_of(
        {
            c: list((-0.1, 0.1, 0.0, 0.0, 0.01, 0.02)[i // 15] + 0.02 * rng.normal(size=4))
            for i, c in enumerate(codes(90))
        }
    )
    options = CompareOptions(("d",), match_on=("k8",), resampling=Resampling(99, 99))
    return Comparison(table, GROUPS, options, saldi)


@pytest.fixture(scope="module")
def everything() -> Comparison:
    return comparison()


@pytest.mark.parametrize("part", list(PARTS))
def test_every_part_fits_100_columns_in_dutch(part: str, everything: Comparison) -> None:
    from rich.console import Console

    from verdeelmodel.cli.rendering import rendered

    for table in everything.tables((part,)):
        assert table.synthetic
        console = Console(width=100, record=True, file=io.StringIO())
        console.print(rendered(table, 100))
        lines = console.export_text().splitlines()
        assert max(map(len, lines)) <= 100
        assert "SYNTHETISCH" in lines[0] or "SYNTHETISCH" in lines[1]
        for column in table.columns:
            assert column.label
        assert not re.search(r"\bnan\b|\bNone\b", "\n".join(lines))


def test_no_part_names_a_table_that_another_part_names(everything: Comparison) -> None:
    keys = [table.key for table in everything.tables()]
    assert len(set(keys)) == len(keys)


def test_every_number_in_the_terminal_has_a_decimal_comma(everything: Comparison) -> None:
    for table in everything.tables(("differences", "both", "outliers", "influence")):
        for cells in table.formatted("nl"):
            assert not any(re.search(r"\d\.\d", cell) for cell in cells)


def test_without_saldi_the_parts_on_saldi_say_why() -> None:
    without = Comparison(comparison().table, GROUPS, CompareOptions(resampling=Resampling(99, 99)))
    for table in without.tables(("sensitivity", "decomposition", "panel", "matching")):
        assert table.values["reason"][0]


def test_when_nothing_is_systematic_every_part_still_answers() -> None:
    values = np.tile([-1.0, 1.0, 0.5, -0.5, 0.0], 12)[:, None] + np.zeros((60, 1))
    table = GemeenteTable(tuple(codes(60)), tuple(codes(60)), (KenmerkLabel("d", *LABELS["d"]),), values)
    quiet = Comparison(table, GROUPS, CompareOptions(resampling=Resampling(99, 99)), comparison().saldi)
    assert quiet.plain.systematic == ()
    assert all(len(t.title) for t in quiet.tables())


def test_an_unknown_part_is_refused_with_a_suggestion() -> None:
    with pytest.raises(RequestError, match="bedoelt u outliers"):
        comparison().tables(("outlier",))


def test_not_applicable_cells_carry_the_reason(everything: Comparison) -> None:
    for table in everything.tables(("regressions",))[:1]:
        reasons = [c for c in table.values["coef_tekort"] if isinstance(c, NotApplicable)]
        assert [r.reason for r in reasons] == ["voor dit kenmerk zelf wordt gecorrigeerd"]
        assert 59 in table.values["n"]


def test_the_disclosure_gate_passes_what_comes_from_models_with_enough_freedom() -> None:
    from verdeelmodel.disclosure.gate import Status, judge
    from verdeelmodel.disclosure.profile import default_profile

    real = comparison(synthetic=False)
    parts = ("differences", "both", "association", "robustness", "influence", "joint", "panel", "decomposition")
    for table in real.tables((*parts, "regressions")):
        verdict = judge(table, default_profile())
        if table.key != "groups":
            assert verdict.status is Status.passed, (table.key, verdict)
