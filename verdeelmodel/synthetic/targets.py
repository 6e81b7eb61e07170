"""What share of the households of a municipality has a kenmerk: national level, the character of the place, the study.

Where the report publishes how the groups of municipalities differ on a kenmerk, the shares of the groups are shifted so
that they differ as published. The shift applies to the 60 municipalities of the study only.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.frame import Frame, as_published, frame, margins, packaged

# The character of a municipality is part of the frame: the same for every seed of a population.
FRAME_SEED = 20200101
# Only few couples own much home and little else, so the homes of a group differ more than the published distance.
EQUITY_STRENGTH = 1.6
# How the disadvantage of a municipality, found by the calibration, moves these shares on the logit scale.
LEANING = {
    "hci_laag": 1.0,
    "hci_hoog": -0.6,
    "vso_pro": 0.5,
    "vermogen_alleen": -0.7,
    "vermogen_paar": -0.7,
    "vermogen_ouder": -0.7,
}


@cache
def drivers() -> NDArray[np.float64]:
    """Standardised urbanity, bijstand, ageing and students of each municipality, shape (n, 4)."""
    f = frame()
    older = (f.leeftijd_45_65 + f.leeftijd_65).to_numpy(np.float64)
    young = (f.leeftijd_15_25 * np.sqrt(f.onderwijs_hoog)).to_numpy(np.float64)
    raw = np.column_stack([np.log(f.oad.to_numpy(np.float64)), np.log(margins().rate[:, -1]), older, young])
    return np.asarray(np.clip((raw - raw.mean(axis=0)) / raw.std(axis=0), -2.5, 2.5))


@cache
def shares() -> Frame:
    """The share of households with each kenmerk per municipality of the frame; a row per municipality."""
    import pandas as pd

    declared = packaged("aandelen.csv").set_index("naam")
    found = {str(name): _share(str(name), row) for name, row in declared.iterrows()}
    m, f = margins(), frame()
    found["onderwijs_laag"], found["onderwijs_hoog"] = m.education[:, 0], m.education[:, 2]
    found["koop"], found["corporatie"] = m.housing[:, 0], m.housing[:, 1]
    found["inkomen_laag"] = 1.6 * f.laag_inkomen.to_numpy(np.float64) / 100
    found["inkomen_hoog"] = (0.17 + 0.006 * f.hoog_inkomen).to_numpy(np.float64)
    found["ao_80_100"] *= (f.ao_per_1000 / f.ao_per_1000.mean()).to_numpy(np.float64) ** 0.5
    found["zelfstandig"] *= (f.zelfstandig / f.zelfstandig.mean()).to_numpy(np.float64)
    found["jeugdzorg"] *= (f.jeugdzorg / f.jeugdzorg.mean()).to_numpy(np.float64)
    woz = f.woz.to_numpy(np.float64)
    value = (woz - woz.mean()) / woz.std()
    found["overwaarde"] = as_published(value, "wealth_couple_below_limit_home_equity_above", EQUITY_STRENGTH)
    found["ziekenhuis"] = 0.34 + 0.05 * np.clip(customers(), -2.5, 2.5)
    return pd.DataFrame({name: np.asarray(values) for name, values in found.items()}, index=f.index)


def _share(name: str, row: Any) -> NDArray[np.float64]:
    base = float(row.basis)
    loadings = np.array([row.stad, row.arm, row.oud, row.student])
    logit = np.log(base / (1 - base)) + drivers() @ loadings
    logit += float(row.ruis) * character(name) + LEANING.get(name, 0.0) * disadvantage()
    kenmerk = row.kenmerk
    if isinstance(kenmerk, str) and kenmerk:
        logit = as_published(logit, kenmerk)
    return np.asarray(1 / (1 + np.exp(-logit)))


@cache
def disadvantage() -> NDArray[np.float64]:
    """What the published figures of a municipality do not tell of its households, shape (n,); from the calibration."""
    table = packaged("ijking.csv").set_index("gemeente").achterstand
    return np.asarray(table.loc[frame().index].to_numpy(np.float64))


@cache
def customers() -> NDArray[np.float64]:
    """Regional customer potential of each municipality on a logarithmic scale, standardised, shape (n,)."""
    people = frame().inwoners_2020.to_numpy(np.float64)
    raw = 0.28 * np.log(people / 50_000) + 0.10 * drivers()[:, 0] + 0.22 * character("klanten")
    moved = as_published(raw, "regional_customer_potential")
    return np.asarray((moved - moved.mean()) / moved.std())


def character(name: str) -> NDArray[np.float64]:
    """Standard normal numbers per municipality that belong to this name, whatever the seed of the population."""
    digits = [FRAME_SEED, *name.encode()]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(digits))).standard_normal(len(frame()))
