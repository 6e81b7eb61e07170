"""How well the attribution finds what was planted in the synthetic country.

`python benchmarks/attribution.py [POPULATION]` shows one population in full (default: the embedded one), also with
other lists of terms; `python benchmarks/attribution.py draws 0.05 1 2 3` makes the country with seeds 1, 2 and 3.
The ceiling is what somebody reaches who knows every planted effect and sees the same households. `same_number` compares
with the planted weights while the country keeps its number on bijstand; the constants of the truth let it differ by a
percent, which is another question than that of the budget and moves the omitted part of gemeenten by about 0.001.
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
from verdeelmodel.explain.omitted import TERMS, Term, omitted, read_columns
from verdeelmodel.explain.within import for_the_country
from verdeelmodel.kenmerken import registry
from verdeelmodel.model.prediction import Prediction
from verdeelmodel.model.spec import read_model
from verdeelmodel.model.workers import Workers
from verdeelmodel.population import open_population
from verdeelmodel.population.population import Population
from verdeelmodel.synthetic import SyntheticOptions, default_population, make_population
from verdeelmodel.synthetic.frame import frame
from verdeelmodel.synthetic.truth import planted

YEAR, NAMES = 2020, {"omitted": "saldo_weglating", "lasting": "saldo_beleid", "chance": "saldo_toeval"}
# The planted effect of each term; the surroundings of a buurt are for 35 percent the buurt itself.
EFFECTS = {
    "schulden_en_gezondheidsproblemen": ("schulden_en_gezondheid", 1.0),
    "uitgevallen_studenten_psychisch": ("uitval_psychisch", 1.0),
    "echtscheiding_in_huishouden": ("gescheiden", 1.0),
    "commerciele_kamerhuur": ("kamerhuur", 1.0),
    "gezondheidsproblemen": ("centrumfunctie_gezondheid", 1.0),
    "share_non_working_direct_vs_wider_area": ("segregatie_buurt", 1 / 0.65),
}


@dataclass(frozen=True)
class Compared:
    """Estimated and planted parts in logarithms relative to the country, their errors, and the ceilings."""

    made: pd.DataFrame
    true: pd.DataFrame
    errors: pd.DataFrame
    ceiling: pd.DataFrame
    same_number: pd.Series
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
            found[f"{key}_root_mean_square"] = np.sqrt((off[key] ** 2).mean())
            found[f"{key}_se"] = self.errors[key][chosen].mean()
            found[f"{key}_covered"] = (off[key].abs() < 1.96 * self.errors[key][chosen]).mean()
        apart = made["omitted"] - self.same_number[chosen]
        found["omitted_same_number_root_mean_square"] = np.sqrt((apart**2).mean())
        found["omitted_same_number_covered"] = (apart.abs() < 1.96 * self.errors["omitted"][chosen]).mean()
        return found


def compared(population: Population, terms: Sequence[Term]) -> Compared:
    prediction = Prediction(population, YEAR, read_model("2022"))
    left_out = omitted(prediction, terms)
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
    same = with_planted_weights(prediction).loc[found.gemeenten]
    kept = ", ".join(left_out.keys)
    return Compared(made - share @ made, true - share @ true, errors, ceiling, same - share @ same, kept)


def with_planted_weights(prediction: Prediction) -> pd.Series:
    """The logarithm of the expected number with the planted effects against the official one, by gemeente."""
    law = planted()
    effects = [law.volume[name] * times for name, times in (EFFECTS.get(t.kenmerk, ("", 0)) for t in TERMS) if name]
    terms = [Term(t.kenmerk, t.times, logarithm=bool(t.times)) for t in TERMS if t.kenmerk in EFFECTS]
    terms, effects = [*terms, Term("jeugdzorg_in_huishouden")], [*effects, law.turning[prediction.year]]
    codes = np.sort(prediction.population.gemeenten(prediction.year)["gemeente"].to_numpy(np.int64))
    columns = read_columns(prediction, terms, codes, None)
    with Workers() as workers:
        chosen = np.arange(len(terms))
        official = for_the_country(columns, chosen[:0], np.zeros(0), len(codes), workers).sums.expected
        extended = for_the_country(columns, chosen, np.array(effects), len(codes), workers).sums.expected
    return pd.Series(np.log(extended / official), index=codes)


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
            for name, terms in lists_of_terms().items():
                result = compared(open_population(made), terms)
                print(f"seed {seed}, {name}; kept: {result.terms}")
                for group, chosen in groups(result.made.index).items():
                    rows[f"{name}: {group}", f"seed {seed}"] = result.figures(chosen)
    for name, found in pd.DataFrame(rows).T.groupby(level=0, sort=False):
        table = found.droplevel(0).T
        print(f"\n{name}\n{table.assign(mean=table.mean(axis=1)).round(4).to_string()}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["draws"]:
        draws(float(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
    else:
        show(open_population(Path(sys.argv[1])) if len(sys.argv) > 1 else default_population())
