"""Every sentence a user reads, in Dutch (default) and English.

One YAML file per room and language: the key `budget.closing` is the entry `closing` of `nl/budget.yaml`.
`text(key, **values)` fills the braces; `numbers` says how they format a number. Both languages have the same keys; a
test guards it.
"""

from __future__ import annotations

import contextvars
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from verdeelmodel.wording.numbers import Filler

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
_FILLERS = {lang: Filler(lang) for lang in LANGUAGES}
_language: contextvars.ContextVar[Language] = contextvars.ContextVar("language", default="nl")


def set_language(language: Language) -> None:
    """Use this language for every sentence from now on, in the current context."""
    _language.set(language)


def language() -> Language:
    """The language in use."""
    return _language.get()


@cache
def sentences(room: str, lang: Language) -> dict[str, str]:
    """All sentences of a room in one language, by key within the room; nested keys are joined by a dot."""
    import yaml

    source = files(__package__).joinpath(lang, f"{room}.yaml").read_text(encoding="utf-8")
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast, where libyaml is there
    return dict(_flatten("", yaml.load(source, Loader=fast) or {}))  # noqa: S506


def _flatten(prefix: str, node: dict[str, Any]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in node.items():
        name = f"{prefix}{key}"
        flat += _flatten(f"{name}.", value) if isinstance(value, dict) else [(name, str(value).strip())]
    return flat


def text(key: str, lang: Language | None = None, **values: object) -> str:
    """The sentence of `room.key` in the language in use, its braces filled with the values."""
    room, _, name = key.partition(".")
    used = lang or language()
    sentence = sentences(room, used)[name]
    return _FILLERS[used].vformat(sentence, (), values) if values else sentence
