"""Which population a verb reads: the user's folder, or the embedded synthetic Netherlands, and it says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.cli.frame import Output
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population, StoredPopulation


def chosen_population(output: Output, folder: Path | None) -> StoredPopulation:
    """The population in this folder; without a folder the synthetic Netherlands, made on first use and cached."""
    from verdeelmodel.population import open_population
    from verdeelmodel.population.memory import fail_if_memory_too_small, needed_for
    from verdeelmodel.population.population import StoredPopulation

    if folder is not None:
        population = open_population(folder)
        households = max(population.count(year) for year in population.years)
        fail_if_memory_too_small(needed_for(households), households)
        return population
    from verdeelmodel.synthetic import default_population
    from verdeelmodel.synthetic.frame import chosen_gemeenten

    output.note(text("cli.synthetic_default"))
    with output.progress(text("cli.making_synthetic"), len(chosen_gemeenten(()))) as advance:
        made = default_population(progress=advance)
    if not isinstance(made, StoredPopulation):
        raise TypeError("the synthetic Netherlands is a folder on disk")
    return made


def files_of(population: Population) -> dict[str, Path]:
    """The files of a population for the record of a run; none when it is not a folder."""
    from verdeelmodel.population.population import StoredPopulation

    return dict(population.files()) if isinstance(population, StoredPopulation) else {}
