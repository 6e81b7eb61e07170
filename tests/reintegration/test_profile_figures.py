"""The figures of a profile against an independent computation, and shares that were planted against their intervals."""

import numpy as np
import pandas as pd
import pytest

from tests.reintegration.profile_people import PLAIN, YEAR, columns_of, population, rules_file
from tests.small_country import small_country
from verdeelmodel.population.schema import table_schema
from verdeelmodel.reintegration.aspects import default_definitions
from verdeelmodel.reintegration.combinations import label, membership, with_number
from verdeelmodel.reintegration.profile_areas import areas_of
from verdeelmodel.reintegration.profile_figures import ALL, GROUPS, OTHERS, POTENTIAL, RECIPIENTS
from verdeelmodel.reintegration.profile_study import ProfileOptions, profile_recipients
from verdeelmodel.reintegration.profile_tally import tally
from verdeelmodel.synthetic import default_population

KEYS = [a.key for a in default_definitions().aspects]
# What the source prints of the recipients of Heerlen, and how many there were.
PRINTED = {"financial": 0.75, "health": 0.58, "education": 0.56, "nonwestern": 0.20, "single_parent": 0.16}
RECIPIENTS_OF_HEERLEN = 4_913


def persons_frame(country, year):
    """A row per adult, written with pandas from the words of the definitions and nothing of the room itself."""
    frame = pd.DataFrame(country.households(year))
    book = {c.key: c.value for c in table_schema("households").columns["origin_1"].codes}
    western = ["nederlands", "indonesisch_japans", "joegoslavisch", "sovjet", "oekraiens", "overig_europees"]
    western += ["noord_amerikaans_oceanie"]
    parts = []
    for slot in (1, 2, 3):
        part = frame[frame[f"age_{slot}"].between(18, 66)].copy()
        part["nonwestern"] = ~part[f"origin_{slot}"].isin([-1, *(book[k] for k in western)])
        parts.append(part)
    persons = pd.concat(parts)
    persons["financial"] = persons.income_below_poverty | persons.wsnp | persons.debt_total.gt(10_000)
    persons["health"] = persons.medicine_chronic | persons.ao_15_80
    persons["education"] = persons.low_education
    alone = persons.household_type.isin([3, 4])
    persons["single_parent"] = alone & persons.age_youngest_child.between(0, 17)
    away = persons.adults.eq(1) & (persons.student_level.gt(0) | persons.pensioen)
    persons["group"] = np.where(persons.bijstand, RECIPIENTS, np.where(away, "left_out", OTHERS))
    persons["wijk"] = persons.buurt // 100
    if "weight" not in persons:
        persons["weight"] = 1.0
    persons["weight"] = persons["weight"].astype(float)
    return persons


def share_of(persons, key):
    return (persons[key] * persons.weight).sum() / persons.weight.sum()


def members(persons, group):
    return persons[persons.group.isin([RECIPIENTS, OTHERS] if group == ALL else [group])]


@pytest.fixture(scope="module")
def weighted():
    country = small_country(seed=5, households=4000)
    columns = dict(country.households(YEAR))
    columns["weight"] = np.random.default_rng(3).uniform(0.5, 30, len(columns["bijstand"])).astype(np.float32)
    return population(columns)


@pytest.mark.parametrize("which", ["plain", "weighted"])
def test_every_share_equals_an_independent_computation(which, weighted):
    country = small_country(seed=5, households=4000) if which == "plain" else weighted
    persons = persons_frame(country, YEAR)
    codes = [int(g) for g in country.gemeenten(YEAR)["gemeente"]]
    definitions = default_definitions()
    areas = areas_of(tally(country, YEAR, definitions), country.gemeenten(YEAR), codes, "country", {})
    every = [(persons, areas.country)]
    every += [(persons[persons.gemeente == int(g.code[2:])], g) for g in areas.chosen]
    every += [(persons[persons.wijk == int(w.code[2:])], w) for g in areas.chosen for w in areas.wijken[g.code]]
    assert len(every) == 1 + 6 + 18
    for expected, area in every:
        assert area.persons(POTENTIAL) == len(expected)
        assert area.households(POTENTIAL) == expected.household.nunique()
        for group in GROUPS:
            own = members(expected, group)
            assert area.stands_for(group) == pytest.approx(own.weight.sum())
            for k, key in enumerate(KEYS):
                assert area.share(group, k) == pytest.approx(share_of(own, key), abs=1e-12)
                assert area.households_with(group, k) == own[own[key]].household.nunique()
                assert area.households_without(group, k) == own[~own[key]].household.nunique()


def test_combinations_equal_an_independent_computation():
    country = small_country(seed=6, households=3000)
    persons = persons_frame(country, YEAR)
    definitions = default_definitions()
    areas = areas_of(tally(country, YEAR, definitions), country.gemeenten(YEAR), [14], "country", {})
    codes = sum(persons[key].astype(int) * 2**bit for bit, key in enumerate(KEYS))
    for group in GROUPS:
        own = persons.group.isin([RECIPIENTS, OTHERS] if group == ALL else [group])
        assert areas.country.combination_persons(group).tolist() == np.bincount(codes[own], minlength=32).tolist()
        by_code = persons[own].groupby(codes[own]).household.nunique().reindex(range(32), fill_value=0)
        assert areas.country.combination_households(group).tolist() == by_code.tolist()


def test_combinations_are_ordered_and_named_as_in_the_source():
    definitions = default_definitions()
    assert [len(with_number(5, n)) for n in range(6)] == [1, 5, 10, 10, 5, 1]
    assert label(definitions, with_number(5, 2)[0]) == "Financiële problemen; Gezondheidsproblemen"
    assert membership(5).sum(axis=1).tolist() == [16] * 5


def planted(gemeenten, recipients, seed):
    """Gemeenten with this many recipients each: a third in couples, who share what is known of the household."""
    rng = np.random.default_rng(seed)
    size = gemeenten * recipients
    columns = {name: np.full(size, value) for name, value in PLAIN.items()}
    columns["gemeente"] = np.repeat(np.arange(1, gemeenten + 1), recipients)
    columns["buurt"] = columns["gemeente"] * 10_000 + 100
    columns["bijstand"] = np.ones(size, bool)
    couple = rng.random(size) < 1 / 3
    columns["age_2"] = np.where(couple, 35, -1)
    columns["adults"] = 1 + couple
    for slot in (1, 2):
        origin = np.where(rng.random(size) < PRINTED["nonwestern"], 4, 0)
        columns[f"origin_{slot}"] = origin if slot == 1 else np.where(couple, origin, -1)
    columns["income_below_poverty"] = rng.random(size) < PRINTED["financial"]
    columns["medicine_chronic"] = rng.random(size) < PRINTED["health"]
    columns["low_education"] = rng.random(size) < PRINTED["education"]
    # Single parents are never couples, so their share among persons is made out of single households.
    alone = PRINTED["single_parent"] * (1 + 1 / 3) / (2 / 3)
    parent = ~couple & (rng.random(size) < alone)
    columns["household_type"] = np.where(couple, 1, np.where(parent, 3, 0))
    columns["age_youngest_child"] = np.where(parent, 8, -1)
    schema = table_schema("households").columns
    return population({name: values.astype(schema[name].dtype) for name, values in columns.items()})


def test_planted_shares_are_recovered_at_the_size_of_the_source(tmp_path):
    country = planted(1, RECIPIENTS_OF_HEERLEN * 3 // 4, seed=11)
    found = profile_recipients(country, ProfileOptions(comparison="country"))
    (heerlen,) = found.areas.chosen
    assert heerlen.persons(RECIPIENTS) == pytest.approx(RECIPIENTS_OF_HEERLEN, rel=0.02)
    for k, key in enumerate(KEYS):
        low, high = heerlen.interval(RECIPIENTS, k)
        assert low < PRINTED[key] < high, key
        assert high - low < 0.04


def test_intervals_hold_the_truth_as_often_as_they_say():
    """95% of 600 intervals per aspect: at most three standard errors from 95%, though partners are alike."""
    country = planted(600, 300, seed=12)
    counted = tally(country, YEAR, default_definitions())
    areas = areas_of(counted, country.gemeenten(YEAR), [1], "country", {}).gemeenten
    for k, key in enumerate(KEYS):
        ends = [area.interval(RECIPIENTS, k) for area in areas]
        covered = np.mean([low <= PRINTED[key] <= high for low, high in ends])
        assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 600)), key


def test_intervals_exist_where_everybody_or_nobody_has_an_aspect():
    country = population(columns_of([{"bijstand": True, "low_education": True}] * 30))
    (area,) = areas_of(tally(country, YEAR, default_definitions()), country.gemeenten(YEAR), [1], "country", {}).chosen
    low, high = area.interval(RECIPIENTS, KEYS.index("education"))
    assert high == pytest.approx(1.0)
    assert 0.85 < low < 0.95
    assert area.interval(RECIPIENTS, KEYS.index("health"))[0] == 0.0


def test_the_synthetic_country_has_the_shares_that_were_planted():
    """In the synthetic country recipients got an income below the limit with a known chance, or by their means."""
    from verdeelmodel.synthetic.truth import planted as truth

    country = default_population()
    year = max(country.years)
    definitions = default_definitions()
    areas = areas_of(tally(country, year, definitions), country.gemeenten(year), [917], "province", {})
    financial = KEYS.index("financial")
    low, high = areas.country.interval(RECIPIENTS, financial)
    columns = country.households(year, ["bijstand", "income_below_poverty"])
    assert columns["income_below_poverty"][columns["bijstand"]].mean() >= truth().poor_recipients
    assert high > truth().poor_recipients
    assert high - low < 0.03
    assert PRINTED["financial"] == pytest.approx(areas.chosen[0].share(RECIPIENTS, financial), abs=0.05)


def test_everything_may_be_shown_where_the_rules_say_so(tmp_path):
    country = small_country(seed=5, households=4000)
    everything = ProfileOptions(("Gemeente 80",), rules=rules_file(tmp_path, 1), comparison="country")
    found = profile_recipients(country, everything)
    assert found.published.hidden == frozenset()
    frames = {t.key: t.to_frame() for t in found.tables()}
    persons = persons_frame(country, YEAR)
    own = persons[persons.gemeente == 80]
    shown = frames["profile_aspects"].iloc[:5].set_index("aspect")
    for aspect, key in zip(shown.index, KEYS, strict=True):
        for group in GROUPS:
            assert shown.loc[aspect, group] == pytest.approx(share_of(members(own, group), key))
    first = frames["profile_table_1"].iloc[0]
    assert (first.recipients, first.potential) == ((own.group == RECIPIENTS).sum(), len(own))
