"""Municipalities compared: expectations add up, what is planted stands out, and figures are sound."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from tests.reintegration.services_clients import random_rows, study, synthetic_study
from verdeelmodel.reintegration.funnel import FAR, NEAR, funnel_of, overdispersion
from verdeelmodel.reintegration.odds import Factor, NotEstimable
from verdeelmodel.report.figures_services import funnel_figure, incidence_figure, odds_figure
from verdeelmodel.report.services_page import services_files

AGE = Factor("age", "Leeftijd", {"young": "Jong", "old": "Oud"}, "old")


def country(seed, gemeenten=40, each=200, deviating=0.0):
    """Municipalities with other shares of young clients, who leave more often; the first one deviates."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(gemeenten), each)
    young = rng.random(len(place)) < np.linspace(0.1, 0.9, gemeenten)[place]
    y = rng.random(len(place)) < 1 / (1 + np.exp(-(-1.5 + 1.5 * young + deviating * (place == 0))))
    return pd.DataFrame({"gemeente": place.astype(str), "age": np.where(young, "young", "old")}), y


def test_expected_and_observed_add_up_to_the_same():
    found = funnel_of(*country(1), [AGE])
    assert sum(p.expected for p in found.places) == pytest.approx(sum(p.observed for p in found.places), rel=1e-6)


def test_a_mix_of_clients_alone_makes_nobody_stand_out():
    verdicts = [p.verdict for seed in range(10) for p in funnel_of(*country(seed), [AGE]).places]
    assert 0.02 < np.mean([v != "within" for v in verdicts]) < 0.08
    assert np.mean([funnel_of(*country(seed), [AGE]).overdispersion for seed in range(10)]) < 1.2


def test_without_correction_the_mix_does_stand_out():
    plain = [p.verdict for p in funnel_of(*country(1), []).places]
    assert np.mean([v != "within" for v in plain]) > 0.3


def test_a_municipality_that_does_worse_stands_out():
    found = funnel_of(*country(3, deviating=-2.0), [AGE])
    assert found.places[0].verdict == "far_below"
    assert found.places[0].corrected < found.mean


def test_limits_and_verdicts_say_the_same():
    for place in funnel_of(*country(5, deviating=1.0), [AGE]).places:
        low, high = place.limits(0.3, NEAR)
        rate = place.observed / place.expected * 0.3
        assert (low <= rate <= high) == (place.verdict == "within")
        assert place.limits(0.3, FAR)[0] <= low


def test_the_planted_municipalities_of_the_synthetic_file():
    verdicts = {p.gemeente: p.verdict for p in synthetic_study().funnel.places}
    assert verdicts["2"] == verdicts["4"] == "far_below"
    assert synthetic_study().funnel.overdispersion > 3


def test_clients_of_one_municipality_have_no_funnel_but_everything_else():
    found = study(*random_rows(1, gemeenten=("A",)))
    assert isinstance(found.funnel, NotEstimable)
    (table,) = found.tables(("funnel",))
    assert "maar één gemeente" in table.notes[0]
    assert funnel_figure(found) == ""
    assert len(found.tables(("odds",))[0]) > 0


def test_overdispersion_is_not_decided_by_one_extreme():
    assert overdispersion(np.array([0.0] * 19 + [30.0])) < 1
    assert overdispersion(np.array([2.0, -2.0] * 10)) == pytest.approx(4)


@pytest.mark.parametrize("draw", [funnel_figure, incidence_figure, odds_figure])
def test_figures_are_sound_say_that_they_are_synthetic_and_are_always_the_same(draw):
    svg = draw(synthetic_study())
    root = ElementTree.fromstring(svg)  # noqa: S314 - made here
    assert root.tag.endswith("svg")
    assert "SYNTHETISCH" in svg
    assert svg == draw(synthetic_study())
    assert "nan" not in svg


def test_figures_of_real_clients_leave_out_what_tables_leave_out():
    rows = random_rows(1, 500, gemeenten=("A", "A", "A", "B", "C"))
    rows = [row for row in rows if row["gemeente"] != "C"] + [row for row in rows if row["gemeente"] == "C"][:12]
    found = study(*rows, threshold=10)
    figure = funnel_figure(found)
    labels = {c.key: c.label for c in found.clients.traits["gemeente"].categories}
    hidden = [
        label for key, label in labels.items() if not found.counts.shows(("gemeente", key), "still", "work", "both")
    ]
    assert hidden
    assert not any(f">{label}<" in figure for label in hidden)
    assert "SYNTHETISCH" not in figure


def test_the_page_holds_every_figure_and_no_free_text():
    files = services_files(synthetic_study())
    assert set(files) == {"services.html", "funnel.svg", "leaving.svg", "odds.svg"}
    assert files["services.html"].count("<svg") == 3
    assert "trajekt" not in files["services.html"]
