"""The hand-worked country of `cases/beschikbaarheid.yaml` as the arrays and tables that kenmerken ask for."""

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from verdeelmodel.kenmerken.instellingen import waarde

CASES = Path(__file__).parent / "cases"


KINDS = ("jobs", "jobs_low", "jobs_flex", "jobs_high")


@cache
def case():
    return yaml.safe_load((CASES / "beschikbaarheid.yaml").read_text(encoding="utf-8"))


def number(terms):
    """The sum of terms such as 1/4, or one such sum over another."""
    if isinstance(terms, dict):
        return number(terms["above"]) / number(terms["below"])
    return float(sum(Fraction(str(term)) for term in terms))


def expected(by_gemeente):
    return [number(by_gemeente[g]) for g in case()["gemeente"]]


def reistijden():
    pairs = [(i, j) for i in range(3) for j in range(3)]
    steps = {way: np.array(matrix) for way, matrix in case()["steps"].items()}
    return pd.DataFrame(
        {
            "from": [case()["gemeente"][i] for i, _ in pairs],
            "to": [case()["gemeente"][j] for _, j in pairs],
            "minutes": [steps["weg"][p] * waarde("verval_weg") for p in pairs],
            "minutes_ov": [steps["ov"][p] * waarde("verval_ov") for p in pairs],
        }
    )


def banen():
    drawn = case()["banen"]
    frame = {"gemeente": np.repeat(case()["gemeente"], 4), "sector": drawn["sector"] * 3}
    frame |= {name: np.ravel(drawn[name]) for name in KINDS}
    earlier = pd.DataFrame(frame | {name: 7 * frame[name] for name in KINDS})
    return pd.concat([earlier.assign(year=2019), pd.DataFrame(frame).assign(year=case()["jaar"])], ignore_index=True)


def sectoren(which):
    if which == "uitstroom":
        drawn = case()["uitstroom"]
        last = pd.DataFrame(
            {"sector": list(drawn["jobs"]), "year": case()["jaar"], "jobs": list(drawn["jobs"].values())}
        )
        return last.assign(jobs_from_bijstand=list(drawn["jobs_from_bijstand"].values()))
    drawn = case()[which]
    rows = [(s, y, n) for s, jobs in drawn["jobs"].items() for y, n in zip(drawn["jaren"], jobs, strict=True)]
    return pd.DataFrame(rows, columns=["sector", "year", "jobs"])


SECTOR_TABLE = {"jobs_cyclical": "conjunctuur", "jobs_by_sector": "uitstroom"}
WITH_BORDER = (
    "jobs_per_labour_force",
    "low_skilled_jobs_per_labour_force",
    "beschikbaarheid_met_ov",
)


def inputs(declared):
    """What this kenmerk asks for, from the miniature country; only the measures of all jobs see the border."""
    c = case()
    known = {
        name: np.array(c[name], dtype=float) for name in ("labour_force", "low_educated_labour_force", "displaced")
    }
    abroad = ("border_jobs", "border_labour_force")
    known |= {name: np.array(c[name if declared.key in WITH_BORDER else "nothing_abroad"], float) for name in abroad}
    known |= {
        "gemeente": np.array(c["gemeente"]),
        "banen": banen(),
        "reistijden": reistijden(),
        "jaar": float(c["jaar"]),
    }
    known["sectoren"] = sectoren(SECTOR_TABLE.get(declared.key, "sectoren"))
    return {name: known[name] for name in declared.inputs}
