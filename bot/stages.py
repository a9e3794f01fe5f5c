"""The stages a message passes; the first that answers wins.

alarms (danger) → a person has taken over → the bot's own commands → numbered choices → the
services' commands → the open form → rules (ticket numbers) → messages that are not text →
classifier → the ladder of the not understood: choices, choices, a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot import filling
from bot.talk import Talk, remember_choices
from dialogue.messages import Kind
from handlers.kit import Choice, Say
from services import handover

CANCEL = frozenset({"0", "取消", "退出", "算了", "不办了", "停止"})
BACK = frozenset({"返回", "上一步", "9返回"})
WAKE = frozenset({"菜单", "主菜单", "机器人"})
DIGIT = re.compile(r"[1-9]")
FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
TRAILING = " 。.!！、,，~～号"
STRIKES = 3
LIKELY = 0.08
COMMON = ("report_issue", "track_issue")

Stage = Callable[[Talk], Say | None]


def plain(text: str) -> str:
    """A short message without what a thumb adds: spaces, full-width digits, a full stop."""
    word = text.translate(FULL_WIDTH).strip().strip(TRAILING)
    return word.removeprefix("我要") or word


def alarms(talk: Talk) -> Say | None:
    """Danger goes before everything, also while a person has taken over."""
    for service in talk.registry.services:
        argument = service.alarm(talk.text) if talk.text else None
        if argument is not None:
            talk.note("alarm", argument)
            return talk.call(service.name, argument)
    return None


def quiet(talk: Talk) -> Say | None:
    """While a person has taken over the bot keeps quiet, until they end it or 菜单 is said."""
    turn = talk.turn
    if turn.dialog.handover == "bot":
        return None
    if plain(talk.text) in WAKE:
        handover.end(turn.session, turn.resident, None, turn.now)
        talk.note("woken")
        return None
    talk.note("person has taken over")
    handover.heard(turn.session, turn.resident, talk.text, turn.world.hours, turn.now)
    return Say()


def own_commands(talk: Talk) -> Say | None:
    """取消 and 返回, whatever is open."""
    word = plain(talk.text)
    found = filling.open_form(talk)
    if word in CANCEL and (found or talk.turn.dialog.choices or word != "0"):
        talk.note("cancel")
        filling.drop(talk.turn.dialog, talk.turn)
        left = "刚才填的没有提交。" if found else ""
        return Say(f"好的，已取消。{left}有事随时说，回复“菜单”看能办什么。")
    if word in BACK:
        if found is None:
            return _to_menu(talk)
        talk.note("back")
        return filling.back(talk, *found)
    return None


def _to_menu(talk: Talk) -> Say | None:
    action = talk.registry.commands.get("菜单")
    return talk.call(action) if action else None


def choices(talk: Talk) -> Say | None:
    """A digit, or the words of a choice, picks what was offered last."""
    offered = talk.turn.dialog.choices
    word = plain(talk.text)
    if not offered or not word:
        return None
    if DIGIT.fullmatch(word):
        index = int(word) - 1
        if index >= len(offered):
            return _offer_again(talk, f"没有第 {word} 项，请再选一次：")
    else:
        labels = [choice["label"] for choice in offered]
        if word not in labels:
            return None
        index = labels.index(word)
    return _pick(talk, offered[index])


def _offer_again(talk: Talk, text: str) -> Say:
    return Say(text, tuple(Choice(**choice) for choice in talk.turn.dialog.choices))


def _pick(talk: Talk, chosen: dict[str, str]) -> Say:
    talk.note("choice", chosen["label"])
    action, text = chosen["action"], chosen["text"] or None
    if action == filling.GO_ON:
        return filling.repeat(talk, "")
    if action == filling.PARK:
        filling.park(talk)
        return talk.call(chosen["argument"], text=text)
    return talk.call(action, chosen["argument"], text)


def commands(talk: Talk) -> Say | None:
    """Exact words that call a service: 进度, 人工, 菜单 …; a form that is open stays open."""
    action = talk.registry.commands.get(plain(talk.text))
    if action is None:
        return None
    talk.note("command", plain(talk.text))
    said = talk.call(action)
    goes_on = talk.turn.dialog.form and talk.turn.dialog.handover == "bot"
    if goes_on and said.text and not said.choices and said.begin is None:
        return filling.repeat(talk, said.text)
    return said


def form(talk: Talk) -> Say | None:
    """The form that is being filled takes the message."""
    found = filling.open_form(talk)
    return filling.go_on(talk, *found) if found else None


def rules(talk: Talk) -> Say | None:
    """What a service recognises surely by itself, such as the number of a case."""
    for service in talk.registry.services:
        argument = service.rule(talk.text) if talk.text else None
        if argument is not None:
            talk.note("rule", service.name)
            return talk.call(service.name, argument)
    return None


def other_kinds(talk: Talk) -> Say | None:
    """A picture, a place, a voice without words: the service that takes such a message."""
    action = talk.registry.kinds.get(talk.heard.kind)
    if action is None or (talk.heard.kind in (Kind.TEXT, Kind.VOICE) and talk.text):
        return None
    return talk.call(action)


def classifier(talk: Talk) -> Say | None:
    """What the classifier is sure of is done; what it is unsure of falls through."""
    if not talk.text:
        return None
    decision = talk.understand()
    action = talk.registry.intents.get(decision.intent)
    if action is None or decision.unsure:
        return None
    talk.turn.inbound.intent = decision.intent
    return talk.call(action)


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
    lead = "您是想：" if talk.decision and guesses[0].text else "这句我没听懂。您是想："
    return Say(lead, (*guesses, Choice("别的事，找工作人员", "person", "", talk.text)))


def _guesses(talk: Talk) -> tuple[Choice, ...]:
    """The likeliest titles of the ranking, each acting on the words that were not clear; where
    nothing is likely, the services that residents ask for most.
    """
    titles, services = talk.registry.titles, talk.registry.intents
    ranking = talk.understand().ranking if talk.text else ()
    likely = [label for label, score in ranking if label in titles and score >= LIKELY]
    if likely:
        return tuple(Choice(titles[x], services[x], "", talk.text) for x in likely[:2])
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
    classifier,
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
    remember_choices(talk.turn, said.choices)
    return said
