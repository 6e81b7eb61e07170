"""The parts of the study by name, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from verdeelmodel.reintegration import services_published as published
from verdeelmodel.reintegration import services_tables as described
from verdeelmodel.reintegration import services_tables_odds as odds
from verdeelmodel.reintegration import services_tables_time as time
from verdeelmodel.table import Table

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

PARTS: Mapping[str, Callable[[ServicesStudy], list[Table]]] = {
    "reading": lambda study: [described.reading_table(study)],
    "problems": lambda study: [described.row_problems_table(study)],
    "unknown": lambda study: [described.unknown_table(study)],
    "gemeenten": lambda study: [described.gemeenten_table(study)],
    "offered": described.offered_table,
    "persons": described.persons_table,
    "housing": described.housing_table,
    "provision": described.provision_table,
    "status": described.status_tables,
    "outcome": lambda study: [described.outcome_table(study)],
    "odds": lambda study: [odds.base_table(study)],
    "tailored_odds": lambda study: [odds.tailored_table(study)],
    "service_odds": lambda study: [odds.service_table(study)],
    "overall": lambda study: [odds.overall_table(study)],
    "selection": lambda study: [odds.selection_table(study)],
    "leaving": lambda study: [time.leaving_table(study)],
    "returns": lambda study: [time.returns_table(study)],
    "cox": lambda study: [odds.cox_table(study)],
    "funnel": lambda study: [time.funnel_table(study)],
    "truth": odds.truth_table,
    "published": lambda study: [published.counts_beside(study), published.odds_beside(study)],
}
SHOWN = ("reading", "outcome", "odds", "service_odds", "selection")
