"""What a resident service is made of, and what it is given for one message.

A service answers with `Say`: words, numbered choices, a form to begin. It never sends, commits
or writes SQL; it calls `services/` with the session of the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from dialogue.forms import Form, Heard, Values
from dialogue.messages import Kind
from intents.current import Classifier
from intents.entities import Gazetteer
from knowledge.engine import KnowledgeBase
from services.calendar import OfficeHours
from services.categories import Catalogue, Catalogues
from storage.communities import Community
from storage.messages import InboundMessage
from storage.residents import Dialog, Resident

DRAFT_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class World:
    """What all messages of a process share; nothing in it changes during a turn."""

    hours: OfficeHours
    understander: Classifier
    catalogues: Catalogues
    gazetteer: Callable[[Session, int], Gazetteer]
    knowledge: Callable[[Session, int, date], KnowledgeBase]
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message on its way through: everything a service may need to answer it."""

    session: Session
    now: datetime
    world: World
    community: Community
    resident: Resident
    dialog: Dialog
    inbound: InboundMessage
    media_id: int | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The categories as the community of this message keeps them."""
        return self.world.catalogues(self.session, self.community.id)


@dataclass(frozen=True, slots=True)
class Request:
    """What the resident wants of an action: their words, and an argument where they chose."""

    heard: Heard
    argument: str = ""

    @property
    def text(self) -> str:
        return self.heard.text


@dataclass(frozen=True, slots=True)
class Choice:
    """A numbered choice: picking it calls the action with the argument.

    `text` stands in for the words of the resident, so that a choice offered for an unclear
    message acts on that message and not on the digit.
    """

    label: str
    action: str
    argument: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Begin:
    """A form to begin, with values known beforehand.

    `text`, where given, fills it in place of the words of this message.
    """

    form: str
    values: Values = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. Empty words are silence; `way_out` is what 0 is called under the choices, and
    `leave` the action it calls; without one it only closes the list. What answers a sealed form is
    not sent late, as it may repeat a choice, unless it is `harmless`.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    begin: Begin | None = None
    way_out: str = "取消"
    leave: str = ""
    harmless: bool = False


Action: TypeAlias = Callable[[Turn, Request], Say]
Finish: TypeAlias = Callable[[Turn, Values], Say]
Prepare: TypeAlias = Callable[[Turn, Heard, Values], Heard]
Rule: TypeAlias = Callable[[str], str | None]
Follow: TypeAlias = Callable[[Turn, str], str | None]
IfSure: TypeAlias = Callable[[Turn, str], Say | None]


def no_rule(_text: str) -> str | None:
    """The rule of a service that recognises nothing by itself."""
    return None


def never_sure(_turn: Turn, _text: str) -> Say | None:
    """Of a service that cannot tell by itself whether it has an answer."""
    return None


def no_follow(_turn: Turn, _text: str) -> str | None:
    """Of a service whose answers are not gone on from."""
    return None


@dataclass(frozen=True, slots=True)
class FormService:
    """A form with what happens when it is filled.

    `prepare` reads a message for it, given the values so far. `given_up` says what is left when
    the resident cancels. The draft is kept for `life`. An `open_ended` form takes any words that
    are no question and no call for a person; an `urgent` one takes the questions too, is filled
    while a person has taken over, and is never put aside. Of what is said to a `sealed` form
    neither the words nor the answer are kept (a vote).
    """

    form: Form
    finish: Finish
    prepare: Prepare | None = None
    given_up: Finish | None = None
    life: timedelta = DRAFT_LIFE
    open_ended: bool = False
    urgent: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One service as residents meet it; put together in `handlers/__init__.py`.

    `actions`: what choices and menu keys call, by name. `intents`: which action serves an intent,
    `titles`: how an intent is named in a list of choices. `commands`: exact words that call an
    action. `kinds`: which action takes a message that is not text. `scenes`: which action takes a
    QR code of that kind. `alarm` is asked before everything, even while a person has taken over;
    `rule` after the commands; `follow` where the last answer was this service's, whether a message
    goes on from it. Each gives the argument of the action of the same name, or None. `if_sure`
    answers words that the classifier is unsure of where the service plainly can.
    `answers_in_between`: actions that answer in the middle of a form, which then goes on;
    `interrupts`: actions that break into it without asking.
    """

    name: str
    actions: Mapping[str, Action]
    intents: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[Kind, str] = field(default_factory=dict)
    scenes: Mapping[str, str] = field(default_factory=dict)
    forms: tuple[FormService, ...] = ()
    alarm: Rule = no_rule
    rule: Rule = no_rule
    follow: Follow = no_follow
    if_sure: IfSure = never_sure
    answers_in_between: frozenset[str] = frozenset()
    interrupts: frozenset[str] = frozenset()
