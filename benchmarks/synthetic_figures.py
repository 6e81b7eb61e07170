"""The figures of `docs/synthetic.md`: `python benchmarks/synthetic_figures.py POPULATION docs/synthetisch.png`."""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

from verdeelmodel.population import Population, open_population

mpl.use("Agg")
YEAR, FEW = 2020, 100


def draw(population: Population, target: Path) -> None:
    import matplotlib.pyplot as plt

    table = population.gemeenten(YEAR).set_index("gemeente")
    households = population.households(YEAR, ["gemeente", "buurt", "bijstand"])
    rate = pd.Series(households["bijstand"]).groupby(households["gemeente"]).mean()
    saldo = 100 * (table.budget - table.net_expenditure) / table.budget
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4.6), width_ratios=(1, 1, 0.9))
    size = 3 + 0.0004 * table.inhabitants
    for axis, values, title, colours, limits in (
        (left, 100 * rate.loc[table.index], "Bijstand, % van de huishoudens", "viridis", (0, 10)),
        (middle, saldo, "Saldo 2020, % van het budget", "RdBu", (-20, 20)),
    ):
        dots = axis.scatter(table.x, table.y, s=size, c=values, cmap=colours, vmin=limits[0], vmax=limits[1])
        axis.set_aspect("equal")
        axis.set_axis_off()
        axis.set_title(f"{title} (synthetisch)", fontsize=9)
        figure.colorbar(dots, ax=axis, shrink=0.6)
    per_buurt = pd.Series(households["bijstand"]).groupby(households["buurt"]).agg(["mean", "size"])
    shares = 100 * per_buurt["mean"][per_buurt["size"] >= FEW]
    right.hist(np.minimum(shares, 30), bins=60, color="0.4")
    right.set_title("Buurten naar bijstand, % (synthetisch)", fontsize=9)
    right.set_ylabel("buurten")
    figure.tight_layout()
    figure.savefig(target, dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    draw(open_population(Path(sys.argv[1])), Path(sys.argv[2]))
