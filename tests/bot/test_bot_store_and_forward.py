"""An account that may send nothing by itself still delivers: with the next passive reply."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from intents import Understander
from services import outbox
from storage.messages import OutboxMessage
from storage.residents import Resident
from tests.desk import open_desk

BARE: dict[str, list[str]] = {"capabilities": []}


async def test_a_staff_reply_reaches_who_writes_again_while_a_person_has_taken_over(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """The bot keeps quiet in a hand-over, but what the staff wrote is no word of the bot's."""
    async with open_desk(sqlite_database_url, understander, tmp_path, wechat=BARE) as desk:
        await desk.say("o1", "人工")
        desk.do(
            lambda s: outbox.post(
                s,
                s.scalars(select(Resident)).one(),
                "我是小王，您说。",
                source="reply:1",
                now=desk.clock(),
            )
        )
        await desk.deliver()
        assert await desk.say("o1", "在吗") == "我是小王，您说。"
        assert await desk.say("o1", "好的") == ""
        states = desk.look(lambda s: s.scalars(select(OutboxMessage.state)).all())
    assert states == ["sent"]


async def test_what_waits_is_not_given_away_to_an_event_that_shows_no_answer(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """Opening a page from the menu shows nothing; the next word does."""
    async with open_desk(sqlite_database_url, understander, tmp_path, wechat=BARE) as desk:
        await desk.say("o1", "你好")
        desk.do(
            lambda s: outbox.post(
                s, s.scalars(select(Resident)).one(), "有进展了。", source="x", now=desk.clock()
            )
        )
        await desk.deliver()
        assert await desk.send(desk.side.compose_view("o1", "https://example.org")) is None
        assert "有进展了。" in await desk.say("o1", "你好")
