"""The resident services as they are put together."""

from __future__ import annotations

from handlers import SERVICES
from handlers.emergency import ADVICE, CATEGORIES
from handlers.registry import Registry
from intents import Understander
from services.categories import Catalogue
from tests.stories.manners import faults

ALARMS = ("gas", "fire", "electric", "violence", "self_harm", "trapped", "medical", "unknown")


def test_every_intent_has_a_service(understander: Understander) -> None:
    """Whatever the classifier says, somebody answers."""
    assert Registry(SERVICES).missing(understander.intents) == []


def test_every_danger_has_its_number_and_its_category() -> None:
    """Advice names a number to call; the category of the urgent case exists."""
    catalogue = Catalogue.shipped()
    assert set(ADVICE) == set(CATEGORIES) == set(ALARMS)
    assert all(code in catalogue for code in CATEGORIES.values())
    assert all("1" in text and not faults(text.format(gas="")) for text in ADVICE.values())


def test_dangers_among_people_are_private() -> None:
    """Violence and despair are never in a public list."""
    catalogue = Catalogue.shipped()
    assert catalogue.is_private(CATEGORIES["violence"])


def test_titles_fit_into_a_choice() -> None:
    """A title is short enough to stand behind a digit."""
    registry = Registry(SERVICES)
    assert all(len(title) <= 12 for title in registry.titles.values())


def test_commands_are_short_words() -> None:
    """A command is a word that no sentence is: at most six characters, no digit."""
    words = Registry(SERVICES).commands
    assert all(len(word) <= 6 and not any(c.isdigit() for c in word) for word in words)
