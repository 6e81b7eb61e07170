"""Every rule year loads, every value has source and certainty, and what is not known is said, never guessed."""

import ast
import re
from pathlib import Path

import pytest

import verdeelmodel
from verdeelmodel.errors import RequestError, UnknownRuleError
from verdeelmodel.law import (
    Certainty,
    budget_rules,
    macrobudget,
    macrobudgets,
    rule_years,
    sources,
    vangnet_rules,
    vangnet_years,
)
from verdeelmodel.law.catalogue import SUBJECTS, entries, find, subject_key
from verdeelmodel.law.listing import list_params, show_params, uncertain_params
from verdeelmodel.law.macro import nearest_macrobudget
from verdeelmodel.law.rules import Damping
from verdeelmodel.wording import set_language

PACKAGE = Path(verdeelmodel.__file__).parent


@pytest.fixture(params=["nl", "en"])
def language(request):
    set_language(request.param)
    yield request.param
    set_language("nl")


def test_rules_exist_for_2007_to_2026():
    assert rule_years() == tuple(range(2007, 2027))


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_value_of_a_rule_year_has_a_source_and_a_certainty(year):
    rules = budget_rules(year)
    assert {"U", "U_groot"} & set(rules.values)
    for value in rules.values.values():
        assert set(value.source.split()) <= set(sources())
        assert isinstance(value.certainty, Certainty)
        assert value.unit
        assert set(value.notes) in ({"nl", "en"}, set())
        assert (value.certainty is Certainty.unknown) == (value.value == "onbekend")


@pytest.mark.parametrize(
    ("year", "lower", "upper"),
    [
        (2007, 30_000, 40_000),
        (2010, 25_000, 40_000),
        (2014, 25_000, 40_000),
        (2015, 15_000, 40_000),
        (2026, 15_000, 40_000),
    ],
)
def test_thresholds_of_the_scale(year, lower, upper):
    scale = budget_rules(year).scale
    assert (scale.lower, scale.upper) == (lower, upper)
    assert scale.m([lower, (lower + upper) / 2, upper]).tolist() == [0.0, 0.5, 1.0]


def test_the_limit_on_redistribution_effects():
    damping = budget_rules(2007).damping
    assert isinstance(damping, Damping)
    effects = [0.0, 0.049, 0.05, 0.08, 0.10, 0.11, -0.3]
    assert damping.limit(__import__("numpy").array(effects)).tolist() == pytest.approx(
        [0.05, 0.05, 0.05, 0.065, 0.075, 0.075, 0.075]
    )
    assert budget_rules(2008).damping == damping
    assert budget_rules(2011).damping is None


@pytest.mark.parametrize(
    ("year", "questions"), [(2008, ["formule"]), (2016, ["bdti"]), (2022, ["bdti_pot"]), (2025, ["baj"])]
)
def test_open_questions_can_be_answered_and_then_are_recorded(year, questions):
    rules = budget_rules(year)
    assert [q.key for q in rules.open] == questions
    question = rules.open[0]
    for choice in question.choices:
        answered = budget_rules(year, {question.key: choice.key})
        assert answered.open == ()
        assert answered.assumed == {question.key: choice.key}


def test_an_answer_that_is_not_a_choice_is_refused():
    with pytest.raises(RequestError, match="tb_min_tblks"):
        budget_rules(2022, {"bdti_pot": "tb_min"})
    with pytest.raises(RequestError, match="2026"):
        budget_rules(2026, {"bdti_pot": "tb"})


def test_a_year_without_rules_names_the_years_that_exist():
    with pytest.raises(UnknownRuleError, match=r"2007.*2026"):
        budget_rules(2006)


def test_vangnet_rules_exist_for_2007_to_2027_with_their_own_risk():
    assert vangnet_years() == tuple(range(2007, 2028))
    risk = {y: {v.variant: v.own_risk for v in vangnet_rules(y).variants} for y in vangnet_years()}
    assert risk[2015] == {"aanvullend": pytest.approx(0.10)}
    assert risk[2018] == {"regulier": pytest.approx(0.0875)}
    assert risk[2024] == {"regulier": pytest.approx(0.10)}
    assert risk[2026] == {
        "regulier": pytest.approx(0.10),
        "verruimd": pytest.approx(0.075),
        "verlaagd": pytest.approx(0.05),
    }
    assert risk[2016] == {"regulier": None}


def test_every_vangnet_variant_has_sources_and_certainties():
    for year in vangnet_years():
        for variant in vangnet_rules(year).variants:
            assert set(variant.source.split()) <= set(sources())
            assert (variant.amount is Certainty.unknown) == (not variant.tranches)


@pytest.mark.parametrize(
    ("year", "stage", "euro"),
    [(2018, "definitief", 6_216_000_000), (2020, "definitive", 6_375_000_000), (2024, "nader-voorlopig", 6_836_900_000),
     (2026, "voorlopig", 7_946_000_000)],
)  # fmt: skip
def test_published_macrobudgets(year, stage, euro):
    assert macrobudget(year, stage).euro == euro


def test_a_macrobudget_that_was_not_found_says_what_is_known():
    with pytest.raises(UnknownRuleError, match="7946000000"):
        macrobudget(2026, "definitief")
    with pytest.raises(RequestError, match="definitief"):
        macrobudget(2026, "definitef")
    assert nearest_macrobudget(2011).year == 2017
    assert all(set(b.source.split()) <= set(sources()) for b in macrobudgets())


def test_every_subject_of_the_catalogue_has_values_in_both_languages(language):
    for subject in SUBJECTS:
        found = entries(subject)
        assert found
        assert all(e.key and e.value and e.source for e in found)
    assert len(list_params()) == len(SUBJECTS)


def test_the_uncertain_list_holds_unknown_presumed_and_suspected_values():
    keys = set(uncertain_params()[0].values["key"])
    assert {"vangnet.regulier.bedrag", "regels.BDTI", "gewicht.volume.constant"} <= keys
    assert "norm.paar_een_18_20_met_kind.2" in keys
    assert not any(e.uncertain for e in find("gewicht", ["volume.housing_caravan_pitch"]))


def test_show_finds_by_year_by_key_and_by_part_of_the_name():
    assert len(show_params("weight", ["corporatiewoning"])[0]) == 10
    assert set(show_params("vangnet", ["2025"])[0].values["year"]) == {"2025"}
    corrected = show_params("norm", ["2026", "paar_een_18_20_met_kind.2"])[0]
    assert corrected.values["value"][0] == "19918.44"
    assert corrected.values["corrected"][0] == "22356.37"


def test_show_helps_with_a_slip():
    with pytest.raises(RequestError, match="housing_corporation"):
        show_params("gewicht", ["housing_corporatio_n"])
    with pytest.raises(RequestError, match="vangnet"):
        subject_key("vangnett")


# Numbers that only the law could have put there: thresholds, norms, limits, percentages of tranches and corrections.
LAW_NUMBERS = re.compile(
    r"(?<![\d.])(15_?000|25_?000|30_?000|40_?000|0\.075|0\.125|0\.025|12\.5|7\.5|125_?000|6_?295|7_?605|12_?590|15_?210"
    r"|5[03]_?[01]00|64_?100)(?![\d.])"
)


@pytest.mark.parametrize("room", ["law", "budget"])
def test_the_code_holds_no_number_of_the_law(room):
    found = []
    for path in sorted((PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        numbers = [
            (n.lineno, repr(n.value))
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, int | float)
        ]
        # Size classes of CBS are not a rule of the law.
        found += [
            f"{path.name}:{line} {n}"
            for line, n in numbers
            if LAW_NUMBERS.fullmatch(n) and path.stem != "redistribution"
        ]
    assert found == []
