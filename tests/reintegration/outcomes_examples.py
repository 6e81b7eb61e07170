"""Made-up clients for the tests of outcomes."""

import numpy as np
import pandas as pd

from verdeelmodel.reintegration.histories import ASPECTS
from verdeelmodel.reintegration.outcomes import study_outcomes
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions


def made_up(n=400, seed=1):
    """Clients with random histories of two years, every group among them."""
    stream = np.random.default_rng(seed)
    windows = np.array(["u" * 24, "u" * 20 + "d" * 4, "u" * 17 + "d" * 7, "u" * 20 + "w" * 4, "u" * 18 + "w" * 6])
    return pd.DataFrame(
        {
            "client": np.arange(n),
            "gemeente": stream.choice([14, 80], n),
            "start": pd.Timestamp("2015-06-01"),
            "end": pd.NaT,
            "age": stream.integers(18, 66, n),
            "sex": stream.choice([1, 2, -1], n),
            "status": windows[stream.integers(0, 5, n)],
            "status_from": pd.Timestamp("2016-01-01"),
            **{name: stream.random(n) < 0.5 for name in ASPECTS},
        }
    )


def studied(table, **options):
    return study_outcomes(table, OutcomeOptions(**options), synthetic=False)
