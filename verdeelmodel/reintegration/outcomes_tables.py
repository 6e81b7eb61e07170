"""The results on outcomes as tables, laid out as in the source, with the published figures beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.histories import ASPECTS
from verdeelmodel.reintegration.outcomes_models import STEPS, Answer, Estimate, Linear, term_label
from verdeelmodel.reintegration.outcomes_published import SOURCE, printed
from verdeelmodel.reintegration.outcomes_sample import label_of
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.outcomes import OutcomeStudy

OUTCOMES = ("work", "lasting")
PARTS = ("effect", "error", "low", "high")


def tables_of(study: OutcomeStudy) -> tuple[Table, ...]:
    """Who counts, the shares of the groups, table 4 as printed and with all figures, table 5 and table 6."""
    return (
        accounts_table(study),
        shares_table(study),
        table_4(study),
        effects_table(study),
        linear_table(study, "index", study.index),
        linear_table(study, "combinations", study.combinations),
    )


def accounts_table(study: OutcomeStudy) -> Table:
    """How many rows and clients came in, who does not count and why, and what was odd in the spells."""
    faults, sample = study.histories.faults, study.sample
    lines = [("rows", study.histories.rows), ("clients", sample.clients)]
    lines += [(f"reason.{reason}", count) for reason, count in sample.excluded.items() if count]
    lines.append(("counted", len(sample)))
    odd = {
        "backwards": faults.backwards,
        "overlapping": faults.overlapping,
        "conflicting": faults.conflicting,
        "double": faults.double,
    }
    lines += [(f"fault.{name}", count) for name, count in odd.items() if count]
    return Table(
        key="accounts",
        title=text("reintegration.table.accounts", start=str(sample.start), months=study.definition.months),
        columns=(
            Column("what", text("reintegration.column.what")),
            Column("count", text("reintegration.column.count"), "count"),
        ),
        values={"what": [text(f"reintegration.{key}") for key, _ in lines], "count": [count for _, count in lines]},
        synthetic=study.synthetic,
        notes=(study.definition.note,),
        source=study.definition.source,
        evidence={"count": [Evidence(count=count) for _, count in lines]},
    )


def shares_table(study: OutcomeStudy) -> Table:
    """The clients and the share of every outcome group, beside the published share."""
    sample, groups = study.sample, study.definition.groups
    shares = [float(count) / len(sample) for count in sample.counts]
    told = [_printed(study, "shares", "", str(i)) for i in range(1, len(groups) + 1)]
    behind = [Evidence(int(c), numerator=int(c), denominator=len(sample)) for c in sample.counts]
    return Table(
        key="shares",
        title=text("reintegration.table.shares"),
        columns=(
            Column("group", text("reintegration.column.group"), "code"),
            Column("label", text("reintegration.column.label")),
            Column("count", text("reintegration.column.count"), "count"),
            Column("share", text("reintegration.column.share"), "share"),
            *_beside("share"),
        ),
        values={
            "group": [str(i) for i in range(1, len(groups) + 1)],
            "label": [g.label for g in groups],
            "count": [int(c) for c in sample.counts],
            "share": shares,
            **_published(shares, told),
        },
        synthetic=study.synthetic,
        notes=_notes(study),
        source=_source(),
        evidence={"count": behind, "share": behind, "difference": behind},
    ).public("published", ("published",))


def table_4(study: OutcomeStudy) -> Table:
    """The effects of the aspects as the source prints them: a row per aspect, a column per group."""
    groups = study.definition.groups
    rows = study.marginal.answers
    columns = {f"group_{i}": [rows[name][i - 1] for name in ASPECTS] for i in range(1, len(groups) + 1)}
    return Table(
        key="marginal",
        title=text("reintegration.table.marginal"),
        columns=(
            Column("aspect", text("reintegration.column.aspect")),
            *(
                Column(f"group_{i}", text("reintegration.column.of_group", group=i, label=g.label), "percentage_points")
                for i, g in enumerate(groups, 1)
            ),
        ),
        values={
            "aspect": [label_of(name) for name in ASPECTS],
            **{key: [_value(a) for a in answers] for key, answers in columns.items()},
        },
        synthetic=study.synthetic,
        notes=(text(f"reintegration.note.{study.options.effects}"), text("reintegration.note.no_cause")),
        source=_source(),
        evidence={key: [_behind(a) for a in answers] for key, answers in columns.items()},
    )


def effects_table(study: OutcomeStudy) -> Table:
    """The same effects with standard error and interval, and the published figure: a row per aspect and group."""
    groups = study.definition.groups
    keys = [(name, i) for name in ASPECTS for i in range(1, len(groups) + 1)]
    answers = [study.marginal.answers[name][i - 1] for name, i in keys]
    told = [_printed(study, "marginal", name, str(i)) for name, i in keys]
    return Table(
        key="effects",
        title=text("reintegration.table.effects"),
        columns=(
            Column("aspect", text("reintegration.column.aspect")),
            Column("group", text("reintegration.column.group")),
            *_estimate_columns(),
            *_beside("percentage_points"),
        ),
        values={
            "aspect": [label_of(name) for name, _ in keys],
            "group": [f"{i} {groups[i - 1].label}" for _, i in keys],
            **_estimate_values(answers),
            **_published([_value(a) for a in answers], told),
        },
        synthetic=study.synthetic,
        notes=(text("reintegration.note.rounded_to_zero"), text(f"reintegration.note.{study.options.errors}")),
        source=_source(),
        row_group="aspect",
        evidence=_estimate_evidence(answers),
    ).public("published", ("published",))


def linear_table(study: OutcomeStudy, key: str, found: Linear) -> Table:
    """Table 5 or 6: for work and for lasting and full work every term, with its error and the published figure."""
    keys = [(term, place) for place in range(len(OUTCOMES)) for term in found.answers]
    answers = [found.answers[term][place] for term, place in keys]
    told = [_printed(study, key, term, OUTCOMES[place], found.steps) for term, place in keys]
    controls = ", ".join(label_of(name) for name in study.options.controls) or text("reintegration.note.no_controls")
    return Table(
        key=key,
        title=text(f"reintegration.table.{key}"),
        columns=(
            Column("outcome", text("reintegration.column.outcome")),
            Column("term", text("reintegration.column.term")),
            Column("count", text("reintegration.column.count"), "count"),
            *_estimate_columns(("effect", "error")),
            *_beside("percentage_points"),
        ),
        values={
            "outcome": [text(f"reintegration.outcome.{OUTCOMES[place]}") for _, place in keys],
            "term": [term_label(term, found.steps) for term, _ in keys],
            "count": [a if isinstance(a, NotApplicable) else a.count for a in answers],
            **_estimate_values(answers, ("effect", "error")),
            **_published([_value(a) for a in answers], told),
        },
        synthetic=study.synthetic,
        notes=(
            text(f"reintegration.note.{key}", steps=len(found.steps)),
            text("reintegration.note.linear", controls=controls),
            text(f"reintegration.note.{study.options.errors}"),
        ),
        source=_source(),
        row_group="outcome",
        evidence=_estimate_evidence(answers, ("count", "effect", "error")),
    ).public("published", ("published",))


def _estimate_columns(parts: Sequence[str] = PARTS) -> tuple[Column, ...]:
    heads = {name: text(f"reintegration.column.{name}") for name in parts}
    return tuple(
        Column(name, heads[name], "percentage_points", decimals=2 if name == "error" else None) for name in parts
    )


def _estimate_values(answers: Sequence[Answer], parts: Sequence[str] = PARTS) -> dict[str, list[Cell]]:
    return {name: [_part(answer, name) for answer in answers] for name in parts}


def _part(answer: Answer, name: str) -> Cell:
    if isinstance(answer, NotApplicable):
        return answer
    low, high = answer.interval
    return {"effect": answer.value, "error": answer.error, "low": low, "high": high}[name]


def _estimate_evidence(answers: Sequence[Answer], parts: Sequence[str] = PARTS) -> dict[str, list[Evidence | None]]:
    return {name: [_behind(a) for a in answers] for name in (*parts, "difference")}


def _beside(kind: Kind) -> tuple[Column, ...]:
    return (
        Column("published", text("reintegration.column.published"), kind, decimals=0),
        Column("difference", text("reintegration.column.difference"), "percentage_points"),
    )


def _published(values: Iterable[Cell], told: Sequence[float | NotApplicable]) -> dict[str, list[Cell]]:
    """The published figures and the difference (obtained less published)."""
    apart: list[Cell] = []
    for value, figure in zip(values, told, strict=True):
        if isinstance(value, float) and isinstance(figure, float):
            apart.append(value - figure)
        else:
            apart.append(value if isinstance(value, NotApplicable) else figure)
    return {"published": list(told), "difference": apart}


def _printed(
    study: OutcomeStudy, table: str, term: str, group: str, steps: Sequence[str] = ()
) -> float | NotApplicable:
    """The published figure, or that there is none for this definition, term or combination."""
    number = int(term.rpartition("_")[2]) if steps else 0
    if set(steps[:number]) != set(STEPS[:number]):
        return NotApplicable(text("reintegration.why.not_published"))
    if study.definition.key not in ("roa", "roa_tekst"):
        return NotApplicable(text("reintegration.why.own_definition"))
    found = printed().get((table, term, group))
    return found.value if found else NotApplicable(text("reintegration.why.not_published"))


def _value(answer: Answer) -> Cell:
    return answer.value if isinstance(answer, Estimate) else answer


def _behind(answer: Answer) -> Evidence | None:
    """The clients that the number is about and its degrees of freedom."""
    if isinstance(answer, NotApplicable):
        return None
    return Evidence(count=answer.count, degrees_of_freedom=answer.degrees)


def _notes(study: OutcomeStudy) -> tuple[str, ...]:
    notes = [text("reintegration.note.published")]
    if study.sample.gemeenten == 1:
        notes.append(text("reintegration.note.one_gemeente"))
    empty = [str(i) for i, count in enumerate(study.sample.counts, 1) if not count]
    if empty:
        notes.append(text("reintegration.note.empty_groups", groups=", ".join(empty)))
    return tuple(notes)


def _source() -> str:
    return text("reintegration.source", source=SOURCE)


def documents(study: OutcomeStudy) -> Mapping[str, object]:
    """What a run keeps beside the tables: the fitted logit with its covariance."""
    fit = study.marginal.fit
    if isinstance(fit, NotApplicable):
        return {"not_applicable": fit.reason}
    return {
        "rows": fit.rows,
        "steps": fit.steps,
        "log_likelihood": fit.log_likelihood,
        "reference_group": fit.outcomes[0],
        "groups": list(fit.outcomes[1:]),
        "covariates": list(fit.names),
        "coefficients": fit.coefficients.tolist(),
        "standard_errors": fit.errors.tolist(),
    }
