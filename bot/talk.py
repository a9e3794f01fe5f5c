"""One message being answered: what the stages share, and how an answer becomes text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dialogue.forms import Heard
from dialogue.words import numbered
from handlers.kit import Choice, Request, Say, Turn, stored_choice
from handlers.registry import Registry
from intents import Decision


@dataclass(slots=True)
class Talk:
    """A turn, the services, and the trace of how the answer was decided."""

    turn: Turn
    registry: Registry
    heard: Heard
    trace: list[Any] = field(default_factory=list)
    decision: Decision | None = None

    @property
    def text(self) -> str:
        return self.heard.text.strip()

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
        heard = self.heard if text is None else replace(self.heard, text=text, found={})
        return self.registry.actions[action](self.turn, Request(heard, argument))


def text_of(say: Say) -> str:
    """The words of an answer with its numbered choices."""
    if not say.choices:
        return say.text
    numbers = numbered([choice.label for choice in say.choices], way_out=say.way_out)
    return f"{say.text}\n{numbers}" if say.text else numbers


def remember_choices(turn: Turn, choices: tuple[Choice, ...]) -> None:
    """Keeps what was offered, so that a digit can pick it; forgets what was offered before."""
    wanted = [stored_choice(choice) for choice in choices]
    if turn.dialog.choices != wanted:
        turn.dialog.choices = wanted
        turn.dialog.updated_at = turn.now


def joined(first: str, second: str) -> str:
    """Two pieces of an answer, one below the other."""
    return f"{first}\n{second}" if first and second else first or second
