"""Positions, the complexity index and its labels: against the printed bounds and sets of the source."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.reintegration.aspects_labels import chosen_labels, default_labels
from verdeelmodel.reintegration.profile_positions import POSITIONS, Bounds, quintile_bounds, ranked
from verdeelmodel.reintegration.profile_published import printed_figures, printed_wijken


def printed_bounds(group, aspect):
    found = {p.figure: p.value for p in printed_figures() if (p.group, p.item) == (group, aspect)}
    first, second, third, fourth = (found[f"bound_{q}"] for q in range(1, 5))
    return Bounds((first, second, third, fourth), 14)


@pytest.mark.parametrize(
    ("group", "aspect", "share", "position"),
    [
        ("recipients", "health", 0.631, "zeer_hoog"),  # Mariarade, De Koumen: more than 63%
        ("recipients", "health", 0.63, "hoog"),  # 59,1%-63,0%
        ("recipients", "health", 0.58, "laag"),  # 55,1%-58,0%
        ("recipients", "health", 0.581, "gemiddeld"),
        ("recipients", "financial", 0.84, "zeer_hoog"),
        ("recipients", "financial", 0.70, "zeer_laag"),
        ("all", "financial", 0.33, "zeer_hoog"),  # De Beitel, Molenberg: more than 32%
        ("all", "single_parent", 0.029, "zeer_laag"),
        ("all", "nonwestern", 0.055, "gemiddeld"),
    ],
)
def test_the_printed_bounds_give_the_printed_positions(group, aspect, share, position):
    assert printed_bounds(group, aspect).position(share) == position


def test_quintiles_of_twenty_areas_hold_four_each():
    shares = [i / 100 for i in range(20)]
    bounds = quintile_bounds(shares)
    positions = [bounds.position(share) for share in shares]
    assert {p: positions.count(p) for p in POSITIONS} == dict.fromkeys(POSITIONS, 4)
    assert bounds.values == pytest.approx((0.035, 0.075, 0.115, 0.155))


def test_quintiles_follow_the_definition_of_stata():
    """pctile of Stata: the value of rank n p rounded up, or the middle of two where n p is whole."""
    shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert quintile_bounds(shares).values == pytest.approx((0.2, 0.3, 0.5, 0.6))


def test_fewer_than_five_areas_have_no_positions():
    assert quintile_bounds([0.1, 0.2, 0.3, 0.4]) is None
    assert quintile_bounds([]) is None


@given(st.lists(st.floats(0, 1), min_size=5, max_size=60))
def test_a_higher_share_never_has_a_lower_position(shares):
    bounds = quintile_bounds(shares)
    places = [POSITIONS.index(bounds.position(share)) for share in sorted(shares)]
    assert places == sorted(places)
    assert all(np.diff(bounds.values) >= 0)
    for share in shares:
        low, high = bounds.limits(bounds.position(share))
        assert low <= share <= high


def test_ranks_start_with_the_largest_and_ties_share_the_best_place():
    assert ranked({"a": 0.2, "b": 0.5, "c": 0.2, "d": 0.1}) == {"a": 2, "b": 1, "c": 2, "d": 4}


@pytest.mark.parametrize(
    ("level", "labels", "words"),
    [
        ("gemeente", None, ["geringe", "enkelvoudige", "meervoudige", "meervoudige", "zeer complexe", "zeer complexe"]),
        ("table_2", None, ["geringe", "enkelvoudige", "complexe", "zeer complexe", "zeer complexe"]),
        ("figure_12", None, ["geringe", "enkelvoudige", "meervoudige", "complexe", "complexe"]),
        ("table_2", "figuur12", ["geringe", "enkelvoudige", "meervoudige", "complexe", "complexe"]),
        ("figure_12", "hoofdstuk4", ["geringe", "enkelvoudige", "complexe", "zeer complexe", "zeer complexe"]),
    ],
)
def test_both_printed_sets_of_labels(level, labels, words):
    """Each set in the place where the source prints it, or one set everywhere when it is asked for."""
    found = chosen_labels(labels)
    chosen = found.gemeente[0] if level == "gemeente" else found.of_wijken(level)
    assert [chosen.word(number) for number in range(len(words))] == [f"{word} problematiek" for word in words]


def test_only_high_and_very_high_count():
    assert [p for p in POSITIONS if default_labels().counts(p)] == ["hoog", "zeer_hoog"]


OWN = """
positions: [zeer_hoog]
gemeente: [{key: mijn, labels: [{from: 0, to: 2, nl: weinig, en: few}, {from: 3, to: 5, nl: veel, en: many}]}]
wijk: [{key: mijn, labels: [{from: 0, to: 4, nl: alles, en: all}]}]
"""


def test_labels_of_a_user(tmp_path):
    path = tmp_path / "labels.yaml"
    path.write_text(OWN, encoding="utf-8")
    labels = chosen_labels(str(path))
    assert labels.gemeente[0].word(3) == "veel"
    assert not labels.counts("hoog")
    assert labels.wijk[0].word(7) == "7"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("positions: [zeer_hoog]", "positions: [hoogst]"), "zeer_laag, laag"),
        (("from: 3, to: 5", "from: 4, to: 5"), "het volgende begint bij 3"),
        (("nl: weinig, ", ""), "from, to, nl, en"),
        (("wijk:", "wijken:"), "bedoelt u wijk"),
        (("wijk: [{key: mijn,", "wijk: [{key: mijn, place: tabel_2,"), "table_2 / figure_12"),
        (("gemeente: [{key: mijn", "gemeente: [{naam: mijn"), "key, source, place, labels"),
    ],
)
def test_wrong_labels_are_told(tmp_path, change, part):
    path = tmp_path / "labels.yaml"
    path.write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        chosen_labels(str(path))
    assert part in str(caught.value)


def test_an_unknown_set_of_labels_is_told():
    with pytest.raises(RequestError, match="figuur12"):
        chosen_labels("figuur13")


def test_the_published_figures_are_those_of_the_source():
    figures = {(p.area, p.figure, p.group, p.item): p.value for p in reversed(printed_figures())}
    assert figures["GM0917", "recipients", "recipients", ""] == 4913
    assert figures["NL", "recipient_share", "recipients", ""] == 0.042
    parts = [figures[f"{r}-Limburg", "recipients", "recipients", ""] for r in ("Noord", "Midden", "Zuid")]
    assert sum(parts) == figures["Limburg", "recipients", "recipients", ""]
    index = [v for k, v in figures.items() if k[1] == "gemeenten_with_index"]
    assert sum(index) == 31
    assert all(p.certainty in ("zeker", "onzeker") and p.place for p in printed_figures())
    assert len(printed_wijken()) == 23
    assert sorted(w.rank for w in printed_wijken() if w.rank) == list(range(1, 21))
