"""How well the attribution finds what was planted in the synthetic country.

`python benchmarks/attribution.py [POPULATION]` shows one population in full (default: the embedded one), also with
other lists of terms; `python benchmarks/attribution.py draws 0.05 1 2 3` makes the country with seeds 1, 2 and 3.
The ceiling is what somebody reaches who knows every planted effect and sees the same households.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from verdeelmodel.assess.study import default_candidates
from verdeelmodel.explain.accounts import accounts
from verdeelmodel.explain.attribution import attribute
from verdeelmodel.explain.omitted import TERMS, Term, omitted
from verdeelmodel.kenmerken import registry
from verdeelmodel.model.prediction import Prediction
from verdeelmodel.model.spec import read_model
from verdeelmodel.population import open_population
from verdeelmodel.population.population import Population
from verdeelmodel.synthetic import SyntheticOptions, default_population, make_population
from verdeelmodel.synthetic.frame import frame

YEAR, NAMES = 2020, {"omitted": "saldo_weglating", "lasting": "saldo_beleid", "chance": "saldo_toeval"}


@dataclass(frozen=True)
class Compared:
    """Estimated and planted parts in logarithms relative to the country, their errors, and the ceilings."""

    made: pd.DataFrame
    true: pd.DataFrame
    errors: pd.DataFrame
    ceiling: pd.DataFrame
    terms: str

    def figures(self, chosen: pd.Series) -> dict[str, float]:
        """Correlations, mean errors with their standard errors, and coverage for the chosen gemeenten."""
        made, true, ceiling = self.made[chosen], self.true[chosen], self.ceiling[chosen]
        off = made - true
        found = {"together": made.sum(axis=1).corr(true.sum(axis=1))}
        found["together_ceiling"] = ceiling["together"].corr(true.sum(axis=1))
        found |= {key: made[key].corr(true[key]) for key in NAMES}
        found["lasting_ceiling"] = ceiling["lasting"].corr(true["lasting"])
        for key in self.errors:
            found[f"{key}_error"] = off[key].mean()
            found[f"{key}_error_se"] = off[key].std() / np.sqrt(len(off))
            found[f"{key}_covered"] = (off[key].abs() < 1.96 * self.errors[key][chosen]).mean()
        return found


def compared(population: Population, terms: Sequence[Term]) -> Compared:
    rate = float(population.households(YEAR, ["bijstand"])["bijstand"].mean())
    left_out = omitted(Prediction(population, YEAR, read_model("2022"), calibrate=rate), terms)
    found = attribute(left_out, accounts(population), YEAR) if left_out is not None else None
    if left_out is None or found is None:
        raise SystemExit("this population has no kenmerken or accounts to attribute with")
    truth = pd.read_parquet(population.folder / "truth_gemeenten.parquet").query("year == @YEAR")
    truth = truth.set_index("gemeente").loc[found.gemeenten]
    budget = population.gemeenten(YEAR).set_index("gemeente")["budget"].loc[found.gemeenten]
    share = budget / budget.sum()
    per_log = truth["saldo"] / np.log1p(-truth["saldo"])
    true = pd.DataFrame({key: truth[name] / per_log for key, name in NAMES.items()})
    made = pd.DataFrame({key: found.logs[key] for key in NAMES}, index=found.gemeenten)
    seen = {"together": "expected_official", "lasting": "expected_omitted"}
    ceiling = pd.DataFrame({key: np.log(truth["bijstand"] / truth[name]) for key, name in seen.items()})
    errors = pd.DataFrame(found.errors, index=found.gemeenten)
    return Compared(made - share @ made, true - share @ true, errors, ceiling, ", ".join(left_out.keys))


def lists_of_terms() -> dict[str, Sequence[Term]]:
    known, own = registry(), {term.key for term in TERMS}
    wide = [Term(key) for key in default_candidates() if known[key].eenheid == "huishouden"]
    more = [term for term in wide if term.key not in own]
    return {
        "the terms of the dossier": TERMS,
        f"with {len(more)} other household candidates of the assessment": [*TERMS, *more],
        "household candidates only, without the centre function and the surroundings": wide,
    }


def groups(codes: pd.Index) -> dict[str, pd.Series]:
    group = frame()["groep"].reindex(codes)
    return {"15 tekort": group == "tekort", "60 of the study": group != "", "all": group == group}


def show(population: Population) -> None:
    for name, terms in lists_of_terms().items():
        result = compared(population, terms)
        rows = {key: result.figures(chosen) for key, chosen in groups(result.made.index).items()}
        print(f"\n{name}; kept: {result.terms}\n{pd.DataFrame(rows).round(3).to_string()}")


def draws(scale: float, seeds: Sequence[int]) -> None:
    rows = {}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            made = make_population(Path(folder) / "land", SyntheticOptions(scale=scale, seed=seed), workers=2)
            result = compared(open_population(made), TERMS)
        rows[f"seed {seed}"] = result.figures(groups(result.made.index)["15 tekort"])
    frame_of = pd.DataFrame(rows)
    print(frame_of.assign(mean=frame_of.mean(axis=1)).round(3).to_string())


if __name__ == "__main__":
    if sys.argv[1:2] == ["draws"]:
        draws(float(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
    else:
        show(open_population(Path(sys.argv[1])) if len(sys.argv) > 1 else default_population())
