"""What a scenario costs: `python benchmarks/scenario.py [population] [repeats]` (default: the synthetic country, 3).

Per kind of scenario the best of some repeats, in seconds, with all processors:

- `from nothing`: a new engine on an open population computes the base, the scenario and the bridge between them.
- `base known`: the same engine has computed the base before, as after an earlier scenario, in a session or in a sweep.
- `limit`: what is asked of the whole country (scale 1) on four processors, with the base known.

The sweep starts from nothing. No time includes the intervals, which have a line of their own, or compiling: every
kernel has been used once before. The last line is the verb in a new process, from starting Python to the last table.
"""

import os
import subprocess
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

# Kind: the scenario, one with the same base that makes the base known, and the limit.
KINDS = {
    "rules only": ("drempel_50000", "vangnet_2024", 1.0),
    "population": ("statushouders", "vangnet_2024", 5.0),
    "with refit": ("ex_studenten", "herschat_2022", 15.0),
}
OVER, SWEEP_LIMIT = "rules.threshold_high=40000:59000:1000", 10.0


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(population, key, first):
    """Seconds from nothing and with the base known."""
    scenario, base = read_scenario(key), read_scenario(first)
    cold = timed(lambda: run_scenario(population, scenario, engine=Engine(population)))
    engine = Engine(population)
    run_scenario(population, base, engine=engine)
    return cold, timed(lambda: run_scenario(population, scenario, engine=engine))


def main(folder=None, repeats="3"):
    population = open_population(Path(folder)) if folder else default_population()
    count = population.count(max(population.years))
    print(f"{population.meta.name}: {count:,} households, scale {population.meta.scale}")
    print(f"{os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}")
    run_scenario(population, read_scenario("ex_studenten"), engine=Engine(population))  # compile once
    print(f"{'':14s} {'from nothing':>12s} {'base known':>12s} {'limit':>8s}")
    for kind, (key, first, limit) in KINDS.items():
        cold, known = (
            min(s) for s in zip(*(measure(population, key, first) for _ in range(int(repeats))), strict=True)
        )
        print(f"{kind:14s} {cold:12.2f} {known:12.2f} {limit:8.0f}")
    swept = min(
        timed(lambda: sweep_scenario(population, read_scenario("drempel_50000"), OVER)) for _ in range(int(repeats))
    )
    print(f"{'sweep of 20':14s} {swept:12.2f} {'':12s} {SWEEP_LIMIT:8.0f}")
    run = run_scenario(population, read_scenario("drempel_50000"))
    print(f"{'200 draws':14s} {'':12s} {timed(lambda: intervals(run)):12.2f}")
    command = [sys.executable, "-m", "verdeelmodel", "scenario", "run", "drempel_50000", "--intervals", "0", "--quiet"]
    verb = timed(lambda: subprocess.run([*command, *(["--population", folder] if folder else [])], check=True))
    print(f"{'the verb':14s} {verb:12.2f}")
    print(f"load after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
