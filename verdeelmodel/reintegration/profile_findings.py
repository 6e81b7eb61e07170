"""What a profile says in sentences: how many, which problems, compared with whom, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verdeelmodel.reintegration.profile_figures import ALL, POTENTIAL, RECIPIENTS, Area
from verdeelmodel.reintegration.profile_layout import part, share
from verdeelmodel.table import Cell, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile


def findings(profile: RecipientProfile) -> list[str]:
    """The main findings of each gemeente asked for, and how far the figures reach."""
    said = [sentence for area in profile.areas.chosen for sentence in of_gemeente(profile, area)]
    return [*said, *limits(profile)]


def of_gemeente(profile: RecipientProfile, area: Area) -> list[str]:
    """How many recipients, which aspect is most common, and how complex their problems are."""
    said = []
    value = part(profile, area, RECIPIENTS, POTENTIAL)[0]
    if profile.published.shows(area.code, RECIPIENTS) and isinstance(value, float):
        said.append(
            text(
                "profile.finding.recipients",
                name=area.name,
                year=profile.year,
                number=format_number(area.stands_for(RECIPIENTS), "count"),
                share=format_number(value, "share"),
                country=_shown(part(profile, profile.areas.country, RECIPIENTS, POTENTIAL)[0]),
            )
        )
    shares = {k: profile.shares([area], RECIPIENTS, k) for k in range(area.aspects)}
    shown = {k: found[area.code] for k, found in shares.items() if found}
    if shown:
        said.append(_most_common(profile, area, max(shown, key=lambda k: shown[k])))
    return [*said, *_complexity(profile, area), *_wijken(profile, area)]


def _most_common(profile: RecipientProfile, area: Area, k: int) -> str:
    return text(
        "profile.finding.most_common",
        name=area.name,
        aspect=str(profile.definitions.aspects[k].label).lower(),
        share=format_number(area.share(RECIPIENTS, k), "share"),
        all=_shown(share(profile, area, ALL, k)[0]),
    )


def _complexity(profile: RecipientProfile, area: Area) -> list[str]:
    bounds = profile.gemeente_bounds
    index = profile.index(area, RECIPIENTS, bounds)
    if index is None:
        return [text("profile.finding.no_index", name=area.name)]
    high = [
        str(profile.definitions.aspects[k].label).lower()
        for k, b in bounds.items()
        if profile.labels.counts(str(profile.position(area, RECIPIENTS, k, b)))
    ]
    whole = (profile.areas.whole or profile.areas.country).name
    words = profile.labels.gemeente[0].word(index)
    listed = ", ".join(high) or text("profile.none")
    values: dict[str, Any] = {
        "name": area.name,
        "area": whole,
        "label": words,
        "number": index,
        "of": area.aspects,
        "aspects": listed,
    }
    return [text("profile.finding.index", **values)]


def _wijken(profile: RecipientProfile, area: Area) -> list[str]:
    """How many wijken show the shares of recipients, and why others do not."""
    wijken = profile.areas.wijken[area.code]
    shown = [w for w in wijken if all(profile.shows_share(w, RECIPIENTS, k) for k in profile.wijk_aspects)]
    if len(shown) == len(wijken):
        return []
    values: dict[str, Any] = {"name": area.name, "number": len(wijken), "threshold": profile.threshold}
    if not shown:
        return [text("profile.finding.no_wijken", **values)]
    return [text("profile.finding.wijken", shown=len(shown), **values)]


def limits(profile: RecipientProfile) -> list[str]:
    """That a sample is small, and that definitions are approximations."""
    said = []
    if profile.scale < 1:
        stands_for = format_number(1 / profile.scale, "count")
        said.append(text("profile.finding.sample", stands_for=stands_for))
    return [*said, text("profile.finding.approximation")]


def _shown(cell: Cell) -> str:
    return format_number(cell, "share") if isinstance(cell, float) else text("table.not_applicable")
