"""A land of six gemeenten with random households: no groups, no attribution, and still a dossier for everybody."""

import re

import pytest

from tests.small_country import small_country
from verdeelmodel.explain.country import ExplainOptions, explain_country
from verdeelmodel.explain.dossier import dossier
from verdeelmodel.report.dossier_page import dossier_page
from verdeelmodel.report.national import national_report
from verdeelmodel.report.sentences import findings, since_sentences
from verdeelmodel.scenario.since import SinceLastYear, since_last_year
from verdeelmodel.table import NotApplicable


@pytest.fixture(scope="module")
def country():
    return explain_country(small_country(), ExplainOptions(threads=1))


@pytest.fixture(scope="module")
def since(country):
    return since_last_year(small_country(), country.year, country.weighted("2022"), 1)


def test_everybody_has_a_page(country, since):
    assert isinstance(since, SinceLastYear)
    assert country.unusual is not None
    for code in country.gemeenten.tolist():
        found = dossier(country, code)
        for said in [*findings(found), *since_sentences(found, since)]:
            assert "{" not in said
            assert not {"nan", "inf", "None"} & set(re.findall(r"\w+", said)), said
        page = dossier_page(found, since=since)
        assert 'id="verandering"' in page
        assert 'id="bijzonder"' in page


def test_what_is_compared_with_are_all_others(country):
    found = dossier(country, 363)
    assert found.unusual.kenmerken > 100
    assert found.out_of_size == ""
    assert found.change_room == 0.0


def test_the_workbook_has_what_changed_and_what_is_unusual(country, since):
    keys = [t.key for t in national_report(country, since=since).tables]
    assert {"all_changes", "all_unusual"} <= set(keys)
    assert keys[-1] == "verantwoording"
    without = national_report(country, since=NotApplicable("er geen jaar voor 2020 is"))
    assert "all_changes" not in [t.key for t in without.tables]
