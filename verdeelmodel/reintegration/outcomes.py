"""The chance of re-integration of recipients: who finds work, and how that goes with what they have to deal with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.errors import RequestError
from verdeelmodel.reintegration.client_file import read_clients
from verdeelmodel.reintegration.histories import Histories, histories_of
from verdeelmodel.reintegration.outcomes_definition import Definition, read_definition
from verdeelmodel.reintegration.outcomes_models import Linear, Marginal, combinations_of, index_of, marginal_of
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions, Sample, sample_of
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.population import Population
    from verdeelmodel.table import Table


@dataclass(frozen=True, eq=False)
class OutcomeStudy:
    """The outcome of every client who counts, and the three analyses of it."""

    options: OutcomeOptions
    definition: Definition
    histories: Histories
    sample: Sample
    marginal: Marginal
    index: Linear
    combinations: Linear
    synthetic: bool

    def __str__(self) -> str:
        return text(
            "reintegration.summary",
            clients=format_number(len(self.sample), "count"),
            start=str(self.sample.start),
            works=format_number(float(self.sample.works.mean()), "share"),
        )

    def tables(self) -> tuple[Table, ...]:
        """All results, in the order of the source."""
        from verdeelmodel.reintegration.outcomes_tables import tables_of

        return tables_of(self)

    def to_frame(self) -> pd.DataFrame:
        """The effects of the aspects by group, with errors and the published figures."""
        return next(t for t in self.tables() if t.key == "effects").to_frame()


def reintegration_outcomes(
    population: Population | Path | str | None = None,
    *,
    clients: Path | str | None = None,
    mapping: Path | str | None = None,
    options: OutcomeOptions | None = None,
) -> OutcomeStudy:
    """The outcomes of the clients of a population or of a client file; without either, of the synthetic country."""
    if clients is not None:
        if population is not None:
            raise RequestError(text("reintegration.population_or_clients"))
        table, synthetic = read_clients(Path(clients), None if mapping is None else Path(mapping)), False
    else:
        country = _country(population)
        table, synthetic = country.table("clienten"), country.meta.synthetic
    return study_outcomes(table, options or OutcomeOptions(), synthetic=synthetic)


def study_outcomes(clienten: pd.DataFrame, options: OutcomeOptions, *, synthetic: bool) -> OutcomeStudy:
    """The study of a table of clients in memory."""
    from threadpoolctl import threadpool_limits

    definition = read_definition(options.definition)
    histories = histories_of(clienten)
    sample = sample_of(histories, definition, options)
    # One thread: the matrices are narrow, and more threads would add up in another order.
    with threadpool_limits(limits=1, user_api="blas"):
        return OutcomeStudy(
            options=options,
            definition=definition,
            histories=histories,
            sample=sample,
            marginal=marginal_of(sample, options),
            index=index_of(sample, options),
            combinations=combinations_of(sample, options),
            synthetic=synthetic,
        )


def _country(population: Population | Path | str | None) -> Population:
    from verdeelmodel.population import open_population

    if population is None:
        from verdeelmodel.synthetic import default_population

        return default_population()
    return open_population(population) if isinstance(population, (str, Path)) else population
