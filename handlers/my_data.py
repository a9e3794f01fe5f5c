"""我的信息: what is stored about a resident, who can see it, and its deletion.

个人信息保护法 art. 44–47: to know, to have a copy, to correct, to have deleted.
"""

from __future__ import annotations

from handlers.kit import Choice, Request, Say, Service, Turn
from services import cases, handover, personal_data
from services.calendar import CHINA
from services.residents import mask_phone

ENTRY = (
    Choice("谁能看到", "my_data.who"),
    Choice("更正", "my_data.correct"),
    Choice("全部删除", "my_data.delete"),
)


def show(turn: Turn, _request: Request) -> Say:
    """What is stored, in a few lines."""
    data = personal_data.summary(turn.session, turn.resident)
    since = data.since.astimezone(CHINA)
    lines = [
        "这里存着您的：",
        f"姓名：{data.name or '没有'}",
        f"电话：{mask_phone(data.phone) if data.phone else '没有'}",
        f"住处：{data.home or '没有'}",
        f"{since.year}年{since.month}月{since.day}日以来消息{data.messages}条、"
        f"反映的事{data.cases}件、照片{data.pictures}张",
    ]
    return Say("\n".join(lines), ENTRY, way_out="好了")


def who(turn: Turn, _request: Request) -> Say:
    """Who can see the data."""
    return Say(
        "您的消息和反映的事，只有办这件事的人能看到：社区工作人员，和受托来办的单位（如物业）。\n"
        "电话、姓名平时打码，谁点开看过都有记录。",
        (Choice("我的信息", "my_data"),),
        way_out="好了",
    )


def correct(turn: Turn, request: Request) -> Say:
    """Corrections are made by a person, who asks back."""
    handover.hand_over(
        turn.session,
        turn.resident,
        turn.dialog,
        "居民要更正个人信息",
        turn.world.hours,
        turn.now,
        intent="my_data",
    )
    return Say("好，请直接说哪一项改成什么，工作人员改好后回复您。\n不改了，回复“菜单”。")


def delete(turn: Turn, _request: Request) -> Say:
    """Says what deletion means before it is done."""
    pending = cases.open_count(turn.session, turn.resident)
    note = f"您有{pending}件事还在办，删了照常办，但没法再联系您。\n" if pending else ""
    return Say(
        f"{note}删除后，您的姓名、电话、住处、聊天和照片都会清掉，找不回来。",
        (Choice("确定删除", "my_data.delete_now"),),
        way_out="不删了",
    )


def delete_now(turn: Turn, _request: Request) -> Say:
    """Deletes, at once."""
    personal_data.forget(turn.session, turn.resident, turn.now)
    turn.inbound.text = ""
    return Say("都删了。以后再写来，就当我们第一次见面。")


SERVICE = Service(
    name="my_data",
    actions={
        "my_data": show,
        "my_data.who": who,
        "my_data.correct": correct,
        "my_data.delete": delete,
        "my_data.delete_now": delete_now,
    },
    intents={"my_data": "my_data"},
    titles={"my_data": "我的信息"},
    commands={"我的信息": "my_data", "我的数据": "my_data", "删除我的信息": "my_data.delete"},
)
