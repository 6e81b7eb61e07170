"""The page that lays what interviews found beside the figures, as questions to one's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_figures import ALL, RECIPIENTS
from verdeelmodel.reintegration.profile_questions import Question, figure_of, questions
from verdeelmodel.report.page import Section, page
from verdeelmodel.table import NotApplicable, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_figures import Area
    from verdeelmodel.reintegration.profile_study import RecipientProfile

QUESTIONS = "questions.html"
BACK = "profile.html"


def questions_page(profile: RecipientProfile) -> str:
    """Every question with its finding and source, the figures of each gemeente, and where to look further."""
    names = ", ".join(area.name for area in profile.areas.chosen)
    title = text("profile.questions.title", names=names)
    lead = [text("profile.questions.lead"), text("profile.note.questions")]
    back = text("profile.page.title", names=names, year=profile.year)
    return page(title, title, lead, [_section(profile, asked) for asked in questions()], profile.synthetic, BACK, back)


def _section(profile: RecipientProfile, asked: Question) -> Section:
    heading = f"{text(f'profile.kind.{asked.kind}')}: {asked.subject}"
    source = f"{asked.source}, {asked.place}"
    sentences = [text("profile.questions.found", finding=asked.finding, source=source)]
    sentences += [_beside(profile, gemeente, asked) for gemeente in profile.areas.chosen if asked.figure != "none"]
    sentences.append(text("profile.questions.question", question=asked.question))
    sentences += dict.fromkeys(
        text("profile.questions.look", look=asked.look_at(gemeente.name))
        for gemeente in profile.areas.chosen
        if asked.look
    )
    return Section(asked.key, heading, sentences)


def _beside(profile: RecipientProfile, gemeente: Area, asked: Question) -> str:
    """The figures of a gemeente beside a finding, or why there are none."""
    described, cells = figure_of(profile, gemeente, asked.figure)
    values = [cells[group][0] for group in (RECIPIENTS, ALL)]
    reasons = [value.reason for value in values if isinstance(value, NotApplicable)]
    if reasons:
        return text("profile.questions.none", gemeente=gemeente.name, figure=described, reason=reasons[0])
    first, second = (format_number(value, "share") for value in values if isinstance(value, float))
    key = "wijk" if asked.figure == "highest_wijk" else "figure"
    return text(f"profile.questions.{key}", gemeente=gemeente.name, figure=described, first=first, second=second)
