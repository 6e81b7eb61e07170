"""Words of municipalities: known ones mean what the tables say, unknown ones are listed and never guessed."""

import pytest
import yaml

from verdeelmodel.errors import DataError
from verdeelmodel.reintegration.services_words import (
    packaged_words,
    plain,
    read_words,
    review_file,
    suggestion,
    unknown_words,
)

WORDS = packaged_words()


def test_there_are_twenty_one_categories_of_services_and_four_groups():
    assert len(WORDS.services.keys) == 21
    assert WORDS.reasons.keys == ("1", "2", "3", "4")
    assert set(WORDS.reasons.words.values()) == {"2", "3", "4"}


def test_no_word_means_two_things():
    for section in WORDS.sections:
        table = WORDS.table(section)
        for category in table.categories:
            for label in category.labels.values():
                if section != "reasons":
                    assert table.meaning(label) == category.key


@pytest.mark.parametrize(
    "written", ["Re-integratietraject", "RE-INTEGRATIETRAJECT ", "re integratietraject", "Ré-integratietraject"]
)
def test_case_accents_and_punctuation_do_not_matter(written):
    assert WORDS.services.meaning(written) == "reintegration_track"


def test_signs_without_letters_keep_their_meaning():
    assert plain("?") == "?"
    assert WORDS.services.meaning("-") == "none"


@pytest.mark.parametrize(
    ("section", "written", "meant"),
    [
        ("services", "trajekt reintegratie", "reintegration_track"),
        ("services", "inburgerings traject gemeente", "civic_integration"),
        ("services", "coachings gesprekken", "coaching"),
        ("services", "div. vergoeding", "sundry_allowance"),
        ("services", "particpatiebaan", "participation_job"),
        ("reasons", "uitstroom verhuising", "3"),
        ("reasons", "arbeid in dienstbetreking", "4"),
        ("services", "zwemles", ""),
        ("reasons", "zie rapport", ""),
    ],
)
def test_suggestions_look_like_what_is_written_and_are_not_used(section, written, meant):
    table = WORDS.table(section)
    assert table.meaning(written) is None
    assert suggestion(table, written)[0] == meant


def test_a_file_to_review_counts_only_after_review(tmp_path):
    unknown = unknown_words("services", WORDS.services, ["trajekt reintegratie"] * 3 + ["zwemles"])
    unknown += unknown_words("reasons", WORDS.reasons, ['zie "rapport": 5'])
    path = tmp_path / "nalopen.yaml"
    path.write_text(review_file(unknown, WORDS), encoding="utf-8")
    assert read_words([path]) == {"services": {}, "reasons": {}}
    assert set(yaml.safe_load(path.read_text("utf-8"))["services"]) == {"trajekt reintegratie", "zwemles"}
    agreed = path.read_text("utf-8").replace('"? reintegration_track"', "reintegration_track")
    path.write_text(agreed, encoding="utf-8")
    more = WORDS.extended(read_words([path]))
    assert more.services.meaning("Trajekt reintegratie") == "reintegration_track"
    assert more.services.meaning("zwemles") is None


def test_labels_may_stand_for_keys(tmp_path):
    path = tmp_path / "woorden.yaml"
    path.write_text("services: {RIT: Re-integratietraject}\nreasons: {weg: 3}\nhousing: {boot: Eigenaar}\n", "utf-8")
    assert read_words([path]) == {
        "services": {"RIT": "reintegration_track"},
        "reasons": {"weg": "3"},
        "housing": {"boot": "owner"},
    }


def test_everything_that_is_wrong_with_the_words_is_told_at_once(tmp_path):
    path = tmp_path / "fout.yaml"
    path.write_text("servces: {a: b}\nreasons: {weg: 1, ergens: 9}\nhousing: [boot]\n", "utf-8")
    with pytest.raises(DataError) as error:
        read_words([path])
    message = str(error.value)
    for part in ("services", "weg: 1", "ergens: 9", "2, 3, 4", "housing"):
        assert part in message


def test_a_file_of_reasons_has_only_reasons(tmp_path):
    path = tmp_path / "redenen.yaml"
    path.write_text("services: {a: coaching}\n", "utf-8")
    with pytest.raises(DataError, match="services"):
        read_words([path], "reasons")
