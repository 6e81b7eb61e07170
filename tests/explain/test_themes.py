"""Every thema of the registry has a name in both languages; one of a user keeps its own."""

from verdeelmodel.explain.themes import KEYS, theme_name
from verdeelmodel.kenmerken import registry
from verdeelmodel.wording import set_language


def test_every_thema_of_the_registry_has_a_name():
    assert {k.thema for k in registry().values()} == set(KEYS)
    assert all(theme_name(thema) == thema for thema in KEYS)


def test_in_english_and_of_a_user():
    set_language("en")
    try:
        assert theme_name("Leeftijd") == "Age"
        assert theme_name("Eigen thema") == "Eigen thema"
    finally:
        set_language("nl")
