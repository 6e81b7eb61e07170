"""Sentences are found by room and key, in the language in use, with their values filled in."""

import re
import threading
from pathlib import Path

import numpy as np
import pytest

import verdeelmodel
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import LANGUAGES, language, set_language, text
from verdeelmodel.wording.numbers import Filler

SOURCE = Path(verdeelmodel.__file__).parent


def test_a_sentence_in_the_language_in_use() -> None:
    assert text("table.not_applicable") == "n.v.t."
    set_language("en")
    assert text("table.not_applicable") == "n.a."
    assert text("table.not_applicable", "nl") == "n.v.t."


def test_values_are_filled_in_and_not_read_as_places() -> None:
    assert text("table.source", source="{0} {x}") == "Bron: {0} {x}"


def test_nested_keys_and_words_that_yaml_would_read_as_booleans() -> None:
    assert text("record.state.changed") == "gewijzigd"
    assert [text("table.yes", lang) for lang in LANGUAGES] == ["ja", "yes"]


def test_a_language_set_in_one_thread_does_not_change_another() -> None:
    worker = threading.Thread(target=set_language, args=("en",))
    worker.start()
    worker.join()
    assert language() == "nl"


@pytest.mark.parametrize(
    ("spec", "value", "nl", "en"),
    [
        ("{x:n}", 404_991, "404.991", "404,991"),
        ("{x:n2}", -0.5641, "-0,56", "-0.56"),
        ("{x:n2}", -0.001, "0,00", "0.00"),
        ("{x:p1}", 0.0541, "5,4%", "5.4%"),
        ("{x:e}", np.int64(-31_204_136), "-€\u00a031.204.136", "-€\u00a031,204,136"),
        ("{x:e}", NotApplicable("er geen jaar is"), str(NotApplicable("er geen jaar is")), ""),
        ("{x:n4}", "onbekend", "onbekend", "onbekend"),
        ("{x:n}", True, "True", "True"),
        ("{x}", 2020, "2020", "2020"),
    ],
)
def test_numbers_are_written_as_readers_of_the_language_do(spec: str, value: object, nl: str, en: str) -> None:
    assert Filler("nl").format(spec, x=value) == nl
    if en:
        assert Filler("en").format(spec, x=value) == en


def test_no_code_writes_a_decimal_point_into_a_sentence() -> None:
    written = re.compile(r"\btext\([^)]*=f\"\{[^}\"]*:[,.0-9]*[f%]\}")
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if written.search(line)
    ]
    assert found == []
    assert written.search('text("room.key", share=f"{100 * share:.1f}")')


def test_a_count_takes_the_word_that_fits_it() -> None:
    filler = Filler("nl")
    assert [filler.format("{n:c kandidaat|kandidaten}", n=n) for n in (0, 1, 1200)] == [
        "0 kandidaten",
        "1 kandidaat",
        "1.200 kandidaten",
    ]
    assert filler.format("{n:w heeft|hebben}", n=1) == "heeft"
