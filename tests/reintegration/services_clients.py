"""Clients for the tests of services: rows as they would stand in a file, and studies of them."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from verdeelmodel.reintegration.services_build import ServicesRequest, reintegration_services
from verdeelmodel.reintegration.services_clients import clients_of
from verdeelmodel.reintegration.services_reading import client_columns, rows_of_frame
from verdeelmodel.reintegration.services_study import ServicesStudy, StudyOptions
from verdeelmodel.reintegration.services_words import packaged_words
from verdeelmodel.reintegration.spells import Window

WINDOW = Window(date(2017, 1, 1), date(2019, 12, 31))
USUAL = {
    "gemeente": "A",
    "client": "1",
    "start": "2015-01-01",
    "end": "",
    "end_reason": "",
    "sex": "man",
    "age": "40",
    "housing": "huurder",
    "services": "",
}


def frame_of(*rows, number=True):
    """Rows as text; what a row does not say is usual, and clients are numbered unless they say who they are."""
    filled = [{**USUAL, **({"client": str(i + 1)} if number else {}), **row} for i, row in enumerate(rows)]
    return pd.DataFrame(
        filled, columns=[k for k in client_columns() if any(k in r for r in filled)], dtype=object
    ).fillna("")


def clients(*rows, words=None, window=WINDOW, **options):
    """The clients of these rows."""
    made = rows_of_frame(frame_of(*rows), "proef.csv", synthetic=False)
    return clients_of(made, words or packaged_words(), window, **options)


def random_rows(seed, n=400, gemeenten=("A", "B", "C")):
    """Random clients, of whom about a third left for work."""
    rng = np.random.default_rng(seed)
    kinds = ["huurder", "eigenaar", "inwonend"]
    rows = []
    for _ in range(n):
        left = rng.random() < 0.5
        reason = rng.choice(["arbeid in dienstbetrekking", "arbeid in dienstbetrekking", "detentie"]) if left else ""
        month = rng.integers(1, 35)
        end = str(np.datetime64("2017-01", "M") + month) + "-15" if left else ""
        rows.append(
            {
                "gemeente": str(rng.choice(list(gemeenten))),
                "sex": str(rng.choice(["man", "vrouw"])),
                "age": str(rng.integers(18, 67)),
                "housing": str(rng.choice(kinds)),
                "services": str(rng.choice(["", "coaching", "scholing"], p=[0.6, 0.2, 0.2])),
                "end": end,
                "end_reason": str(reason),
            }
        )
    return rows


def study(*rows, threshold=0, firth=False):
    """The study of these rows, with all cells shown."""
    return ServicesStudy(clients(*rows), StudyOptions(threshold, firth))


@cache
def synthetic_study(seed=2017, threshold=0):
    """The study of the synthetic client file of this seed."""
    return reintegration_services(ServicesRequest(seed=seed, threshold=threshold))
