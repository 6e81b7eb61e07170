"""Intervals: how often they hold the truth, by kind of number, and that the difference is known best."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.scenario.cases import country, country_of, run, scenario
from tests.small_country import small_country
from verdeelmodel.budget import allocate
from verdeelmodel.model.prediction import Prediction, predict_chunks
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.scenario.outcome import Engine, outcome
from verdeelmodel.scenario.reading import read_scenario
from verdeelmodel.scenario.running import run_scenario
from verdeelmodel.scenario.setting import Model, settings_of
from verdeelmodel.scenario.stability import stability, stability_table
from verdeelmodel.scenario.uncertainty import (
    KINDS,
    buurt_sums,
    drawn_counts,
    effective_number,
    interval,
    intervals,
    intervals_table,
    price_steps,
    resampled,
    weight_steps,
)
from verdeelmodel.synthetic import default_population

SOURCE = "base: 2022\nmodel: {set: {housing_corporation: 2.5}}\n"
WORLDS = 200


def test_every_gemeente_draws_as_many_buurten_as_it_has_from_its_own():
    gemeente = np.repeat([0, 1, 2], [3, 1, 10])
    counts = drawn_counts(gemeente, 500, 1)
    sums = np.array([[row[gemeente == g].sum() for g in range(3)] for row in counts])
    assert (sums == [3, 1, 10]).all()
    assert counts.mean(axis=0) == pytest.approx(1, abs=0.15)


def test_a_replicate_keeps_the_households_of_a_gemeente():
    rng = np.random.default_rng(1)
    gemeente, households = np.repeat([0, 1], 8), rng.integers(50, 400, 16).astype(float)
    counts = drawn_counts(gemeente, 50, 2)
    assert resampled(households, households, gemeente, counts) == pytest.approx(
        np.tile(np.bincount(gemeente, households), (50, 1))
    )


def test_the_difference_is_known_better_than_either_budget():
    found = intervals(run(SOURCE), 100)
    width = {kind: found.high[kind] - found.low[kind] for kind in KINDS}
    large = run(SOURCE).end.allocation.m == 1
    assert (width["difference"][large] < 0.5 * width["budget_scenario"][large]).all()
    for kind in KINDS:
        assert (found.low[kind] <= found.points[kind] + 1e-6).all()
        assert (found.high[kind] >= found.points[kind] - 1e-6).all()


def test_nothing_changes_and_nothing_is_uncertain_about_that():
    found = intervals(run("base: 2022\n"), 20)
    assert np.abs(found.low["difference"]).max() < 1e-3
    assert np.abs(found.high["difference"]).max() < 1e-3


def test_the_same_seed_gives_the_same_intervals():
    first, second, other = (intervals(run(SOURCE + f"seed: {s}\n"), 20) for s in (1, 1, 2))
    assert np.array_equal(first.low["difference"], second.low["difference"])
    assert not np.array_equal(first.low["difference"], other.low["difference"])


def test_a_scenario_that_empties_buurten_has_intervals():
    everyone = "{kenmerken: {rent: {max: 500}}, gemeenten: [GM0080]}"
    found = run(f"base: 2022\npopulation: [{{scale: {{factor: 0, where: {everyone}}}}}]\n", country(households=60))
    known = intervals(found, 20)
    place = found.codes.index("GM0080")
    assert known.low["expected_scenario"][place] < known.low["expected_base"][place]


def test_how_much_a_gemeente_grows_is_as_uncertain_as_who_lives_there():
    source = (
        "base: 2022\npopulation: [{scale: {factor: 3, where: {gemeenten: [GM0344], kenmerken: {student: true}}}}]\n"
    )
    grown, base = run(source), run("base: 2022\n")
    wide, narrow = (intervals(found, 200) for found in (grown, base))
    place = grown.codes.index("GM0344")
    sums = buurt_sums(base.engine, base.base.setting), buurt_sums(grown.engine, grown.end.setting)
    inside = sums[0].gemeente == place
    factor = (sums[1].households / sums[0].households)[inside]
    assert np.ptp(factor) > 0.01
    rate = (sums[1].expected / sums[0].households)[inside]
    spread = (wide.high["expected_scenario"] - wide.points["expected_scenario"])[place]
    weight = sums[0].households[inside]
    classic = np.sqrt((weight**2 * (rate - np.average(rate, weights=weight)) ** 2).sum() * 5 / 4)
    assert spread / 2.78 == pytest.approx(classic, rel=0.2)
    assert narrow.points["expected_base"][place] == wide.points["expected_base"][place]


def test_a_merged_gemeente_has_an_interval():
    found = run("base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0599]}}\n")
    known = intervals(found, 20)
    table = intervals_table(found, known)
    assert table.values["gm_code"] == found.codes
    assert 9 < known.buurten[found.codes.index("GM9001")] <= 10


def test_a_base_that_merged_and_merges_again_has_intervals(tmp_path):
    (tmp_path / "a.yaml").write_text("base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0599]}}\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\ngemeenten: {merge: {GM9002: [GM9001, GM0080]}}\n")
    found = run_scenario(country(), read_scenario(tmp_path / "b.yaml"), threads=1)
    known = intervals(found, 20)
    for kind in KINDS:
        assert known.low[kind].shape == (len(found.codes),)
        assert (known.low[kind] <= known.points[kind] + 1e-6).all()


def test_estimated_weights_add_uncertainty(tmp_path):
    (tmp_path / "model.yaml").write_text("extends: 2022\ndrop: [housing_caravan_pitch]\n")
    (tmp_path / "geschat.yaml").write_text("base: 2022\nmodel: {file: model.yaml, refit: true}\n")
    found = run_scenario(country(households=6000), read_scenario(tmp_path / "geschat.yaml"), threads=1)
    with_weights = intervals(found, 60)
    assert with_weights.estimated
    sums = buurt_sums(found.engine, found.end.setting)
    counts = drawn_counts(sums.gemeente, 60, found.end.setting.seed)
    only_buurten = resampled(sums.expected, sums.households, sums.gemeente, counts).std(axis=0).mean()
    width = with_weights.high["expected_scenario"] - found.end.country.expected.sum(axis=1)
    assert width.mean() > only_buurten


def test_the_slopes_are_those_of_the_prediction(tmp_path):
    (tmp_path / "model.yaml").write_text("extends: 2022\ndrop: [housing_caravan_pitch]\n")
    (tmp_path / "geschat.yaml").write_text("base: 2022\nmodel: {file: model.yaml, refit: true}\n")
    found = run_scenario(country(households=6000), read_scenario(tmp_path / "geschat.yaml"), threads=1)
    setting = found.end.setting
    model = found.engine.model_of(setting)
    sums = buurt_sums(found.engine, setting)
    step = 1e-4

    def change(component, key):
        part = getattr(model.spec, component)
        terms = tuple(replace(t, weight=t.weight + step) if t.kenmerk == key else t for t in part.terms)
        moved = replace(model, spec=replace(model.spec, **{component: replace(part, terms=terms)}))
        return (found.engine.country(setting, moved).amount.sum(axis=1) - found.end.country.amount.sum(axis=1)) / step

    for key in ("student", "nuisance_unsafety_index"):
        place = model.spec.volume.kenmerken.index(key)
        assert change("volume", key) == pytest.approx(sums.slopes[1, :, place], rel=2e-3, abs=1.0)
    for place, key in enumerate(model.spec.price.kenmerken[:3]):
        assert change("price", key) == pytest.approx(sums.price_slopes[:, place], rel=2e-3, abs=1.0)


LIKELY = ModelSpec(
    "planted",
    2022,
    Part((Term("age_20_to_25", weight=0.8), Term("housing_corporation", weight=0.5)), -1.2),
    Part((Term("age_25_to_30", weight=-0.6), Term("housing_corporation", weight=0.4)), 1.0),
)


def drawn_world(population, world):
    """The same households with bijstand and fractions drawn anew from the planted model."""
    rng = np.random.default_rng(world)
    year = max(population.years)
    chunk = next(predict_chunks(Prediction(population, year, LIKELY)))
    on = rng.random(len(chunk.eta)) < chunk.probability
    paid = rng.beta(4 * chunk.fraction, 4 * (1 - chunk.fraction))
    columns = {**population.households(year), "bijstand": on, "fraction_paid": np.where(on, paid, -1.0)}
    return MemoryPopulation(
        replace(population.meta, years=(year,)),
        {year: columns},
        {name: population.table(name) for name in population.tables()},
    )


@pytest.mark.slow
def test_estimated_weights_hold_the_planted_ones_in_number_and_amount():
    population = country_of(small_country(households=6000, buurten=20))
    held = {"number": [], "amount": [], "amount by the price alone": []}
    for world in range(WORLDS):
        engine = Engine(drawn_world(population, world), 1)
        setting = replace(settings_of(scenario("base: 2022\n"), engine.population)[1], model=Model(LIKELY, refit=True))
        fitted, sums = engine.model_of(setting), buurt_sums(engine, setting)
        volume, price = weight_steps(engine, setting, 80, world), price_steps(engine, setting, 80, world)
        both, only_price, truth = (
            engine.country(setting, Model(spec))
            for spec in (fitted.spec, replace(LIKELY, price=fitted.spec.price), LIKELY)
        )
        for kind, of, found, steps in (
            ("number", "expected", both, volume @ sums.slopes[0].T),
            ("amount", "amount", both, volume @ sums.slopes[1].T + price @ sums.price_slopes.T),
            ("amount by the price alone", "amount", only_price, price @ sums.price_slopes.T),
        ):
            gap = getattr(found, of).sum(axis=1) - getattr(truth, of).sum(axis=1)
            held[kind].append(np.abs(gap) <= 1.96 * steps.std(axis=0, ddof=1))
    shares = {kind: float(np.mean(rows)) for kind, rows in held.items()}
    assert all(0.90 <= share <= 0.98 for share in shares.values()), shares


@cache
def coverage():
    """How often the intervals hold the truth, by kind, over countries with buurten of the synthetic one."""
    population = default_population()
    engine = Engine(population, 2)
    base, end = settings_of(
        read_scenario("normen_2024", ["macrobudget=+3%", "norms={kinds: {paar_21_aow: +20%}}"]), population
    )
    found = [outcome(engine, s) for s in (base, end)]
    sums = [buurt_sums(engine, s) for s in (base, end)]
    gemeente, households = sums[0].gemeente, sums[0].households
    n = effective_number(households, gemeente)
    judged = (n >= 12) & (found[0].allocation.m == 1)

    def budgets(amounts):
        return [
            allocate(
                o.setting.rules, o.table.inputs.with_columns({"objective": np.maximum(a, 0)}), o.allocation.amounts
            ).exact
            for o, a in zip(found, amounts, strict=True)
        ]

    held = {kind: [] for kind in ("number", "budget", "share", "difference")}
    totals = np.bincount(gemeente, households)
    truth_budgets = budgets([o.country.amount.sum(axis=1) for o in found])
    truth = kinds_of(found[0].country.expected.sum(axis=1), *truth_budgets)
    for world in range(WORLDS):
        drawn = drawn_counts(gemeente, 1, 1000 + world)[0].astype(int)
        buurt = np.repeat(np.arange(len(gemeente)), drawn)
        there, people = gemeente[buurt], households[buurt]
        scale = (totals / np.bincount(there, people))[there]  # the country keeps its households
        counts = drawn_counts(there, 80, world)
        effective = effective_number(people * scale, there)
        values = [sums[0].expected[buurt] * scale, sums[0].amount[buurt] * scale, sums[1].amount[buurt] * scale]
        points = kinds_of(*point_of(values, there, budgets))
        again = [resampled(v, people * scale, there, counts) for v in values]
        rows = [kinds_of(again[0][r], *budgets([again[1][r], again[2][r]])) for r in range(len(counts))]
        for kind in held:
            low, high = interval(points[kind], np.array([row[kind] for row in rows]), effective)
            held[kind].append(((low <= truth[kind]) & (truth[kind] <= high))[judged])
    return {kind: float(np.mean(rows)) for kind, rows in held.items()}


def point_of(values, there, budgets):
    expected, *amounts = (np.bincount(there, v) for v in values)
    return expected, *budgets(amounts)


def kinds_of(expected, before, after):
    return {"number": expected, "budget": after, "share": after / after.sum(), "difference": after - before}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["number", "budget", "share", "difference"])
def test_a_95_percent_interval_holds_the_truth_between_90_and_98_percent_of_the_time(kind):
    assert 0.90 <= coverage()[kind] <= 0.98


def test_shares_change_over_the_years_and_a_scenario_that_changes_nothing_as_much():
    found = run("base: 2022\nmacrobudget: +1%\n")
    known = stability(found)
    assert known.years == ((2017, 2018), (2018, 2019), (2019, 2020))
    for kind in ("budget", "objective"):
        base, end = (known.changes[f"{kind}_{side}"] for side in ("base", "scenario"))
        assert base == pytest.approx(end, abs=1e-6)
        assert min(base) > 0
    assert len(stability_table(found, known)) == 3


def test_the_stability_of_budgets_is_the_mean_absolute_change_of_their_shares():
    known = stability(run("base: 2022\nrules: {threshold_high: 100_000}\n"))
    shares = []
    for year in (2019, 2020):
        found = run(f"base: 2022\nrules: {{year: 2020, threshold_high: 100_000}}\nyears: [{year}]\n")
        shares.append(found.after / found.after.sum())
    assert known.years[-1] == (2019, 2020)
    assert known.changes["budget_scenario"][-1] == pytest.approx(np.abs(shares[1] / shares[0] - 1).mean(), rel=1e-4)
