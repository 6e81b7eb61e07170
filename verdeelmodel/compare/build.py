"""A comparison from what the user has: files, or a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from verdeelmodel.compare.from_population import population_kenmerken, population_saldi, registered
from verdeelmodel.compare.groups import GemeenteTable
from verdeelmodel.compare.input import read_groups, read_kenmerken, read_labels, read_saldi
from verdeelmodel.compare.selection import Selection, SelectionOptions, select
from verdeelmodel.compare.study import DEFAULT_CONTROL, CompareOptions, Comparison
from verdeelmodel.errors import RequestError
from verdeelmodel.population import Population
from verdeelmodel.wording import text


@dataclass(frozen=True)
class Source:
    """Where the kenmerken come from: a table with groups, or a population (in which groups may be given too).

    `keys` limits the kenmerken of a population; `default_control` controls for regionaal klantenpotentieel when no
    control was chosen.
    """

    table: Path | None = None
    groups: Path | None = None
    labels: Path | None = None
    saldi: Path | None = None
    population: Population | None = None
    rules_year: int | None = None
    keys: tuple[str, ...] = ()
    default_control: bool = True

    def __post_init__(self) -> None:
        """Refuse files that do not belong together."""
        if self.table is not None and self.groups is None:
            raise RequestError(text("compare.source.groups_needed"))
        if self.table is not None and (self.population is not None or self.keys or self.rules_year is not None):
            raise RequestError(text("compare.source.table_or_population"))
        if self.table is None and (self.labels is not None or self.saldi is not None):
            raise RequestError(text("compare.source.only_with_table"))

    def files(self) -> dict[str, Path | None]:
        """The files that are read, by the name of their option."""
        names = ("table", "groups", "labels", "saldi")
        return {name: getattr(self, name) for name in names}


def select_groups(
    saldi: Path | None = None,
    *,
    population: Population | None = None,
    years: Sequence[int] = (),
    options: SelectionOptions | None = None,
) -> Selection:
    """The groups from a CSV of saldi, a population, or else the synthetic Netherlands: what `select` shows."""
    if saldi is not None and population is not None:
        raise RequestError(text("select.saldi_or_population"))
    found = (
        read_saldi(saldi, years) if saldi is not None else population_saldi(population or synthetic_country(), years)
    )
    return select(found, options)


def compare_groups(source: Source | None = None, options: CompareOptions | None = None) -> Comparison:
    """The comparison of this source, or else of the synthetic Netherlands: what `compare` shows."""
    return comparison_of(source or Source(), options)[0]


def comparison_of(source: Source, options: CompareOptions | None = None) -> tuple[Comparison, tuple[str, ...]]:
    """The comparison that this source and these options ask for, and what a reader must know of it."""
    chosen = options or CompareOptions()
    if source.table is not None and source.groups is not None:
        comparison = from_files(source.table, source.groups, chosen, labels=source.labels, saldi=source.saldi)
        notes: tuple[str, ...] = ()
    else:
        country = source.population or synthetic_country()
        comparison, absent = from_population(
            country, chosen, groups=source.groups, keys=keys_with_control(source, chosen), rules_year=source.rules_year
        )
        notes = absent_sentences(absent)
    if chosen.controls or not source.default_control:
        return comparison, notes
    controlled = with_default_control(comparison)
    return controlled, (*notes, control_sentence(controlled))


def keys_with_control(source: Source, options: CompareOptions) -> tuple[str, ...]:
    """The kenmerken asked for, and regionaal klantenpotentieel when it is to be controlled for."""
    wanted = source.keys and source.default_control and not options.controls and DEFAULT_CONTROL in registered()
    return (*source.keys, DEFAULT_CONTROL) if wanted else source.keys


def from_files(
    table: Path,
    groups: Path,
    options: CompareOptions | None = None,
    *,
    labels: Path | None = None,
    saldi: Path | None = None,
) -> Comparison:
    """The comparison of a CSV of kenmerken per gemeente between the groups of another; no households needed."""
    kenmerken = read_kenmerken(table, read_labels(labels) if labels else None)
    members = read_groups(groups, kenmerken.table.codes)
    yearly = read_saldi(saldi) if saldi else None
    return Comparison(kenmerken.table, members, options or CompareOptions(), yearly, kenmerken.yearly)


def from_population(
    population: Population,
    options: CompareOptions | None = None,
    *,
    groups: Path | None = None,
    keys: Sequence[str] = (),
    rules_year: int | None = None,
) -> tuple[Comparison, dict[str, str]]:
    """The comparison of the kenmerken of a population, and the reason for each kenmerk that it has no columns for.

    The groups are selected on the saldi of the population, unless a file of groups is given.
    """
    chosen = options or CompareOptions()
    # What is controlled for or matched on must be there, whatever else is asked for; a column of gemeenten will do.
    asked = tuple(dict.fromkeys((*(keys or registered()), *chosen.controls, *chosen.match_on)))
    kenmerken, reasons = population_kenmerken(population, asked, rules_year=rules_year)
    saldi = population_saldi(population)
    members = read_groups(groups, kenmerken.table.codes) if groups else select(saldi, chosen.selection).groups
    return Comparison(kenmerken.table, members, chosen, saldi, kenmerken.yearly), reasons


def synthetic_country() -> Population:
    """The embedded synthetic Netherlands."""
    from verdeelmodel.synthetic import default_population

    return default_population()


def with_default_control(comparison: Comparison) -> Comparison:
    """The same comparison, controlled for regionaal klantenpotentieel when the table has it."""
    if DEFAULT_CONTROL not in comparison.table.keys:
        return comparison
    return replace(comparison, options=replace(comparison.options, controls=(DEFAULT_CONTROL,)))


def control_sentence(comparison: Comparison) -> str:
    """What a reader must know of a control that was not asked for."""
    if not comparison.options.controls:
        return text("compare.control_absent", control=DEFAULT_CONTROL)
    return text("compare.control_default", control=label_of(comparison.table, DEFAULT_CONTROL))


def label_of(table: GemeenteTable, key: str) -> str:
    """The label of this kenmerk."""
    return next(k.label for k in table.kenmerken if k.key == key)


def absent_sentences(absent: dict[str, str]) -> tuple[str, ...]:
    """One sentence on the kenmerken that the population has no columns for, if there are any."""
    if not absent:
        return ()
    return (text("compare.population.left_out", count=len(absent), keys=", ".join(absent)),)
