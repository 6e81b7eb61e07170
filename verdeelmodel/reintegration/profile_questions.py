"""What interviews found, laid beside the figures of a profile, as questions a gemeente can ask of its own data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from verdeelmodel.documents import parse_yaml
from verdeelmodel.reintegration.aspects import Both
from verdeelmodel.reintegration.combinations import with_number
from verdeelmodel.reintegration.profile_cells import number_row
from verdeelmodel.reintegration.profile_figures import ALL, POTENTIAL, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_layout import Layout, Value, part, share, suppressed
from verdeelmodel.reintegration.profile_positions import ranked
from verdeelmodel.reintegration.profile_tables_combinations import combined_share
from verdeelmodel.reintegration.profile_tables_wijk import recipient_shares
from verdeelmodel.table import Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile

COUNTED = (RECIPIENTS, ALL)


@dataclass(frozen=True)
class Question:
    """One finding of interviews, the question it raises, and the figure to lay beside it."""

    key: str
    kind: str
    subject: Both
    finding: Both
    question: Both
    figure: str
    look: str
    source: str
    place: str
    certainty: str

    def look_at(self, gemeente: str) -> str:
        """The command that tells more about a gemeente; empty when there is none."""
        return self.look.replace("{gemeente}", f'"{gemeente}"' if " " in gemeente else gemeente)


@cache
def questions() -> tuple[Question, ...]:
    """Every question, in the order of the sources: aspects, institutions, implementation."""
    written = files("verdeelmodel.reintegration").joinpath("aspects_questions.yaml").read_text(encoding="utf-8")
    document = parse_yaml(written, "aspects_questions.yaml")
    return tuple(
        Question(
            key=entry["key"],
            kind=entry["kind"],
            subject=Both(**entry["subject"]),
            finding=Both(**entry["finding"]),
            question=Both(**entry["question"]),
            figure=entry["figure"],
            look=entry["look"],
            source=document["sources"][entry["source"]],
            place=entry["place"],
            certainty=entry["certainty"],
        )
        for entry in document["questions"]
    )


def questions_table(profile: RecipientProfile) -> Table:
    """Findings of interviews, the figures of each gemeente asked for beside them, and what to ask."""
    layout = Layout("profile_questions", text("profile.table.questions"))
    for key in ("gemeente", "subject", "finding", "figure"):
        layout.column(key, text(f"profile.column.{'shown_figure' if key == 'figure' else key}"))
    for group in COUNTED:
        layout.column(group, text(f"profile.short.{group}"), "share")
    for key in ("question", "look", "place", "certainty"):
        layout.column(key, text(f"profile.column.{key}"))
    for gemeente in profile.areas.chosen:
        for asked in questions():
            described, cells = figure_of(profile, gemeente, asked.figure)
            layout.row(
                gemeente=gemeente.name,
                subject=f"{text(f'profile.kind.{asked.kind}')}: {asked.subject}",
                finding=str(asked.finding),
                figure=described,
                recipients=cells[RECIPIENTS],
                all=cells[ALL],
                question=str(asked.question),
                look=asked.look_at(gemeente.name) or "-",
                place=f"{asked.source}, {asked.place}",
                certainty=asked.certainty,
            )
    return layout.table(profile, [text("profile.note.questions")], group="gemeente")


def figure_of(profile: RecipientProfile, gemeente: Area, figure: str) -> tuple[str, dict[str, Value]]:
    """What the figure beside a question is, and its values among recipients and all inhabitants."""
    name, _, item = figure.partition(":")
    keys = [aspect.key for aspect in profile.definitions.aspects]
    if name == "aspect" and item in keys:
        aspect = keys.index(item)
        described = text("profile.beside.aspect", aspect=str(profile.definitions.aspects[aspect].label))
        return described, {group: share(profile, gemeente, group, aspect) for group in COUNTED}
    if name == "at_least" and int(item) <= gemeente.aspects:
        described = text("profile.beside.at_least", number=item)
        return described, {group: at_least(profile, gemeente, group, int(item)) for group in COUNTED}
    if name == "highest_wijk":
        return _highest_wijk(profile, gemeente)
    nothing: Value = (NotApplicable(text("profile.no_figure")), None)
    return text("profile.beside.none"), dict.fromkeys(COUNTED, nothing)


def at_least(profile: RecipientProfile, area: Area, group: str, number: int) -> Value:
    """The part of a group with this many aspects or more; shown when each number of aspects is."""
    numbers = range(number, area.aspects + 1)
    cells = [
        combined_share(profile, area, group, number_row(area, n), with_number(area.aspects, n))[0] for n in numbers
    ]
    shown = [cell for cell in cells if isinstance(cell, float)]
    if len(shown) < len(cells):
        return suppressed(), None
    return sum(shown), Evidence(count=area.households(group))


def _highest_wijk(profile: RecipientProfile, gemeente: Area) -> tuple[str, dict[str, Value]]:
    """The share of the wijk with the largest part on bijstand; the whole gemeente beside it."""
    wijken = profile.areas.wijken[gemeente.code]
    places = ranked(recipient_shares(profile, wijken))
    first = next((wijk for wijk in wijken if places.get(wijk.code) == 1), None)
    described = text("profile.beside.highest_wijk", wijk=first.name if first else "-")
    highest: Value = part(profile, first, RECIPIENTS, POTENTIAL) if first else (suppressed(), None)
    return described, {RECIPIENTS: highest, ALL: part(profile, gemeente, RECIPIENTS, POTENTIAL)}
