"""The tables of municipalities and buurten: figures of whole areas, the same for every scale."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.population import format_gemeente
from verdeelmodel.synthetic.frame import ANCHOR, YEARS, Frame, as_published, frame, margins
from verdeelmodel.synthetic.jobs import across_the_border, jobs_per_gemeente, labour_force
from verdeelmodel.synthetic.places import Buurten, buurten_of, rate_of_buurt, segregation
from verdeelmodel.synthetic.saldi import accounts, enforcement, wage_subsidies
from verdeelmodel.synthetic.targets import character, customers, drivers, shares

PAID_PER_SUBSIDY = 9_500.0
# The cost of two years before, relative to the budget; municipalities that shelter for their region, and what it costs.
EARLIER, CENTRE, HOMELESS = 0.97, 90_000, 0.012


def gemeenten_table(years: tuple[int, ...], places: NDArray[np.int64]) -> Frame:
    """A row per municipality and year, in the division of 2020."""
    import pandas as pd

    whole = pd.concat([_of_year(year) for year in years], ignore_index=True)
    return whole[whole.gemeente.isin(frame().index[places])].reset_index(drop=True)


def _of_year(year: int) -> Frame:
    import pandas as pd

    f, m, place = frame(), margins(), YEARS.index(year)
    people = f[f"inwoners_{year}"].to_numpy(np.float64)
    columns: dict[str, Any] = {
        "gemeente": f.index.to_numpy(np.int16),
        "year": np.int16(year),
        "code": [format_gemeente(int(g)) for g in f.index],
        "name": f.naam.to_numpy(),
        "province": f.provincie.to_numpy(),
        "region": f.corop.to_numpy(),
        "x": f.x.to_numpy(),
        "y": f.y.to_numpy(),
        "inhabitants": people,
        "households": m.households[:, place],
    }
    columns |= _people(people)
    columns |= _money(place)
    columns |= _character(people, year)
    table = pd.DataFrame(columns)
    whole_numbers = [name for name in table if name in COUNTS]
    return table.assign(**{name: np.rint(table[name]).astype(np.int64) for name in whole_numbers})


COUNTS = frozenset(
    [
        *("inhabitants", "households", "youth_18_20", "labour_force", "potential_labour_force", "married_persons"),
        *("youth_0_23", "bijstand_persons", "lks_households", "dwellings", "social_dwellings", "students_higher"),
        *("ww_persons", "low_educated_labour_force", "youth_suspects", "youth_care_persons", "jobs_non_residents"),
    ]
)


def _people(people: NDArray[np.float64]) -> dict[str, Any]:
    f, s = frame(), shares()
    grown = people / f.inwoners_2020.to_numpy(np.float64)
    share = {name: f[name].to_numpy(np.float64) / 100 for name in f if str(name).startswith("leeftijd")}
    young = share["leeftijd_15_25"]
    force = labour_force() * grown
    units = margins().households[:, -1] * grown
    potential = people * (young + share["leeftijd_25_45"] + share["leeftijd_45_65"] + 0.55 * share["leeftijd_65"])
    jobs = as_published(0.10 * character("ww gemeente"), "municipality_share_unemployment_benefit")
    return {
        "youth_18_20": 0.28 * young * people * (1 - 0.55),
        "labour_force": force,
        "potential_labour_force": potential,
        "married_persons": people * f.gehuwd.to_numpy(np.float64) / 100,
        "youth_0_23": people * (share["leeftijd_0_15"] + 0.8 * young),
        "bijstand_persons": people * f.bijstand_per_1000.to_numpy(np.float64) / 1000,
        "ww_persons": force * 0.033 * np.exp(jobs),
        "students_higher": 0.62 * s.student.to_numpy(np.float64) * units,
        "low_educated_labour_force": force * 0.72 * f.onderwijs_laag.to_numpy(np.float64) / 100,
        "youth_care_persons": people * (share["leeftijd_0_15"] + 0.8 * young) * f.jeugdzorg.to_numpy(np.float64) / 100,
    }


def _money(place: int) -> dict[str, Any]:
    """Amounts that the rules of the decree turn into the budgets: shares in the cost are those in the budget.

    What is paid for homeless persons comes apart, so the objective amount is the budget without it.
    """
    a, m = accounts(), margins()
    budget, expenditure = a.budget[:, place], a.expenditure[:, place]
    subsidies = m.households[:, place] * m.rate[:, place] * wage_subsidies()
    centre = np.where(frame().inwoners_2020.to_numpy() > CENTRE, HOMELESS, 0.0)
    cost, homeless = np.rint(EARLIER * budget), np.rint(centre * expenditure)
    return {
        "objective_amount": np.rint(budget - homeless / cost.sum() * budget.sum()),
        "budget": budget,
        "net_expenditure": expenditure,
        "cost": cost,
        "homeless_cost": homeless,
        "lks_cost": np.rint(subsidies * PAID_PER_SUBSIDY),
        "lks_households": subsidies,
        "enforcement": enforcement(),
    }


def _character(people: NDArray[np.float64], year: int) -> dict[str, Any]:
    """Figures of the place itself: density, location, dwellings, education, crime, churches."""
    f, z = frame(), drivers()
    dwellings = f.huishoudens.to_numpy(np.float64) * 1.01 * people / f.inwoners_2020.to_numpy(np.float64)
    force = labour_force()
    high = f.onderwijs_hoog.to_numpy(np.float64) / 100
    low = f.onderwijs_laag.to_numpy(np.float64) / 100
    part = f.participatie.to_numpy(np.float64) / 100
    drift = 1 + 0.01 * (year - ANCHOR)
    divorces = as_published(0.14 * character("echtscheidingen") + 0.05 * z[:, 1], "divorces")
    suspects = as_published(0.16 * character("jeugd") + 0.14 * z[:, 1] + 0.05 * z[:, 0], "youth_crime_suspects")
    churches = np.exp(0.9 * character("kerk") - 0.5 * z[:, 0])
    protestant = np.clip(0.055 * churches, 0.005, 0.6)
    workers = jobs_per_gemeente()
    below = as_published(character("onder niveau"), "municipality_share_working_below_level")
    return {
        "oad": f.oad.to_numpy(np.float64) * (1 + 0.004 * (year - ANCHOR)),
        "distance_border": f.afstand_grens.to_numpy(np.float64),
        "distance_sea": f.afstand_zee.to_numpy(np.float64),
        "border_jobs": across_the_border()[0],
        "border_labour_force": across_the_border()[1],
        "regional_customers": np.rint(people * np.exp(0.42 * customers() - 0.55)),
        "dwellings": dwellings,
        "social_dwellings": dwellings * f.corporatie.to_numpy(np.float64) / 100,
        "working_below_level": 0.16 + 0.012 * below,
        "lowest_educated": 0.32 * low,
        "displaced": np.rint(force * (0.045 + 0.02 * high)),
        "high_education": high * drift,
        "participation": part * (1 + 0.004 * (year - ANCHOR)),
        "participation_men": np.minimum(part + 0.045 + 0.008 * character("mannen"), 0.98),
        "participation_women": part - 0.045 + 0.008 * character("vrouwen"),
        "divorces": 8.6 * np.exp(divorces),
        "youth_suspects": people * 0.0027 * np.exp(suspects),
        "low_literacy_share": np.clip(0.115 + 0.035 * character("letters") * 0.4 + 0.3 * (low - 0.27), 0.03, 0.3),
        "jobs_non_residents": workers * 0.022 * np.exp(as_published(0.5 * character("arbeid"), "labour_migrants")),
        "reformed": 0.55 * protestant,
        "calvinist": 0.25 * protestant,
        "protestant": protestant,
    }


@cache
def overlast() -> NDArray[np.float64]:
    """The mean index of nuisance per municipality, shape (n,): cities more, on a scale of about 0 to 1."""
    level = 0.045 * drivers()[:, 0] + 0.03 * drivers()[:, 1] + 0.02 * character("overlast")
    return np.asarray(0.22 + as_published(level, "nuisance_unsafety_index"))


def buurten_table(years: tuple[int, ...], places: NDArray[np.int64], seed: int) -> Frame:
    """A row per buurt and year."""
    import pandas as pd

    parts = [_buurten_of_gemeente(int(place), buurten_of(int(place), seed), years) for place in places]
    return pd.concat(parts, ignore_index=True)


def non_working(place: int, buurten: Buurten) -> NDArray[np.float64]:
    """The share of the labour force without work in each buurt, shape (b,)."""
    return rate_of_buurt(buurten, place, float(segregation()[place]))


def nuisance(place: int, buurten: Buurten) -> NDArray[np.float64]:
    """The index of nuisance and unsafety of each buurt, shape (b,)."""
    strength = float(segregation()[place])
    return np.asarray(np.clip(overlast()[place] - 0.16 * strength * buurten.standing, -0.3, 1.0))


def _buurten_of_gemeente(place: int, buurten: Buurten, years: tuple[int, ...]) -> Frame:
    import pandas as pd

    f, m = frame().iloc[place], margins()
    force, idle = labour_force()[place], non_working(place, buurten)
    around = 0.65 * float(buurten.share @ idle) + 0.35 * idle
    parts = []
    for year in years:
        grown = float(f[f"inwoners_{year}"]) / float(f.inwoners_2020)
        workers = np.rint(buurten.share * force * grown)
        parts.append(
            pd.DataFrame(
                {
                    "buurt": buurten.buurt,
                    "year": np.int16(year),
                    "gemeente": np.int16(frame().index[place]),
                    "wijk": buurten.wijk,
                    "name": [f"Buurt {number % 10_000:04d}" for number in buurten.buurt],
                    "households": np.rint(buurten.share * m.households[place, YEARS.index(year)]).astype(np.int32),
                    "inhabitants": np.rint(buurten.share * f[f"inwoners_{year}"]).astype(np.int32),
                    "labour_force": workers.astype(np.int32),
                    "non_working": np.rint(workers * idle).astype(np.int32),
                    "non_working_wider": around.astype(np.float32),
                    "overlast": nuisance(place, buurten).astype(np.float32),
                    "x": buurten.x.astype(np.float32),
                    "y": buurten.y.astype(np.float32),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
