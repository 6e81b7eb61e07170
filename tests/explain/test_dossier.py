"""The dossier of a gemeente: parts that add up for every gemeente, names as people write them, a page that is safe."""

import html5lib
import numpy as np
import pytest

from verdeelmodel.errors import RequestError
from verdeelmodel.explain.country import ExplainOptions, explain_country
from verdeelmodel.explain.dossier import dossier
from verdeelmodel.explain.groups import study_groups
from verdeelmodel.explain.names import find_gemeente, names_in
from verdeelmodel.explain.tables import tables
from verdeelmodel.report.dossier_page import dossier_page
from verdeelmodel.report.sentences import findings
from verdeelmodel.synthetic import default_population

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def population():
    return default_population()


@pytest.fixture(scope="module")
def country(population):
    return explain_country(population, ExplainOptions(), groups=study_groups(population))


def test_every_part_adds_up_for_every_gemeente(country):
    for code in country.gemeenten.tolist():
        found = dossier(country, code)
        for line in found.years:
            assert line.macro + line.distribution == line.budget - line.net
        if found.gap is not None:
            assert sum(found.gap.parts.values()) == found.gap.total
        for comparison in found.comparisons:
            assert sum(comparison.parts.values()) == pytest.approx(comparison.rate - comparison.other, abs=1e-9)


def test_numbers_by_household_type_are_those_of_the_gemeente(country, population):
    households = population.households(2020, ["gemeente", "bijstand", "weight"])
    for code in (518, 718, 363):
        inside = households["gemeente"] == code
        actual = float((households["bijstand"] * households["weight"])[inside].sum())
        found = dossier(country, code)
        assert found.types["actual"].sum() == pytest.approx(actual)
        assert found.numbers.actual == pytest.approx(actual)
        assert found.numbers.expected == pytest.approx(found.types["expected"].sum(), rel=1e-6)


@pytest.mark.parametrize("written", ["Vlissingen", "vlissingen", "GM0718", "718"])
def test_a_gemeente_by_name_or_code(population, written):
    assert find_gemeente(written, names_in(population)) == 718


@pytest.mark.parametrize(("written", "code"), [("Den Haag", 518), ("sudwest-fryslan", 1900), ("'s-Gravenhage", 518)])
def test_names_without_accents_and_as_people_say_them(population, written, code):
    assert find_gemeente(written, names_in(population)) == code


def test_a_slip_of_the_pen_gets_a_suggestion(population):
    with pytest.raises(RequestError, match="Vlissingen"):
        find_gemeente("Vlisingen", names_in(population))


@pytest.mark.parametrize("code", [88, 518, 718, 1900, 363])
def test_the_page_is_valid_self_contained_and_marked(country, code):
    # Schiermonnikoog has few households and a historical budget; the others have apostrophes, accents or size.
    found = dossier(country, code)
    page = dossier_page(found)
    html5lib.HTMLParser(strict=True).parse(page)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "Content-Security-Policy" in page
    assert "synthetisch" in page.lower()
    assert len(page.encode()) < 1_500_000
    said = findings(found)
    assert said
    assert all("{" not in s and "nan" not in s.lower().split() for s in said)


def test_tables_carry_evidence_and_the_mark(country):
    for table in tables(dossier(country, 718)):
        assert table.synthetic
        for column in table.columns:
            if column.kind == "count" and column.key != "inhabitants":  # a published figure
                assert column.key in table.evidence, (table.key, column.key)


def test_a_name_cannot_inject_anything_into_the_page(country):
    from dataclasses import replace

    table = country.table.copy()
    table.loc[718, "name"] = '<script>alert(1)</script>"&'
    page = dossier_page(dossier(replace(country, table=table), 718))
    assert "<script>alert" not in page


def test_the_gap_of_a_sample_grows_with_what_a_household_stands_for():
    from verdeelmodel.explain.residual import Spread

    spread = Spread(np.array([1]), np.array([10.0]), np.array([14.0]), np.array([3.0]), np.array([1.0]))
    larger = spread.standing_for(20.0)
    assert larger.actual[0] - larger.expected[0] == pytest.approx(80)
    assert [float(p[0]) for p in larger.parts()] == pytest.approx([20 * float(p[0]) for p in spread.parts()])
