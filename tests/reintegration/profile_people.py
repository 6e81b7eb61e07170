"""Small populations for the tests of profiles: households as short rows, everything else by default."""

import numpy as np
import pandas as pd

from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.population.schema import table_schema

YEAR = 2020
# A Dutch single of 40 with a diploma, healthy and without debts or bijstand.
PLAIN = {
    "gemeente": 1,
    "buurt": 10_100,
    "household_type": 0,
    "age_youngest_child": -1,
    "adults": 1,
    "persons": 1,
    "age_1": 40,
    "age_2": -1,
    "age_3": -1,
    "sex_1": 1,
    "sex_2": -1,
    "sex_3": -1,
    "origin_1": 0,
    "origin_2": -1,
    "origin_3": -1,
    "hci_1": 2,
    "hci_2": -1,
    "hci_3": -1,
    "student_level": 0,
    "debt_total": 0,
    **dict.fromkeys(
        (
            "income_below_poverty",
            "wsnp",
            "medicine_chronic",
            "ao_15_80",
            "ao_80_100",
            "low_education",
            "pensioen",
            "bijstand",
        ),
        False,
    ),
}


def coded(column, value):
    """The value of a column; the key of a code may stand for it."""
    book = {code.key: code.value for code in table_schema("households").columns[column].codes or ()}
    return book.get(value, value) if isinstance(value, str) else value


def columns_of(households):
    """Arrays of households that are given as rows with what differs from the plain household."""
    rows = [PLAIN | {k: coded(k, v) for k, v in row.items()} for row in households]
    schema = table_schema("households").columns
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row[name] for row in rows], schema[name].dtype) for name in names}


def population(columns, provinces=None, synthetic=False, wijken=None, scale=1.0):
    """A population of these household columns; a buurt of gemeente g is g times 10,000 and something, its wijk the
    hundreds. `provinces` maps a gemeente to province and region, `wijken` adds wijken without households."""
    order = np.lexsort((columns["buurt"], columns["gemeente"]))
    columns = {name: values[order] for name, values in columns.items()}
    columns["household"] = np.arange(len(order), dtype=np.int32)
    codes, first = np.unique(columns["buurt"], return_index=True)
    buurten = pd.DataFrame({"buurt": codes, "year": YEAR, "gemeente": columns["gemeente"][first]})
    buurten["wijk"] = buurten["buurt"] // 100
    buurten["name"], buurten["households"] = "Buurt", 1
    if wijken is not None:
        buurten = buurten[buurten["wijk"].isin(wijken)]
    gemeenten = pd.DataFrame({"gemeente": np.unique(columns["gemeente"])})
    gemeenten["year"], gemeenten["code"] = YEAR, [f"GM{g:04d}" for g in gemeenten["gemeente"]]
    gemeenten["name"] = [f"Plaats {g}" for g in gemeenten["gemeente"]]
    gemeenten["inhabitants"] = np.bincount(columns["gemeente"])[gemeenten["gemeente"]]
    gemeenten["households"] = gemeenten["inhabitants"]
    known = provinces or {}
    for place, name in enumerate(("province", "region")):
        gemeenten[name] = [known.get(g, ("Noord", "Noord"))[place] for g in gemeenten["gemeente"]]
    meta = PopulationMeta("Proefland", synthetic, YEAR, (YEAR,), scale=scale)
    return MemoryPopulation(meta, {YEAR: columns}, {"gemeenten": gemeenten, "buurten": buurten})


def rules_file(folder, threshold):
    """Disclosure rules with another minimum, and a range as wide as that."""
    from importlib.resources import files

    shipped = files("verdeelmodel.disclosure").joinpath("rules.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("threshold: 10\n    unit", f"threshold: {threshold}\n    unit")
    changed = changed.replace("width: 10", f"width: {threshold}")
    if threshold == 1:  # everything may be shown
        changed = changed.replace("disclosive: true", "disclosive: false").replace("share: 0.90", "share: 1.0")
    path = folder / f"regels_{threshold}.yaml"
    path.write_text(changed, encoding="utf-8")
    return path
