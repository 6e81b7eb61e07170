"""Saldi and kenmerken per gemeente out of a population, in the division of its last year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verdeelmodel.compare.groups import gemeente_table
from verdeelmodel.compare.input import KenmerkenFile, registered_labels
from verdeelmodel.compare.saldi import Saldi, saldi_from_frame
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.law import model_years
from verdeelmodel.population import Population, format_gemeente, gemeente_name, municipalities, to_division
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

LAG = 2
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
    return saldi_from_frame(rows, chosen, population.meta.name, population.meta.synthetic, population.meta.division)


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
    parts = [_in_division(population, wanted, year, division, rules) for year in chosen]
    yearly = pd.concat(parts).set_index(["gm_code", "jaar"])[list(wanted)].sort_index()
    means = yearly.groupby(level="gm_code").mean()
    names = {code: gemeente_name(int(code[2:])) for code in means.index}
    table = gemeente_table(means, registered_labels(wanted), names, population.meta.synthetic)
    return KenmerkenFile(table, yearly), reasons


def rules_year_of(year: int) -> int:
    """The published model that is applied to data of the end of this year, or else the last one before, or the first.

    The budget of a year rests on data of two years before.
    """
    known = model_years()
    return max((rules for rules in known if rules <= year + LAG), default=min(known))


def _in_division(population: Population, keys: Sequence[str], year: int, division: int, rules: int) -> pd.DataFrame:
    from verdeelmodel.kenmerken import compute_gemeenten

    frame = compute_gemeenten(population, keys, years=[year], rules_year=rules).reset_index()
    present = set(frame["gemeente"].tolist())
    if not present <= set(municipalities(division)):
        weights = population.gemeenten(year)[["gemeente", "households"]].astype({"households": float})
        joined = frame.merge(weights, on="gemeente")
        frame = to_division(joined, division, from_year=year, means=dict.fromkeys(keys, "households"))
    return frame.assign(gm_code=[format_gemeente(int(g)) for g in frame["gemeente"]], jaar=year)


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
