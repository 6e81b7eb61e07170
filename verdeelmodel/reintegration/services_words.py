"""What the words in a client file mean: reasons of ending, services and characteristics, from reviewable tables.

A word counts only when it stands in a table, packaged or of the user. A word that does not is listed, with a
suggestion for a person to judge; it is never guessed.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import language, text

REASONS, SERVICES = "reasons", "services"
STILL, OUTSIDE, OWN, WORK = 1, 2, 3, 4
NO_SERVICE = "none"
LEAST_ALIKE = 0.62
UNREVIEWED = "?"
# Words that stand in the names of many services and tell little.
GENERAL, GENERAL_WEIGHT = (
    frozenset({"traject", "vergoeding", "vergoedingen", "uitkering", "andere", "baan", "kosten"}),
    0.2,
)


@dataclass(frozen=True)
class Category:
    """A category of a characteristic: its key and its label in both languages."""

    key: str
    labels: Mapping[str, str]

    @property
    def label(self) -> str:
        """The label in the language in use."""
        return self.labels[language()]


@dataclass(frozen=True)
class Trait:
    """A characteristic: its categories in order, the reference, and which plain words mean which category."""

    key: str
    labels: Mapping[str, str]
    categories: tuple[Category, ...]
    reference: str
    words: Mapping[str, str]

    @property
    def label(self) -> str:
        """The label in the language in use."""
        return self.labels[language()]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the categories."""
        return tuple(category.key for category in self.categories)

    def label_of(self, key: str) -> str:
        """The label of a category in the language in use."""
        return next(category.label for category in self.categories if category.key == key)

    def meaning(self, written: str) -> str | None:
        """The category of what is written; None when no table knows it."""
        return self.words.get(plain(written))

    def extended(self, more: Mapping[str, str]) -> Trait:
        """The characteristic with more words; a word that has a meaning already gets the new one."""
        added = {plain(word): key for word, key in more.items()}
        return Trait(self.key, self.labels, self.categories, self.reference, {**self.words, **added})


@dataclass(frozen=True)
class Words:
    """All tables: the reasons of ending, the services and the characteristics."""

    reasons: Trait
    services: Trait
    traits: Mapping[str, Trait]
    ages: tuple[int, int]
    bands: Mapping[str, tuple[int, int]]

    def table(self, section: str) -> Trait:
        """The table of this section."""
        return {REASONS: self.reasons, SERVICES: self.services, **self.traits}[section]

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of all tables."""
        return (REASONS, SERVICES, *self.traits)

    def extended(self, more: Mapping[str, Mapping[str, str]]) -> Words:
        """The tables with the words of the user."""
        changed = {name: self.table(name).extended(more.get(name, {})) for name in self.sections}
        traits = {name: changed[name] for name in self.traits}
        return Words(changed[REASONS], changed[SERVICES], traits, self.ages, self.bands)


def plain(written: str) -> str:
    """Text without the differences that do not matter: case, accents, punctuation and blanks."""
    bare = unicodedata.normalize("NFKD", written.casefold())
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[^\w>+]+", " ", bare).strip() or written.strip()


@cache
def packaged_words() -> Words:
    """The tables that come with the toolkit."""
    reasons, products, entries = (_packaged(name) for name in ("reasons", "products", "traits"))
    traits = {key: _trait(key, entry) for key, entry in entries["traits"].items()}
    bands = {key: (entry["from"], entry["to"]) for key, entry in entries["traits"]["age"]["categories"].items()}
    ages = (entries["ages"]["youngest"], entries["ages"]["oldest"])
    services = _trait(SERVICES, products)
    return Words(_reasons(reasons), services, traits, ages, bands)


def _packaged(name: str) -> dict[str, Any]:
    source = files("verdeelmodel.reintegration").joinpath("mapping", f"{name}.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = parse_yaml(source, f"{name}.yaml")
    return document


def _trait(key: str, entry: Mapping[str, Any]) -> Trait:
    categories = tuple(Category(str(k), {"nl": e["nl"], "en": e["en"]}) for k, e in entry["categories"].items())
    words: dict[str, str] = {}
    for category, e in zip(categories, entry["categories"].values(), strict=True):
        for word in (category.key, e["nl"], e["en"], *e["words"]):
            words[plain(str(word))] = category.key
    return Trait(key, {"nl": entry["nl"], "en": entry["en"]}, categories, entry["reference"], words)


def _reasons(entry: Mapping[str, Any]) -> Trait:
    categories = tuple(Category(str(k), {"nl": e["nl"], "en": e["en"]}) for k, e in entry["groups"].items())
    words = {
        plain(str(word)): str(group)
        for part in (entry["printed"], entry["own"])
        for group, reasons in part.items()
        for word in reasons
    }
    words[""] = str(entry["empty"])
    return Trait(REASONS, {"nl": entry["nl"], "en": entry["en"]}, categories, str(STILL), words)


def read_words(paths: Sequence[Path], only: str | None = None) -> dict[str, dict[str, str]]:
    """The words of the user per section; a DataError with every section, category and entry that is wrong.

    An entry whose category starts with a question mark is a suggestion nobody has judged yet, and is left out.
    """
    known, problems = packaged_words(), list[Problem]()
    found: dict[str, dict[str, str]] = {}
    for path in paths:
        document = read_yaml(path)
        if not isinstance(document, dict):
            raise DataError(text("services.words.wrong", file=path.name), [Problem(text("services.words.sections"))])
        sections = (only,) if only else known.sections
        for section, entries in document.items():
            if section not in sections:
                problems.append(unknown_name(str(section), sections, text("services.words.section"), path.name))
            elif entries is not None:
                read = _entries(known.table(section), entries, f"{path.name}: {section}", problems)
                found.setdefault(section, {}).update(read)
    if problems:
        raise DataError(text("services.words.wrong", file=", ".join(p.name for p in paths)), problems)
    return found


def _entries(table: Trait, entries: Any, where: str, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(entries, dict):
        problems.append(Problem(text("services.words.entries"), where))
        return {}
    found = {}
    for word, category in entries.items():
        written = str(category).strip()
        if written.startswith(UNREVIEWED):
            continue
        key = next((k for k in table.keys if plain(written) in (plain(k), *_labels(table, k))), None)
        # A reason cannot mean that somebody is still on bijstand.
        if key is None or (table.key == REASONS and key == str(STILL)):
            allowed = [k for k in table.keys if (table.key, k) != (REASONS, str(STILL))]
            expected = text("services.words.allowed", keys=", ".join(allowed))
            problems.append(Problem(f"{word}: {written}", where, expected))
        else:
            found[str(word)] = key
    return found


def _labels(table: Trait, key: str) -> tuple[str, ...]:
    category = next(c for c in table.categories if c.key == key)
    return tuple(plain(label) for label in category.labels.values())


@dataclass(frozen=True)
class Unknown:
    """A word that no table knows: in which section, how often, and what it looks like ("" when nothing is close)."""

    section: str
    written: str
    count: int
    suggestion: str
    likeness: float


def suggestion(table: Trait, written: str) -> tuple[str, float]:
    """The category whose words look most like what is written, and how much, from 0 to 1; ("", 0) when none does."""
    shown = plain(written)
    best = max(((_likeness(shown, word), key) for word, key in table.words.items() if word), default=(0.0, ""))
    return (best[1], best[0]) if best[0] >= LEAST_ALIKE else ("", 0.0)


def _likeness(one: str, other: str) -> float:
    """How much two texts look alike, from 0 to 1: as a whole without blanks, or by the words that tell most."""
    whole = difflib.SequenceMatcher(None, one.replace(" ", ""), other.replace(" ", "")).ratio()
    return max(whole, 0.95 * _shared(one.split(), other.split()))


def _shared(written: Sequence[str], known: Sequence[str]) -> float:
    """The part of the known words, by their length, that stands among the written ones in about the same spelling."""
    telling = [word for word in known if len(word) > 3]
    weight = sum(len(word) * (GENERAL_WEIGHT if word in GENERAL else 1) for word in telling)
    if set(telling) <= GENERAL:
        return 0.0
    near = [max((_word_likeness(word, w) for w in written), default=0.0) for word in telling]
    return (
        sum(len(w) * (GENERAL_WEIGHT if w in GENERAL else 1) * n for w, n in zip(telling, near, strict=True)) / weight
    )


def _word_likeness(known: str, written: str) -> float:
    """Two words: alike in spelling, or the one written is a beginning of the known one; 0 when they are far apart."""
    ratio = difflib.SequenceMatcher(None, known, written).ratio()
    if len(written) >= 3 and (known.startswith(written) or written.startswith(known)):
        ratio = max(ratio, 0.85)
    return ratio if ratio >= 0.8 else 0.0


def unknown_words(section: str, table: Trait, written: Iterable[str]) -> list[Unknown]:
    """Every different text that the table does not know, the most frequent first."""
    counts: dict[str, int] = {}
    for word in written:
        counts[word] = counts.get(word, 0) + 1
    found = [Unknown(section, word, n, *suggestion(table, word)) for word, n in counts.items()]
    return sorted(found, key=lambda u: (-u.count, u.written))


def review_file(unknown: Sequence[Unknown], words: Words) -> str:
    """A file for a person to judge: every suggestion starts with a question mark, which is taken away to agree."""
    lines = [f"# {line}" for line in text("services.words.review").splitlines()]
    for section in words.sections:
        chosen = [u for u in unknown if u.section == section]
        if chosen:
            table = words.table(section)
            keys = [k for k in table.keys if (section, k) != (REASONS, str(STILL))]
            lines += ["", "# " + text("services.words.choose", keys=", ".join(keys)), f"{section}:"]
            lines += [
                f"  {_quoted(u.written)}: {_quoted(f'{UNREVIEWED} {u.suggestion}'.strip())}{_why(u)}" for u in chosen
            ]
    return "\n".join(lines) + "\n"


def _quoted(written: str) -> str:
    import json

    return json.dumps(written, ensure_ascii=False)


def _why(found: Unknown) -> str:
    return "  # " + text("services.words.times", count=found.count)
