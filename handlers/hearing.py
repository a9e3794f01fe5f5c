"""What a message tells a form beside its words: a place, a phone number, the wish for anonymity."""

from __future__ import annotations

import re
from dataclasses import replace

from dialogue.forms import Heard, Values
from handlers.kit import Turn
from handlers.whereabouts import (
    Whereabouts,
    corrected_words,
    elsewhere,
    from_location,
    whereabouts,
)
from intents.entities import extract
from intents.normalise import normalise

_NAMED = re.compile(r"不(?:用|要|想)?再?匿名|取消匿名|实名|可以说是我|留(?:我的)?名")
_ANONYMOUS = re.compile(
    r"匿名|(?:不要|别|不)(?:跟人)?(?:说|讲|透露)(?:出去)?是我(?:说的|报的)?|不留名"
)
_PHONE = re.compile(r"\+?[\d \-]{7,}|[零〇一二三四五六七八九幺两]{7,12}")
_SOMEBODYS = re.compile(
    r"广告|传单|骚扰|诈骗|骗子|中介|开锁|贷款|(?:他|她|对方|物业|老板|车主)的?(?:电话|号码)"
)
"""With these words around it a number is part of the matter, not the resident's own."""
_SPOT = re.compile(r"的?((?:大?门|楼)?[口旁边前后外](?:边|面|头)?|附近|楼下|对面|那里|那边)$")
_FILLER = re.compile(
    r"不对|错了|[搞写说打弄记]错了?|更正|纠正|应该|应当|改成|改为|地点|地址|位置|就?[是在]|我的?|联系|"
    r"电话|手机|号码?|打|请|麻烦|一下|吧|了|的|哈|啊|呀|哦|嗯|[ ,.:;!]"
)


def hear(turn: Turn, heard: Heard, values: Values) -> Heard:
    """The message with what was recognised in it.

    `place` (a value with `code` and `text`) or `place_options`, `said_place` (the words that told
    it), `phone`, `anonymous`; `bare` is set where the message is nothing but these, `elsewhere`
    where it names another place than the one told before.
    """
    found = dict(heard.found)
    corrects = {"anonymous", "phone", "place_options"}
    if heard.text and "location" not in found:
        told = _listen(turn, heard.text, values, found)
        if told.corrected or "bare" in found:
            corrects.add("place")
    if "location" in found:
        found["place"] = from_location(turn, found["location"])
        corrects.add("place")
    return replace(heard, found=found, corrects=frozenset(corrects))


def _listen(turn: Turn, text: str, values: Values, found: dict[str, object]) -> Whereabouts:
    plain = normalise(text)
    gazetteer = turn.world.gazetteer(turn.session, turn.community.id)
    entities = extract(text, gazetteer=gazetteer, now=turn.now)
    told = whereabouts(turn, text, entities, values)
    if told.place:
        found["place"], found["said_place"] = told.place, told.said
        if "place" in values and elsewhere(turn, told.place, values["place"]):
            found["elsewhere"] = True
    if told.options:
        found["place_options"], found["said_place"] = list(told.options), told.said
    if entities.phones and not _SOMEBODYS.search(plain):
        found["phone"] = entities.phones[0]
    if _NAMED.search(plain):
        found["anonymous"] = False
    elif _ANONYMOUS.search(plain):
        found["anonymous"] = True
    if found and (told.corrected or not _left(plain, told.said)):
        found["bare"] = True
        spot = _beside(plain, told.said)
        if told.place and spot:
            found["place"] = {**told.place, "text": f"{told.place['text']}{spot}"}
    return told


def _beside(plain: str, said_place: str) -> str:
    """What stands right behind a place and narrows it: 门口, 旁边."""
    found = _SPOT.match(plain.rpartition(said_place)[2]) if said_place else None
    return found[1] if found else ""


def _left(plain: str, said_place: str) -> str:
    """The message without the place, the phone number and the words around them."""
    rest = plain.replace(corrected_words(plain) or said_place, "") if said_place else plain
    for pattern in (_NAMED, _ANONYMOUS, _PHONE, _SPOT, _FILLER):
        rest = pattern.sub("", rest)
    return rest
