"""The open laboratory of the Dutch bijstand budget allocation.

The public names below are imported when they are first used, so that `import verdeelmodel` costs nothing.
A name never equals that of a room, because `verdeelmodel.compare` is the room itself.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

# Public name -> the module that has it.
PUBLIC: dict[str, str] = {
    "Table": "verdeelmodel.table",
    "NotApplicable": "verdeelmodel.table",
    "VerdeelmodelError": "verdeelmodel.errors",
    "CsvColumn": "verdeelmodel.population",
    "MemoryPopulation": "verdeelmodel.population",
    "PopulationMeta": "verdeelmodel.population",
    "PopulationWriter": "verdeelmodel.population",
    "always_merged": "verdeelmodel.population",
    "open_population": "verdeelmodel.population",
    "read_csv_table": "verdeelmodel.population",
    "to_division": "verdeelmodel.population",
    "check_population": "verdeelmodel.population.check",
    "convert_population": "verdeelmodel.population.convert",
    "export_population": "verdeelmodel.population.export",
    "describe_population": "verdeelmodel.population.info",
    "population_template": "verdeelmodel.population.template",
    "new_run": "verdeelmodel.record",
    "read_run": "verdeelmodel.record",
    "verify": "verdeelmodel.record",
    "make_population": "verdeelmodel.synthetic",
    "default_population": "verdeelmodel.synthetic",
    "kenmerk": "verdeelmodel.kenmerken",
    "registry": "verdeelmodel.kenmerken",
    "compute_households": "verdeelmodel.kenmerken",
    "compute_gemeenten": "verdeelmodel.kenmerken",
    "compute_buurten": "verdeelmodel.kenmerken",
    "compute_wijken": "verdeelmodel.kenmerken",
    "list_kenmerken": "verdeelmodel.kenmerken.catalogue",
    "describe_kenmerk": "verdeelmodel.kenmerken.catalogue",
    "kenmerken_table": "verdeelmodel.kenmerken.figures",
    "FitOptions": "verdeelmodel.model.options",
    "FitExtras": "verdeelmodel.model.study",
    "fit_population": "verdeelmodel.model.study",
    "fit_table": "verdeelmodel.model.study",
    "fit_logit": "verdeelmodel.model",
    "volume_weights": "verdeelmodel.law",
    "price_weights": "verdeelmodel.law",
    "gross_norms": "verdeelmodel.law",
    "budget_rules": "verdeelmodel.law",
    "vangnet_rules": "verdeelmodel.law",
    "macrobudget": "verdeelmodel.law",
    "list_params": "verdeelmodel.law.listing",
    "show_params": "verdeelmodel.law.listing",
    "uncertain_params": "verdeelmodel.law.listing",
    "AllocationOptions": "verdeelmodel.budget.request",
    "NationalOptions": "verdeelmodel.budget.national",
    "allocate_file": "verdeelmodel.budget.request",
    "allocate_population": "verdeelmodel.budget.national",
    "reintegration_outcomes": "verdeelmodel.reintegration.outcomes",
    "ServicesRequest": "verdeelmodel.reintegration.services_build",
    "reintegration_services": "verdeelmodel.reintegration.services_build",
    "select_groups": "verdeelmodel.compare.build",
    "compare_groups": "verdeelmodel.compare.build",
    "read_scenario": "verdeelmodel.scenario.reading",
    "bridge_years": "verdeelmodel.scenario.years",
    "change_of": "verdeelmodel.scenario.change",
    "run_scenario": "verdeelmodel.scenario.running",
    "ProfileOptions": "verdeelmodel.reintegration.profile_study",
    "profile_recipients": "verdeelmodel.reintegration.profile_study",
    "shipped_scenarios": "verdeelmodel.scenario.shipped",
    "sweep_scenario": "verdeelmodel.scenario.sweeping",
    "assess_candidates": "verdeelmodel.assess.study",
    "difference_of_assessments": "verdeelmodel.assess.difference",
    "ExplainOptions": "verdeelmodel.explain.country",
    "explain_country": "verdeelmodel.explain.country",
    "explain_gemeente": "verdeelmodel.report.explanation",
    "national_report": "verdeelmodel.report.national",
    "report_on_run": "verdeelmodel.report.run_report",
    "difference_of_runs": "verdeelmodel.scenario.differing",
    "new_scenario": "verdeelmodel.scenario.starting",
    "scenario_from_excel": "verdeelmodel.scenario.starting",
    "release": "verdeelmodel.record.release",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now."""
    if name not in PUBLIC:
        from verdeelmodel.errors import did_you_mean

        raise AttributeError(f"verdeelmodel.{name}: {did_you_mean(name, PUBLIC)}".rstrip(": "))
    return getattr(importlib.import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
