"""The pages of an assessment: an overview, and one page per candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.assess.budgets import BANDS, BudgetEffect
from verdeelmodel.assess.study import FIGURES
from verdeelmodel.assess.verdict import declared_by
from verdeelmodel.record.run import is_output_name
from verdeelmodel.report.figures_assess import budget_figure, central_figure, weight_figure, weights_of
from verdeelmodel.report.page import Section, page
from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.assess.study import Assessment
    from verdeelmodel.assess.verdict import Outcome, Verdict

OVERVIEW = "index.html"
MOST_CHANGES = 5


def page_name(key: str) -> str:
    """The file of a candidate."""
    name = f"{key}.html"
    return name if name != OVERVIEW and is_output_name(name) else f"{key}_.html"


def pages(found: Assessment) -> dict[str, str]:
    """Every page by its file name."""
    made = {page_name(v.evidence.key): candidate_page(found, v) for v in found.verdicts}
    return {OVERVIEW: overview_page(found), **made}


def overview_page(found: Assessment) -> str:
    """All candidates: verdicts, what explains households and what explains deficits, and candidates together."""
    links = [page_name(v.evidence.key) for v in found.verdicts]
    tables = {table.key: table for table in found.tables()}
    shown = verdict_table(found)
    parts = [
        Section("oordelen", text("assess.page.verdicts"), [str(found)], tables=[shown], links={shown.key: links}),
        Section(
            "onderscheid",
            text("assess.page.distinction"),
            [text("assess.ranking_note")],
            figures=[(text("assess.page.central_caption"), central_figure(found))],
            tables=[without_key(tables["ranking"])],
        ),
    ]
    together = [without_key(tables[key]) for key in ("sets", "ideas", "pairs") if key in tables]
    if together:
        in_sets = [page_name(str(key)) for key in tables["sets"].values["key"]] if "sets" in tables else []
        parts.append(Section("samen", text("assess.page.together"), tables=together, links={"sets": in_sets}))
    parts.append(Section("budget", text("assess.page.budgets"), tables=[without_key(tables["budget_effects"])]))
    parts.append(Section("kader", text("assess.page.framework"), tables=[framework_table(found)]))
    title = text("assess.page.title")
    return page(title, title, lead(found), parts, found.synthetic)


def verdict_table(found: Assessment) -> Table:
    """The scorecard in short: verdict, what decided, weight and gain; the marks are on the page of each candidate."""
    card, every = found.scorecard(), found.evidence_table()
    columns = [c for c in card.columns if c.key in ("label", "verdict", "decided_by", "choose")]
    columns += [c for c in every.columns if c.key in ("estimate", "gain_out", found.deficit_measure)]
    values = {c.key: (card if c.key in card.values else every).values[c.key] for c in columns}
    return Table("scorecard", card.title, tuple(columns), values, found.synthetic)


def candidate_page(found: Assessment, verdict: Verdict) -> str:
    """One candidate: the verdict as it can stand in a letter, every criterion, its weight, the budgets, the figures."""
    e = verdict.evidence
    parts = [
        Section("oordeel", text("assess.page.verdict"), [line.removeprefix("- ") for line in verdict.sentences()]),
        Section("criteria", text("assess.page.criteria"), tables=[criteria_table(found, verdict)]),
    ]
    if weights_of(e):
        caption = text("assess.page.weight_caption", sign=e.expected_sign)
        parts.append(Section("gewicht", text("assess.page.weight"), figures=[(caption, weight_figure(e))]))
    if isinstance(e.budget, BudgetEffect) and e.budget.changes:
        caption = text("assess.page.budget_caption")
        figures = [(caption, budget_figure(e, e.budget))]
        tables = [change_table(found, e.budget)]
        parts.append(Section("budget", text("assess.page.budget"), budget_sentences(e.budget), figures, tables))
    parts.append(Section("bewijs", text("assess.page.evidence"), tables=[figure_table(found, verdict)]))
    parts.append(Section("opgave", text("assess.page.declared"), declared(verdict)))
    title = text("assess.page.candidate_title", label=e.label)
    return page(title, title, lead(found), parts, found.synthetic, OVERVIEW, text("assess.page.back"))


def lead(found: Assessment) -> list[str]:
    """With what it was assessed."""
    years = ", ".join(map(str, found.years))
    count = format_number(found.households, "count")
    return [text("assess.page.lead", model=found.model, framework=found.framework.name, years=years, households=count)]


def without_key(table: Table) -> Table:
    """A table without the column of keys, which pages have no use for."""
    columns = tuple(c for c in table.columns if c.key != "key")
    values = {c.key: table.values[c.key] for c in columns}
    return Table(table.key, table.title, columns, values, table.synthetic, table.notes)


def criteria_table(found: Assessment, verdict: Verdict) -> Table:
    """A row per criterion: whether it is met, what was found, and what follows when it is not; reasons are with all."""
    names = ("criterion", "mark", "found", "decides")
    values: dict[str, list[Cell]] = {name: [] for name in names}
    for outcome in verdict.outcomes:
        values["criterion"].append(outcome.criterion.name)
        values["mark"].append(_met(outcome))
        values["found"].append(outcome.found)
        values["decides"].append(text(f"assess.short.{outcome.criterion.decides}"))
    columns = tuple(Column(name, text(f"assess.page.column.{name}")) for name in names)
    return Table("criteria", text("assess.page.each_criterion"), columns, values, found.synthetic)


def _met(outcome: Outcome) -> str:
    return text(f"assess.page.met.{'unknown' if outcome.met is None else 'met' if outcome.met else 'not_met'}")


def framework_table(found: Assessment) -> Table:
    """The criteria themselves, with thresholds and reasons."""
    criteria = found.framework.criteria
    values: dict[str, list[Cell]] = {
        "criterion": [c.name for c in criteria],
        "threshold": ["-" if c.threshold is None else f"{c.threshold:g}" for c in criteria],
        "decides": [text(f"assess.short.{c.decides}") for c in criteria],
        "reason": [c.reason for c in criteria],
    }
    columns = tuple(Column(name, text(f"assess.page.column.{name}")) for name in values)
    return Table("framework", found.framework.name, columns, values, found.synthetic)


def budget_sentences(effect: BudgetEffect) -> list[str]:
    """The change of the budgets in words."""
    moved, mean = format_number(effect.moved, "euro"), format_number(effect.mean_change, "share", 2)
    lines = [text("assess.page.moved", moved=moved, mean=mean)]
    counts = ", ".join(f"{format_number(b, 'share')}: {n}" for b, n in zip(BANDS, effect.beyond, strict=True))
    lines.append(text("assess.page.beyond", counts=counts))
    if isinstance(effect.tekort, float) and isinstance(effect.overschot, float):
        tekort, overschot = (format_number(v, "percentage_points", 2) for v in (effect.tekort, effect.overschot))
        lines.append(text("assess.page.groups", tekort=tekort, overschot=overschot))
    return lines


def change_table(found: Assessment, effect: BudgetEffect) -> Table:
    """The gemeenten that lose and gain most."""
    number = min(MOST_CHANGES, len(effect.changes) // 2)
    ends = [*effect.changes[:number], *effect.changes[len(effect.changes) - number :]]
    values: dict[str, list[Cell]] = {"gemeente": [name for name, _ in ends], "change": [change for _, change in ends]}
    columns = (
        Column("gemeente", text("assess.page.column.gemeente")),
        Column("change", text("assess.page.column.change"), "share", decimals=2),
    )
    behind = {"change": [Evidence(count=found.households)] * len(ends)}
    return Table("changes", text("assess.page.changes"), columns, values, found.synthetic, evidence=behind)


def figure_table(found: Assessment, verdict: Verdict) -> Table:
    """Every figure of the evidence, one per row."""
    values: dict[str, list[Cell]] = {"measure": [], "value": [], "meaning": []}
    for name in FIGURES:
        value = getattr(verdict.evidence, name)
        values["measure"].append(text(f"assess.column.{name}"))
        values["meaning"].append(_meaning(verdict, name))
        values["value"].append(value if isinstance(value, NotApplicable) else _figure(name, float(value)))
    columns = tuple(Column(name, text(f"assess.page.column.{name}")) for name in values)
    return Table("figures", text("assess.page.measured"), columns, values, found.synthetic)


def _meaning(verdict: Verdict, name: str) -> str:
    other = {"model_correlation": verdict.evidence.model_like, "gain_beside": verdict.evidence.beside}.get(name)
    return text(f"assess.meaning.{name}") + (f" ({other})" if other else "")


def _figure(name: str, value: float) -> str:
    if name in ("share", "between_share"):
        return format_number(value, "share", 2)
    if name == "smallest_cell" or (abs(value) >= 1000 and value.is_integer()):
        return format_number(value, "count")
    if value != 0 and abs(value) < 1e-9:
        return text("assess.almost_zero")
    return format_number(value, "number", 4 if abs(value) >= 0.01 else 9)


def declared(verdict: Verdict) -> list[str]:
    """What was declared and not measured."""
    e = verdict.evidence
    none = text("assess.page.nothing_declared")
    answer = text(f"assess.influence.{e.influenceable}", reason=e.influence_reason or none)
    return [
        text("assess.page.theory", theory=e.theory or none),
        text("assess.page.influenceable", answer=answer),
        text("assess.page.sources", sources=", ".join(e.sources) or none),
        text("assess.page.level", level=text(f"assess.level.{e.level}")),
        text("assess.page.judged", who=declared_by(e)),
    ]
