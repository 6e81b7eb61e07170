"""Whether the wording is complete: both languages alike, every sentence used, every sentence that is used there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PACKAGE, parsed, python_files
from verdeelmodel.documents import read_yaml

LANGUAGES = ("nl", "en")


def flattened(node: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of a nested mapping with its dotted key."""
    if not isinstance(node, dict):
        yield prefix, str(node)
        return
    for key, value in node.items():
        yield from flattened(value, f"{prefix}.{key}" if prefix else str(key))


def sentences(package: Path, language: str) -> dict[str, str]:
    """All sentences of a language by full key."""
    files = sorted((package / "wording" / language).glob("*.yaml"))
    loaded = {f.stem: read_yaml(f) or {} for f in files}
    return dict(flattened(loaded))


def braces(sentence: str) -> set[str]:
    """The names between braces in a sentence, a count with its word among them; `{kenmerk: naam}` of YAML is none."""
    return set(re.findall(r"\{(\w+)(?:[.:!\[](?:[cw] )?[^{} ]*)?\}", sentence))


def different_languages(package: Path = PACKAGE) -> list[str]:
    """Keys that one language lacks, and sentences whose braces differ or are empty."""
    dutch, english = (sentences(package, language) for language in LANGUAGES)
    found = [f"{key}: not in both languages" for key in sorted(dutch.keys() ^ english.keys())]
    for key in sorted(dutch.keys() & english.keys()):
        if braces(dutch[key]) != braces(english[key]):
            found.append(f"{key}: braces {sorted(braces(dutch[key]))} and {sorted(braces(english[key]))} differ")
        if not dutch[key].strip() or not english[key].strip():
            found.append(f"{key}: an empty sentence")
    return found


def literal_calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """The calls text("room.key", …) with a literal key."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _is_text(node.func):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node


def _is_text(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "text" and isinstance(function.value, ast.Name) and function.value.id == "wording"
    return isinstance(function, ast.Name) and function.id == "text"


def wrong_calls(package: Path = PACKAGE) -> list[str]:
    """Calls with a key that does not exist, or with other values than the sentence has braces."""
    dutch = sentences(package, "nl")
    found = []
    for path in python_files(package):
        for key, call in literal_calls(parsed(path)):
            place = f"{path.name}:{call.lineno} text({key!r})"
            if key not in dutch:
                found.append(f"{place}: no such sentence")
                continue
            given = {k.arg for k in call.keywords if k.arg not in (None, "lang")}
            spread = any(k.arg is None for k in call.keywords)
            if not spread and given != braces(dutch[key]):
                found.append(f"{place}: values {sorted(map(str, given))}, braces {sorted(braces(dutch[key]))}")
    return found


def unused(package: Path = PACKAGE) -> list[str]:
    """Sentences whose key stands nowhere in the code or a template, whole or as an f-string that can become it."""
    keys = {
        key for page in package.rglob("*.html") for key in re.findall(r'text\("([a-z_.0-9]+)"', page.read_text("utf-8"))
    }
    patterns: set[str] = set()
    for path in python_files(package):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(_pattern(node))
    useful = [re.compile(p) for p in patterns if re.match(r"[a-z_]+\\\.", p)]
    known = sentences(package, "nl")
    return [key for key in sorted(known) if key not in keys and not any(p.fullmatch(key) for p in useful)]


def _pattern(node: ast.JoinedStr) -> str:
    parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values)
    return "".join(parts)
