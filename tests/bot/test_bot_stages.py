"""Stages, forms and choices over services made for the test: the bot knows none by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot import stages
from bot.talk import Talk, short_word, text_of
from commands import assembly
from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.messages import Kind
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn, World
from handlers.registry import Registry
from intents import Decision, Understander
from services import residents
from settings import Settings
from storage import migrate
from storage.communities import Community
from storage.engine import Database
from storage.messages import InboundMessage
from storage.residents import Dialog

START = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)


def _say(text: str) -> Say:
    return Say(text)


def _read(heard: Heard, _values: Values) -> str:
    if not heard.text.startswith("a"):
        raise Misheard("Something with a.")
    return heard.text


def _read_second(heard: Heard, _values: Values) -> str:
    if heard.text != "b":
        raise Misheard("b, please.")
    return heard.text


def _done(_turn: Turn, values: Values) -> Say:
    return Say(f"done {values['first']}{values['second']}")


FORM = Form(
    "letters",
    1,
    (Slot("first", lambda v: "first?", _read), Slot("second", lambda v: "second?", _read_second)),
)


def _begin(_turn: Turn, _request: Request) -> Say:
    return Say(begin=Begin("letters"))


def _offer(_turn: Turn, request: Request) -> Say:
    return Say("which?", (Choice("one", "tell", "1", "words"), Choice("two", "tell", "2")))


def _tell(_turn: Turn, request: Request) -> Say:
    return Say(f"told {request.argument} {request.text}")


SERVICES = (
    Service(
        "letters",
        {
            "letters": _begin,
            "offer": _offer,
            "tell": _tell,
            "menu": lambda t, r: Say("the menu", (Choice("letters", "letters"),), way_out=""),
            "person": lambda t, r: Say("a person"),
            "aside": lambda t, r: Say("by the way"),
            "letters.also": lambda t, r: Say("also"),
        },
        commands={"菜单": "menu", "字母": "letters", "选": "offer", "旁": "aside"},
        forms=(FormService(FORM, _done),),
    ),
    Service(
        "other",
        {"other": lambda t, r: Say("something else"), "weather": lambda t, r: Say("rain")},
        intents={"points": "other", "public_info": "weather", "human": "person"},
        titles={"points": "Points"},
        answers_in_between=frozenset({"weather"}),
        interrupts=frozenset({"person"}),
    ),
)


class Oracle:
    """Understands what the test says: a label in the text, sure or not."""

    def classify(self, text: str) -> Decision:
        label = next((x for x in ("points", "public_info", "human") if x in text), "out_of_scope")
        ranking = ((label, 0.9), ("redeem", 0.1))
        return Decision(text, label, 0.9, ranking, unsure=label == "out_of_scope")


class Hall:
    """One resident before the stages."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.world, self.now = session, world, START
        community = Community(code="c", name="C", created_at=START)
        session.add(community)
        session.flush()
        self.community = community
        self.resident = residents.meet(session, community.id, "", "u1", START)
        self.dialog: Dialog = residents.dialog_of(session, self.resident, START)
        self.trace: list[list[object]] = []

    def say(self, text: str, kind: Kind = Kind.TEXT) -> str:
        self.now += timedelta(seconds=2)
        row = InboundMessage(text=text)
        turn = Turn(
            self.session, self.now, self.world, self.community, self.resident, self.dialog, row
        )
        talk = Talk(turn, Registry(SERVICES), Heard(text, kind, {}, short_word(text)))
        said = stages.answer(talk)
        self.trace = talk.trace
        return text_of(said)


@pytest.fixture
def hall(sqlite_database_url: str, understander: Understander) -> Iterator[Hall]:
    """A resident, services of letters, and an oracle in place of the classifier."""
    with Database(sqlite_database_url, "a secret for tests, long enough") as database:
        migrate.upgrade(database)
        world = assembly.make_world(Settings(demo=True), understander)
        world = replace(world, understander=Oracle())  # type: ignore[arg-type]
        with database._writing() as session, session.begin():
            yield Hall(session, world)


def test_a_choice_is_picked_by_digit_and_by_label(hall: Hall) -> None:
    """The words of the choice stand in for those of the resident."""
    assert hall.say("选") == "which?\n1 one　2 two　0 取消"
    assert hall.say("1") == "told 1 words"
    hall.say("选")
    assert hall.say("two") == "told 2 two"


def test_a_wrong_digit_shows_the_list_again(hall: Hall) -> None:
    """A digit beyond the list is said to be so, and the list stays."""
    hall.say("选")
    assert hall.say("5").startswith("没有第 5 项，请再选一次：\n1 one")
    assert hall.say("2") == "told 2 2"


def test_naught_closes_the_list(hall: Hall) -> None:
    """0 under a list forgets it."""
    hall.say("选")
    assert hall.say("0").startswith("好的")
    assert hall.dialog.choices == []


def test_a_list_is_forgotten_after_other_words(hall: Hall) -> None:
    """Only what was offered last can be picked."""
    hall.say("选")
    hall.say("旁")
    assert hall.say("1").startswith("the menu")


def test_an_old_list_is_not_picked_from(hall: Hall) -> None:
    """After a day a digit acts on nothing."""
    hall.say("选")
    hall.now += timedelta(hours=25)
    assert hall.say("1").startswith("那个选项已经过期了。\nthe menu")


def test_a_form_is_filled(hall: Hall) -> None:
    """Each message moves the form on; at the end nothing of it is left."""
    assert hall.say("字母") == "first?"
    assert hall.say("abc") == "second?"
    assert hall.say("b") == "done abcb"
    assert (hall.dialog.form, hall.dialog.progress) == (None, {})


def test_an_aside_is_answered_and_the_question_asked_again(hall: Hall) -> None:
    """A question in the middle does not disturb the form."""
    hall.say("字母")
    assert hall.say("public_info") == "rain\n——刚才的还没填完：first?"
    assert hall.say("a") == "second?"


def test_a_person_breaks_into_a_form(hall: Hall) -> None:
    """Who asks for a person is not asked again what they mean."""
    hall.say("字母")
    assert hall.say("human please") == "a person"


def test_another_service_is_offered_to_go_first(hall: Hall) -> None:
    """Parking brings the form back when the other matter is done."""
    hall.say("字母")
    assert hall.say("points").startswith("刚才的还没填完。您是想先办“Points”吗？\n1 先办")
    assert hall.say("1") == "something else"
    assert hall.dialog.form is None
    assert hall.say("接着填") == "好，接着填。\nfirst?"


def test_a_form_begun_over_another_comes_back_to_it(hall: Hall) -> None:
    """The newer form first, then the older one where it stood."""
    hall.say("字母")
    hall.say("a1")
    assert hall.say("字母") == "first?"
    hall.say("a2")
    assert hall.say("b") == "done a2b\n——刚才的还没填完：second?"
    assert hall.say("b") == "done a1b"


def test_cancelling_the_newer_form_comes_back_to_the_older(hall: Hall) -> None:
    """取消 drops one form, not both."""
    hall.say("字母")
    hall.say("a1")
    hall.say("字母")
    assert hall.say("取消") == "好的，这件不填了。\n——刚才的还没填完：second?"
    assert "已取消" in hall.say("取消")
    assert hall.dialog.form is None


def test_three_misses_offer_a_person_and_the_fourth_brings_one(hall: Hall) -> None:
    """Patience in a form has an end, and the resident is asked before it."""
    hall.say("字母")
    assert hall.say("x") == "Something with a.\nfirst?"
    hall.say("x")
    assert "2 找工作人员帮我" in hall.say("x")
    assert hall.say("x") == "a person"


def test_the_ladder_ends_with_a_person(hall: Hall) -> None:
    """Choices, choices, a person; what is understood starts the count anew."""
    assert "找工作人员" in hall.say("???")
    assert "找工作人员" in hall.say("???")
    assert hall.say("???") == "a person"
    hall.say("???")
    hall.say("points")
    assert hall.dialog.strikes == 0


def test_every_answer_tells_how_it_was_decided(hall: Hall) -> None:
    """The trace names the stage and the action."""
    hall.say("points")
    assert ["action", "other"] in hall.trace


def test_a_form_that_no_service_offers_is_dropped(hall: Hall) -> None:
    """A form that an older program began and this one does not know is let go."""
    hall.dialog.form, hall.dialog.progress = "unknown", {"values": {}, "asking": "x"}
    hall.dialog.updated_at = hall.now
    assert hall.say("旁") == "by the way"
    assert hall.dialog.form is None
