"""One message being answered: what the stages share, and how an answer becomes text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unicodedata import category

from dialogue.forms import Heard
from dialogue.words import numbered
from handlers import topics
from handlers.kit import Choice, Request, Say, Turn
from handlers.registry import Registry
from intents import Decision
from intents.normalise import normalise

JOINER = "\u200d"  # within emoji
TRAILING = " .,!~"
SHORT = 40
CHOICE_LIFE = timedelta(hours=24)


def visible(text: str) -> str:
    """The text without characters that only steer its display, such as turned writing direction."""
    return "".join(char for char in text if char == JOINER or category(char) != "Cf")


def short_word(text: str) -> str:
    """A short message in plain form, without what a thumb adds; empty for a longer one."""
    if len(text) > SHORT:
        return ""
    word = normalise(text).strip(TRAILING)
    return word.removeprefix("我要") or word


@dataclass(slots=True)
class Talk:
    """A turn, the services, and the trace of how the answer was decided.

    `sealed` where neither the words nor the answer are kept.
    """

    turn: Turn
    registry: Registry
    heard: Heard
    trace: list[Any] = field(default_factory=list)
    decision: Decision | None = None
    sealed: bool = False

    @property
    def text(self) -> str:
        return self.heard.text.strip()

    @property
    def word(self) -> str:
        return self.heard.word

    def note(self, stage: str, what: Any = "") -> None:
        """Adds a step to the decision trace that is stored with the message."""
        self.trace.append([stage, what] if what != "" else [stage])

    def understand(self) -> Decision:
        """What the classifier makes of the words; asked at most once."""
        if self.decision is None:
            self.decision = self.turn.world.understander.classify(self.text)
            first = self.decision.ranking[:3]
            self.note("classify", [[label, round(score, 3)] for label, score in first])
        return self.decision

    def call(self, action: str, argument: str = "", text: str | None = None) -> Say:
        """Calls an action with this message, or with the words that a choice stands for."""
        self.note("action", action)
        heard = self.heard
        if text is not None:
            heard = replace(heard, text=text, word=short_word(text), found={})
        said = self.registry.actions[action](self.turn, Request(heard, argument))
        topics.leave(self.turn, self.registry.owner(action))
        return said

    def call_if_sure(self, action: str) -> Say | None:
        """What the service of an action says to this message, where it plainly has an answer."""
        said = self.registry.if_sure(action)(self.turn, self.text)
        if said is not None:
            self.note("sure", action)
            topics.leave(self.turn, self.registry.owner(action))
        return said

    def follows(self) -> tuple[str, str] | None:
        """The action that goes on from the last answer, with its argument, if the words do."""
        topic = topics.fresh(self.turn)
        for service in self.registry.services:
            if topic and self.text and service.name == topic[0]:
                argument = service.follow(self.turn, self.text)
                return None if argument is None else (service.name, argument)
        return None


def text_of(say: Say) -> str:
    """The words of an answer with its numbered choices."""
    if not say.choices:
        return say.text
    numbers = numbered([choice.label for choice in say.choices], way_out=say.way_out)
    return f"{say.text}\n{numbers}" if say.text else numbers


@dataclass(frozen=True, slots=True)
class Offered:
    """The numbered choices that a resident was shown last; `leave` is what 0 calls."""

    choices: tuple[Choice, ...]
    way_out: str
    leave: str


def remember_choices(turn: Turn, said: Say) -> None:
    """Keeps what was offered, so that a digit can pick it; forgets what was offered before."""
    dialog = turn.dialog
    if not said.choices:
        if dialog.choices:
            dialog.choices = []
        return
    out = Choice(said.way_out, said.leave)
    dialog.choices = [_stored(choice) for choice in (*said.choices, out)]
    dialog.updated_at = turn.now


def offered_choices(turn: Turn) -> Offered | None:
    """What was offered last, for as long as it counts."""
    dialog = turn.dialog
    if not dialog.choices or turn.now > dialog.updated_at + CHOICE_LIFE:
        return None
    *choices, out = (Choice(*entry) for entry in dialog.choices)
    return Offered(tuple(choices), out.label, out.action)


def _stored(choice: Choice) -> Sequence[str]:
    return [choice.label, choice.action, choice.argument, choice.text]


def joined(first: str, second: str) -> str:
    """Two pieces of an answer, one below the other."""
    return f"{first}\n{second}" if first and second else first or second
