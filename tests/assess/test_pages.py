"""The pages of an assessment: self-contained, complete, in both languages, and honest about what is synthetic."""

import re
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from tests.assess.test_assess import CANDIDATES, request
from verdeelmodel.assess.budgets import Yardstick
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.study import assess
from verdeelmodel.report.assess_page import OVERVIEW, budget_sentences, change_table, page_name, pages
from verdeelmodel.report.figures_assess import budget_figure, central_figure, round_values, weight_figure
from verdeelmodel.table import format_number
from verdeelmodel.wording import text


@pytest.fixture(scope="module")
def found():
    return assess(request(), default_framework())


@pytest.fixture(scope="module")
def made(found):
    return pages(found)


class Ids(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.references, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.references += given.get("aria-labelledby", "").split()
        self.links += [given["href"]] if "href" in given else []


def test_there_is_a_page_for_every_candidate_and_one_for_all(made):
    assert set(made) == {OVERVIEW, *(page_name(key) for key in CANDIDATES)}


def test_pages_ask_nothing_of_the_network_and_say_that_they_are_synthetic(made):
    for content in made.values():
        assert not re.search(r"(src|href)=.(https?:|//)", content)
        assert "default-src 'none'" in unescape(content)
        assert text("table.synthetic") in content


def test_ids_are_unique_and_everything_referred_to_is_there(made):
    for content in made.values():
        parser = Ids()
        parser.feed(content)
        assert len(parser.ids) == len(set(parser.ids))
        assert set(parser.references) <= set(parser.ids)
        for link in parser.links:
            assert link.removeprefix("#") in parser.ids if link.startswith("#") else link in made


def test_the_overview_leads_to_every_candidate_and_back(made):
    for key in CANDIDATES:
        assert f'href="{page_name(key)}"' in made[OVERVIEW]
        assert f'href="{OVERVIEW}"' in made[page_name(key)]


def test_a_page_says_what_the_verdict_says(found, made):
    for verdict in found.verdicts:
        content = made[page_name(verdict.evidence.key)]
        assert verdict.sentences()[0] in content
        for outcome in verdict.outcomes:
            assert outcome.criterion.name in content


def test_the_figures_show_the_numbers_of_the_evidence(found):
    for verdict in found.verdicts:
        e = verdict.evidence
        drawn = weight_figure(e)
        assert drawn.count("<circle") == 1 + len(e.weights)
        assert format_number(e.estimate, "number", 3 if abs(e.estimate) < 10 else 1) in drawn


def test_the_central_figure_has_a_point_per_candidate_that_can_be_placed(found):
    placed = [
        replace(v, evidence=replace(v.evidence, gain_out=gain, deficit_r=r))
        for v, (gain, r) in zip(found.verdicts, ((4e-4, 0.1), (-1e-6, -0.3), (1e-4, 0.0)), strict=True)
    ]
    drawn = central_figure(replace(found, verdicts=tuple(placed)))
    for verdict in placed:
        assert f"<title>{escape(verdict.evidence.label)}</title>" in drawn


def test_budgets_are_drawn_from_the_largest_loss_to_the_largest_gain(found):
    n = 6
    objective = np.linspace(1e6, 2e6, n)
    names = tuple(f"Stad {i}" for i in range(n))
    yardstick = Yardstick(np.arange(n), objective, None, np.ones(n), objective, {}, names)
    effect = yardstick.effect(objective * np.array([1.0, 1.2, 0.9, 1.0, 1.1, 0.8]))
    changes = [change for _, change in effect.changes]
    assert changes == sorted(changes)
    assert {name for name, _ in effect.changes} == set(names)
    drawn = budget_figure(found.verdicts[0].evidence, effect)
    assert drawn.count("<rect") == n
    sentences = budget_sentences(effect)
    assert format_number(effect.moved, "euro") in sentences[0]
    assert change_table(found, effect).values["gemeente"][0] == effect.changes[0][0]


def test_a_candidate_that_follows_from_the_model_has_a_page_without_figures(found):
    from tests.assess.test_assess import KNOWN, nogmaals

    known = KNOWN.extended([nogmaals.verdeelmodel_kenmerk])
    content = pages(assess(replace(request(["nogmaals"]), known=known), default_framework()))["nogmaals.html"]
    assert "<svg" not in content
    assert text("assess.follows_from_model") in content


def test_round_values_stay_within_the_figure():
    assert round_values(0.0) == [0.0]
    assert max(round_values(1234.0)) <= 1234.0
