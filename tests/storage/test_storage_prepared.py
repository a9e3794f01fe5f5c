"""Statements compiled once do what the same statements do by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from services.residents import meet
from storage.communities import Community
from storage.engine import Database
from storage.prepared import Prepared
from storage.residents import Resident

ROWS = cast("Table", Resident.__table__)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CHANGE = Prepared(
    update(ROWS)
    .where(ROWS.c.id == bindparam("resident"))
    .values(phone=bindparam("phone"), last_message_at=bindparam("at"), sent_since_message=7)
)
ADD = Prepared(
    insert(cast("Table", Community.__table__))
    .values(
        {
            name: bindparam(name)
            for name in ("code", "name", "phone", "duty_phone", "gas_phone", "office")
        }
        | {"last_case_number": 1000, "created_at": bindparam("at")}
    )
    .returning(Community.__table__.c.id)
)


def add(session: Session, code: str) -> int:
    words = dict.fromkeys(("name", "phone", "duty_phone", "gas_phone", "office"), code)
    return int(ADD.run(session, {"code": code, "at": NOW, **words}).scalar_one())


def test_values_pass_through_the_column_types(database: Database) -> None:
    """Moments in UTC, secrets encrypted, fixed values as they are; read back by the ORM."""

    def change(session: Session) -> int:
        resident = meet(session, add(session, "here"), "gh", "o-1", NOW)
        elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
        CHANGE.run(session, {"resident": resident.id, "phone": "13812345678", "at": elsewhere})
        return resident.id

    number = database.write_now(change)
    kept = database.read_now(lambda s: s.get_one(Resident, number))
    assert (kept.phone, kept.last_message_at, kept.sent_since_message) == ("13812345678", NOW, 7)


def test_it_is_part_of_the_transaction(database: Database) -> None:
    def fail(session: Session) -> None:
        add(session, "never")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write_now(fail)
    codes = database.read_now(lambda s: list(s.scalars(select(Community.code))))
    assert "never" not in codes


def test_a_missing_value_is_refused(database: Database) -> None:
    with pytest.raises(KeyError, match="phone"):
        database.write_now(lambda s: CHANGE.run(s, {"resident": 1, "at": NOW}))
