"""What the desk can do, a greeting, and an honest no to what it cannot."""

from __future__ import annotations

from dialogue.messages import Kind
from handlers.kit import Choice, Request, Say, Service, Turn

MENU = (
    Choice("反映问题", "report.new"),
    Choice("查我反映的事", "track"),
    Choice("找工作人员", "person"),
    Choice("我的信息", "my_data"),
)
THANKS = ("谢", "辛苦", "感谢", "多谢")
GOODBYE = ("再见", "拜拜", "回头见", "晚安")
PRAISE = ("好评", "真好", "不错", "厉害", "点赞", "真棒", "给力", "👍")
SCOLD = ("垃圾", "傻", "笨", "没用", "滚", "骗子", "什么破")


def menu(turn: Turn, _request: Request) -> Say:
    """The list of what can be done here."""
    return Say(
        f"{turn.community.name}说事台。直接说事就行，也可以选：",
        MENU,
        way_out="",
    )


def welcome(turn: Turn, _request: Request) -> Say:
    """The first words to somebody who follows the account."""
    return Say(
        f"您好，这里是{turn.community.name}说事台。\n"
        "哪里坏了、有什么事，像跟邻居说话一样告诉我，我记下来、转给人办、有结果告诉您。",
        MENU,
        way_out="",
    )


def smalltalk(turn: Turn, request: Request) -> Say:
    """A short, kind word back."""
    text = request.text
    if any(word in text for word in SCOLD):
        return Say("让您不痛快了，对不住。您说说是什么事，或回复“人工”找工作人员。")
    if any(word in text for word in THANKS):
        return Say("不客气，应该的。有事随时说。")
    if any(word in text for word in GOODBYE):
        return Say("好，再见。有事随时说。")
    if any(word in text for word in PRAISE):
        return Say("谢谢您！有事随时说。")
    return Say("您好！有什么事直接说就行，回复“菜单”看能办什么。")


def beyond(turn: Turn, _request: Request) -> Say:
    """What is none of a neighbourhood's business: an honest no, and what can be done."""
    return Say("这个我办不了。社区里的事可以找我：", MENU[:3])


def unreadable(turn: Turn, _request: Request) -> Say:
    """A link or something else that the desk cannot open."""
    return Say("这个我打不开。请用文字说说是什么事，或者：", MENU[:3])


SERVICE = Service(
    name="help",
    actions={
        "menu": menu,
        "welcome": welcome,
        "smalltalk": smalltalk,
        "beyond": beyond,
        "unreadable": unreadable,
    },
    intents={"help": "menu", "smalltalk": "smalltalk", "out_of_scope": "beyond"},
    commands={"菜单": "menu", "主菜单": "menu", "帮助": "menu", "?": "menu", "？": "menu"},
    kinds={Kind.LINK: "unreadable", Kind.OTHER: "unreadable"},
    answers_in_between=frozenset({"smalltalk"}),
)
