"""Who leaves takes their words along: no table keeps what they said or who they were."""

from __future__ import annotations

import json

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from storage import tables
from storage.desk import QueueItem
from tests.desk import Desk

SAID = ("我想找人工，密码是芝麻", "有人在吗，芝麻开门", "低保怎么申请，我叫芝麻")
KEPT = {"cases", "case_events"}
"""Matters of the community stay, without the person."""


def where_it_says(session: Session, word: str) -> set[str]:
    """The tables in which any column holds the word, as it is or as JSON escapes it."""
    spellings = (word, json.dumps(word).strip('"'))
    found = set()
    for table in tables.Base.metadata.sorted_tables:
        says = [cast(c, Text).contains(spelling) for c in table.columns for spelling in spellings]
        if session.execute(select(table).where(or_(*says))).first() is not None:
            found.add(table.name)
    return found


async def test_nothing_that_a_resident_said_outlasts_their_farewell(desk: Desk) -> None:
    """Also what had gone to the staff's queue, which is settled: nobody is left to be answered."""
    for words in SAID:
        await desk.say("oSesame", words)
    assert "queue_items" in desk.look(lambda s: where_it_says(s, "芝麻"))
    await desk.send(desk.side.compose_unsubscribe("oSesame"))
    assert desk.look(lambda s: where_it_says(s, "芝麻")) <= KEPT
    assert desk.look(lambda s: where_it_says(s, "oSesame")) == set()
    states = desk.look(lambda s: s.scalars(select(QueueItem.state)).all())
    assert set(states) == {"done"}
