"""Jobs by municipality, sector and kind, and the sectors of the country over the years."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.frame import YEARS, Frame, as_published, frame, packaged
from verdeelmodel.synthetic.targets import character

SECTOR_YEARS = tuple(range(2004, 2021))
# Jobs in Belgium and Germany, and those who compete for jobs here, per head of the labour force at the border.
ACROSS, COMPETING, ACROSS_DISTANCE = 0.01, 0.03, 12.0
# Neighbours share each other's jobs, so a municipality must differ more than what lies within its reach.
CYCLICAL_STRENGTH, CYCLICAL_SPREAD = 2.0, 0.10
# The state of the economy by year, in units of the sensitivity of a sector.
CYCLE = np.array([-0.9, -0.4, 0.5, 1.3, 1.6, 0.2, -0.4, 0.3, -0.3, -1.3, -1.6, -1.0, -0.4, 0.3, 1.0, 1.3, -0.6])


@cache
def sectors() -> Frame:
    """The declared sectors by number."""
    return packaged("sectoren.csv").set_index("sector")


@cache
def jobs_per_gemeente() -> NDArray[np.float64]:
    """Jobs per municipality, shape (n,): per head of its labour force as the calibration found them."""
    table = packaged("ijking.csv").set_index("gemeente").banen_per_hoofd.loc[frame().index]
    return np.asarray(np.rint(table.to_numpy(np.float64) * labour_force()))


def across_the_border() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Jobs within reach in Belgium and Germany per municipality, and people there who compete for jobs here; (n,)."""
    near = labour_force() * np.exp(-frame().afstand_grens.to_numpy(np.float64) / ACROSS_DISTANCE)
    return np.rint(ACROSS * near), np.rint(COMPETING * near)


def labour_force() -> NDArray[np.float64]:
    """Persons in the labour force per municipality: participation of the published population of 15 to 75."""
    f = frame()
    people = f.inwoners_2020 * (f.leeftijd_15_25 + f.leeftijd_25_45 + f.leeftijd_45_65 + 0.45 * f.leeftijd_65) / 100
    return np.asarray(people * f.participatie / 100, dtype=np.float64)


@cache
def mix() -> NDArray[np.float64]:
    """The share of each sector in the jobs of each municipality, shape (n, sectors); sums to 1 per municipality."""
    s, f = sectors(), frame()
    national = s.aandeel.to_numpy(np.float64) / s.aandeel.sum()
    local = np.column_stack([f[name].to_numpy(np.float64) for name in s.frame])
    relative = np.clip(local / local.mean(axis=0), 0.25, 4) ** 0.6
    own = np.column_stack([np.exp(0.15 * character(f"sector {code}")) for code in s.index])
    swing = s.conjunctuur.to_numpy(np.float64)
    swing = (swing - swing @ national) / swing.std()
    steady = as_published(character("conjunctuur"), "jobs_cyclical", CYCLICAL_STRENGTH)
    shares = national * relative * own * np.exp(CYCLICAL_SPREAD * steady[:, None] * swing)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def level_of(sector_years: tuple[int, ...] = SECTOR_YEARS) -> NDArray[np.float64]:
    """Jobs of each sector in each year as a multiple of those of 2020, shape (sectors, years)."""
    s = sectors()
    years = np.asarray(sector_years)
    trend = 1 + s.groei.to_numpy(np.float64)[:, None] * (years - SECTOR_YEARS[-1])
    swing = s.conjunctuur.to_numpy(np.float64)[:, None] * CYCLE[years - SECTOR_YEARS[0]]
    level = np.maximum(trend + swing, 0.2)
    now = 1 + s.conjunctuur.to_numpy(np.float64) * CYCLE[-1]
    return np.asarray(level / now[:, None])


def jobs_table() -> Frame:
    """The table of jobs: a row per municipality, sector and year, with jobs by level and contract."""
    import pandas as pd

    s, code = sectors(), frame().index.to_numpy()
    per_sector = jobs_per_gemeente()[:, None] * mix()
    flexible = flexible_by_gemeente()
    parts = []
    for year, level in zip(YEARS, level_of(YEARS).T, strict=True):
        # The number of jobs of a municipality stays what it is; the years only shift it between sectors.
        of_year = per_sector * level
        of_year *= per_sector.sum(axis=1, keepdims=True) / of_year.sum(axis=1, keepdims=True)
        jobs = np.maximum(np.rint(of_year), 1)
        values = {"gemeente": np.repeat(code, len(s)), "sector": np.tile(s.index, len(code)), "jobs": jobs.ravel()}
        for column, share in (("low", s.laag), ("middle", s.midden)):
            values[f"jobs_{column}"] = np.rint(jobs * share.to_numpy()).ravel()
        values["jobs_high"] = values["jobs"] - values["jobs_low"] - values["jobs_middle"]
        flex = np.minimum(jobs * s.flex.to_numpy() * flexible[:, None], 0.97 * jobs)
        values["jobs_flex"] = np.rint(flex).ravel()
        values["jobs_parttime"] = np.rint(jobs * s.deeltijd.to_numpy()).ravel()
        values["jobs_parttime_small"] = np.rint(jobs * s.klein.to_numpy()).ravel()
        parts.append(pd.DataFrame(values | {"year": np.int16(year)}))
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"gemeente": np.int16, "sector": np.int16})


@cache
def flexible_by_gemeente() -> NDArray[np.float64]:
    """How much more of the jobs of a municipality is flexible than its sectors say, shape (n,)."""
    return np.asarray(np.exp(as_published(0.12 * character("flex"), "jobs_flexible", 1.3)))


def sector_table() -> Frame:
    """The table of sectors: national jobs by year, and those that recipients of bijstand found."""
    import pandas as pd

    s = sectors()
    now = (jobs_per_gemeente()[:, None] * mix()).sum(axis=0)
    parts = []
    for year, level in zip(SECTOR_YEARS, level_of().T, strict=True):
        jobs = np.rint(now * level)
        found = np.rint(0.0035 * jobs * s.uitstroom.to_numpy(np.float64))
        parts.append(
            pd.DataFrame(
                {
                    "sector": s.index.to_numpy(np.int16),
                    "year": np.int16(year),
                    "name": s.naam.to_numpy(),
                    "jobs": jobs,
                    "jobs_from_bijstand": found,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
