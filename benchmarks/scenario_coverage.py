"""How often a 95% interval of a scenario holds the truth: `python -m benchmarks.scenario_coverage [draws]`.

A small country of six gemeenten with twenty buurten each, and a planted model. In every draw the buurten of each
gemeente are drawn again, and so are the bijstand and the paid fraction of every household in them, correlated within a
buurt. Base and scenario are then both estimated on that country, and their intervals are made as `scenario run` makes
them. The truth is the planted model on the country itself. Per type of number: the share of the intervals that hold
the truth, over all draws and all gemeenten that are wholly objective (for the number: all gemeenten).
"""

import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from tests.scenario.cases import country_of, scenario
from tests.small_country import small_country
from verdeelmodel.model.prediction import Prediction, predict_chunks
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.scenario.outcome import Engine
from verdeelmodel.scenario.running import run_settings
from verdeelmodel.scenario.setting import Model, settings_of
from verdeelmodel.scenario.uncertainty import KINDS, intervals, points_of

YEAR = 2020
# The share of the variation of the outcome that households of one buurt have in common.
ALIKE = 0.02
PLANTED = ModelSpec(
    "planted",
    2022,
    Part((Term("age_20_to_25", weight=0.8), Term("housing_corporation", weight=0.5)), -1.2),
    Part((Term("age_25_to_30", weight=-0.6), Term("housing_corporation", weight=0.4)), 1.0),
)
ASKED = """
base: 2022
macrobudget: +3%
norms: {kinds: {paar_21_aow: +20%}}
population: [{scale: {factor: 1.5, where: {gemeenten: [GM0344], kenmerken: {housing: corporatie}}}}]
"""


def planted_country():
    """The country itself: its last year, with buurten that differ in their housing."""
    small = country_of(small_country(households=12_000, buurten=20))
    columns = dict(small.households(YEAR))
    rng = np.random.default_rng(1)
    codes, place = np.unique(columns["buurt"], return_inverse=True)
    corporation = rng.random(len(place)) < rng.beta(2, 4, len(codes))[place]
    columns["housing"] = np.where(corporation, 1, np.where(columns["housing"] == 1, 2, columns["housing"]))
    tables = {name: small.table(name) for name in small.tables()}
    tables = {n: t[t["year"] == YEAR] if n in ("gemeenten", "buurten") else t for n, t in tables.items()}
    return MemoryPopulation(replace(small.meta, years=(YEAR,)), {YEAR: columns}, tables)


def drawn_country(population, probability, fraction, draw):
    """The buurten of each gemeente drawn again with what is in them; a gemeente keeps its number of households."""
    rng = np.random.default_rng(1000 + draw)
    columns, buurten = population.households(YEAR), population.buurten(YEAR).sort_values("buurt")
    rows, codes, frames = [], [], []
    for gemeente, own in buurten.groupby("gemeente"):
        for place, code in enumerate(np.sort(rng.choice(own["buurt"], len(own)))):
            inside = np.flatnonzero(columns["buurt"] == code)
            rows.append(inside)
            codes.append(np.full(len(inside), gemeente * 10_000 + place))
            frames.append(own[own["buurt"] == code].assign(buurt=gemeente * 10_000 + place))
    row, buurt = np.concatenate(rows), np.concatenate(codes)
    drawn = {name: values[row] for name, values in columns.items()}
    drawn |= {"buurt": buurt, "household": np.arange(len(row))}
    before, after = (np.bincount(of, minlength=2000) for of in (columns["gemeente"], drawn["gemeente"]))
    drawn["weight"] = (before / np.maximum(after, 1))[drawn["gemeente"]]
    _, place = np.unique(buurt, return_inverse=True)
    common, own = rng.normal(size=place.max() + 1)[place], rng.normal(size=len(row))
    on = norm.cdf(np.sqrt(ALIKE) * common + np.sqrt(1 - ALIKE) * own) < probability[row]
    paid = rng.beta(4 * fraction[row], 4 * (1 - fraction[row]))
    drawn |= {"bijstand": on, "fraction_paid": np.where(on, paid, -1.0)}
    tables = {name: population.table(name) for name in population.tables()}
    tables["buurten"] = pd.concat(frames, ignore_index=True)
    return MemoryPopulation(population.meta, {YEAR: drawn}, tables)


def run_of(population, model):
    """Base and scenario on this population, both by this model."""
    engine, asked = Engine(population, 2), scenario(ASKED)
    base, end = (replace(s, model=model) for s in settings_of(asked, population))
    return run_settings(engine, asked, base, end)


def main(draws="200", replicates="100"):
    start = time.perf_counter()
    population = planted_country()
    chunk = next(predict_chunks(Prediction(population, YEAR, PLANTED)))
    truth = run_of(population, Model(PLANTED))
    points = points_of(truth, truth.codes)
    objective = truth.end.allocation.m == 1
    held = {kind: [] for kind in KINDS}
    for draw in range(int(draws)):
        run = run_of(drawn_country(population, chunk.probability, chunk.fraction, draw), Model(PLANTED, refit=True))
        found = intervals(run, int(replicates))
        for kind in KINDS:
            inside = (found.low[kind] <= points[kind]) & (points[kind] <= found.high[kind])
            held[kind].append(inside if kind.startswith("expected") else inside[objective])
    print(f"{draws} draws, {replicates} replicates each, {time.perf_counter() - start:.0f} s")
    for kind, rows in held.items():
        print(f"{kind:20s} {np.mean(rows):6.1%}   per gemeente {np.round(np.mean(rows, axis=0), 3)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
