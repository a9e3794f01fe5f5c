"""The forms of the time bank as data: a request, the wish to give, the confirmation of the time."""

from __future__ import annotations

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten, tapped
from handlers.free_words import free
from handlers.phone_slot import KNOWN, phone_slot
from handlers.picking import one_of, picked, sure
from intents.amounts import find_quantities
from services.care import KIND_NAMES, LEAST, MOST, say_minutes

__all__ = ["CONFIRM", "JOIN", "KNOWN", "REQUEST"]

_OFFERED = (60, 120, 180)
_UNITS = {"分钟": 1, "分": 1, "小时": 60, "时": 60, "钟头": 60, "半天": 240}
NONE = "没有"


def _ask_elder(values: Values) -> str:
    return f"为谁约？\n{numbered(['我自己', *(name for _, name in values['options'])])}"


def _read_elder(heard: Heard, values: Values) -> int:
    names = ["我自己", *(name for _, name in values["options"])]
    chosen = picked(heard, names)
    return int(values["options"][chosen - 1][0] if chosen else values["me"])


def _ask_time(_values: Values) -> str:
    return f"什么时候？比如“周三上午9点”。\n{numbered(())}"


def minutes_in(text: str) -> int | None:
    """The minutes that a message tells (两个半小时, 90分钟); None where it tells none."""
    total = 0
    for quantity in find_quantities(text):
        if quantity.unit in _UNITS:
            total += round(float(quantity.value) * _UNITS[quantity.unit])
    return total or None


def _ask_minutes(_values: Values) -> str:
    labels = [say_minutes(minutes) for minutes in _OFFERED]
    return f"大概要多久？也可以直接说，比如“一个半小时”。\n{numbered(labels)}"


def _read_minutes(heard: Heard, _values: Values) -> int:
    number = tapped(heard.word)
    if number and number <= len(_OFFERED):
        return _OFFERED[number - 1]
    return _in_range(minutes_in(heard.text))


def _in_range(minutes: int | None) -> int:
    if minutes is None:
        raise Misheard("请回复数字，或者说几小时、几分钟。")
    if not LEAST <= minutes <= MOST:
        raise Misheard(f"一次最少{LEAST}分钟，最多{MOST // 60}小时。")
    return minutes


def _ask_notes(_values: Values) -> str:
    return f"老人身体有什么要留意的？保密，只有社区工作人员看。\n{numbered((NONE,))}"


def _notes() -> Slot:
    words = free("notes", _ask_notes, "请说要留意什么，没有就回复 1。")

    def read(heard: Heard, values: Values) -> str:
        if tapped(heard.word) == 1 or heard.word in (NONE, "无", "没什么"):
            return ""
        said: str = words.parse(heard, values)
        return said

    return Slot("notes", _ask_notes, read, words.accept)


_SHARE = one_of("share", "这些话要不要告诉上门的人？", {"giver": "告诉", "staff": "只社区知道"})


def _summary(values: Values) -> str:
    whom = next((name for number, name in values["options"] if number == values["elder"]), "自己")
    lines = [
        f"为{whom}约{KIND_NAMES[values['kind']]}，{say_minutes(values['minutes'])}",
        f"时间：“{shorten(values['time'], 40)}”",
    ]
    if values["notes"]:
        lines.append(
            "要留意的：记下了，" + ("告诉上门的人" if values["share"] == "giver" else "保密")
        )
    return "\n".join(lines)


REQUEST = Form(
    name="care.request",
    version=1,
    slots=(
        Slot("elder", _ask_elder, _read_elder),
        one_of("kind", "要帮什么？", KIND_NAMES),
        free("time", _ask_time, "请说什么时候。", longest=60),
        Slot("minutes", _ask_minutes, _read_minutes),
        _notes(),
        Slot(_SHARE.name, _SHARE.question, _SHARE.parse, opened_by="notes"),
        phone_slot("上门的人怎么联系老人？可以直接发电话号码。", "由社区联系"),
        sure(_summary, "约", {"改时间": "time", "改内容": "kind", "改时长": "minutes"}),
    ),
    context=frozenset({KNOWN, "me", "options"}),
)


def _ask_join(_values: Values) -> str:
    return f"您能帮老人做什么，什么时候有空？\n{numbered(())}"


JOIN = Form(
    name="care.join",
    version=1,
    slots=(
        free("words", _ask_join, "请用一两句话说。", longest=200),
        phone_slot("社区怎么联系您？可以直接发电话号码。", "在这里联系"),
    ),
    context=frozenset({KNOWN}),
)


def _ask_confirm(values: Values) -> str:
    return "实际用了多久？也可以直接说，比如“一个半小时”。\n" + numbered(
        (f"就是{say_minutes(values['proposed'])}",)
    )


def _read_confirm(heard: Heard, values: Values) -> int:
    if tapped(heard.word) == 1 or heard.word in ("对", "是", "是的", "好"):
        proposed: int = values["proposed"]
        return proposed
    return _in_range(minutes_in(heard.text))


CONFIRM = Form(
    name="care.confirm",
    version=1,
    slots=(Slot("minutes", _ask_confirm, _read_confirm),),
    context=frozenset({"care", "proposed"}),
)
