"""The definitions on hand-made households, and on what the definitions of the house already say."""

from pathlib import Path

import numpy as np
import pytest

from tests.reintegration.profile_people import YEAR, columns_of, population
from verdeelmodel.documents import read_yaml
from verdeelmodel.kenmerken import compute_households
from verdeelmodel.kenmerken.herkomst import NIET_WESTERS
from verdeelmodel.reintegration.aspects import default_definitions
from verdeelmodel.reintegration.profile_persons import LEFT_OUT, OTHER, RECIPIENT, needed_columns, persons_of

CASES = read_yaml(Path(__file__).parent / "cases" / "profile_aspecten.yaml")
GROUPS = {"ontvanger": RECIPIENT, "overig": OTHER, "buiten": LEFT_OUT}
DEFINITIONS = default_definitions()


def block_of(household):
    country = population(columns_of([household]))
    names = needed_columns(DEFINITIONS, set(country.columns(YEAR)))
    (chunk,) = compute_households(country, YEAR, names)
    return persons_of(chunk, DEFINITIONS)


def aspects_in(code):
    return [a.key for bit, a in enumerate(DEFINITIONS.aspects) if code >> bit & 1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["naam"])
def test_hand_made_households(case):
    block = block_of(case["huishouden"])
    found = [
        aspects_in(int(code)) if counted else "telt niet"
        for code, counted in zip(block.code[0], block.counted[0], strict=True)
    ]
    adults = len(case["personen"])
    assert found[:adults] == case["personen"]
    assert found[adults:] == ["telt niet"] * (3 - adults)
    assert block.status[0] == GROUPS[case["groep"]]


def test_there_are_enough_cases_and_each_aspect_and_group_is_among_them():
    assert len(CASES) >= 20
    assert {a for c in CASES for p in c["personen"] if p != "telt niet" for a in p} == {
        a.key for a in DEFINITIONS.aspects
    }
    assert {c["groep"] for c in CASES} == set(GROUPS)


def test_non_western_is_what_the_kenmerken_say():
    (aspect,) = [a for a in DEFINITIONS.aspects if a.key == "nonwestern"]
    assert set(aspect.codes) == set(NIET_WESTERS)


def test_every_definition_says_where_it_comes_from_and_how_it_departs():
    for aspect in DEFINITIONS.aspects:
        assert aspect.certainty in ("zeker", "onzeker")
        assert "hoofdstuk" in aspect.source
        assert aspect.approximation.nl != aspect.approximation.en
    assert [a.key for a in DEFINITIONS.aspects if not a.wijk] == ["education"]


def test_a_population_without_third_adults_or_students_is_read_as_well():
    columns = columns_of([{"bijstand": True}, {}])
    for name in ("age_3", "origin_3", "student_level", "pensioen"):
        columns.pop(name)
    names = needed_columns(DEFINITIONS, set(columns) | {"household"})
    assert {"age_3", "origin_3", "student_level", "pensioen", "weight"}.isdisjoint(names)
    (chunk,) = compute_households(population(columns), YEAR, [n for n in names if not n.startswith("aspect")])
    with_aspects = chunk | {a.household: np.zeros(2, bool) for a in DEFINITIONS.aspects if a.of_household}
    block = persons_of(with_aspects, DEFINITIONS)
    assert block.counted.tolist() == [[True, False, False]] * 2
    assert sorted(block.status.tolist()) == [RECIPIENT, OTHER]
