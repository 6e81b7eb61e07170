"""How long the allocation of a whole country takes: 355 municipalities, every rule year that is known.

    python benchmarks/allocate.py

Prints per year the median of 50 allocations in milliseconds, and the same with saldo and safety net. The bound is
100 ms; nothing is read or written inside the measurement.
"""

import statistics
import time

import numpy as np

from verdeelmodel.budget import Amounts, Inputs, allocate, saldo, vangnet
from verdeelmodel.law import budget_rules, rule_years, vangnet_rules

GEMEENTEN = 355
REPEATS = 50
BOUND = 0.1
MACRO = 7_946_000_000
ASSUME = {"formule": "als_2011", "bdti": "zonder", "bdti_pot": "tb", "baj": "ja"}


def country(seed=0):
    rng = np.random.default_rng(seed)
    inhabitants = np.rint(rng.lognormal(10.4, 0.9, GEMEENTEN))
    objective = inhabitants * rng.uniform(200, 600, GEMEENTEN)
    columns = {
        "inhabitants": inhabitants,
        "objective": objective,
        "cost": objective * rng.uniform(0.8, 1.2, GEMEENTEN),
        "households_start": inhabitants * 0.45,
        "households_end": inhabitants * 0.455,
        "homeless_cost": objective * 0.01,
        "lks": objective * 0.03,
        "youth": np.rint(inhabitants * 0.02),
        "permit_holders": np.rint(inhabitants * 0.001),
    }
    return Inputs(tuple(f"GM{i:04d}" for i in range(GEMEENTEN)), columns)


def median_seconds(work):
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def rules_of(year):
    rules = budget_rules(year)
    return budget_rules(year, {q.key: ASSUME[q.key] for q in rules.open})


def main():
    inputs = country()
    slowest = 0.0
    for year in rule_years():
        rules = rules_of(year)
        amounts = Amounts(MACRO, {name: MACRO * 0.01 for name in rules.pools if name in ("lks", "youth")})

        def whole(rules=rules, amounts=amounts, year=year):
            found = allocate(rules, inputs, amounts)
            net = found.exact * 1.1
            if year != 2016:
                vangnet(vangnet_rules(year), net, found.budget.astype(float))
            return saldo(found.budget, net, inputs.codes)

        alone = median_seconds(lambda rules=rules, amounts=amounts: allocate(rules, inputs, amounts))
        everything = median_seconds(whole)
        slowest = max(slowest, everything)
        print(f"{year}  allocation {alone * 1e3:6.2f} ms   with saldo and vangnet {everything * 1e3:6.2f} ms")
    print(f"slowest {slowest * 1e3:.2f} ms, bound {BOUND * 1e3:.0f} ms: {'ok' if slowest < BOUND else 'TOO SLOW'}")


if __name__ == "__main__":
    main()
