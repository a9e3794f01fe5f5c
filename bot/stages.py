"""The stages a message passes; the first that answers wins.

alarms (danger) → a person has taken over → the bot's own commands → numbered choices → the
services' commands → the open form → rules (ticket numbers) → messages that are not text →
more of the last answer → several matters → classifier → what the documents plainly answer → the
ladder of the not understood: choices, choices, a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import drafts, filling
from bot.choosing import ALWAYS_CANCEL, choices, own_commands
from bot.talk import Talk, joined, remember_choices, text_of
from dialogue.words import shorten
from handlers.kit import Choice, Say
from intents import Decision
from intents.split import split_matters
from services import handover

WAKE = frozenset({"菜单", "主菜单", "机器人"})
STRIKES = 3
MOST_MATTERS = 4
LIKELY = 0.08
MOST_GUESSES = 2
COMMON = ("report_issue", "track_issue")

_NO_LONGER = re.compile(
    r"(?:算了|不用了?|(?:不用|不要|不|别)(?:再)?[找等转](?:人工?|你们)?了?|没事了|解决了|,|吧| )+"
)
_SAYS_NOTHING = re.compile(r"(?:呃+|额|就是|那个|这个|那什么|那啥|怎么说呢|那|这)+[吧啊嘛呢]?")

Stage = Callable[[Talk], Say | None]


def alarms(talk: Talk) -> Say | None:
    """Danger goes before everything, also while a person has taken over."""
    for service in talk.registry.alarms if talk.text else ():
        argument = service.alarm(talk.text)
        if argument is not None:
            talk.note("alarm", argument)
            found = drafts.open_form(talk)
            if found and not found.service.urgent:
                filling.park(talk)
            return talk.call(service.name, argument)
    return None


def quiet(talk: Talk) -> Say | None:
    """While a person has taken over the bot keeps quiet, until they end it or 菜单 is said.

    Who still waits for a person may take that back; a form about danger goes on.
    """
    turn = talk.turn
    if turn.dialog.handover == "bot":
        return None
    if talk.word in WAKE:
        handover.end(turn.session, turn.resident, None, turn.now)
        talk.note("woken")
        return None
    taken_back = talk.word in ALWAYS_CANCEL or _NO_LONGER.fullmatch(talk.word)
    if turn.dialog.handover == "waiting" and taken_back:
        handover.end(turn.session, turn.resident, None, turn.now)
        return Say("好，不找工作人员了。有事随时说，回复“菜单”看能办什么。")
    talk.note("person has taken over")
    handover.heard(turn.session, turn.resident, talk.text, turn.world.hours, turn.now)
    found = drafts.open_form(talk)
    return None if found and found.service.urgent else Say()


def commands(talk: Talk) -> Say | None:
    """Exact words that call a service: 进度, 人工, 菜单 …; a form that is open stays open."""
    action = talk.registry.commands.get(talk.word)
    if action is None:
        return None
    talk.note("command", talk.word)
    return filling.aside(talk, talk.call(action))


def form(talk: Talk) -> Say | None:
    """The form that is being filled takes the message."""
    found = drafts.open_form(talk)
    return filling.go_on(talk, found) if found else None


def rules(talk: Talk) -> Say | None:
    """What a service recognises surely by itself, such as the number of a case."""
    for service in talk.registry.rules if talk.text else ():
        argument = service.rule(talk.text)
        if argument is not None:
            talk.note("rule", service.name)
            return talk.call(service.name, argument)
    return None


def other_kinds(talk: Talk) -> Say | None:
    """A picture, a place, a voice without words: the service that takes such a message."""
    action = talk.registry.kinds.get(talk.heard.kind)
    return talk.call(action) if action and not talk.text else None


def follow(talk: Talk) -> Say | None:
    """A question that goes on from the last answer, as in: 那要带什么材料？"""
    found = talk.follows()
    if found is None:
        return None
    talk.note("follows")
    return talk.call(*found)


def several(talk: Talk) -> Say | None:
    """Several matters in one message: a question among them is answered, the rest goes on."""
    parts = split_matters(talk.text)
    if not 1 < len(parts) <= MOST_MATTERS:
        return None
    decisions = [talk.turn.world.understander.classify(part) for part in parts]
    if any(decision.unsure for decision in decisions):
        return None
    actions = [talk.registry.intents.get(decision.intent, "") for decision in decisions]
    asides = [talk.registry.answers_in_between(action) for action in actions]
    rest = [n for n, answered in enumerate(asides) if not answered]
    if len({actions[n] for n in rest}) > 1 and all(actions):
        return _which_first(talk, parts, decisions)
    if len(rest) != 1 or not actions[rest[0]]:
        return None
    talk.note("several matters", len(parts))
    answers = [
        text_of(replace(talk.call(action, text=part), choices=()))
        for action, part, answered in zip(actions, parts, asides, strict=True)
        if answered
    ]
    said = talk.call(actions[rest[0]], text=parts[rest[0]])
    return replace(said, text=joined("\n".join(answers), said.text))


def _which_first(talk: Talk, parts: Sequence[str], decisions: Sequence[Decision]) -> Say:
    """Matters that each want a form of their own: which comes first is asked, none is dropped."""
    talk.note("several services", len(parts))
    choices = tuple(
        Choice(
            shorten(part, filling.MATTER),
            filling.FIRST,
            talk.registry.intents[decision.intent],
            part,
        )
        for part, decision in zip(parts, decisions, strict=True)
    )
    return Say(f"您说了{len(parts)}件事，先办哪一件？办好一件接着办下一件。", choices)


def _says_something(talk: Talk) -> bool:
    return _SAYS_NOTHING.fullmatch(talk.word) is None


def classifier(talk: Talk) -> Say | None:
    """What the classifier is sure of is done; what it is unsure of falls through."""
    if not talk.text or not _says_something(talk):
        return None
    decision = talk.understand()
    action = talk.registry.intents.get(decision.intent)
    if action is None or decision.unsure:
        return None
    talk.turn.inbound.intent = decision.intent
    return talk.call(action)


def informed(talk: Talk) -> Say | None:
    """What the classifier is unsure of, where a likely service plainly has the answer."""
    if not talk.text or not _says_something(talk):
        return None
    for label, chance in talk.understand().ranking[:MOST_GUESSES]:
        action = talk.registry.intents.get(label)
        if action is None or chance < LIKELY:
            continue
        said = talk.call_if_sure(action)
        if said is not None:
            return said
    return None


def ladder(talk: Talk) -> Say | None:
    """Not understood: a short choice list, again a choice list, then a person."""
    turn = talk.turn
    turn.dialog.strikes += 1
    turn.dialog.updated_at = turn.now
    talk.note("not understood", turn.dialog.strikes)
    if turn.dialog.strikes >= STRIKES:
        turn.dialog.strikes = 0
        return talk.call("person", "not_understood")
    guesses = _guesses(talk)
    lead = "您是想：" if any(guess.text for guess in guesses) else "这句我没听懂。您是想："
    return Say(lead, (*guesses, Choice("别的事，找工作人员", "person", "", talk.text)))


def _guesses(talk: Talk) -> tuple[Choice, ...]:
    """The likeliest titles of the ranking, each acting on the words that were not clear; where
    nothing is likely, the services that residents ask for most.
    """
    titles, services = talk.registry.titles, talk.registry.intents
    ranking = talk.understand().ranking if talk.text else ()
    likely = [label for label, score in ranking if label in titles and score >= LIKELY]
    if likely:
        return tuple(Choice(titles[x], services[x], "", talk.text) for x in likely[:MOST_GUESSES])
    return tuple(Choice(titles[x], services[x]) for x in COMMON if x in titles)


STAGES: tuple[Stage, ...] = (
    alarms,
    quiet,
    own_commands,
    choices,
    commands,
    form,
    rules,
    other_kinds,
    follow,
    several,
    classifier,
    informed,
    ladder,
)


def answer(talk: Talk) -> Say:
    """The first answer of the stages, with its form begun and its choices remembered."""
    for stage in STAGES:
        said = stage(talk)
        if said is not None:
            break
    else:
        raise AssertionError("the last stage always answers")
    return settle(talk, said, understood=stage is not ladder)


def settle(talk: Talk, said: Say, *, understood: bool = True) -> Say:
    """What an answer leaves behind: its form, its choices, the strikes."""
    dialog = talk.turn.dialog
    if understood and dialog.strikes:
        dialog.strikes = 0
    if said.begin is not None:
        said = filling.start(talk, said.begin, said.text)
    if dialog.handover != "bot":
        found = drafts.open_form(talk)
        if found and not found.service.urgent:
            filling.park(talk)
    remember_choices(talk.turn, said)
    return said
