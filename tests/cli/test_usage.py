"""What a user reads about using a command: Dutch help is Dutch, and wrong use says what to type instead."""

import re
from collections.abc import Iterator

import pytest

from tests.cli.running import verdeelmodel
from tests.house.test_verbs import all_commands
from verdeelmodel.cli import usage
from verdeelmodel.cli.main import build
from verdeelmodel.wording import language, set_language

ENGLISH = re.compile(
    r"Usage:|Options:|Arguments:|Commands:|Show this|default:|required\]|<(?:str|int|float|list|path)|OPTIONS|COMMAND"
)


@pytest.fixture
def dutch() -> Iterator[None]:
    before = language()
    set_language("nl")
    yield
    set_language(before)


def wrong(*arguments: str) -> str:
    with pytest.raises(usage.WrongUse) as caught:
        build()(list(arguments), prog_name="verdeelmodel", standalone_mode=False)
    return usage.told(caught.value)


@pytest.mark.parametrize(
    "words", [(), *[w for w, _ in all_commands()], ("population",), ("scenario",), ("kenmerken",)], ids=" ".join
)
def test_dutch_help_is_dutch(words: tuple[str, ...], dutch: None, capsys: pytest.CaptureFixture[str]) -> None:
    build()([*words, "--help"], prog_name="verdeelmodel", standalone_mode=False)
    shown = capsys.readouterr().out
    assert shown.startswith("Gebruik: verdeelmodel")
    assert ENGLISH.search(shown) is None
    assert re.search(r"[a-z]\.\.\.", shown) is None  # no sentence is cut off


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("fit", "--year", "2020"), "Optie --year bestaat niet. Bedoelt u --years"),
        (("population", "chek"), "Opdracht 'chek' bestaat niet. Bedoelt u check?"),
        (("explain",), "GEMEENTE ontbreekt."),
        (("fit", "--years"), "Achter --years hoort een waarde."),
        (("assess", "--diff", "a"), "Achter --diff horen 2 waarden."),
        (("demo", "--quiet=1"), "Achter --quiet hoort geen waarde."),
        (("fit", "--threads", "0"), "--threads kan niet. Het moet ten minste 1 zijn."),
        (("assess", "--interactions", "51"), "--interactions kan niet. Het mag hoogstens 50 zijn."),
        (("fit", "--threads", "x"), "--threads kan niet. Er wordt een heel getal verwacht."),
        (("allocate", "--lks-pool", "x"), "--lks-pool kan niet. Er wordt een getal verwacht"),
        (("fit", "--lang", "fr"), "--lang kan niet. 'fr' is niet een van 'nl', 'en'."),
        (("verify", "mijn", "run"), "Dit is te veel: run."),
        (("verklaar",), "Opdracht 'verklaar' bestaat niet. Bedoelt u explain?"),
        (("verslag",), "Opdracht 'verslag' bestaat niet. Bedoelt u report?"),
    ],
)
def test_wrong_use_says_in_dutch_what_to_type(arguments: tuple[str, ...], expected: str, dutch: None) -> None:
    assert expected in wrong(*arguments)


def test_a_message_that_is_not_recognised_is_passed_on() -> None:
    assert usage.translated("Something new.") == "Something new."


def test_without_arguments_the_help_is_shown(dutch: None) -> None:
    shown = wrong()
    assert shown.startswith("Gebruik: verdeelmodel")
    assert "Beginnen: verdeelmodel demo." in shown


def test_the_language_may_stand_before_the_verb() -> None:
    done = verdeelmodel("--lang", "en", "selftest", "--help")
    assert done.stdout.startswith("Usage: verdeelmodel selftest")
