"""How well the attribution finds what was planted: `python benchmarks/attribution.py [POPULATION]`.

Without a folder the embedded synthetic country. Beside it what somebody would reach who knows the planted kenmerken and
sees the same households: the actual number against the number expected with all planted effects.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from verdeelmodel.explain.accounts import accounts
from verdeelmodel.explain.attribution import attribute
from verdeelmodel.explain.omitted import omitted
from verdeelmodel.model.prediction import Prediction
from verdeelmodel.model.spec import read_model
from verdeelmodel.population import open_population
from verdeelmodel.synthetic import default_population
from verdeelmodel.synthetic.frame import frame

YEAR, NAMES = 2020, {"omitted": "saldo_weglating", "lasting": "saldo_beleid", "chance": "saldo_toeval"}


def main(folder: str | None) -> None:
    population = open_population(Path(folder)) if folder else default_population()
    rate = float(population.households(YEAR, ["bijstand"])["bijstand"].mean())
    start = time.perf_counter()
    left_out = omitted(Prediction(population, YEAR, read_model("2022"), calibrate=rate))
    found = attribute(left_out, accounts(population), YEAR) if left_out is not None else None
    if left_out is None or found is None:
        raise SystemExit("this population has no kenmerken or accounts to attribute with")
    print(f"{time.perf_counter() - start:.1f} s; {left_out}; not kept: {', '.join(left_out.refused)}")
    truth = pd.read_parquet(population.folder / "truth_gemeenten.parquet").query("year == @YEAR")
    truth = truth.set_index("gemeente").loc[found.gemeenten]
    budget = population.gemeenten(YEAR).set_index("gemeente")["budget"].loc[found.gemeenten]
    share = budget / budget.sum()
    per_log = truth["saldo"] / np.log1p(-truth["saldo"])
    true = pd.DataFrame({key: truth[name] / per_log for key, name in NAMES.items()})
    made = pd.DataFrame({key: found.logs[key] for key in NAMES}, index=found.gemeenten)
    true, made = true - share @ true, made - share @ made
    oracle = np.log(truth["bijstand"] / truth["expected_omitted"])
    errors = pd.DataFrame(found.errors, index=found.gemeenten)
    groups = frame()["groep"].reindex(found.gemeenten)
    for name, chosen in (("tekort", groups == "tekort"), ("60 of the study", groups != ""), ("all", groups == groups)):
        a, b, off = made[chosen], true[chosen], (made - true)[chosen]
        cover = {k: (off[k].abs() < 1.96 * errors[k][chosen]).mean() for k in errors}
        print(f"{name}: together {a.sum(axis=1).corr(b.sum(axis=1)):.2f} (asked 0.8)")
        for key in NAMES:
            covered = f", intervals cover {cover[key]:.0%}" if key in cover else ""
            print(f"  {key:8s} correlation {a[key].corr(b[key]):.2f}, mean error {off[key].mean():+.3f} "
                  f"(standard error {off[key].std() / np.sqrt(len(off)):.3f}){covered}")  # fmt: skip
        print(f"  who knows the planted kenmerken: lasting {oracle[chosen].corr(b['lasting']):.2f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
