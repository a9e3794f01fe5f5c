"""What the desk can do, a greeting, and an honest no to what it cannot."""

from __future__ import annotations

import re

from dialogue.messages import Kind
from handlers.kit import Choice, Request, Say, Service, Turn
from intents.normalise import normalise
from services.places import place_by_code, responsible_for

FIRST = (
    Choice("反映问题", "report.new"),
    Choice("查我反映的事", "track"),
    Choice("找工作人员", "person"),
)
MENU = (
    *FIRST,
    Choice("问政策、看公开信息", "menu.information"),
    Choice("志愿、积分和互助", "menu.neighbours"),
    Choice("议事投票", "hall.topics"),
    Choice("我的信息", "my_data"),
)
INFORMATION = (
    Choice("问政策怎么办", "policy.how"),
    Choice("通知、清单、资金、电话", "information.overview"),
    Choice("订阅通知", "subscribing"),
    Choice("监督举报", "tip"),
)
NEIGHBOURS = (
    Choice("志愿活动", "volunteer"),
    Choice("我的积分", "points"),
    Choice("积分兑换", "redeem"),
    Choice("邻里互助", "market"),
    Choice("心愿单", "wishes"),
    Choice("时间银行（为老服务）", "care"),
    Choice("困难帮扶", "aid"),
    Choice("替家人办、让家人替我办", "consent"),
)
AGREED = re.compile(r"(?:好|好的|好吧|嗯+|行|可以|知道了|收到|明白了?|ok|哦+)[呀啊哦了吧]?")
KIND_WORDS = (
    (
        ("垃圾", "傻", "笨", "没用", "滚", "骗子", "什么破"),
        "让您不痛快了，对不住。您说说是什么事，或回复“人工”找工作人员。",
    ),
    (("谢", "辛苦"), "不客气，应该的。有事随时说。"),
    (("再见", "拜拜", "回头见", "晚安"), "好，再见。有事随时说。"),
    (("好评", "真好", "不错", "厉害", "点赞", "真棒", "给力", "👍"), "谢谢您！有事随时说。"),
)


def rule(text: str) -> str | None:
    """A message of nothing but emoji, stickers or punctuation."""
    return None if any(char.isalnum() for char in normalise(text)) else ""


def menu(turn: Turn, _request: Request) -> Say:
    """The list of what can be done here."""
    return Say(
        f"{turn.community.name}说事台。直接说事就行，也可以选：",
        MENU,
        way_out="",
    )


def information(_turn: Turn, _request: Request) -> Say:
    """The services that tell."""
    return Say("想看哪一样：", INFORMATION, way_out="返回菜单", leave="menu")


def neighbours(_turn: Turn, _request: Request) -> Say:
    """The services among neighbours."""
    return Say("想办哪一样：", NEIGHBOURS, way_out="返回菜单", leave="menu")


def welcome(turn: Turn, _request: Request) -> Say:
    """The first words to somebody who follows the account."""
    return Say(
        f"您好，这里是{turn.community.name}说事台。\n"
        "哪里坏了、有什么事，像跟邻居说话一样告诉我。\n"
        "我记下来，转给人办，有了结果告诉您。",
        MENU,
        way_out="",
    )


def grid(turn: Turn, request: Request) -> Say:
    """Who looks after a grid, to somebody who scanned the code on its notice board."""
    place = place_by_code(turn.session, turn.community.id, request.argument)
    if place is None or place.kind != "grid":
        return welcome(turn, request)
    worker = responsible_for(turn.session, place.path)
    who = f"网格员是{worker.name[:1]}某" if worker else "暂时没有网格员，由社区工作人员负责"
    return Say(
        f"{place.name}的{who}。\n平时走访、查隐患，您反映的事由网格员跟到办好。",
        FIRST,
        way_out="",
    )


def smalltalk(_turn: Turn, request: Request) -> Say:
    """A short, kind word back."""
    return Say(_kind_word(request))


def _kind_word(request: Request) -> str:
    if not any(char.isalnum() for char in normalise(request.text)):
        return "看到您的表情了。有事打字说就行，回复“菜单”看能办什么。"
    if AGREED.fullmatch(request.heard.word):
        return "好的，有事随时说。"
    said = (word for words, word in KIND_WORDS if any(x in request.text for x in words))
    return next(said, "您好！有什么事直接说就行，回复“菜单”看能办什么。")


def beyond(turn: Turn, _request: Request) -> Say:
    """What is none of a neighbourhood's business: an honest no, and what can be done."""
    return Say("这个我办不了。社区里的事可以找我：", FIRST, way_out="不用了")


def unreadable(turn: Turn, _request: Request) -> Say:
    """A link or something else that the desk cannot open."""
    return Say("这个我打不开。请打字说是什么事，或者：", FIRST, way_out="不用了")


SERVICE = Service(
    name="help",
    actions={
        "help": smalltalk,
        "menu": menu,
        "menu.information": information,
        "menu.neighbours": neighbours,
        "welcome": welcome,
        "grid": grid,
        "smalltalk": smalltalk,
        "beyond": beyond,
        "unreadable": unreadable,
    },
    intents={"help": "menu", "smalltalk": "smalltalk", "out_of_scope": "beyond"},
    commands={"菜单": "menu", "主菜单": "menu", "帮助": "menu", "?": "menu", "？": "menu"},
    scenes={"grid": "grid", "desk": "welcome"},
    kinds={Kind.TEXT: "help", Kind.LINK: "unreadable", Kind.OTHER: "unreadable"},
    answers_in_between=frozenset({"help", "smalltalk", "unreadable"}),
    rule=rule,
)
