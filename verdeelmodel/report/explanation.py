"""The explanation of one gemeente as a user asks for it: its findings, its tables and its page.

found = explain_gemeente(population, "Heerlen")
print(found.findings[0])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.explain.country import ExplainOptions, explain_country
from verdeelmodel.explain.dossier import dossier
from verdeelmodel.explain.groups import study_groups
from verdeelmodel.explain.names import find_gemeente, names_in
from verdeelmodel.report.dossier_page import dossier_page, dossier_tables
from verdeelmodel.report.sentences import findings, since_sentences
from verdeelmodel.scenario.since import SinceLastYear, since_last_year

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.population.population import Population
    from verdeelmodel.table import NotApplicable, Table


@dataclass(frozen=True, eq=False)
class Explanation:
    """The dossier of a gemeente, and what changed since the year before or why that is not known."""

    dossier: Dossier
    since: SinceLastYear | NotApplicable

    def __str__(self) -> str:
        return str(self.dossier)

    @property
    def findings(self) -> list[str]:
        """The findings in sentences, most important first."""
        return [*findings(self.dossier), *since_sentences(self.dossier, self.since)]

    def tables(self) -> list[Table]:
        """Every table, in the order in which a reader meets them."""
        return dossier_tables(self.dossier, self.since)

    def page(self) -> str:
        """Everything as one HTML file."""
        return dossier_page(self.dossier, since=self.since)

    def to_frame(self) -> pd.DataFrame:
        """The table by household type."""
        return self.dossier.to_frame()


def explain_gemeente(
    population: Population, gemeente: str, options: ExplainOptions | None = None, peers: Sequence[str] = ()
) -> Explanation:
    """Why this gemeente has this budget and this saldo. It and the `peers` to compare with are names or codes."""
    chosen = options or ExplainOptions()
    names = names_in(population, chosen.year)
    code, others = find_gemeente(gemeente, names), [find_gemeente(one, names) for one in peers]
    country = explain_country(population, chosen, groups=study_groups(population))
    since = since_last_year(population, country.year, country.weighted(chosen.model), chosen.threads)
    return Explanation(dossier(country, code, others), since)
