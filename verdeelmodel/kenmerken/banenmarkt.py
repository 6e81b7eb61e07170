"""From the tables of a population (banen, reistijden, sectoren) to the arrays of `bereikbaarheid` and `sectoren`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError
from verdeelmodel.kenmerken.bereikbaarheid import Verval, reistijdmatrix
from verdeelmodel.kenmerken.instellingen import waarde
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def bereik_weg(gemeente: NDArray[Any], reistijden: pd.DataFrame, verval: Verval | None = None) -> Floats:
    """The weight of each gemeente (column) for the people of each (row), by travel time over the road."""
    return _bereik(gemeente, reistijden, "minutes", verval or Verval(waarde("verval_weg")))


def bereik_ov(gemeente: NDArray[Any], reistijden: pd.DataFrame, verval: Verval | None = None) -> Floats:
    """The weight of each gemeente (column) for the people of each (row), by travel time per public transport."""
    return _bereik(gemeente, reistijden, "minutes_ov", verval or Verval(waarde("verval_ov")))


def banen_per_gemeente(gemeente: NDArray[Any], banen: pd.DataFrame, jaar: float, soort: str = "jobs") -> Floats:
    """The jobs of one kind in each gemeente in this year, (n,); `nan` when the table lacks the year."""
    _fail_if_no_column("banen", banen, soort)
    eigen = banen[banen["year"] == jaar]
    if eigen.empty:
        return np.full(np.asarray(gemeente).shape, np.nan)
    return eigen.groupby("gemeente")[soort].sum().reindex(gemeente, fill_value=0.0).to_numpy(dtype=np.float64)


def banen_per_sector(gemeente: NDArray[Any], banen: pd.DataFrame, jaar: float, sectoren: NDArray[Any]) -> Floats:
    """The jobs of each gemeente in each of these sectors in this year, (n, S); `nan` when the table lacks the year."""
    eigen = banen[banen["year"] == jaar]
    if eigen.empty:
        return np.full((np.asarray(gemeente).size, sectoren.size), np.nan)
    breed = eigen.pivot_table(index="gemeente", columns="sector", values="jobs", aggfunc="sum", fill_value=0.0)
    return breed.reindex(index=gemeente, columns=sectoren, fill_value=0.0).to_numpy(dtype=np.float64)


def landelijke_banen(sectoren: pd.DataFrame, tot_en_met: float, jaren: int | None = None) -> pd.DataFrame:
    """National jobs, a row per sector and a column per year: the last `jaren` years up to and including this one."""
    eerder = sectoren[sectoren["year"] <= tot_en_met]
    breed = eerder.pivot_table(index="sector", columns="year", values="jobs", aggfunc="sum", fill_value=0.0)
    return breed if jaren is None else breed.iloc[:, -jaren:]


def kolom(tabel: str, frame: pd.DataFrame, naam: str) -> Floats:
    """One column of a table as numbers; a DataError when the population does not have it."""
    _fail_if_no_column(tabel, frame, naam)
    return frame[naam].to_numpy(dtype=np.float64)


def _bereik(gemeente: NDArray[Any], reistijden: pd.DataFrame, tijd: str, verval: Verval) -> Floats:
    minuten = kolom("reistijden", reistijden, tijd)
    van, naar = reistijden["from"].to_numpy(), reistijden["to"].to_numpy()
    return verval.gewicht(reistijdmatrix(gemeente, van, naar, minuten, waarde("binnen_gemeente")))


def _fail_if_no_column(tabel: str, frame: pd.DataFrame, naam: str) -> None:
    if naam not in frame.columns:
        raise DataError(text("kenmerken_gebied.tabel.no_column", table=tabel, column=naam))
