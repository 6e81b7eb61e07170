"""What a scenario costs: `python benchmarks/scenario.py [population]` (default: the synthetic country, scale 0.05).

Times are of the scenario itself, after its base has been computed on the same population, as in a session or a sweep,
and of the whole run from nothing.
"""

import sys
import time
from pathlib import Path

from verdeelmodel.population import open_population
from verdeelmodel.scenario.outcome import Engine
from verdeelmodel.scenario.reading import read_scenario
from verdeelmodel.scenario.running import run_scenario
from verdeelmodel.scenario.sweeping import sweep_scenario
from verdeelmodel.scenario.uncertainty import intervals
from verdeelmodel.synthetic import default_population

KINDS = {"rules only": "drempel_50000", "population": "statushouders", "with refit": "ex_studenten"}
OVER = "rules.threshold_high=40000:59000:1000"


def timed(work):
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def main(folder=None):
    population = open_population(Path(folder)) if folder else default_population()
    print(
        f"{population.meta.name}: {population.count(max(population.years)):,} households, scale {population.meta.scale}"
    )
    run_scenario(population, read_scenario("herschat_2022"), engine=Engine(population, 4))  # compile once
    for kind, key in KINDS.items():
        _, cold = timed(lambda key=key: run_scenario(population, read_scenario(key), engine=Engine(population, 4)))
        engine = Engine(population, 4)
        run_scenario(
            population, read_scenario("vangnet_2024" if kind != "with refit" else "herschat_2022"), engine=engine
        )
        _, warm = timed(lambda key=key, engine=engine: run_scenario(population, read_scenario(key), engine=engine))
        print(f"{kind:12s} {cold:7.2f} s from nothing  {warm:7.2f} s with its base known")
    _, seconds = timed(lambda: sweep_scenario(population, read_scenario("drempel_50000"), OVER, threads=4))
    print(f"sweep of 20  {seconds:7.2f} s from nothing")
    run = run_scenario(population, read_scenario("drempel_50000"), engine=Engine(population, 4))
    print(f"intervals    {timed(lambda: intervals(run))[1]:7.2f} s for 200 draws")


if __name__ == "__main__":
    main(*sys.argv[1:])
