"""Budgets and expenditure in the division of each year, so that herindelingen are exercised: 388, 380, 355, 355."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.population import format_gemeente
from verdeelmodel.synthetic.frame import YEARS, Frame, frame, packaged
from verdeelmodel.synthetic.saldi import accounts
from verdeelmodel.synthetic.targets import FRAME_SEED

# How much the saldi of the parts of a later municipality lay apart.
APART = 0.02
COLUMNS = ["gm_code", "naam", "jaar", "budget", "uitgaven", "inwoners"]


def accounts_by_division(years: tuple[int, ...] = YEARS) -> Frame:
    """A row per municipality that existed in each year: `gm_code, naam, jaar, budget, uitgaven, inwoners`.

    The parts of a later municipality add up to it, to the euro.
    """
    import pandas as pd

    return pd.concat([_of_year(year) for year in years], ignore_index=True)


def _of_year(year: int) -> Frame:
    import pandas as pd

    f, i = frame(), YEARS.index(year)
    whole = pd.DataFrame(
        {
            "gemeente": f.index.to_numpy(),
            "naam": f.naam.to_numpy(),
            "budget": accounts().budget[:, i],
            "uitgaven": accounts().expenditure[:, i],
            "inwoners": f[f"inwoners_{year}"].to_numpy(np.float64),
        }
    ).set_index("gemeente", drop=False)
    parts = packaged("herkomst.csv").query("jaar == @year")
    rows = [whole[~whole.index.isin(parts.gemeente)]]
    rows += [_in_parts(whole.loc[gemeente], own) for gemeente, own in parts.groupby("gemeente")]
    table = pd.concat(rows, ignore_index=True)
    amounts = table.groupby(["gemeente", "naam"], as_index=False)[["budget", "uitgaven", "inwoners"]].sum()
    codes = [format_gemeente(int(g)) for g in amounts.gemeente]
    return amounts.assign(gm_code=codes, jaar=year, inwoners=np.rint(amounts.inwoners).astype(np.int64))[COLUMNS]


def _in_parts(whole: Any, parts: Frame) -> Frame:
    """The later municipality as the municipalities it was made of, each with its part."""
    import pandas as pd

    people = (parts.aandeel * parts.inwoners).to_numpy(np.float64)
    codes = parts.gemeente_toen.to_numpy(np.int64)
    return pd.DataFrame(
        {
            "gemeente": codes,
            "naam": parts.naam_toen.to_numpy(),
            "budget": split(whole["budget"], people),
            "uitgaven": split(whole["uitgaven"], people * _apart(codes, int(parts.jaar.iloc[0]))),
            "inwoners": people,
        }
    )


def split(total: Any, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The total in whole euros in proportion to the weights; adds up exactly."""
    shares = np.floor(total * weights / weights.sum())
    shares[int(np.argmax(weights))] += total - shares.sum()
    return np.asarray(shares)


def _apart(codes: NDArray[np.int64], year: int) -> NDArray[np.float64]:
    draws = [np.random.Generator(np.random.PCG64([FRAME_SEED, int(code), year])).standard_normal() for code in codes]
    return np.asarray(np.exp(APART * np.asarray(draws)))
