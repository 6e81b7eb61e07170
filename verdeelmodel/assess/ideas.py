"""The best specification for households of an idea that is known from a comparison of gemeenten."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from verdeelmodel.assess.moments import gain_left_out
from verdeelmodel.assess.sets import Limits, extended, forward
from verdeelmodel.wording import language

if TYPE_CHECKING:
    from verdeelmodel.assess.country import Country


@dataclass(frozen=True)
class Idea:
    """An idea with the candidates that stand for it per gemeente and per household; `name` by language."""

    key: str
    name: dict[str, str]
    gemeente: tuple[str, ...]
    huishouden: tuple[str, ...]

    def __str__(self) -> str:
        return self.name[language()]


@dataclass(frozen=True)
class Specification:
    """The variants for households that were chosen for an idea, and what a kenmerk of gemeenten adds to them."""

    idea: Idea
    municipal: str
    chosen: tuple[str, ...]
    gain: float
    municipal_alone: float
    municipal_left: float


@cache
def ideas() -> tuple[Idea, ...]:
    """The ideas that come with the toolkit."""
    listed = yaml.safe_load(files(__package__).joinpath("ideas.yaml").read_text(encoding="utf-8"))
    return tuple(
        Idea(key, {"nl": one["nl"], "en": one["en"]}, tuple(one["gemeente"]), tuple(one["huishouden"]))
        for key, one in listed.items()
    )


def specifications(country: Country, limits: Limits) -> tuple[Specification, ...]:
    """For each idea with candidates of both levels: the best variants, and each kenmerk of gemeenten beside them."""
    asked = set(country.request.candidates)
    found = []
    for idea in ideas():
        variants = {key: country.places(key) for key in idea.huishouden if key in asked}
        municipal = [key for key in idea.gemeente if key in asked]
        if not variants or not municipal:
            continue
        taken = forward(country.by_fold, variants, limits)
        larger = extended(country.by_fold, [variants[member.key] for member in taken])
        for key in municipal:
            own = country.places(key)
            found.append(
                Specification(
                    idea=idea,
                    municipal=key,
                    chosen=tuple(member.key for member in taken),
                    gain=sum(member.gain for member in taken),
                    municipal_alone=gain_left_out(country.by_fold, own),
                    municipal_left=gain_left_out(larger, own),
                )
            )
    return tuple(found)
