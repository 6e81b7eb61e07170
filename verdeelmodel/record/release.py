"""Leaving the closed environment: an export folder with what may leave, why, and what was decided.

Every output of a run is judged. Whatever may not leave must be suppressed, rounded, left out or overridden with a
reason; as long as one output is undecided nothing is written. Evidence never leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from verdeelmodel.disclosure.gate import Finding, Status, Verdict, differencing, judge
from verdeelmodel.disclosure.profile import Profile
from verdeelmodel.disclosure.remedy import Mended, is_figure, rounded, suppressed
from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.record.reading import SavedRun
from verdeelmodel.record.run import EVIDENCE, RECORD
from verdeelmodel.record.tables import csv_bytes, parquet_bytes, reasons_bytes
from verdeelmodel.record.whole import whole_folder
from verdeelmodel.table import Column, NotApplicable, Table
from verdeelmodel.wording import text

STATEMENT = "verantwoording.json"
# Files that only show the tables of the run; they may leave when every table leaves as it is.
SHOWN = (".html", ".xlsx", ".svg", ".png", ".md", ".txt")


@dataclass(frozen=True)
class Choices:
    """What the user decided: suppression, rounding, what stays behind, and overrides with their reasons."""

    suppress: bool = False
    round_counts: bool = False
    without: tuple[str, ...] = ()
    override: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What happens to one output and why; `table` is the table that leaves, None for other files and what stays."""

    output: str
    outcome: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    table: Table | None = None

    @property
    def leaves(self) -> bool:
        """Whether this output goes into the export folder."""
        return self.outcome in ("released", "mended", "overridden")

    @property
    def undecided(self) -> bool:
        """Whether the user still has to decide about this output."""
        return self.outcome == "refused"


@dataclass(frozen=True)
class Released:
    """The decisions about a whole run, in the order of its outputs."""

    decisions: tuple[Decision, ...]

    def __str__(self) -> str:
        count = sum(d.leaves for d in self.decisions)
        return text("record.released", count=count, total=len(self.decisions))

    def to_table(self, synthetic: bool) -> Table:
        """The judgement per output, with the rules that decided and what to do."""
        rows = [(d.output, text(f"record.outcome.{d.outcome}"), *_why(d)) for d in self.decisions]
        keys = ("output", "outcome", "why", "remedy")
        return Table(
            key="oordeel",
            title=text("record.release_title"),
            columns=tuple(Column(k, text(f"record.release_column.{k}")) for k in keys),
            values={k: [row[i] for row in rows] for i, k in enumerate(keys)},
            synthetic=synthetic,
        )


def release(
    run: SavedRun, out: Path, profile: Profile, choices: Choices, beside: SavedRun | None = None, force: bool = False
) -> Released:
    """Judge the run and write the export folder; a RequestError lists every output that is still undecided.

    `beside` is another run that leaves as well or has left: results that differ from it by too few households are
    refused.
    """
    fail_if_unknown_outputs(run, choices)
    tables = {key: run.table(key) for key in run.keys}
    decisions = [decide(table, profile, choices, beside) for table in tables.values()]
    decisions = across_tables(tables, decisions, profile, choices)
    held = [d.output for d in decisions if d.outcome != "released"]
    decisions += [_decide_file(name, run.synthetic, held, choices) for name in other_files(run)]
    released = Released(tuple(decisions))
    fail_if_undecided(released)
    with whole_folder(out, force, marker=STATEMENT) as folder:
        files = export_files(run, released, profile)
        sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
        for name, content in {**files, "sha256sums.txt": sums.encode()}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return released


def decide(table: Table, profile: Profile, choices: Choices, beside: SavedRun | None = None) -> Decision:
    """What happens to one table."""
    if _left_out(table.key, choices):
        return Decision(table.key, "left_out", text("record.left_out"))
    verdict = judge(table, profile)
    close = differencing(table, beside.table(table.key), profile) if beside and table.key in beside.keys else ()
    findings = (*verdict.findings, *close)
    if not findings:
        return Decision(table.key, "released", str(verdict), table=_rounded(table, profile, choices))
    if table.key in choices.override:
        return Decision(table.key, "overridden", str(verdict), findings, choices.override[table.key], table)
    if choices.suppress and not close and verdict.status is Status.failed:
        return _mended(table, verdict, profile, choices)
    return Decision(table.key, "refused", str(verdict), findings)


def across_tables(
    tables: Mapping[str, Table], decisions: list[Decision], profile: Profile, choices: Choices
) -> list[Decision]:
    """The decisions after an attack with all tables beside each other: nothing left out may be worked out from another.

    With suppression more is left out until that holds; a table whose cell can be worked out all the same is refused.
    """
    from verdeelmodel.disclosure.across import protect_across, read_across, tellers, without_places

    unsafe = [p for d in decisions for p in _unsafe(tables[d.output], d, profile)]
    if not unsafe or any(d.undecided for d in decisions):
        return decisions
    across = read_across([t for t in tables.values() if not t.synthetic])
    overridden = {d.output for d in decisions if d.outcome == "overridden"}
    fixed = [p for p in across.number if p[0] in overridden]
    shown = {d.output: d.table for d in decisions}
    hidden = [p for p in across.number if (t := shown[p[0]]) is None or isinstance(t.values[p[2]][p[1]], NotApplicable)]
    found = protect_across(across, unsafe, hidden, profile, choices.suppress, fixed)
    told: dict[str, list[Finding]] = {}
    for name, row, column in found.open:
        where = text("disclosure.found.across", tables=", ".join(tellers(across, (name, row, column))) or name)
        told.setdefault(name, []).append(Finding(row, column, "across", where, Status.failed))
    touched = {p[0] for p in found.extra}
    return [
        replace(d, outcome="refused", findings=(*d.findings, *told[d.output]), table=None)
        if d.output in told
        else replace(d, outcome="mended", verdict=_also(d, found.extra), table=without_places(d.table, found.extra))
        if d.output in touched and d.table is not None
        else d
        for d in decisions
    ]


def _also(decision: Decision, extra: Collection[tuple[str, int, str]]) -> str:
    count = sum(p[0] == decision.output for p in extra)
    return f"{decision.verdict}; {text('disclosure.mended_across', count=count)}"


def _unsafe(table: Table, decision: Decision, profile: Profile) -> Iterator[tuple[str, int, str]]:
    """The cells that fail by themselves and are not printed; what somebody decided to print is not among them."""
    if decision.outcome in ("mended", "left_out"):
        for row, column in sorted(judge(table, profile).failing_cells):
            yield table.key, row, column


def _mended(table: Table, verdict: Verdict, profile: Profile, choices: Choices) -> Decision:
    mended: Mended = suppressed(table, verdict, profile)
    again = judge(mended.table, profile)
    if mended.unprotected or again.findings:
        return Decision(table.key, "refused", str(verdict), again.findings or verdict.findings)
    return Decision(table.key, "mended", str(mended), verdict.findings, table=_rounded(mended.table, profile, choices))


def _rounded(table: Table, profile: Profile, choices: Choices) -> Table:
    return rounded(table, profile) if choices.round_counts and not table.synthetic else table


def _decide_file(name: str, synthetic: bool, held: Sequence[str], choices: Choices) -> Decision:
    """What happens to an output that is not a table: it may show the tables, and is otherwise for a person.

    `held` are the tables that do not leave as they are.
    """
    if _left_out(name, choices):
        return Decision(name, "left_out", text("record.left_out"))
    if name in choices.override:
        return Decision(name, "overridden", text("record.file_unjudged"), reason=choices.override[name])
    shows_tables = PurePosixPath(name).suffix in SHOWN
    if synthetic or (shows_tables and not held and not choices.round_counts):
        return Decision(name, "released", text("record.file_shows_tables"))
    if shows_tables and held:
        return Decision(name, "refused", text("record.file_shows_held", tables=", ".join(held)))
    return Decision(name, "refused", text("record.file_unjudged"))


def _left_out(name: str, choices: Choices) -> bool:
    """Whether an output stays behind: it was named, or fits a pattern such as *.html."""
    return any(fnmatchcase(name, pattern) for pattern in choices.without)


def other_files(run: SavedRun) -> list[str]:
    """The outputs of a run that are neither a table in one of its forms nor evidence."""
    forms = {f"{key}{end}" for key in run.keys for end in (".csv", ".parquet", ".not_applicable.csv")}
    return sorted(n for n in run.record["outputs"] if n not in forms and not n.startswith(f"{EVIDENCE}/"))


def fail_if_unknown_outputs(run: SavedRun, choices: Choices) -> None:
    """Refuse an override or an exclusion of something that the run does not hold, and an override without a reason."""
    known = (*run.keys, *other_files(run))
    what = text("record.output")
    asked = [n for n in choices.without if not any(fnmatchcase(name, n) for name in known)]
    problems = [unknown_name(n, known, what) for n in (*asked, *choices.override) if n not in known]
    problems += [
        Problem(text("record.reason_missing", name=n)) for n, why in choices.override.items() if not why.strip()
    ]
    if problems:
        raise RequestError(text("record.release_request"), problems)


def fail_if_undecided(released: Released) -> None:
    """Refuse to write anything while an output is undecided; say for each what to do."""
    problems = [Problem(found=_why(d)[0], where=d.output, remedy=_why(d)[1]) for d in released.decisions if d.undecided]
    if problems:
        raise RequestError(text("record.release_refused", count=len(problems)), problems)


def _why(decision: Decision) -> tuple[str, str]:
    """The first finding of each rule in words, and the remedies, each once."""
    first = {f.rule: f for f in reversed(decision.findings)}
    shown = [f"{f.found} ({text('record.place', row=f.row + 1, column=f.column)})" for f in first.values()]
    remedies = dict.fromkeys(f.remedy for f in first.values())
    why = "; ".join([decision.verdict, *shown, *([decision.reason] if decision.reason else [])])
    todo = "; ".join(remedies) or (text("record.file_remedy", name=decision.output) if decision.undecided else "")
    return why, todo


def export_files(run: SavedRun, released: Released, profile: Profile) -> dict[str, bytes]:
    """Every file of the export folder but the checksums: tables, other files, explanations, verdicts, statement."""
    files: dict[str, bytes] = {}
    for decision in released.decisions:
        if decision.table is not None:
            files |= _table_files(decision.table, run)
        elif decision.leaves:
            files[f"bestanden/{decision.output}"] = run.bytes(decision.output)
    files["oordeel.csv"] = csv_bytes(released.to_table(run.synthetic))
    files[STATEMENT] = _json(statement(run, released, profile))
    return files


def _table_files(table: Table, run: SavedRun) -> dict[str, bytes]:
    files = {
        f"tabellen/{table.key}.csv": csv_bytes(table),
        f"tabellen/{table.key}.parquet": parquet_bytes(table),
        f"toelichting/{table.key}.md": explanation(table, run).encode("utf-8"),
    }
    reasons = reasons_bytes(table)
    return files if reasons is None else {**files, f"tabellen/{table.key}.not_applicable.csv": reasons}


def explanation(table: Table, run: SavedRun) -> str:
    """What a checker must know of a table, in words: what it is, of whom, how many, which weights, which columns."""
    counts = [e.count for cells in table.evidence.values() for e in cells if e is not None and e.count is not None]
    number = (
        text("record.explain.count", low=min(counts), high=max(counts)) if counts else text("record.explain.no_count")
    )
    population = text("record.explain.synthetic") if table.synthetic else text("record.explain.real")
    lines = [f"# {table.title}", "", text("record.explain.what", verb=run.verb), population, number]
    lines += [text("record.explain.weights"), "", text("record.explain.columns"), ""]
    lines += [f"- `{c.key}`: {c.label}{f' ({c.unit})' if c.unit else ''}" for c in table.columns]
    lines += ["", *table.notes]
    if table.source:
        lines.append(text("table.source", source=table.source))
    return "\n".join(lines).rstrip() + "\n"


def statement(run: SavedRun, released: Released, profile: Profile) -> dict[str, object]:
    """What stands behind the export: the record of the run, the rules used, and every decision with its reason."""
    hashed = {k: v for k, v in run.record.items() if k != "outputs"}
    return {
        "run": {**hashed, "record": RECORD},
        "profile": {"name": profile.name, "rules": {k: asdict(r) for k, r in profile.rules.items()}},
        "decisions": [
            {
                "output": d.output,
                "outcome": d.outcome,
                "verdict": d.verdict,
                "reason": d.reason,
                "rules": sorted({f.rule for f in d.findings}),
                "figures": sum(is_figure(c) for c in d.table.columns) if d.table else 0,
            }
            for d in released.decisions
        ],
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode("utf-8")
