"""A small country with random but valid households: gemeenten, buurten, jobs, travel times, sectors, some years.

`small_country(seed)` is a population in memory; the same arguments give the same country. Nothing in it resembles the
Netherlands.
"""

from functools import cache

import numpy as np
import pandas as pd

from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.population.schema import table_schema

YEARS = (2017, 2018, 2019, 2020)
GEMEENTEN = (14, 80, 344, 363, 599, 1680)
SECTORS = (10, 47, 56, 81, 86)

# Counts within a household that are part of another count.
PARTS = {
    "working": "labour_force",
    "zelfstandigen": "labour_force",
    "zzp": "zelfstandigen",
    "dga": "zelfstandigen",
    "statushouders": "persons",
    "dropouts": "adults",
    "dropouts_psychological": "dropouts",
}


@cache
def small_country(seed=1, households=3000, years=YEARS, gemeenten=GEMEENTEN, buurten=5):
    """A MemoryPopulation with `households` households a year, spread over `buurten` buurten in each gemeente."""
    rng = np.random.default_rng(seed)
    codes = np.array([g * 10_000 + (b // 2) * 100 + b % 2 for g in gemeenten for b in range(buurten)], np.int32)
    meta = PopulationMeta("Klein land", True, years[-1], tuple(years), seed=seed)
    drawn = {year: _households(rng, codes, households) for year in years}
    frames = {
        "buurten": pd.concat([_buurten(rng, codes, year, drawn[year]) for year in years], ignore_index=True),
        "gemeenten": pd.concat([_gemeenten(rng, gemeenten, year, drawn[year]) for year in years], ignore_index=True),
        "banen": _banen(rng, gemeenten, years),
        "reistijden": _reistijden(rng, gemeenten),
        "sectoren": _sectoren(rng),
    }
    return MemoryPopulation(meta, drawn, frames)


def write_small_country(folder, **options):
    """The small country as a population on disk; returns the folder."""
    from verdeelmodel.population.writer import PopulationWriter

    country = small_country(**options)
    with PopulationWriter(folder, country.meta) as writer:
        for year in country.years:
            writer.households(year, country.households(year))
        for name in country.tables():
            writer.table(name, country.table(name))
    return folder


def random_column(rng, column, size):
    """Valid values of one column: codes of its codebook, or numbers between its bounds, now and then `none`."""
    if column.type == "bool":
        return rng.random(size) < 0.15
    if column.codes:
        values = rng.choice([c.value for c in column.codes], size)
    else:
        lowest = max(column.minimum if column.minimum is not None else 0, -50_000)
        highest = min(column.maximum if column.maximum is not None else 1_000_000, 300_000)
        values = lowest + (highest - lowest) * rng.random(size) ** 3
    if column.none is not None:
        values = np.where(rng.random(size) < 0.3, column.none, values)
    return values.astype(column.dtype)


def _households(rng, codes, size):
    buurt = np.sort(rng.choice(codes, size))
    schema = table_schema("households").columns
    drawn = {name: random_column(rng, column, size) for name, column in schema.items() if name != "weight"}
    drawn |= {"household": np.arange(size), "buurt": buurt, "gemeente": buurt // 10_000}
    return _consistent(rng, drawn, size)


def _consistent(rng, drawn, size):
    """Make the columns of a household agree with each other."""
    kind = drawn["household_type"]
    couple = np.isin(kind, (1, 2))
    adults = np.select([couple, kind == 5], [2, rng.integers(2, 4, size)], 1)
    drawn["adults"] = adults
    for slot in (1, 2, 3):
        there = adults >= slot
        drawn[f"age_{slot}"] = np.where(there, rng.integers(18, 72, size), -1)
        for name, codes in (("sex", (1, 2)), ("origin", range(25)), ("generation", (0, 1, 2)), ("hci", range(4))):
            drawn[f"{name}_{slot}"] = np.where(there, rng.choice(list(codes), size), -1)
        dutch = rng.random(size) < 0.5
        drawn[f"origin_{slot}"] = np.where(there & dutch, 0, drawn[f"origin_{slot}"])
        drawn[f"recent_{slot}"] = there & (rng.random(size) < 0.05)
    drawn["age_1"] = np.minimum(drawn["age_1"], 65)
    drawn["sex_1"] = np.select([kind == 3, kind == 4], [2, 1], drawn["sex_1"])
    children = np.isin(kind, (2, 3, 4))
    drawn["age_youngest_child"] = np.where(children, rng.integers(0, 26, size), -1)
    drawn["persons"] = adults + children * rng.integers(1, 4, size)
    drawn["kostendelers"] = np.maximum(1, drawn["persons"] - children)
    drawn["medicine_groups"] = rng.integers(0, 11, size)
    drawn["labour_force"] = rng.integers(0, adults + 1)
    for part, whole in PARTS.items():
        drawn[part] = np.minimum(drawn[part], drawn[whole])
    drawn["bijstand_months"] = np.where(drawn["bijstand"], rng.integers(1, 160, size), 0)
    drawn["fraction_paid"] = np.where(drawn["bijstand"], rng.random(size), -1)
    return {
        name: drawn[name].astype(column.dtype)
        for name, column in table_schema("households").columns.items()
        if name in drawn
    }


def _area_frame(rng, table, size, fixed):
    columns = {
        name: fixed[name] if name in fixed else random_column(rng, column, size)
        for name, column in table_schema(table).columns.items()
        if name in fixed or column.type != "string"
    }
    return pd.DataFrame({n: pd.Series(v).astype(table_schema(table).columns[n].dtype) for n, v in columns.items()})


def _buurten(rng, codes, year, drawn):
    counts = np.array([(drawn["buurt"] == code).sum() for code in codes])
    fixed = {"buurt": codes, "year": np.full(len(codes), year), "gemeente": codes // 10_000, "wijk": codes // 100}
    fixed |= {"households": counts, "inhabitants": counts * 2, "labour_force": counts + 1, "non_working": counts // 5}
    fixed |= {
        "overlast": rng.normal(size=len(codes)),
        "x": rng.uniform(0, 60, len(codes)),
        "y": rng.uniform(0, 60, len(codes)),
    }
    return _area_frame(rng, "buurten", len(codes), fixed)


def _gemeenten(rng, gemeenten, year, drawn):
    size = len(gemeenten)
    counts = np.array([(drawn["gemeente"] == g).sum() for g in gemeenten])
    fixed = {
        "gemeente": np.array(gemeenten),
        "year": np.full(size, year),
        "households": counts,
        "inhabitants": _totals(drawn, gemeenten, "persons"),
        "labour_force": _totals(drawn, gemeenten, "labour_force"),
    }
    fixed |= {"code": [f"GM{g:04d}" for g in gemeenten], "name": [f"Gemeente {g}" for g in gemeenten]}
    fixed |= {"province": ["Noord"] * size, "region": ["Noord"] * size}
    fixed |= {
        name: counts + rng.integers(5, 50, size) for name in ("potential_labour_force", "low_educated_labour_force")
    }
    fixed |= dict.fromkeys(("married_persons", "youth_0_23", "dwellings"), counts + 10)
    fixed |= dict.fromkeys(
        ("social_dwellings", "ww_persons", "students_higher", "displaced", "youth_suspects", "youth_care_persons"),
        counts // 4,
    )
    fixed |= {"budget": counts * 800.0, "net_expenditure": counts * rng.uniform(700, 900, size)}
    fixed |= {"bijstand_persons": counts // 8, "lks_households": counts // 90, "jobs_non_residents": counts // 20}
    return _area_frame(rng, "gemeenten", size, fixed)


def _totals(drawn, gemeenten, column):
    return np.array([drawn[column][drawn["gemeente"] == g].sum() for g in gemeenten])


def _banen(rng, gemeenten, years):
    rows = [(g, s, y) for g in gemeenten for s in SECTORS for y in years]
    frame = pd.DataFrame(rows, columns=["gemeente", "sector", "year"]).astype("int16")
    frame["jobs"] = rng.uniform(50, 500, len(frame))
    for name, part in (
        ("low", 0.3),
        ("middle", 0.4),
        ("high", 0.3),
        ("flex", 0.2),
        ("parttime", 0.4),
        ("parttime_small", 0.1),
    ):
        frame[f"jobs_{name}"] = frame["jobs"] * part * rng.uniform(0.8, 1.2, len(frame))
    return frame


def _reistijden(rng, gemeenten):
    place = rng.uniform(0, 60, (len(gemeenten), 2))
    rows = [
        (a, b, 5 + float(np.hypot(*(place[i] - place[j]))))
        for i, a in enumerate(gemeenten)
        for j, b in enumerate(gemeenten)
    ]
    frame = pd.DataFrame(rows, columns=["from", "to", "minutes"])
    frame["minutes_ov"] = frame["minutes"] * 1.5
    return frame.astype({"from": "int16", "to": "int16", "minutes": "float32", "minutes_ov": "float32"})


def _sectoren(rng):
    rows = [(s, y) for s in SECTORS for y in range(2004, 2021)]
    frame = pd.DataFrame(rows, columns=["sector", "year"]).astype("int16")
    frame["name"] = "Sector " + frame["sector"].astype(str)
    trend = 1 + (frame["sector"] - 50) / 1000 * (frame["year"] - 2004)
    frame["jobs"] = 10_000 * trend * rng.uniform(0.97, 1.03, len(frame))
    frame["jobs_from_bijstand"] = frame["jobs"] * rng.uniform(0.001, 0.02, len(frame))
    return frame
