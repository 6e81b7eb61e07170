"""Whether a candidate moves with what the municipality decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.assess.levels import FEWEST
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country

    Floats = NDArray[np.float64]

POLICY = ("lks_households", "enforcement")


def policy_p(country: Country, shares: Floats) -> float | NotApplicable:
    """The chance of a link this strong between the candidate and policy if there were none, at equal population.

    A regression over gemeenten, weighted by households, of the candidate on the use of wage cost subsidies and on
    enforcement, with what the model expects as control; the F test of the policy indicators together.
    """
    population = country.request.population
    table = population.gemeenten(max(country.request.years)).set_index("gemeente")
    present = [name for name in POLICY if name in table and table[name].notna().any()]
    if not present:
        return NotApplicable(text("assess.no_policy"))
    sums, codes = country.sums, country.gemeenten
    size, rate = sums["households"], sums["expected"] / np.maximum(sums["households"], 1)
    policy = _policy_columns(table.reindex(codes), present, sums["actual"])
    usable = np.isfinite(shares) & np.isfinite(policy).all(axis=1) & (size > 0)
    if usable.sum() < FEWEST + policy.shape[1]:
        return NotApplicable(text("assess.too_few_gemeenten", count=int(usable.sum())))
    return _joint_test(shares[usable], rate[usable], policy[usable], size[usable])


def _policy_columns(table: pd.DataFrame, present: list[str], recipients: Floats) -> Floats:
    """Wage cost subsidies per recipient and enforcement, per gemeente (g, k)."""
    columns = []
    for name in present:
        values = table[name].to_numpy(float)
        columns.append(values / np.maximum(recipients, 1) if name == "lks_households" else values)
    return np.column_stack(columns)


def _joint_test(outcome: Floats, control: Floats, policy: Floats, size: Floats) -> float:
    import statsmodels.api as sm

    restricted = sm.WLS(outcome, sm.add_constant(control), weights=size).fit()
    full = sm.WLS(outcome, sm.add_constant(np.column_stack([control, policy])), weights=size).fit()
    return float(full.compare_f_test(restricted)[1])
