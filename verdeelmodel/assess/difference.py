"""What two assessments say differently: verdicts, the criteria that decided, figures, and the criteria themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from verdeelmodel.assess.study import FIGURES
from verdeelmodel.errors import RequestError
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.assess.study import Assessment
    from verdeelmodel.record import SavedRun

#: The file of a run from which it is compared; it does not depend on the language of the run.
DOCUMENT = "assessment.json"
#: Figures that differ by less than this part of themselves are the same.
NEGLIGIBLE = 1e-9


def document(found: Assessment) -> dict[str, Any]:
    """An assessment as plain values: what `differences` compares."""
    return {
        "model": found.model,
        "years": list(found.years),
        "households": found.households,
        "synthetic": found.synthetic,
        "framework": found.framework.name,
        "criteria": {c.key: asdict(c) for c in found.framework.criteria},
        "candidates": {
            v.evidence.key: {
                "label": v.evidence.label,
                "verdict": v.name,
                "met": {o.criterion.key: o.met for o in v.outcomes},
                "figures": {name: _plain(getattr(v.evidence, name)) for name in FIGURES},
            }
            for v in found.verdicts
        },
    }


def _plain(value: float | NotApplicable) -> float | None:
    return None if isinstance(value, NotApplicable) else float(value)


@dataclass(frozen=True)
class Differences:
    """Two assessments, as the documents of their runs."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def __str__(self) -> str:
        a, b = self.before["candidates"], self.after["candidates"]
        both = [key for key in a if key in b]
        changed = sum(a[key]["verdict"] != b[key]["verdict"] for key in both)
        return text("assess.diff.summary", both=len(both), changed=changed, only=len(set(a) ^ set(b)))

    @property
    def synthetic(self) -> bool:
        """Whether one of both is about the synthetic country."""
        return bool(self.before["synthetic"] or self.after["synthetic"])

    def tables(self) -> list[Table]:
        """The tables that have something to tell, verdicts always."""
        others = [t for t in (self.figures(), self.criteria()) if len(t)]
        return [self.verdicts(), *others]

    def verdicts(self) -> Table:
        """A row per candidate whose verdict changed or that is in one of both only, and which criteria changed."""
        rows: list[tuple[Cell, ...]] = []
        for key in dict.fromkeys([*self.before["candidates"], *self.after["candidates"]]):
            a, b = self.before["candidates"].get(key), self.after["candidates"].get(key)
            if a and b and a["verdict"] == b["verdict"] and a["met"] == b["met"]:
                continue
            rows.append((key, (a or b)["label"], _verdict(a), _verdict(b), _changed_criteria(a, b)))
        kinds: dict[str, Kind] = {"key": "code", "label": "text", "before": "text", "after": "text", "criteria": "text"}
        return self._table("verdicts", kinds, rows)

    def figures(self) -> Table:
        """Every figure that changed, by candidate."""
        rows: list[tuple[Cell, ...]] = []
        for key, a in self.before["candidates"].items():
            b = self.after["candidates"].get(key)
            for name in FIGURES if b else ():
                old, new = a["figures"].get(name), b["figures"].get(name)
                if old != new and not _same(old, new):
                    rows.append((key, a["label"], text(f"assess.column.{name}"), _cell(old), _cell(new)))
        kinds: dict[str, Kind] = {
            "key": "code", "label": "text", "measure": "text", "before": "number", "after": "number"
        }  # fmt: skip
        return self._table("figures", kinds, rows)

    def criteria(self) -> Table:
        """Every criterion that was added, left out, or asks something else."""
        rows: list[tuple[Cell, ...]] = []
        old, new = self.before["criteria"], self.after["criteria"]
        for key in dict.fromkeys([*old, *new]):
            if _rule(old.get(key)) != _rule(new.get(key)):
                rows.append((key, _rule(old.get(key)), _rule(new.get(key))))
        return self._table("criteria", {"criterion": "code", "before": "text", "after": "text"}, rows)

    def _table(self, key: str, kinds: Mapping[str, Kind], rows: list[tuple[Cell, ...]]) -> Table:
        values: dict[str, list[Cell]] = {name: [row[i] for row in rows] for i, name in enumerate(kinds)}
        columns = tuple(
            Column(name, text(f"assess.diff.column.{name}"), kind, decimals=6 if kind == "number" else None)
            for name, kind in kinds.items()
        )
        behind = Evidence(count=min(self.before["households"], self.after["households"]))
        table = Table(f"diff_{key}", text(f"assess.diff.title.{key}"), columns, values, self.synthetic)
        return table.public("settings") if key == "criteria" else table.behind([behind] * len(rows))


def difference_of_assessments(before: SavedRun, after: SavedRun) -> Differences:
    """The differences between two runs of `assess`; another run is refused."""
    for run in (before, after):
        if run.verb != "assess" or DOCUMENT not in run.record["outputs"]:
            raise RequestError(text("assess.diff.not_an_assessment", run=run.folder.name, verb=run.verb))
    return Differences(before.json(DOCUMENT), after.json(DOCUMENT))


def _verdict(one: Mapping[str, Any] | None) -> str:
    return text("assess.diff.absent") if one is None else text(f"assess.short.{one['verdict']}")


def _changed_criteria(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> str:
    if a is None or b is None:
        return "-"
    keys = dict.fromkeys([*a["met"], *b["met"]])
    changed = [key for key in keys if a["met"].get(key, "-") != b["met"].get(key, "-")]
    shown = [f"{key} {_mark(a['met'], key)} → {_mark(b['met'], key)}" for key in changed]
    return "; ".join(shown) or "-"


def _mark(met: Mapping[str, bool | None], key: str) -> str:
    if key not in met:
        return text("assess.diff.absent")
    value = met[key]
    return text(f"assess.page.met.{'unknown' if value is None else 'met' if value else 'not_met'}")


def _rule(criterion: Mapping[str, Any] | None) -> str:
    if criterion is None:
        return text("assess.diff.absent")
    sources = ", ".join(criterion["not_integral"]) or None
    parts = [criterion["evidence"], criterion["rule"], criterion["threshold"], criterion["found_below"], sources]
    asked = " ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in parts if part is not None)
    return f"{asked}: {text('assess.short.' + criterion['decides'])}"


def _same(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None and abs(old - new) <= NEGLIGIBLE * max(abs(old), abs(new))


def _cell(value: float | None) -> Cell:
    return NotApplicable(text("assess.diff.no_figure")) if value is None else value
