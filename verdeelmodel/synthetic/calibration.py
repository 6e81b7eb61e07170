"""Calibrating the frame: `python -m verdeelmodel.synthetic.calibration` renews `data/ijking.csv` and the constants.

The official model must predict for every municipality what gives the planted saldo, while the number on bijstand is the
published one. Two things are free. Jobs are spread such that the work within reach explains what is regional; what is
left becomes disadvantage: human capital and wealth that the published figures do not tell. Jobs are found once, on a
country without disadvantage; after that several rounds are needed, because disadvantage changes the households.

The households are drawn at the scale and seed below; the result belongs to the frame and is the same for every
population made with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from verdeelmodel.kenmerken.bereikbaarheid import Verval, beschikbaarheid_van_werk, concurrentie
from verdeelmodel.kenmerken.instellingen import waarde
from verdeelmodel.law import gross_norms
from verdeelmodel.model.norm import norms_of_households
from verdeelmodel.synthetic.draws import Streams
from verdeelmodel.synthetic.frame import ANCHOR, NATIONAL_RATE, frame, margins
from verdeelmodel.synthetic.gemeente import counts_of
from verdeelmodel.synthetic.households import panel, year_before
from verdeelmodel.synthetic.jobs import across_the_border, jobs_per_gemeente, labour_force
from verdeelmodel.synthetic.official import MODEL, kenmerken_of, predictors, weight
from verdeelmodel.synthetic.persons import Columns
from verdeelmodel.synthetic.places import Buurten, buurten_of
from verdeelmodel.synthetic.saldi import LARGE, accounts, payment, planted_saldi
from verdeelmodel.synthetic.surroundings import areas, kenmerken_of_gemeenten, surroundings_of
from verdeelmodel.synthetic.targets import disadvantage as disadvantage_of_gemeenten
from verdeelmodel.synthetic.targets import shares
from verdeelmodel.synthetic.travel import matrix
from verdeelmodel.synthetic.truth import omitted, planted

SEED, SCALE, CALIBRATED = 7, 1.0, (2018, 2020)
# A constant near those that are found, to see what recipients are paid.
TYPICAL = -7.0
WORK = "jobs_per_labour_force"
MEAN_WORK = 0.94
JOBS_PER_HEAD, STIFFNESS = (0.3, 2.6), 0.003
# How much one unit of disadvantage moves the official prediction, as a shift of its constant; found by trying.
RESPONSE, MOST = 0.8, 0.9
HEAD = """# Uitkomst van de ijking (python -m verdeelmodel.synthetic.calibration): banen per hoofd van de
# beroepsbevolking, achterstand op de logitschaal, euro per jaar per huishouden met bijstand. Geen waargenomen cijfers.
"""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """The households of a municipality, shape (n,): predictors without work, the amounts, and weights."""

    volume: NDArray[np.float32]
    beyond: NDArray[np.float32]
    paid: NDArray[np.float32]
    weight: NDArray[np.float32]

    def amount(self, constant: float) -> float:
        """What the official model predicts with this constant, in euros."""
        return float(expit(self.volume + constant) @ (self.paid * self.weight))

    def expected(self, constant: float) -> float:
        """The number on bijstand that the official model predicts with this constant."""
        return float(expit(self.volume + constant) @ self.weight)

    def expected_with_effects(self, constant: float) -> float:
        """The number on bijstand with this constant, the omitted effects included."""
        return float(expit(self.volume + self.beyond + constant) @ self.weight)


def see(place: int) -> Seen:
    """The households of the municipality at this place of the frame, in the years of the calibration."""
    streams, buurten = Streams(SEED, int(frame().index[place])), buurten_of(place, SEED)
    units = panel(streams, place, counts_of(place, SCALE), buurten)
    columns, seen = units.columns, []
    for year in range(ANCHOR, min(CALIBRATED) - 1, -1):
        if year < ANCHOR:
            columns = year_before(units, columns, year, len(buurten.buurt))
        if year in CALIBRATED:
            there = units.there(year)
            seen.append(_seen_in(place, year, {name: values[there] for name, values in columns.items()}, buurten))
    return Seen(*(np.concatenate(parts) for parts in zip(*seen, strict=True)))


def _seen_in(place: int, year: int, columns: Columns, buurten: Buurten) -> tuple[NDArray[np.float32], ...]:
    """Predictor of the volume without work, what it omits, the amounts, and the weight of each household."""
    around = surroundings_of(place, SEED, year, buurten)
    kenmerken = kenmerken_of(columns, year)
    volume, price = predictors(kenmerken)
    where = columns["_buurt"]
    work = weight("volume", WORK) * float(kenmerken_of_gemeenten(SEED, year)[WORK].iloc[place])
    fraction = expit(price + around.price[where] + planted().price_constant)
    norm = norms_of_households(gross_norms(MODEL), columns)
    # Every year counts as much as the anchor year, whatever its number of households.
    share = margins().households[place, -1] / len(volume) / len(CALIBRATED)
    parts = (volume + around.volume[where] - work, omitted(columns, kenmerken, around, year)[0], fraction * norm)
    return *(part.astype(np.float32) for part in parts), np.full(len(volume), share, np.float32)


def constants_for(seen: list[Seen], wanted: Values) -> Values:
    """The constant of each municipality for which the official model predicts the wanted amount."""
    found = [brentq(lambda c, s=s, w=w: s.amount(c) - w, -30, 30, xtol=1e-6) for s, w in zip(seen, wanted, strict=True)]
    return np.asarray(found)


@dataclass(frozen=True)
class Found:
    """What one round finds per municipality, shape (n,), and for the country.

    `missing`: the logit by which the official model predicts too little, beyond what work can explain.
    """

    jobs: Values
    missing: Values
    paid: Values
    constant: float
    constant_with_effects: float


def calibrate(jobs: Values | None = None) -> Found:
    """The disadvantage that is still missing with these jobs per head (None: find them), amounts and constants."""
    m = margins()
    seen = [see(place) for place in range(len(frame()))]
    recipients = m.households[:, -1] * m.rate[:, -1]
    paid = np.array([s.amount(TYPICAL) / s.expected(TYPICAL) for s in seen])
    budget = recipients * paid / (1 - planted_saldi().mean(axis=1))
    national = NATIONAL_RATE * m.households[:, -1].sum()

    def excess(log_scale: float) -> float:
        own = constants_for(seen, budget * np.exp(log_scale))
        return float(sum(s.expected(c) for s, c in zip(seen, own, strict=True)) - national)

    own = constants_for(seen, budget * np.exp(brentq(excess, -0.5, 0.5, xtol=1e-4)))
    slope = weight("volume", WORK)
    constant = float(np.average(own, weights=m.households[:, -1])) - slope * MEAN_WORK
    jobs = spread_jobs((own - constant) / slope) if jobs is None else jobs
    work = within_reach(jobs)
    missing = own - constant - slope * work
    constant += float(np.average(missing, weights=recipients))
    beyond = partial(_national_excess, seen, slope * work, national)
    with_effects = float(brentq(beyond, constant - 5, constant + 5, xtol=1e-6))
    return Found(jobs, missing - np.average(missing, weights=recipients), paid, constant, with_effects)


def spread_jobs(wanted: Values) -> Values:
    """Jobs per head of the labour force that bring the work within reach near what is wanted, shape (n,).

    Least squares that keep the jobs per head near their mean: work explains what is regional.
    """
    force = labour_force()
    near = Verval(waarde("verval_weg")).gewicht(matrix().astype(np.float32))
    here = near * (force / concurrentie(force, near, across_the_border()[1]))
    goal = wanted - within_reach(np.full(len(force), MEAN_WORK))
    step = np.linalg.solve(here.T @ here + STIFFNESS * np.eye(len(force)), here.T @ goal)
    return np.asarray(np.round(np.clip(MEAN_WORK + step, *JOBS_PER_HEAD), 4))


def within_reach(jobs: Values) -> Values:
    """Jobs within reach per member of the labour force, from jobs per head of each municipality, shape (n,)."""
    force, (jobs_there, people_there) = labour_force(), across_the_border()
    near = Verval(waarde("verval_weg")).gewicht(matrix().astype(np.float32))
    return beschikbaarheid_van_werk(np.rint(jobs * force), force, near, jobs_there, people_there)


def _national_excess(seen: list[Seen], area: Values, national: float, constant: float) -> float:
    return sum(s.expected_with_effects(a + constant) for s, a in zip(seen, area, strict=True)) - national


def main(rounds: int = 4) -> None:
    """Write what the calibration finds beside the other data of this room, after every round."""
    people = margins().households[:, -1] * margins().rate[:, -1]
    disadvantage = np.zeros(len(frame()))
    _write(np.full(len(frame()), MEAN_WORK), disadvantage, None)
    jobs = None
    for number in range(rounds + 1):
        found = calibrate(jobs)
        jobs = found.jobs
        disadvantage = disadvantage + found.missing / RESPONSE
        disadvantage = np.clip(disadvantage - np.average(disadvantage, weights=people), -MOST, MOST)
        _write(jobs, disadvantage, found)
        left = np.abs(found.missing)[frame().inwoners_2020 > LARGE]
        print(f"round {number}: missing {left.mean():.3f}, at most {left.max():.3f}")  # noqa: T201


def _write(jobs: Values, disadvantage: Values, found: Found | None) -> None:
    """Renew the packaged data and forget what was read of them."""
    import pandas as pd

    folder = Path(__file__).with_name("data")
    paid = np.full(len(jobs), 10_000) if found is None else np.rint(found.paid).astype(int)
    table = pd.DataFrame(
        {
            "gemeente": frame().index,
            "banen_per_hoofd": jobs,
            "achterstand": np.round(disadvantage, 4),
            "uitgave_per_huishouden": paid,
        }
    )
    (folder / "ijking.csv").write_text(HEAD + table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    if found is not None:
        _write_constants(folder / "waarheid.toml", found)
    for cached in (disadvantage_of_gemeenten, shares, jobs_per_gemeente, payment, accounts, areas, planted):
        cached.cache_clear()
    kenmerken_of_gemeenten.cache_clear()


def _write_constants(truth: Path, found: Found) -> None:
    lines = truth.read_text(encoding="utf-8").splitlines()
    values = {"volume = ": found.constant, "volume_met_effecten = ": found.constant_with_effects}
    start = lines.index("[constante]")
    for i, line in enumerate(lines[start:], start):
        for name, value in values.items():
            if line.startswith(name):
                lines[i] = f"{name}{value:.6f}"
    truth.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
