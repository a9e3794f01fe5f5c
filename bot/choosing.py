"""What a short word picks: 取消 and 返回, a digit or a label of what was offered last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot import drafts, filling
from bot.talk import Offered, Talk, joined, offered_choices, short_word
from dialogue.words import tapped
from handlers.kit import Say

CANCEL = re.compile(r"0|取消吧?|退出|算了吧?|不[办填报]了|停止")
ALWAYS_CANCEL = frozenset({"取消", "退出"})
ONWARDS = frozenset(["接着填", "继续", "继续填", "接着填刚才的"])
BACK = frozenset(["返回", "上一步", "回上一步"])
MENU = "菜单"
LEAST_OF_A_LABEL = 2
_AROUND = re.compile(r"^(?:那就|那|就|我要|我想|要|想|请|帮我|给我)+|(?:一下|吧|啊|呀|呗|嘛|了)+$")


def own_commands(talk: Talk) -> Say | None:
    """取消 and 返回, whatever is open."""
    word = talk.word
    found = drafts.open_form(talk)
    offered = offered_choices(talk.turn)
    if CANCEL.fullmatch(word) or (found and word and word == drafts.way_out(found)):
        return _cancel(talk, found, offered)
    if word in BACK:
        if offered and found:
            return filling.repeat(talk)
        return filling.back(talk, found) if found else _menu(talk)
    if word in ONWARDS and drafts.something_kept(talk):
        return filling.repeat(talk)
    return None


def _cancel(talk: Talk, found: drafts.Open | None, offered: Offered | None) -> Say | None:
    talk.note("cancel")
    if talk.word == "0" and offered:
        return _leave(talk, offered)
    out = found is not None and talk.word in ("0", drafts.way_out(found))
    if out and found:
        slot = found.service.form.slot(found.progress.asking)
        if slot.opened_by and not slot.leaves:
            return filling.back(talk, found)
    if found or offered or talk.word in ALWAYS_CANCEL:
        return filling.cancel(talk, found)
    return _menu(talk) if talk.word == "0" else None


def _leave(talk: Talk, offered: Offered) -> Say:
    """0 under a list of choices: closes the list, unless it was said to do more."""
    match offered.leave:
        case filling.DROP:
            return filling.cancel(talk, drafts.open_form(talk))
        case filling.GO_ON:
            return filling.repeat(talk)
    if talk.turn.dialog.form:
        return filling.repeat(talk)
    return Say("好的。有事随时说，回复“菜单”看能办什么。")


def _menu(talk: Talk, lead: str = "") -> Say:
    """The menu; a lead says first why it is shown."""
    said = talk.call(talk.registry.commands[MENU])
    return filling.aside(talk, replace(said, text=joined(lead, said.text)))


def choices(talk: Talk) -> Say | None:
    """A digit, or the words of a choice, picks what was offered last."""
    number = tapped(talk.word)
    offered = offered_choices(talk.turn)
    if offered is None:
        form_open = drafts.open_form(talk)
        return None if form_open or not number else _nothing_to_pick(talk)
    if number:
        if number > len(offered.choices):
            return Say(
                f"没有第 {number} 项，请再选一次：",
                offered.choices,
                way_out=offered.way_out,
                leave=offered.leave,
            )
        return _pick(talk, offered, number - 1)
    named = _named(talk.word, [short_word(choice.label) for choice in offered.choices])
    if named is not None:
        return _pick(talk, offered, named)
    if talk.word and talk.word == short_word(offered.way_out):
        return _leave(talk, offered)
    return None


def _named(word: str, labels: Sequence[str]) -> int | None:
    """The place of the label that was said: whole, in a few words around it, or the only one that
    begins so.
    """
    bare = _AROUND.sub("", word)
    for said in (word, bare):
        if said in labels:
            return labels.index(said)
    begun = [place for place, label in enumerate(labels) if label.startswith(bare)]
    return begun[0] if len(bare) >= LEAST_OF_A_LABEL and len(begun) == 1 else None


def _nothing_to_pick(talk: Talk) -> Say:
    """A digit with nothing to pick: never an action, for the list it was meant for is gone."""
    gone = any(step[0] == drafts.DROPPED for step in talk.trace)
    stale = "那个选项已经过期了。" if talk.turn.dialog.choices else ""
    return _menu(talk, "昨天没填完的没有留下。" if gone else stale)


def _pick(talk: Talk, offered: Offered, place: int) -> Say:
    chosen = offered.choices[place]
    talk.note("choice", chosen.label)
    text = chosen.text or None
    if chosen.action == filling.GO_ON:
        return filling.repeat(talk)
    if chosen.action in (filling.PARK, filling.FIRST):
        filling.park(talk)
        others = (*offered.choices[:place], *offered.choices[place + 1 :])
        later = [(one.argument, one.text) for one in others if one.action == filling.FIRST]
        drafts.put_aside(talk.turn, later)
        return filling.aside(talk, talk.call(chosen.argument, text=text))
    return filling.aside(talk, talk.call(chosen.action, chosen.argument, text))
