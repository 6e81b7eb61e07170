"""Saldi and kenmerken per gemeente out of a population, in the division of its last year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.compare.groups import gemeente_table
from verdeelmodel.compare.input import KenmerkenFile, registered_labels
from verdeelmodel.compare.saldi import Saldi, saldi_from_frame
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.law import model_years
from verdeelmodel.population import Population, format_gemeente, gemeente_name, municipalities, to_division
from verdeelmodel.table import Evidence
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

LAG = 2
HIGHEST = 10_000  # codes of gemeenten have four digits
RENAMED = {"gemeente": "gm_code", "year": "jaar", "net_expenditure": "uitgaven", "inhabitants": "inwoners"}


def population_saldi(population: Population, years: Sequence[int] = ()) -> Saldi:
    """The saldi in the gemeenten table of a population, with province and bijstand density as features."""
    import pandas as pd

    chosen = tuple(years) or population.years
    frame = pd.concat([population.gemeenten(year) for year in chosen], ignore_index=True)
    fail_if_no_budgets(frame, population)
    rows = frame.rename(columns=RENAMED)[["gm_code", "jaar", "budget", "uitgaven", "inwoners"]]
    rows = rows.astype({"budget": float, "uitgaven": float, "inwoners": float})
    if "province" in frame:
        rows = rows.assign(regio=frame["province"])
    if "bijstand_persons" in frame:
        rows = rows.assign(bijstandsdichtheid=frame["bijstand_persons"] / frame["inhabitants"])
    meta = population.meta
    saldi = saldi_from_frame(rows, chosen, meta.name, meta.synthetic, meta.division)
    counts = households_of(population, chosen[-1])
    return replace(saldi, behind=tuple(counts.get(code) for code in saldi.codes))


def households_of(population: Population, year: int) -> dict[str, Evidence]:
    """By gemeente its households in the data of this year, without weights."""
    counts = sum(
        (np.bincount(block["gemeente"], minlength=HIGHEST) for block in population.chunks(year, ["gemeente"])),
        np.zeros(HIGHEST, np.int64),
    )
    return {format_gemeente(int(g)): Evidence(count=int(counts[g])) for g in np.flatnonzero(counts)}


def fail_if_no_budgets(frame: pd.DataFrame, population: Population) -> None:
    """A saldo needs a budget and net expenditure in the table of gemeenten."""
    absent = [name for name in ("budget", "net_expenditure") if name not in frame or frame[name].isna().all()]
    if absent:
        problems = [Problem(text("compare.population.column_absent", column=name)) for name in absent]
        raise RequestError(text("compare.population.no_saldi", population=population.meta.name), problems)


def population_kenmerken(
    population: Population, keys: Sequence[str] = (), years: Sequence[int] = (), rules_year: int | None = None
) -> tuple[KenmerkenFile, dict[str, str]]:
    """Kenmerken per gemeente, averaged over the years and per year, and the reason for each that cannot be computed.

    Without keys every registered kenmerk for which the population has the columns. A household kenmerk counts with
    its municipal share. Merged gemeenten are averaged by households, as if they had always been merged.
    """
    import pandas as pd

    wanted, reasons = computable(population, keys)
    chosen = tuple(years) or population.years
    division = max(population.meta.division, *chosen)
    rules = rules_year or rules_year_of(chosen[-1])
    parts, counts = zip(*(_in_division(population, wanted, year, division, rules) for year in chosen), strict=True)
    yearly = pd.concat(parts).set_index(["gm_code", "jaar"])[list(wanted)].sort_index()
    means = yearly.groupby(level="gm_code").mean()
    names = {code: gemeente_name(int(code[2:])) for code in means.index}
    counted = np.fmin.reduce([_on_codes(each, means.index) for each in counts])
    table = gemeente_table(means, registered_labels(wanted), names, population.meta.synthetic, counted)
    return KenmerkenFile(table, yearly), reasons


def rules_year_of(year: int) -> int:
    """The published model that is applied to data of the end of this year, or else the last one before, or the first.

    The budget of a year rests on data of two years before.
    """
    known = model_years()
    return max((rules for rules in known if rules <= year + LAG), default=min(known))


def _on_codes(counted: dict[str, NDArray[np.float64]], codes: Sequence[str]) -> NDArray[np.float64]:
    """The households behind the kenmerken of these gemeenten (3, gemeenten, kenmerken), NaN for those not there."""
    first = next(iter(counted.values()))
    return np.stack([counted.get(code, np.full_like(first, np.nan)) for code in codes], axis=1)


def _in_division(
    population: Population, keys: Sequence[str], year: int, division: int, rules: int
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    """The kenmerken of a year in the division, and by gemeente of that year the households behind them (3, k)."""
    from verdeelmodel.kenmerken.areas import area_frame, areas_of
    from verdeelmodel.kenmerken.evidence import counted_behind

    areas = areas_of(population, keys, "gemeente", [year], rules, None)
    frame = area_frame(areas).reset_index()
    counted = np.stack([counted_behind(areas, areas.asked[key]) for key in keys], axis=1)
    behind = {format_gemeente(int(g)): counted[:, :, i] for i, g in enumerate(areas.all_codes())}
    present = set(frame["gemeente"].tolist())
    if not present <= set(municipalities(division)):
        weights = population.gemeenten(year)[["gemeente", "households"]].astype({"households": float})
        joined = frame.merge(weights, on="gemeente")
        frame = to_division(joined, division, from_year=year, means=dict.fromkeys(keys, "households"))
    return frame.assign(gm_code=[format_gemeente(int(g)) for g in frame["gemeente"]], jaar=year), behind


def registered() -> tuple[str, ...]:
    """Every registered kenmerk that has a value per gemeente, a household kenmerk by its share."""
    from verdeelmodel.kenmerken import registry

    return tuple(key for key, kenmerk in registry().items() if kenmerk.eenheid != "wijk")


def computable(population: Population, keys: Sequence[str] = ()) -> tuple[tuple[str, ...], dict[str, str]]:
    """The keys that can be computed per gemeente with the columns of this population, and why the others cannot."""
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.kenmerken.areas import columns_needed

    known = registry()
    there = {name: set(population.table(name).columns) for name in ("gemeenten", "buurten") if population.has(name)}
    there["households"] = set.intersection(*(set(population.columns(year)) for year in population.years))
    there["tables"] = set(population.tables())
    asked = tuple(keys) or registered()
    reasons: dict[str, str] = {}
    for key in asked:
        needed = columns_needed(known, "gemeente", key)
        absent = [f"{table}.{name}" for table, names in needed.items() for name in names if name not in there[table]]
        if absent:
            reasons[key] = text("compare.population.needs", columns=", ".join(absent))
    wanted = tuple(key for key in asked if key not in reasons)
    if not wanted:
        raise RequestError(text("compare.population.no_kenmerken", population=population.meta.name))
    return wanted, reasons
