"""What a synthetic country keeps of what was published: `python benchmarks/synthetic_truth.py [SCALE]` (default 1).

Makes the country with and without planted effects in a temporary folder, and prints margins, national rate, rank
correlation, groups, differences between groups, and how many published weights the estimate recovers.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from verdeelmodel.compare.build import select_groups
from verdeelmodel.law import volume_weights
from verdeelmodel.model.fitting import Fitting, fit_model
from verdeelmodel.model.spec import published_model
from verdeelmodel.population import Population, open_population
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.synthetic.diagnostics import compared_differences, compared_margins
from verdeelmodel.synthetic.frame import frame
from verdeelmodel.synthetic.truth import planted

WEIGHTS, YEAR = 2022, 2020


def margins(country: Population) -> None:
    found = compared_margins(country)
    worst = max(found, key=lambda margin: float(np.abs(margin.error).max()))
    print(f"mean error of a margin, points      at most {100 * max(m.mean_error for m in found):.3f}    (asked 0.3)")
    name = frame().naam.iloc[worst.worst]
    print(
        f"largest error in one gemeente       {100 * np.abs(worst.error).max():.2f} ({name}, {worst.name})    (asked 1)"
    )
    rate = found[-1]
    print(f"national rate                       {100 * np.average(rate.made, weights=rate.households):.3f}%")


def ranks(country: Population) -> None:
    households = country.households(YEAR, ["gemeente", "bijstand", "weight"])
    weighted = pd.Series(households["bijstand"] * households["weight"]).groupby(households["gemeente"]).sum()
    density = weighted / frame().inwoners_2020
    rank = density.corr(frame().bijstand_per_1000, method="spearman")
    print(f"rank correlation of the density     {rank:.4f}    (asked 0.97)")


def groups(country: Population) -> None:
    chosen = select_groups(population=country).groups
    known = frame().groep
    same = 0
    for group in ("tekort", "overschot", "vergelijking"):
        same += len({int(code[2:]) for code in getattr(chosen, group)} & set(known.index[known == group]))
    print(f"gemeenten in the group of the report {same} of {(known != '').sum()}")


def differences(country: Population) -> None:
    found = compared_differences(country, WEIGHTS)
    starred = found[found.starred]
    signs = (np.sign(starred.published) == np.sign(starred.made)).mean()
    print(f"starred differences with their sign {100 * signs:.0f}% of {len(starred)}    (asked 90%)")
    print(f"published against made              {found.published.corr(found.made):.3f}    (asked 0.8)")


def recovery(country: Population, label: str) -> None:
    fit = fit_model(Fitting(country, (YEAR,), published_model(WEIGHTS)))
    weights = volume_weights(WEIGHTS)
    truth = pd.Series(dict(zip(weights.kenmerken, weights.vector(), strict=True)) | {"intercept": planted().constant})
    table = fit.volume.to_frame().set_index("key")
    distance = ((table.estimate - truth[table.index]) / table.se).abs()
    within = int((distance < 1.96).sum())
    print(
        f"{label}: {within} of {len(distance)} intervals cover, largest distance {distance.max():.1f} standard errors"
    )


def main(scale: float) -> None:
    with tempfile.TemporaryDirectory() as place:
        years = (2017, 2018, 2019, 2020)
        full = open_population(make_population(Path(place) / "land", SyntheticOptions(scale=scale, years=years)))
        for measure in (margins, ranks, groups, differences):
            measure(full)
        recovery(full, "with effects")
        plain = SyntheticOptions(scale=scale, years=(YEAR,), effects=False)
        recovery(open_population(make_population(Path(place) / "zonder", plain)), "without effects (asked 93%, 5)")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
