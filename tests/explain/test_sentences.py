"""The sentences of a dossier at the edges: none, one, negative, unknown."""

import pytest

from verdeelmodel.explain.accounts import AccountLine
from verdeelmodel.report.sentences import (
    euros,
    number_sentence,
    objective_sentence,
    saldo_sentence,
    split_sentence,
    vangnet_sentence,
)
from verdeelmodel.table import NotApplicable

EURO = "\u20ac\u00a0"


def line(budget, net, vangnet=0.0, macro=0):
    return AccountLine(2020, budget, net, macro, budget - net - macro, vangnet, checked=True)


@pytest.mark.parametrize(
    ("expected", "actual", "verdict", "numbers", "finding"),
    [
        (0.2, 0, "chance", "voorspelt 0 huishoudens met bijstand; werkelijk waren het er 0.", "Dat is geen verschil."),
        (1, 1, "chance", "voorspelt 1 huishouden met bijstand; werkelijk was het er 1.", "Dat is geen verschil."),
        (2, 1, "chance", "2 huishoudens met bijstand; werkelijk was het er 1.", "Dat is 1 minder, een verschil dat"),
        (1_000, 1_234, "beyond", "werkelijk waren het er 1.234.", "Dat is 234 meer: meer dan toeval en de onzekerheid"),
        (1_000, 1_050, "model", "werkelijk waren het er 1.050.", "Dat is 50 meer: meer dan toeval, maar binnen"),
    ],
)
def test_predicted_against_actual(expected, actual, verdict, numbers, finding):
    said = number_sentence(expected, actual, verdict)
    assert f"{numbers} {finding}" in said


@pytest.mark.parametrize(
    ("budget", "net", "said"),
    [
        (100, 100, f"In 2020 waren de uitgaven van 's-Gravenhage gelijk aan het budget van {EURO}100."),
        (0, 50, f"'s-Gravenhage had in 2020 geen budget, en {EURO}50 aan uitgaven."),
        (200, 201, f"'s-Gravenhage had in 2020 een tekort van {EURO}1: 0,5% van het budget van {EURO}200."),
        (2_000_000, 500_000, f"een overschot van {EURO}1,5 mln: 75,0% van het budget van {EURO}2,0 mln."),
    ],
)
def test_saldo_of_nothing_a_deficit_and_a_surplus(budget, net, said):
    assert said in saldo_sentence("'s-Gravenhage", line(budget, net))


def test_parts_with_a_minus_and_what_rounds_to_zero_without():
    said = split_sentence(line(1_000, 1_100, macro=-100))
    assert "-10,0 procentpunt" in said
    assert "en 0,0 procentpunt" in said
    assert "-0,0" not in split_sentence(line(1_000_000, 1_000_100, macro=-100))


def test_the_safety_net_unknown_nothing_and_something():
    assert "omdat" in vangnet_sentence(line(100, 110, NotApplicable("omdat de regels ontbreken.")))
    assert vangnet_sentence(line(100, 110, 0.0)) == "Volgens de regels van het jaar is er geen vangnetuitkering."
    assert f"{EURO}5;" in vangnet_sentence(line(100, 110, 5.0))


@pytest.mark.parametrize(("part", "word"), [(0.0, "niet af"), (0.25, "25%"), (1.0, "geheel")])
def test_how_far_the_model_decides(part, word):
    assert word in objective_sentence(part)


def test_an_amount_never_leaves_its_sign():
    assert euros(-12) == f"-{EURO}12"
    assert euros(0) == f"{EURO}0"
