"""Volunteer hours move into the ledger: every total, line and date stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import ledger_chain, volunteer_hours
from services.volunteer_hours import Hours
from storage import migrate
from storage.engine import Database
from storage.migrations.hours_0012 import HoursDiffer
from storage.residents import Resident
from tests.conftest import SECRET
from tests.services import slow_ledger

DAY = "2026-03-0"
COMMUNITIES = """
    INSERT INTO communities (id, code, name, phone, duty_phone, gas_phone, office,
        last_case_number, created_at)
    VALUES (1, 'a', '桂园', '', '', '', '', 1000, '2026-01-01 00:00:00'),
        (2, 'b', '松园', '', '', '', '', 1000, '2026-01-01 00:00:00')
"""
NEIGHBOURS = """
    INSERT INTO residents (id, community_id, account, openid, following, sent_since_message,
        sent_since_touch, created_at)
    VALUES (1, 1, '', 'wang', true, 0, 0, '2026-01-01 00:00:00'),
        (2, 1, '', 'li', true, 0, 0, '2026-01-01 00:00:00'),
        (3, 2, '', 'zhao', true, 0, 0, '2026-01-01 00:00:00')
"""
ROWS: list[dict[str, Any]] = [
    {"community": 1, "who": 1, "kind": "credit", "minutes": 120, "source": "sign-up:1:hours"},
    {"community": 2, "who": 3, "kind": "honour", "minutes": 45, "source": "backfill:1"},
    {"community": 1, "who": 2, "kind": "credit", "minutes": 60, "source": "sign-up:2:hours"},
    {"community": 1, "who": 1, "kind": "honour", "minutes": 30, "source": "backfill:2"},
    {"community": 1, "who": 1, "kind": "credit", "minutes": -50, "fixes": 1, "source": "fix:1:1"},
    {"community": 1, "who": 1, "kind": "credit", "minutes": 20, "fixes": 1, "source": "fix:1:2"},
    {"community": 1, "who": 2, "kind": "credit", "minutes": -60, "fixes": 3, "source": "fix:3:1"},
]
INSERT = """
    INSERT INTO hour_entries (id, community_id, resident_id, kind, minutes, served_on, source,
        reason, corrects_id, at)
    VALUES (:id, :community, :who, :kind, :minutes, :day, :source, :said, :fixes, :at)
"""
TOTALS = {1: Hours(90, 30), 2: Hours(0, 0), 3: Hours(0, 45)}


@pytest.fixture
def before(unmigrated_database_url: str) -> Iterator[Database]:
    """A database of the schema before, in which three volunteers have hours."""
    with Database(unmigrated_database_url, SECRET) as database:
        migrate.upgrade(database, "0011")
        database.write_now(lambda s: s.execute(text(COMMUNITIES)))
        database.write_now(lambda s: s.execute(text(NEIGHBOURS)))
        for number, row in enumerate(ROWS, 1):
            told = {
                "id": number,
                "fixes": None,
                "day": f"{DAY}{number}",
                "said": f"第{number}次",
                "at": f"2026-03-0{number} 02:30:00.000000" + "+00" * (not database.is_sqlite),
            }
            database.write_now(lambda s, t=told | row: s.execute(text(INSERT), t))  # type: ignore[misc]
        yield database


def _said(database: Database) -> dict[int, list[tuple[Any, ...]]]:
    """The lines of each volunteer, the newest first, as pages and spreadsheets show them."""

    def work(session: Session) -> dict[int, list[tuple[Any, ...]]]:
        people = session.scalars(select(Resident)).all()
        return {
            one.id: [
                (line.kind.value, line.minutes, f"{line.served_on}", line.reason, line.source)
                for line in volunteer_hours.entries_of(session, one)
            ]
            for one in people
        }

    return database.read_now(work)


def test_every_hour_is_in_the_ledger_as_it_was(before: Database) -> None:
    """Totals, lines, dates and reasons; the chain holds, lots add up, the old table is gone."""
    migrate.upgrade(before)
    assert before.read_now(lambda s: volunteer_hours.totals_of(s, [1, 2, 3])) == TOTALS
    expected: dict[int, list[tuple[Any, ...]]] = {1: [], 2: [], 3: []}
    for number, row in reversed(list(enumerate(ROWS, 1))):
        line = (row["kind"], row["minutes"], f"{DAY}{number}", f"第{number}次", row["source"])
        expected[row["who"]].append(line)
    assert _said(before) == expected
    assert before.read_now(lambda s: ledger_chain.check(s, 1)) == 6
    assert before.read_now(lambda s: ledger_chain.check(s, 2)) == 1
    for community in (1, 2):
        slow, piles = before.read_now(lambda s, c=community: _twice(s, c))  # type: ignore[misc]
        assert sum(slow.balances.values()) == 0
        slow_piles = [(account, *lot) for account, pile in slow.piles.items() for lot in pile]
        assert piles == slow_ledger.summed([(one, end, rest) for one, end, _, rest in slow_piles])
    with pytest.raises(Exception, match="hour_entries"):
        before.read_now(lambda s: s.execute(text("SELECT * FROM hour_entries")))


def test_down_and_up_again_counts_nothing_twice(before: Database) -> None:
    """The schema before has every row again; coming back finds the entries that are there."""
    migrate.upgrade(before)
    lines = _said(before)
    _go(before, "0011")
    found = before.read_now(
        lambda s: s.execute(
            text("SELECT resident_id, kind, sum(minutes) FROM hour_entries GROUP BY 1, 2")
        ).all()
    )
    assert {tuple(row) for row in found} == {
        (1, "credit", 90),
        (1, "honour", 30),
        (2, "credit", 0),
        (3, "honour", 45),
    }
    migrate.upgrade(before)
    assert before.read_now(lambda s: volunteer_hours.totals_of(s, [1, 2, 3])) == TOTALS
    assert _said(before) == lines
    assert before.read_now(lambda s: ledger_chain.check(s, 1)) == 6


def test_hours_that_would_not_be_the_same_are_left_alone(before: Database) -> None:
    """A total below zero has no account: the migration fails as a whole."""
    wrong = {
        "id": 9,
        "community": 1,
        "who": 2,
        "kind": "honour",
        "minutes": -5,
        "day": f"{DAY}9",
        "source": "x",
        "said": "错",
        "fixes": None,
        "at": "2026-03-09 00:00:00.000000",
    }
    before.write_now(lambda s: s.execute(text(INSERT), wrong))
    with pytest.raises((HoursDiffer, Exception), match=r"balance|hours"):
        migrate.upgrade(before)
    assert migrate.current_revision(before) == "0011"


def _twice(session: Session, community: int) -> tuple[slow_ledger.Replay, Any]:
    return slow_ledger.replay(session, community), slow_ledger.stored_piles(session, community)


def _go(database: Database, revision: str) -> None:
    config = migrate.alembic_config()
    with database.engine.execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
