"""心愿单（群众点菜）: wish for a service, join in, hear of it, rate who brought it."""

from __future__ import annotations

import re

from dialogue.forms import Form, Values
from dialogue.words import numbered, shorten
from handlers.free_words import free
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.picking import sure
from services import wishes
from services.wishes import WishRow

PAGE = 5
GONE = "没有找到这个心愿。回复“心愿单”看现在的。"
_PLAIN = re.compile(r"(?:我的?|看看?|查)?(?:心愿单?|点菜)(?:登记|单)?[吧呢]?")
_OPENING = re.compile(r"^(?:心愿单里?加一?个?|心愿登记|点菜|心愿|我想点菜)[:：,，]?\s*")
_SUPPORT = re.compile(r"支持|顶|附议|我也想")


def hear(turn: Turn, request: Request) -> Say:
    """A message about a wish: a look at the list, or a new one."""
    words = request.text.strip()
    if _PLAIN.fullmatch(words) or _SUPPORT.search(words):
        return show(turn, request)
    text = _OPENING.sub("", words)
    values = {"text": text} if len(text) > 3 else {}
    return Say(begin=Begin(FORM.name, values, text=""))


def show(turn: Turn, _request: Request) -> Say:
    """The wishes with most support."""
    rows = wishes.public(turn.session, turn.community.id, limit=PAGE)
    choices = [Choice(_line(row), "wishes.see", str(row.wish.id)) for row in rows]
    choices.append(Choice("我要许一个", "wishes.new"))
    lead = "大家想要的服务，支持多的在前：" if rows else "还没有人许心愿。"
    return Say(lead, tuple(choices), way_out="好了")


def _line(row: WishRow) -> str:
    state = "" if row.wish.state == "open" else f" {wishes.STATE_NAMES[row.wish.state]}"
    return f"“{shorten(row.wish.text, 16)}”{row.supporters}人{state}"


def see(turn: Turn, request: Request) -> Say:
    """One wish, with what became of it."""
    wish = wishes.find(turn.session, turn.community.id, int(request.argument))
    if wish is None:
        return Say(GONE)
    row = wishes.row_of(turn.session, wish)
    lines = [f"“{shorten(wish.text, 150)}”", f"{row.supporters}人支持。"]
    if wish.organisation_id:
        lines.append(f"{row.organisation}接了：“{shorten(wish.result or wish.plan, 120)}”")
    choices = _choices(turn, row)
    return Say("\n".join(lines), choices, way_out="好了")


def _choices(turn: Turn, row: WishRow) -> tuple[Choice, ...]:
    number = str(row.wish.id)
    back = Choice("看别的", "wishes")
    joined = wishes.supports(turn.session, row.wish, turn.resident)
    if row.wish.state == "done":
        return (Choice("评价", "wishes.rate", number), back) if joined else (back,)
    return (back,) if joined else (Choice("我也想要", "wishes.join", number), back)


def join(turn: Turn, request: Request) -> Say:
    """Joins the supporters."""
    wish = wishes.find(turn.session, turn.community.id, int(request.argument))
    if wish is None:
        return Say(GONE)
    wishes.support(turn.session, wish, turn.resident, turn.now)
    count = wishes.row_of(turn.session, wish).supporters
    return Say(f"算上您，{count}人支持。有单位接了我告诉您。")


def rate(turn: Turn, request: Request) -> Say:
    """Asks how the service was."""
    choices = tuple(
        Choice(label, "wishes.stars", f"{request.argument}/{stars}")
        for label, stars in (("满意", 3), ("一般", 2), ("不满意", 1))
    )
    return Say("这项服务您觉得怎么样？", choices, way_out="先不评")


def starred(turn: Turn, request: Request) -> Say:
    """Keeps the rating of the partner."""
    number, _, stars = request.argument.partition("/")
    wish = wishes.find(turn.session, turn.community.id, int(number))
    if wish is None:
        return Say(GONE)
    kept = wishes.rate(turn.session, wish, turn.resident, int(stars), turn.now)
    return Say("谢谢，评价记下了。" if kept else "您评过了，谢谢。")


def new(_turn: Turn, _request: Request) -> Say:
    """Begins an empty wish."""
    return Say(begin=Begin(FORM.name, text=""))


def wished(turn: Turn, values: Values) -> Say:
    """Puts the wish before the reviewers."""
    wishes.wish_for(turn.session, turn.resident, values["text"], turn.world.hours, turn.now)
    return Say("收到，审核后列入心愿单。\n有单位接了我告诉您。")


def _ask(_values: Values) -> str:
    return f"您想要什么服务？说说是什么、给谁用，比如“每月来一次磨剪刀”。\n{numbered(())}"


def _summary(values: Values) -> str:
    return f"心愿：“{values['text']}”\n审核后邻居都能看到，可以一起支持。"


FORM = Form(
    name="wish",
    version=1,
    slots=(
        free("text", _ask, "请用一两句话说。", longest=120),
        sure(_summary, "许下", {"改一改": "text"}),
    ),
)
SERVICE = Service(
    name="wishes",
    actions={
        "wishes": show,
        "wishes.see": see,
        "wishes.join": join,
        "wishes.rate": rate,
        "wishes.stars": starred,
        "wishes.new": new,
    },
    commands=dict.fromkeys(("心愿单", "心愿", "点菜"), "wishes"),
    forms=(FormService(FORM, wished, open_ended=True),),
)
