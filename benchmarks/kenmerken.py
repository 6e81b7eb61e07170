"""All household kenmerken of the 2022 model for the whole country: wall time, CPU time and peak memory.

    python benchmarks/kenmerken.py                    # 8.1 million households, three alternated rounds
    python benchmarks/kenmerken.py --rows 1000000 --rounds 1

Each formulation runs in a process of its own, from the Parquet file to every kenmerk of every household as a boolean in
memory, and reports the number of households with each kenmerk; all formulations must agree. `streamed` is how the verbs
use the toolkit: counts per gemeente, one chunk at a time. pandas and polars get the plain formulation that a researcher
would write, with the same definitions.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RULES, YEAR, GEMEENTEN, BUURTEN = 2022, 2019, 342, 40
LIMITS = {"single": 5_000, "couple": 10_000, "home": 50_000, "care": 50_000, "aow": 66.3333}
FORMULATIONS = ("toolkit", "streamed", "pandas", "polars")


def kenmerken():
    from verdeelmodel.law.weights import indicators, weights

    rows = [(c, k) for c in ("volume", "prijs") for k in weights(RULES, c).kenmerken]
    return list(dict.fromkeys(k for c, k in rows if indicators()[c, k].level == "huishouden"))


def make_country(folder, rows):
    """A population with only the columns that are needed, drawn at random within their codebooks."""
    import pandas as pd

    from verdeelmodel.kenmerken.households import plan
    from verdeelmodel.population.meta import PopulationMeta
    from verdeelmodel.population.writer import PopulationWriter

    rng = np.random.default_rng(1)
    codes = np.array([g * 10_000 + b for g in range(1, GEMEENTEN + 1) for b in range(BUURTEN)], np.int32)
    columns = [c for c in plan(kenmerken()).columns if c not in ("gemeente", "buurt")]
    with PopulationWriter(folder, PopulationMeta("Meting", True, YEAR, (YEAR,))) as writer:
        for start in range(0, rows, 131_072):
            size = min(131_072, rows - start)
            buurt = codes[(np.arange(start, start + size, dtype=np.int64) * len(codes)) // rows]
            drawn = {c: _column(rng, c, size) for c in {*columns, "persons"}}
            writer.households(
                YEAR, {"buurt": buurt, "gemeente": (buurt // 10_000).astype(np.int16), **drawn, "bijstand": drawn["ww"]}
            )
        base = {"year": np.int16(YEAR), "households": np.int32(0)}
        places = pd.DataFrame(
            {"gemeente": np.arange(1, GEMEENTEN + 1, dtype=np.int16), **base, "inhabitants": np.int32(0)}
        )
        places["code"] = places["name"] = "GM" + places["gemeente"].astype(str)
        writer.table("gemeenten", places)
        near = pd.DataFrame(
            {"buurt": codes, "gemeente": (codes // 10_000).astype(np.int16), "wijk": codes // 100, **base}
        )
        writer.table("buurten", near)


def _column(rng, name, size):
    from verdeelmodel.population.schema import table_schema

    column = table_schema("households").columns[name]
    if column.type == "bool":
        return rng.random(size) < 0.05
    if column.codes:
        values = rng.choice([c.value for c in column.codes], size)
    elif name.startswith("age_"):
        values = rng.integers(18, 80, size) if name != "age_youngest_child" else rng.integers(0, 25, size)
    else:
        values = rng.integers(
            1 if name in ("adults", "persons") else 0, {"int8": 9, "int32": 120_000}[column.type], size
        )
    if column.none is not None and not name.endswith("_1"):
        values = np.where(rng.random(size) < 0.5, column.none, values)
    return values.astype(column.dtype)


def plain(c, among):
    """The definitions on columns that know & | ~ and comparisons; `among(column, codes)` is membership."""
    k = wealth_and_benefits(c) | ages(c) | households(c) | origins(c, among) | education_and_health(c)
    return k | combinations(c, among, k)


def adults(c, name, test):
    return test(c(f"{name}_1")) | test(c(f"{name}_2")) | test(c(f"{name}_3"))


def origin(c, among, *codes):
    return adults(c, "origin", lambda o: among(o, codes) if len(codes) > 1 else o == codes[0])


def wealth_and_benefits(c):
    single = (c("adults") == 1) & (c("household_type") != 3) & (c("household_type") != 4)
    assets, equity = c("assets"), c("home_equity") > LIMITS["home"]
    return {
        "wealth_single_above_limit": single & (assets > LIMITS["single"]),
        "wealth_single_below_limit_home_equity_above": single & (assets <= LIMITS["single"]) & equity,
        "wealth_couple_above_limit": ~single & (assets > LIMITS["couple"]),
        "wealth_couple_below_limit_home_equity_above": ~single & (assets <= LIMITS["couple"]) & equity,
        "benefit_disability_15_80_or_unknown": c("ao_15_80") & True,
        "benefit_disability_80_100": c("ao_80_100") & True,
        "benefit_unemployment": c("ww") & True,
        "benefit_survivors": c("anw") & True,
        "benefit_sickness_or_wachtgeld": c("ziektewet") | c("overige_uitkering"),
        "benefit_pension": c("pensioen") & True,
        "student": c("student_level") != 0,
        "wage_cost_subsidy_indicator": c("lks") & True,
    }


def ages(c):
    aged = {"20_to_25": (20, 25), "25_to_30": (25, 30), "30_to_40": (30, 40), "40_to_50": (40, 50)}
    aged["50_to_aow"] = (50, LIMITS["aow"])
    return {
        f"age_{name}": adults(c, "age", lambda a, low=low, high=high: (a >= low) & (a < high))
        for name, (low, high) in aged.items()
    }


def households(c):
    kind, youngest, housing = c("household_type"), c("age_youngest_child"), c("housing")
    found = {
        "household_couple_youngest_under_18": (kind == 2) & (youngest >= 0) & (youngest < 18),
        "household_couple_youngest_18plus": (kind == 2) & (youngest >= 18),
        "household_couple_no_children": kind == 1,
        "household_adult_child_at_home": kind == 6,
        "household_other": kind == 5,
        "household_single_mother_youngest_5plus": (kind == 3) & (youngest >= 5),
        "household_couple_with_children": kind == 2,
        "household_couple_no_children_or_other": (kind == 1) | (kind == 5),
        "housing_corporation": housing == 1,
        "housing_caravan_pitch": housing == 3,
        "housing_corporation_or_caravan_pitch": (housing == 1) | (housing == 3),
    }
    for code, parent in ((3, "mother"), (4, "father")):
        one = f"household_single_{parent}_youngest"
        found[f"{one}_under_5"] = (kind == code) & (youngest >= 0) & (youngest < 5)
        found[f"{one}_5_12"] = (kind == code) & (youngest >= 5) & (youngest < 12)
        found[f"{one}_12_18"] = (kind == code) & (youngest >= 12) & (youngest < 18)
        found[f"{one}_18plus"] = (kind == code) & (youngest >= 18)
    return found


def origins(c, among):
    groups = {"turkish": [1], "surinamese": [2], "dutch_caribbean": [3], "moroccan": [4], "ghanaian": [5]}
    groups |= {"afghan": [11], "iraqi": [12], "syrian": [13], "iranian": [14], "chinese": [15], "indian": [16]}
    groups |= {"somali_or_eritrean": [6, 7], "other_african": [8, 9, 10], "former_yugoslavian": [19]}
    groups |= {"other_non_western": [18, 23], "former_soviet": [20, 21], "other_western": [17, 22, 24]}
    groups |= {"african_excl_moroccan": range(5, 11), "iraqi_syrian_iranian_or_afghan": range(11, 15)}
    return {f"origin_{name}": origin(c, among, *codes) for name, codes in groups.items()}


def education_and_health(c):
    groups = c("medicine_groups")
    return {
        "hci_low": adults(c, "hci", lambda h: h == 1),
        "hci_middle_or_high": adults(c, "hci", lambda h: (h == 2) | (h == 3)),
        "special_or_practical_education": c("vso_pro") & True,
        "care_cost_above_50000": c("care_cost") > LIMITS["care"],
        "mental_care_use": c("ggz") != 0,
        "medication_addiction": c("medicine_addiction") & True,
        "medication_depression": c("medicine_depression") & True,
        "medication_psychosis": c("medicine_psychosis") & True,
        "medication_groups_4_to_6": (groups >= 4) & (groups < 6),
        "medication_groups_6_to_8": (groups >= 6) & (groups < 8),
        "medication_groups_8_or_more": groups >= 8,
    }


def combinations(c, among, k):
    health = k["medication_addiction"] | k["medication_depression"] | k["medication_psychosis"]
    health = health | (c("medicine_groups") >= 4) | k["care_cost_above_50000"] | k["mental_care_use"]
    foreign = origin(c, among, *range(1, 17), 18, 23)
    return {
        "combo_non_western_x_age_50_to_aow": foreign & k["age_50_to_aow"],
        "combo_non_western_x_health_problems": foreign & health,
        "combo_hci_low_x_health_problems": k["hci_low"] & health,
    }


def toolkit(folder, keys):
    from verdeelmodel.kenmerken import compute_households
    from verdeelmodel.population import open_population

    population = open_population(folder)
    whole = {key: np.empty(population.count(YEAR), np.bool_) for key in keys}
    start = 0
    for chunk in compute_households(population, YEAR, keys, RULES):
        stop = start + len(chunk["gemeente"])
        for key in keys:
            whole[key][start:stop] = chunk[key]
        start = stop
    return {key: int(values.sum()) for key, values in whole.items()}


def streamed(folder, keys):
    from verdeelmodel.kenmerken import compute_gemeenten
    from verdeelmodel.population import open_population

    population = open_population(folder)
    frame = compute_gemeenten(population, [f"som_{key}" for key in keys], [YEAR], RULES)
    return {key: int(frame[f"som_{key}"].sum()) for key in keys}


def with_pandas(folder, keys):
    import pandas as pd

    from verdeelmodel.kenmerken.households import plan

    columns = [c for c in plan(keys).columns if c not in ("gemeente", "buurt")]
    frame = pd.read_parquet(folder / "households" / f"{YEAR}.parquet", columns=columns)
    made = pd.DataFrame(plain(lambda name: frame[name], lambda column, codes: column.isin(codes)))
    return {key: int(made[key].sum()) for key in keys}


def with_polars(folder, keys):
    import polars as pl

    made = plain(pl.col, lambda column, codes: column.is_in(list(codes)))
    lazy = pl.scan_parquet(folder / "households" / f"{YEAR}.parquet")
    frame = lazy.select([made[key].alias(key) for key in keys]).collect()
    return {key: int(frame[key].sum()) for key in keys}


def run_one(name, folder):
    """One formulation in this process: what it counted and what it took, reading the file included."""
    keys = kenmerken()
    functions = {"toolkit": toolkit, "streamed": streamed, "pandas": with_pandas, "polars": with_polars}
    wall, cpu = time.perf_counter(), time.process_time()
    counts = functions[name](folder, keys)
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"counts": counts, "peak": peak, **took}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8_100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(FORMULATIONS))
    parser.add_argument("--child", nargs=2, metavar=("NAME", "FOLDER"))
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(run_one(asked.child[0], Path(asked.child[1]))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "land"
        make_country(folder, asked.rows)
        found = {name: [] for name in asked.only}
        for _ in range(asked.rounds):
            for name in asked.only:
                found[name].append(child(name, folder))
    report(found, asked.rows)


def child(name, folder):
    command = [sys.executable, __file__, "--child", name, str(folder)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def report(found, rows):
    first = next(iter(found.values()))[0]["counts"]
    differing = [name for name, runs in found.items() if any(run["counts"] != first for run in runs)]
    print(f"{rows:,} households, {len(first)} kenmerken; median of the rounds (range of wall)")
    print(f"{'formulation':<12}{'wall s':>8}{'range':>14}{'CPU s':>8}{'peak GB':>9}")
    for name, runs in found.items():
        walls = sorted(run["wall"] for run in runs)
        middle = {key: float(np.median([run[key] for run in runs])) for key in ("wall", "cpu", "peak")}
        spread = f"{walls[0]:.1f}-{walls[-1]:.1f}"
        print(f"{name:<12}{middle['wall']:>8.2f}{spread:>14}{middle['cpu']:>8.2f}{middle['peak']:>9.2f}")
    if differing:
        raise SystemExit(f"these count otherwise: {', '.join(differing)}")


if __name__ == "__main__":
    main()
