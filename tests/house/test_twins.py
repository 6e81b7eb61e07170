"""Every verb has a twin in Python, and the manual names it."""

import re

import verdeelmodel
from tests.house.source import ROOT
from tests.house.test_verbs import all_commands

# They show and check what the other verbs do.
WITHOUT = {"demo", "selftest"}


def twins(document: str) -> dict[str, list[str]]:
    """The public names in the table of the manual, by verb."""
    rows = re.findall(r"^\| `([a-z -]+)` \| (`.+`) \|$", document, re.MULTILINE)
    return {verb: re.findall(r"`(\w+)`", names) for verb, names in rows}


def test_every_verb_has_a_twin_that_exists() -> None:
    named = twins((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    assert set(named) | WITHOUT == {" ".join(words) for words, _ in all_commands()}
    assert [name for names in named.values() for name in names if name not in verdeelmodel.PUBLIC] == []


def test_a_verb_without_a_twin_is_seen() -> None:
    assert twins("| `fit` | `fit_population`, `fit_table` |\n| `demo` | geen |") == {
        "fit": ["fit_population", "fit_table"]
    }
