"""Verdicts that say why: ideas of gemeenten that belong to households, families of candidates, what is not known."""

from dataclasses import replace

import numpy as np
import pytest

from tests.assess.test_assess import KNOWN, request
from verdeelmodel.assess.country import build_country
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.evidence import who_declared
from verdeelmodel.assess.ideas import Idea, Specification
from verdeelmodel.assess.study import assess, remarks_on
from verdeelmodel.assess.verdict import NADER, NIET, OPNEMEN, judge
from verdeelmodel.errors import RequestError
from verdeelmodel.kenmerken import kenmerk
from verdeelmodel.table import NotApplicable


@kenmerk(thema="Proef", label="Bijna hetzelfde", theorie="Geen.", reden="proef", vastgelegd_door="J. Jansen")
def bijna_hetzelfde(mental_care_use, age_25_to_30):
    """Almost the same households as another candidate."""
    return mental_care_use & ~age_25_to_30


@pytest.fixture(scope="module")
def area():
    """A kenmerk of gemeenten that sets the groups apart and meets nothing else that is measured."""
    found = assess(request(("mental_care_use",)), default_framework()).verdicts[0].evidence
    return replace(
        found,
        level="gemeente",
        group_difference=0.8,
        group_p=0.02,
        gain_out=-1e-5,
        score_p=0.4,
        tolerance=0.1,
        municipal_p=1e-8,
        within_p=0.7,
        within_effect=0.03,
    )


def criteria_of(outcomes):
    return [o.criterion.key for o in outcomes]


def test_an_area_kenmerk_that_sets_the_groups_apart_goes_to_households_first(area):
    found = judge(area, default_framework())
    assert (found.verdict, found.elaborate) == (NADER, True)
    assert criteria_of(found.decided_by) == ["niveau"]
    assert {"huishoudniveau", "verklaringskracht", "significant", "aanvullend"} <= set(criteria_of(found.not_met))
    assert "nader onderzoek op huishoudniveau" in found.sentences()[0]
    assert "zoek eerst een specificatie per huishouden" in found.sentences()[0]
    assert "verschil tussen tekort- en overschotgemeenten 0,800 standaardafwijking, p = 0,020" in str(found)
    for criterion in found.not_met:
        assert str(criterion) in found.sentences()


def test_influenceable_as_the_kenmerk_is_the_idea_may_be_specified_otherwise(area):
    found = judge(replace(area, influenceable="ja"), default_framework())
    assert found.verdict == NADER
    assert "niet_beinvloedbaar" in criteria_of(found.not_met)


def test_no_difference_between_the_groups_no_household_first(area):
    for p in (0.3, NotApplicable("er geen groepen zijn")):
        found = judge(replace(area, group_p=p), default_framework())
        assert (found.verdict, found.elaborate) == (NIET, False)


def test_a_kenmerk_of_households_is_judged_as_it_is(area):
    found = judge(replace(area, level="huishouden"), default_framework())
    assert (found.verdict, found.elaborate) == (NIET, False)
    assert "huishoudniveau" in criteria_of(found.decided_by)


def test_a_framework_without_the_chance_judges_areas_like_households(area):
    framework = default_framework()
    plain = tuple(replace(c, found_below=None) if c.key == "niveau" else c for c in framework.criteria)
    assert judge(area, replace(framework, criteria=plain)).verdict == NIET


def test_an_idea_says_which_kenmerken_of_households_specify_it(area):
    idea = Idea("proef", {"nl": "Proef", "en": "Try"}, (area.key,), ("a", "b"))
    labels = {"a": "Eerste", "b": "Tweede"}
    found = judge(area, default_framework())
    specified = Specification(idea, area.key, ("a", "b"), 1e-4, -1e-5, -1e-5)
    assert "Eerste; Tweede" in remarks_on(found, [specified], labels)[0]
    assert "Geen van" in remarks_on(found, [replace(specified, chosen=())], labels)[0]
    other = judge(replace(area, level="huishouden"), default_framework())
    assert remarks_on(other, [specified], labels) == ()


def test_of_two_that_say_the_same_the_strongest_is_to_be_chosen():
    known = KNOWN.extended([bijna_hetzelfde.verdeelmodel_kenmerk])
    asked = replace(request(("mental_care_use", "bijna_hetzelfde")), known=known)
    framework = default_framework()
    lenient = tuple(
        replace(c, threshold={"gain_out": 0.0, "score_p": 1.0, "gain_beside": 1.0}.get(c.evidence, c.threshold))
        for c in framework.criteria
        if c.evidence in ("gain_out", "score_p", "gain_beside")
    )
    found = assess(asked, replace(framework, criteria=lenient))
    taken = [member.key for member in found.sets.forward]
    others = [v for v in found.verdicts if v.evidence.key not in taken]
    assert others
    for verdict in others:
        assert verdict.verdict == NADER
        assert found.instead_of(verdict) in found.labels.values()
        assert found.instead_of(verdict) in str(verdict)
        assert found.scorecard().values["choose"][found.verdicts.index(verdict)] == found.instead_of(verdict)


def test_alone_there_is_nothing_to_be_held_beside():
    found = assess(request(("mental_care_use",)), default_framework()).verdicts[0]
    assert isinstance(found.evidence.gain_beside, NotApplicable)
    assert found.evidence.beside == ""


def test_who_declared_it_and_when_stands_with_the_judgement():
    declared = bijna_hetzelfde.verdeelmodel_kenmerk
    assert who_declared(replace(declared, vastgelegd_op="2024-03-01")) == {
        "declared_by": "J. Jansen",
        "declared_on": "2024-03-01",
    }
    assert who_declared(replace(declared, vastgelegd_door="", herkomst="mijn.yaml"))["declared_by"] == "mijn.yaml"
    packaged = assess(request(("mental_care_use",)), default_framework()).verdicts[0]
    assert "opgegeven door de makers van verdeelmodel (versie " in str(packaged)


def test_what_could_not_be_judged_is_told_with_a_verdict_that_lets_it_in(area):
    good = replace(
        area,
        level="huishouden",
        expected_sign="+",
        estimate=0.5,
        gain_out=1e-3,
        score_p=1e-9,
        tolerance=0.9,
        within_p=1e-9,
        within_effect=0.2,
        theory="Omdat.",
        influenceable="nee",
        policy_p=0.5,
        smallest_cell=500.0,
        drift_p=0.4,
        sources=(),
    )
    found = judge(good, default_framework())
    assert found.verdict == OPNEMEN
    assert "- Meetbaar: niet te beoordelen (er is geen bron opgegeven)." in found.sentences()


def test_the_memory_of_all_years_is_asked_before_anything_is_read(monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_MEMORY", "0.4")
    with pytest.raises(RequestError, match="geheugen"):
        build_country(request(years=(2017, 2018, 2019, 2020)))
    monkeypatch.setenv("VERDEELMODEL_MEMORY", "1")
    assert np.isfinite(build_country(request(years=(2020,))).estimate).all()
