"""Nothing that is left out can be worked out: brute force over every country that prints the same tables.

The attacker of these tests knows the tables as they are printed and the rules, and tries every whole number. Countries
are small, with one aspect, two or three wijken and a minimum of three, so that every possibility can be tried.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import fftconvolve

from tests.reintegration.profile_people import columns_of, population, rules_file
from tests.small_country import small_country
from verdeelmodel.disclosure.gate import Status, judge
from verdeelmodel.disclosure.profile import default_profile, read_profile
from verdeelmodel.disclosure.suppression import Relation, attack
from verdeelmodel.reintegration.aspects import default_definitions
from verdeelmodel.reintegration.profile_areas import areas_of
from verdeelmodel.reintegration.profile_cells import gather
from verdeelmodel.reintegration.profile_protection import Published, protect
from verdeelmodel.reintegration.profile_study import ProfileOptions, profile_recipients
from verdeelmodel.reintegration.profile_tally import tally
from verdeelmodel.table import NotApplicable

MINIMUM = 3
# How far above the largest number of a country the attacker tries.
ROOM = 4
ONE_ASPECT = """
name: proef
source: proef
persons: {lowest_age: 18, highest_age: 66, comparison_without: [students], source: x, certainty: zeker,
          approximation: x}
aspects:
  - {key: laag, label: laag, household: low_education, wijk: true, definition: x, source: x, certainty: zeker,
     approximation: x}
"""
# The five kinds of persons in a wijk: recipients with and without, others with and without, and who is left out.
KINDS = (
    {"bijstand": True, "low_education": True},
    {"bijstand": True},
    {"low_education": True},
    {},
    {"student_level": 1},
)


def country_of(counts):
    """One gemeente with these numbers of persons, shape (wijken, kinds), and another with plenty of everything."""
    kinds = KINDS[: counts.shape[1]]
    rows = [
        kind | {"gemeente": 1, "buurt": 10_100 + 100 * wijk}
        for wijk, numbers in enumerate(counts)
        for kind, number in zip(kinds, numbers, strict=True)
        for _ in range(number)
    ]
    rows += [kind | {"gemeente": 2, "buurt": 20_100} for kind in kinds for _ in range(20)]
    return population(columns_of(rows))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regels")
    (folder / "een.yaml").write_text(ONE_ASPECT, encoding="utf-8")
    return folder / "een.yaml", rules_file(folder, MINIMUM)


def printed(profile):
    """What the tables print of the gemeente and its wijken, by table, row and column; what is left out is absent."""
    shown = {}
    for table in profile.tables():
        names = [c.key for c in table.columns if c.kind in ("text", "code")]
        for row in range(len(table)):
            name = tuple(str(table.values[n][row]) for n in names)
            for column in table.columns:
                cell = table.values[column.key][row]
                if not isinstance(cell, NotApplicable | str):
                    shown[table.key, name, column.key] = float(cell)
    return shown


def agrees(numbers, known):
    """Which of these numbers of the kinds, shape (kinds, ...), print these figures."""
    a, b, c, d, *e = numbers.astype(float)
    left_out = e[0] if e else 0 * a
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = {
            "recipients": a + b,
            "potential": a + b + c + d + left_out,
            "share": (a + b) / (a + b + c + d + left_out),
            "share_recipients": a / (a + b),
            "share_others": c / (c + d),
            "share_all": (a + c) / (a + b + c + d),
        }
    fits = np.ones(a.shape, bool)
    for key, value in known.items():
        fits &= np.abs(figures[key] - value) < 1e-9
    return fits


def figures_of_wijk(shown, code):
    """The figures that are printed of a wijk, whichever table prints them."""
    found = {}
    for (table, name, column), value in shown.items():
        if code not in name:
            continue
        if table == "profile_table_a1" and column in ("recipients", "potential", "share"):
            found[column] = value
        if table == "profile_table_2" and column == "laag":
            found["share_recipients"] = value
        if table == "profile_wijk_groups" and column in ("recipients", "others", "all"):
            found[f"share_{column}"] = value
    return found


def figures_of_gemeente(shown):
    found = {}
    for (table, name, column), value in shown.items():
        if table == "profile_table_1" and name[0] == "Gemeente Plaats 1":
            found[column] = value
        if table == "profile_aspects" and name[0] == "Plaats 1" and column in ("recipients", "others", "all"):
            found[f"share_{column}"] = value
        if table == "profile_numbers" and name == ("Plaats 1", "1") and column in ("recipients", "others", "all"):
            found[f"share_{column}"] = value
    return found


def values_of_cells(counts, shown):
    """Every value that each number of each wijk can have, by wijk and name, by trying all numbers in all wijken.

    Sets of numbers are grids of yes and no with an axis per kind; adding up the sets of wijken is a convolution.
    """
    wijken, kinds = counts.shape
    top = int(counts.max()) + ROOM
    grid = np.indices((top + 1,) * kinds)
    each = [agrees(grid, figures_of_wijk(shown, f"WK{101 + w:06d}")) for w in range(wijken)]
    total = agrees(np.indices((wijken * top + 1,) * kinds), figures_of_gemeente(shown))
    found = defaultdict(set)
    for wijk in range(wijken):
        rest = np.ones((1,) * kinds)
        for other in range(wijken):
            if other != wijk:
                rest = fftconvolve(rest, each[other].astype(float)) > 0.5
        # Numbers of this wijk for which some of the rest makes a total that the gemeente prints.
        backwards = rest[(slice(None, None, -1),) * kinds].astype(float)
        fits = fftconvolve(total.astype(float), backwards, mode="valid") > 0.5
        for numbers in np.argwhere(each[wijk] & fits):
            for name, value in named(numbers).items():
                found[wijk, name].add(value)
    return found


def named(numbers):
    """The numbers of a wijk that someone may want to know, with their sums."""
    a, b, c, d, *e = (int(n) for n in numbers)
    sums = {"recipients": a + b, "others": c + d, "all_with": a + c, "all_without": b + d}
    return {"r_with": a, "r_without": b, "o_with": c, "o_without": d} | ({"left_out": e[0]} if e else {}) | sums


@pytest.mark.parametrize(("seed", "wijken", "kinds"), [*((s, 3, 4) for s in range(10)), (20, 2, 5), (21, 2, 5)])
def test_no_number_under_the_minimum_can_be_worked_out_from_the_printed_tables(seed, wijken, kinds, files):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 5, (wijken, kinds))
    counts[rng.integers(wijken)] += 2
    definitions, rules = files
    options = ProfileOptions(("Plaats 1",), definitions=definitions, rules=rules)
    profile = profile_recipients(country_of(counts), options)
    found = values_of_cells(counts, printed(profile))
    for wijk, numbers in enumerate(counts):
        for name, number in named(numbers).items():
            values = found[wijk, name]
            assert number in values
            if number < MINIMUM:
                assert max(values) - min(values) >= MINIMUM, (wijk, name, sorted(values), counts.tolist())


def test_the_brute_force_finds_what_is_left_out_without_protection(files):
    """The same attack on tables with only the unsafe cells left out gives one of them away exactly."""
    counts = np.array([[1, 5, 6, 5], [5, 5, 6, 6], [5, 4, 6, 5]])
    definitions, rules = files
    options = ProfileOptions(("Plaats 1",), definitions=definitions, rules=rules)
    profile = profile_recipients(country_of(counts), options)
    assert profile.published.secondary
    published = profile.published
    bare = Published(published.known, published.primary, frozenset(), published.ranges)
    found = values_of_cells(counts, printed(replace(profile, published=bare)))
    assert found[0, "r_with"] == {1}


def cells_of(country, codes, comparison="country"):
    definitions = default_definitions()
    areas = areas_of(tally(country, max(country.years), definitions), country.gemeenten(2020), codes, comparison, {})
    return gather(areas, definitions, default_profile())


@pytest.mark.parametrize(("seed", "households", "codes"), [(1, 900, [14]), (2, 2500, [80, 344]), (3, 6000, [363])])
def test_the_attack_of_the_disclosure_room_finds_no_narrow_range(seed, households, codes):
    """All tables of a profile of five aspects together, attacked as one system by linear programming."""
    cells = cells_of(small_country(seed=seed, households=households), codes)
    found = protect(cells)
    assert found.primary
    places = sorted(cells.values)
    at = {place: (i, 0) for i, place in enumerate(places)}
    values = np.array([[float(cells.values[p])] for p in places])
    mask = np.array([[p in found.hidden] for p in places])
    sums = [Relation(at[t], tuple(at[p] for p in parts)) for t, parts in cells.relations]
    wanted = sorted(found.primary)
    ranges = attack(values, mask, sums, [at[p] for p in wanted])
    width = default_profile()["protection"].number("width")
    narrow = [p for p in wanted if ranges[at[p]][1] - ranges[at[p]][0] < width - 1e-6]
    assert narrow == []
    for place in wanted:
        low, high = found.ranges[place]
        assert ranges[at[place]][0] - 1e-6 <= low <= cells.values[place] <= high <= ranges[at[place]][1] + 1e-6


def test_every_declared_sum_holds():
    cells = cells_of(small_country(seed=4, households=2000), [14, 599])
    assert len(cells.relations) > 500
    for total, parts in cells.relations:
        assert cells.values[total] == sum(cells.values[p] for p in parts)


def test_recipients_and_others_make_all_and_wijken_make_the_gemeente():
    cells = cells_of(small_country(seed=4, households=2000), [14])
    sums = set(cells.relations)
    assert (("GM0014", "all"), (("GM0014", "recipients"), ("GM0014", "others"))) in sums
    wijken = tuple((f"WK{1400 + w:06d}", "recipients") for w in range(3))
    assert (("GM0014", "recipients"), wijken) in sums
    gemeenten = {(f"GM{g:04d}", "recipients") for g in (14, 80, 344, 363, 599, 1680)}
    assert any(total == ("NL", "recipients") and set(parts) == gemeenten for total, parts in sums)


def lively(size, seed, students=0.1):
    """A population of two gemeenten, seven wijken each, in which every aspect is common among everybody."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(size):
        gemeente = 1 + int(rng.random() < 0.4)
        row = {"gemeente": gemeente, "buurt": gemeente * 10_000 + 100 * int(rng.integers(1, 8))}
        for name, chance in (
            ("bijstand", 0.3),
            ("low_education", 0.4),
            ("income_below_poverty", 0.5),
            ("medicine_chronic", 0.4),
        ):
            row[name] = bool(rng.random() < chance)
        row["origin_1"] = 4 if rng.random() < 0.4 else 0
        row |= {"household_type": 3, "age_youngest_child": 5} if rng.random() < 0.4 else {}
        row["student_level"] = int(rng.random() < students)
        rows.append(row)
    return population(columns_of(rows))


def test_the_tables_of_a_real_population_pass_the_gate(tmp_path):
    """A profile may leave as it is: every figure has its evidence, and none breaks a rule."""
    profile = profile_recipients(lively(3500, 8), ProfileOptions(("1",)))
    assert not profile.synthetic
    rules = read_profile(rules_file(tmp_path, 10))
    verdicts = {t.key: judge(t, rules) for t in profile.tables()}
    assert {k: v.findings[:1] for k, v in verdicts.items() if v.status is not Status.passed} == {}
    shown = [c for t in profile.tables() for v in t.values.values() for c in v if isinstance(c, float)]
    assert len(shown) > 200
    assert profile.published.primary


def test_a_gemeente_without_recipients_gives_a_profile_all_the_same(files):
    rows = [{"gemeente": 1, "buurt": 10_100}] * 20
    rows += [{"gemeente": 2, "buurt": 20_100, "bijstand": i % 3 == 0} for i in range(90)]
    profile = profile_recipients(population(columns_of(rows)), ProfileOptions(("1",), definitions=files[0]))
    assert not profile.published.shows("GM0001", "recipients")
    assert not profile.published.shows("GM0001", "others")
    assert "complexiteit is niet te bepalen" in str(profile)


def test_that_nobody_can_be_left_out_of_the_comparison_is_no_secret():
    profile = profile_recipients(lively(4000, 9, students=0.0), ProfileOptions(("1",)))
    assert ("GM0001", "left_out") not in profile.published.known
    assert profile.published.shows("GM0001", "others")
    assert profile.published.shows("GM0001", "recipients")


@pytest.mark.parametrize(("seed", "households", "code"), [(1, 1500, 14), (2, 1500, 80), (3, 4000, 80), (6, 2500, 344)])
def test_combinations_are_left_out_before_the_recipients_of_a_gemeente(seed, households, code):
    """These countries once lost the number of recipients, and with it every share, to protect rare combinations."""
    cells = cells_of(small_country(seed=seed, households=households), [code])
    found = protect(cells)
    row = f"GM{code:04d}"
    assert any(place[0].startswith("combination:") for place in found.primary)
    assert found.shows(row, "recipients")
