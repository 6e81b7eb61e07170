"""What was read and who the clients are: the tables before any regression (1 to 7 of the source)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.services_layout import category_label, column, factor_label, minus, shares_of, table
from verdeelmodel.reintegration.services_protection import TOTAL, Row
from verdeelmodel.reintegration.services_words import REASONS, SERVICES
from verdeelmodel.reintegration.spells import KEY, problems_table
from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy


def reading_table(study: ServicesStudy) -> Table:
    """From rows that were read to clients that are compared, step by step."""
    clients, spells = study.clients, study.clients.spells
    kinds = Counter(problem.kind for problem in spells.problems)
    people = len(spells.rows.drop_duplicates(KEY))
    steps: list[tuple[str, int]] = [(text("services.step.read"), spells.read)]
    steps += [(text(f"services.step.{kind}"), -n) for kind, n in sorted(kinds.items())]
    lost = spells.read - spells.outside - len(spells.rows) - sum(kinds.values())
    if lost:
        steps.append((text("services.step.twice_wrong"), -lost))
    steps += [
        (text("services.step.outside"), -spells.outside),
        (text("services.step.again"), people - len(spells.rows)),
        (text("services.step.age"), -clients.too_young_or_old),
        (text("services.step.clients"), len(clients)),
        (text("services.step.compared"), len(study.compared)),
    ]
    rows: list[list[Cell]] = [[label, n] for label, n in steps]
    # The last two are counts of clients that other tables may have to leave out.
    rows[-2][1], rows[-1][1] = study.counts.cell(TOTAL, "all"), study.counts.cell(TOTAL, "both")
    evidence = {"n": [Evidence(count=abs(n)) for _, n in steps]}
    return table(study, "reading", [column("step"), column("n", "count")], rows, _reading_notes(study), evidence)


def _reading_notes(study: ServicesStudy) -> list[str]:
    clients = study.clients
    notes = [str(clients.window)]
    for file, names in clients.rows.unused.items():
        notes.append(text("services.note.unused", file=file, columns=", ".join(names)))
    if clients.absent:
        labels = ", ".join(clients.traits[key].label for key in clients.absent)
        notes.append(text("services.note.absent", columns=labels))
    if clients.several_services:
        few = clients.several_services < study.options.threshold
        shown = text("services.few", threshold=study.options.threshold) if few else clients.several_services
        notes.append(text("services.note.several", n=shown))
    unknown = sum(found.count for found in clients.unknown)
    if unknown:
        notes.append(text("services.note.unknown", n=unknown, words=len(clients.unknown)))
    if study.counts.hidden:
        notes.append(text("services.note.suppressed", n=study.counts.hidden, threshold=study.options.threshold))
    elif clients.synthetic:
        notes.append(text("services.note.shown"))
    return notes


def row_problems_table(study: ServicesStudy) -> Table:
    """Every row that is not used as it stands."""
    return problems_table(study.clients.spells, study.clients.synthetic)


def unknown_table(study: ServicesStudy) -> Table:
    """Words that no table knows, with how often they occur and what they look like; never guessed."""
    clients = study.clients
    rows: list[list[Cell]] = []
    for found in clients.unknown:
        trait = clients.words.table(found.section)
        meant = trait.label_of(found.suggestion) if found.suggestion else text("services.no_suggestion")
        rows.append([_section_label(study, found.section), found.written, found.count, meant])
    columns = [column("section"), column("written"), column("n", "count"), column("suggestion")]
    evidence = {"n": [Evidence(count=found.count) for found in clients.unknown]}
    notes = [text("services.note.free_text")] if rows else [text("services.note.all_known")]
    return table(study, "unknown", columns, rows, notes, evidence)


def _section_label(study: ServicesStudy, section: str) -> str:
    return study.clients.words.reasons.label if section == REASONS else factor_label(study, section)


def _described(study: ServicesStudy, key: str, factor: str, whole: str) -> Table:
    """Counts and percentages of one characteristic, with and without missing, and the total."""
    return _laid_out(study, key, [factor], whole)


def _laid_out(study: ServicesStudy, key: str, factors: list[str], whole: str) -> Table:
    counts = study.counts
    rows: list[list[Cell]] = []
    evidence: list[Evidence | None] = []
    total = counts.cell(TOTAL, whole)
    for factor in factors:
        own = [row for row in counts.rows if row[0] == factor]
        missing: Row = (factor, "")
        valid = minus(total, counts.cell(missing, whole)) if missing in own else total
        for row in own:
            n = counts.cell(row, whole)
            of_valid: Cell = shares_of(n, valid) if row[1] else NotApplicable(text("services.no_share"))
            label = category_label(study, *row)
            rows.append([factor_label(study, factor), label, n, shares_of(n, total), of_valid])
            number = counts.number(row, whole)
            evidence.append(Evidence(count=number, numerator=number, denominator=counts.number(TOTAL, whole)))
    rows.append([text("services.total"), "", total, shares_of(total, total), shares_of(total, total)])
    evidence.append(Evidence(count=counts.number(TOTAL, whole)))
    columns = [column("factor"), column("category"), column("n", "count"), *_percentages()]
    group = "factor" if len(factors) > 1 else None
    if group is None:
        columns, rows = columns[1:], [[row[1] or row[0], *row[2:]] for row in rows]
    return table(study, key, columns, rows, (), dict.fromkeys(("n", "pct", "pct_valid"), evidence), group)


def _percentages() -> list[Column]:
    return [column("pct", "share"), column("pct_valid", "share")]


def gemeenten_table(study: ServicesStudy) -> Table:
    """Table 1: clients by municipality, anonymised by number."""
    return _described(study, "gemeenten", "gemeente", "all").with_notes(text("services.note.numbers"))


def offered_table(study: ServicesStudy) -> list[Table]:
    """Table 2: services of who is still on bijstand or left for work; nothing when no file has services."""
    return [] if SERVICES in study.clients.absent else [_described(study, "offered", SERVICES, "both")]


def persons_table(study: ServicesStudy) -> list[Table]:
    """Table 3: sex and age."""
    return _present(study, "persons", ["sex", "age"])


def housing_table(study: ServicesStudy) -> list[Table]:
    """Housing at the start, which the source uses in table 8 without describing it."""
    return _present(study, "housing", ["housing"])


def provision_table(study: ServicesStudy) -> list[Table]:
    """Table 4: the scheme at the start."""
    return _present(study, "provision", ["provision"])


def status_tables(study: ServicesStudy) -> list[Table]:
    """Tables 5 and 6: on benefit at the start and at the end."""
    return [*_present(study, "status_start", ["status_start"]), *_present(study, "status_end", ["status_end"])]


def _present(study: ServicesStudy, key: str, factors: list[str]) -> list[Table]:
    present = [factor for factor in factors if factor not in study.clients.absent]
    return [_laid_out(study, key, present, "all")] if present else []


def outcome_table(study: ServicesStudy) -> Table:
    """Table 7: how the first period ended, in four groups."""
    counts, groups = study.counts, (study.clients.frame["group"].value_counts()).to_dict()
    total = counts.cell(TOTAL, "all")
    valid = minus(total, counts.group(0))
    rows: list[list[Cell]] = []
    evidence: list[Evidence | None] = []
    for group in (1, 2, 3, 4, *([0] if groups.get(0) else [])):
        n = counts.group(group)
        label = clients_group(study, group)
        of_valid: Cell = shares_of(n, valid) if group else NotApplicable(text("services.no_share"))
        rows.append([label, n, shares_of(n, total), of_valid])
        number = int(groups.get(group, 0))
        evidence.append(Evidence(count=number, numerator=number, denominator=counts.number(TOTAL, "all")))
    rows.append([text("services.total"), total, shares_of(total, total), shares_of(total, total)])
    evidence.append(Evidence(count=counts.number(TOTAL, "all")))
    columns = [column("group"), column("n", "count"), *_percentages()]
    notes = [text("services.note.outcome")]
    return table(study, "outcome", columns, rows, notes, dict.fromkeys(("n", "pct", "pct_valid"), evidence))


def clients_group(study: ServicesStudy, group: int) -> str:
    """The outcome group as a reader sees it."""
    if group == 0:
        return text("services.unknown_reason")
    return f"{group}) {study.clients.words.reasons.label_of(str(group))}"
