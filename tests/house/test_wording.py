"""Sentences are found by room and key, in the language in use, with their values filled in."""

import threading

from verdeelmodel.wording import LANGUAGES, language, set_language, text


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
