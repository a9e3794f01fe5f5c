"""申诉 and 我写的 in chat."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import moderation, residents
from services.calendar import OfficeHours
from storage.communities import Community
from storage.moderation import Submission
from tests.desk import Desk

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)


def _refused(session: Session, words: str, number: int) -> None:
    community = session.scalars(select(Community)).one()
    author = residents.meet(session, community.id, "", "u1", NOW)
    wanted = moderation.Wanted("note", number, words, words, author)
    one = moderation.submit(session, wanted, community.id, OfficeHours(), NOW)
    one.state, one.reason = "refused", "写不清楚"


async def test_nothing_to_appeal(desk: Desk) -> None:
    assert "没有可以申诉的内容" in await desk.say("u1", "申诉")
    assert "还没有写过" in await desk.say("u1", "我写的")


async def test_the_author_sees_the_state_and_appeals_once(desk: Desk) -> None:
    """With one refused text the words are asked for at once; it then waits again."""
    desk.do(lambda s: _refused(s, "周末教下棋", 1))
    assert "未通过】“周末教下棋”" in await desk.say("u1", "我写的")
    asked = await desk.say("u1", "1")
    assert "为什么应该公开" in asked
    assert "0 取消" in asked
    assert "收到您的申诉" in await desk.say("u1", "写得很清楚呀，周六下午在活动室")
    one = desk.look(lambda s: s.scalars(select(Submission)).one())
    assert (one.state, one.appeal) == ("waiting", "写得很清楚呀，周六下午在活动室")
    assert "申诉中】" in await desk.say("u1", "我写的")
    assert "没有可以申诉的内容" in await desk.say("u1", "申诉")


async def test_of_several_refused_texts_one_is_chosen_and_none_is_touched_by_0(desk: Desk) -> None:
    for number, words in enumerate(("周末教下棋", "借人字梯"), 1):
        desk.do(partial(_refused, words=words, number=number))
    assert "2 申诉“周末教下棋”" in await desk.say("u1", "申诉")
    assert "“周末教下棋”没有公开" in await desk.say("u1", "2")
    assert "没有提交" in await desk.say("u1", "0")
    states = desk.look(lambda s: s.scalars(select(Submission.state)).all())
    assert states == ["refused", "refused"]
