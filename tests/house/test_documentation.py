"""The documentation names every verb and its links lead somewhere."""

import re
from pathlib import Path

from tests.house.examples import documents
from tests.house.source import ROOT
from verdeelmodel.cli.main import VERBS


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead nowhere."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link and not (document.parent / link).exists()]


def unnamed(index: str, verbs: tuple[str, ...]) -> list[str]:
    """The verbs that have no row in the table of the manual."""
    return [verb for verb in verbs if not re.search(rf"^\| \[`{verb}[` ]", index, re.MULTILINE)]


def test_every_link_leads_somewhere() -> None:
    assert {d.relative_to(ROOT).as_posix(): broken_links(d) for d in documents() if broken_links(d)} == {}


def test_the_manual_names_every_verb() -> None:
    assert unnamed((ROOT / "docs" / "index.md").read_text(encoding="utf-8"), VERBS) == []


def test_a_broken_link_and_an_unnamed_verb_are_found(tmp_path: Path) -> None:
    document = tmp_path / "index.md"
    document.write_text("| [`fit`](fit.md) | schat |\n[web](https://example.org) [zelf](index.md#boven)\n")
    assert broken_links(document) == ["fit.md"]
    assert unnamed(document.read_text(), ("fit", "verify")) == ["verify"]
