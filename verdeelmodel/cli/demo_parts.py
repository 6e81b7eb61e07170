"""The parts of the demo: each runs one room on the population and says in a sentence what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verdeelmodel.table import Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.assess.verdict import Verdict
    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.model.spec import ModelSpec
    from verdeelmodel.population import Population
    from verdeelmodel.scenario.running import ScenarioRun
    from verdeelmodel.scenario.since import SinceLastYear
    from verdeelmodel.table import NotApplicable

MODEL = "2022"
CANDIDATES = (
    "schulden_en_gezondheidsproblemen",
    "uitgevallen_studenten_psychisch",
    "echtscheiding_in_huishouden",
    "regional_customer_potential",
    "wage_cost_subsidies",
    "diabetes_in_huishouden",
)
SCENARIOS = ("macrobudget_plus_5", "centrumfunctie", "statushouders")
REPLICATES = 200
# What the page shows of each part, and how many rows of it; everything is in the run.
ON_THE_PAGE = {
    "country": ("marges",),
    "fit": ("fit_statistics", "calibration_household_type"),
    "allocate": (),
    "select": ("groups_overview",),
    "compare": ("differences", "differences_controlled"),
    "assess": ("scorecard", "ranking"),
    "scenario": ("totals", "causes", "movers"),
    "national": ("national_years", "national_groups"),
    "explain": ("types", "attributed"),
}
ROWS = 25
# The command that takes the same step, and of a table the columns and rows that are for programs only.
COMMANDS = {
    "country": "population info",
    "fit": "fit --out schatting",
    "allocate": "allocate --out budgetten",
    "select": "select --out keuze",
    "compare": "compare --out vergelijking",
    "assess": "assess --out afweging",
    "scenario": "scenario run {name} --out scenario",
    "national": "report --out verslag",
    "explain": 'explain "{name}" --out dossier',
}
FOR_PROGRAMS = {"fit_statistics": ("statistic",), "scorecard": ("key",)}


@dataclass(frozen=True)
class Part:
    """What one room found: the sentences (the first is its line in the summary), the tables and the figures."""

    key: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    name: str = ""
    dossier: Dossier | None = None
    figures: tuple[tuple[str, str], ...] = ()
    about: str = ""
    since: SinceLastYear | NotApplicable | None = None

    @property
    def command(self) -> str:
        """The command that takes this step alone."""
        kind, _, key = self.key.partition(".")
        return f"verdeelmodel {COMMANDS[kind].format(name=self.name if self.dossier else key)}"

    @property
    def read(self) -> tuple[str, ...]:
        """What the page says: what the step is, what came out, and the command that takes it."""
        about = self.about or text(f"cli.demo.about.{self.key.split('.')[0]}")
        return (about, *self.sentences, text("cli.demo.do", command=self.command))

    @property
    def step(self) -> str:
        """What was done, in a word."""
        return text(f"cli.demo.part.{self.key.split('.')[0]}")

    @property
    def heading(self) -> str:
        """The heading of the part on the page."""
        return f"{self.step}: {self.name}" if self.name else self.step

    @property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """The other pages of the demo that belong to this part, with their names."""
        return ((f"{self.dossier.code}.html", text("cli.demo.dossier", name=self.name)),) if self.dossier else ()

    def named_tables(self) -> list[Table]:
        """The tables under keys of their own in the run: part_table."""
        return [replace(t, key=f"{self.key.replace('.', '_')}_{t.key}") for t in self.tables]

    def page_tables(self) -> list[Table]:
        """What the page shows; of a long table the first rows, and where the rest is."""
        chosen = ON_THE_PAGE[self.key.split(".")[0]]
        pairs = zip(self.named_tables(), self.tables, strict=True)
        return [_beginning(_for_people(t, own.key)) for t, own in pairs if own.key in chosen]


def _for_people(table: Table, key: str) -> Table:
    left = FOR_PROGRAMS.get(key, ())
    columns = tuple(c for c in table.columns if c.key not in left)
    kept = {c.key for c in columns}
    return replace(
        table,
        columns=columns,
        values={k: v for k, v in table.values.items() if k in kept},
        evidence={k: v for k, v in table.evidence.items() if k in kept},
        emphasis=frozenset(place for place in table.emphasis if place[1] in kept),
    )


def _beginning(table: Table) -> Table:
    if len(table) <= ROWS:
        return table
    note = text("cli.demo.rest", shown=ROWS, rows=len(table), file=f"{table.key}.csv")
    return replace(table.select(range(ROWS)), notes=(*table.notes, note))


@dataclass
class Study:
    """The population of the demo, and what a later part needs of an earlier one."""

    population: Population
    model: ModelSpec
    examples: tuple[str, ...] = ()


def country(study: Study) -> list[Part]:
    """The households and how they meet the published margins."""
    from verdeelmodel.synthetic.diagnostics import margins_table
    from verdeelmodel.table import format_number

    meta = study.population.meta
    rows = format_number(sum(study.population.count(y) for y in study.population.years), "count")
    line = text("cli.demo.country", name=meta.name, rows=rows, first=meta.years[0], last=meta.years[-1])
    about = text("cli.demo.about.country", weight=round(1 / (meta.scale or 1)))
    return [Part("country", (line,), (margins_table(study.population),), about=about)]


def fit(study: Study) -> list[Part]:
    """Volume and price estimated on the last year."""
    from verdeelmodel.model.fitting import Fitting
    from verdeelmodel.model.study import FitExtras, study_population

    found = study_population(Fitting(study.population, (max(study.population.years),), study.model), FitExtras())
    fit = found.fit
    if fit is None:
        raise TypeError("a study of a population has a fit")
    line = f"{fit.household_fit}; {fit.municipal_fit}"
    return [Part("fit", (line, str(fit.model), str(fit.volume)), found.tables)]


def allocate(study: Study) -> list[Part]:
    """The budgets of the last year under the rules of that year."""
    from verdeelmodel.budget.national import NationalOptions, allocate_population
    from verdeelmodel.budget.request import AllocationOptions

    found = allocate_population(study.population, AllocationOptions(), NationalOptions())
    return [Part("allocate", tuple(str(found).splitlines()), found.tables)]


def select(study: Study) -> list[Part]:
    """The three groups of the study."""
    from verdeelmodel.compare.build import select_groups
    from verdeelmodel.compare.selection import overview_table, selection_table

    found = select_groups(population=study.population)
    study.examples = (found.groups.tekort[0], found.groups.overschot[0])
    return [Part("select", (str(found),), (overview_table(found), selection_table(found)))]


def compare(study: Study) -> list[Part]:
    """What differs systematically between the groups."""
    from verdeelmodel.compare.build import Source, compare_groups
    from verdeelmodel.compare.study import SHOWN, CompareOptions

    found = compare_groups(Source(population=study.population), CompareOptions())
    shown = [r for r in (found.plain, found.controlled) if r is not None]
    return [Part("compare", tuple(str(r) for r in shown), tuple(found.tables(SHOWN)))]


def assess(study: Study) -> list[Part]:
    """Six candidates against the afwegingskader."""
    from verdeelmodel.assess.country import Request
    from verdeelmodel.assess.criteria import default_framework
    from verdeelmodel.assess.study import assess as assess_request
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.model.options import FitOptions

    population = study.population
    request = Request(population, population.years, study.model, CANDIDATES, registry(), FitOptions())
    found = assess_request(request, default_framework())
    tables = (found.scorecard(), found.ranking(), found.evidence_table(), found.budget_table())
    verdicts = (text("cli.demo.verdict", label=v.evidence.label, verdict=_why(v)) for v in found.verdicts)
    return [Part("assess", (str(found), *verdicts), tables)]


def _why(verdict: Verdict) -> str:
    """The verdict in a word, with the criteria that decided it."""
    word = text(f"assess.short.{verdict.name}")
    names = ", ".join(o.criterion.name for o in verdict.decided_by)
    return text("cli.demo.decided", verdict=word, criteria=names) if names else word


def scenarios(study: Study) -> list[Part]:
    """Three shipped scenarios with their bridges and intervals."""
    from verdeelmodel.scenario.reading import read_scenario
    from verdeelmodel.scenario.running import run_scenario

    return [_scenario(run_scenario(study.population, read_scenario(name)), name) for name in SCENARIOS]


def _scenario(found: ScenarioRun, name: str) -> Part:
    from verdeelmodel.scenario.results import tables_of
    from verdeelmodel.scenario.uncertainty import intervals, intervals_table

    known = intervals(found, REPLICATES)
    tables = (*tables_of(found), intervals_table(found, known))
    return Part(f"scenario.{name}", (str(found), found.scenario.question, str(known)), tables, found.scenario.name)


def explain(study: Study) -> list[Part]:
    """The dossiers of the gemeenten with the largest tekort and the largest overschot of the groups."""
    from verdeelmodel.explain.country import ExplainOptions, explain_country
    from verdeelmodel.explain.dossier import dossier
    from verdeelmodel.explain.groups import study_groups
    from verdeelmodel.explain.names import find_gemeente, names_in
    from verdeelmodel.report.dossier_page import dossier_tables
    from verdeelmodel.report.sentences import findings, since_sentences
    from verdeelmodel.scenario.since import since_last_year

    options = ExplainOptions(MODEL, None)
    found = explain_country(study.population, options, groups=study_groups(study.population))
    since = since_last_year(study.population, found.year, MODEL)
    parts = [_national(found)]
    for code in study.examples:
        one = dossier(found, find_gemeente(code, names_in(study.population, options.year)))
        said = (*findings(one), *since_sentences(one, since))
        parts.append(Part(f"explain.{one.code}", said, tuple(dossier_tables(one, since)), one.name, one, since=since))
    return parts


def _national(found: Country) -> Part:
    """Where the tekorten and overschotten are, and how well the model fits."""
    from verdeelmodel.report.figures import funnel
    from verdeelmodel.report.figures_country import calibration, saldi_over_the_years, tile_map
    from verdeelmodel.report.national import national_report

    report = national_report(found)
    tables = {t.key: t for t in report.tables}
    figures = (
        (text("report.caption.map"), tile_map(report.dossiers)),
        (text("report.caption.saldi"), saldi_over_the_years(found)),
        (text("report.caption.calibration"), calibration(tables["calibration"])),
        (text("report.caption.funnel"), funnel(found)),
    )
    return Part("national", tuple(report.findings), report.tables, figures=figures)


PARTS: tuple[Callable[[Study], list[Part]], ...] = (
    country,
    fit,
    allocate,
    select,
    compare,
    assess,
    scenarios,
    explain,
)
