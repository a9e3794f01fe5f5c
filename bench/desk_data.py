"""Two years of a street: 30 000 cases with residents, talks, history and the queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intents.categories import Category
from services.access import Role
from services.case_states import OPEN, State
from services.categories import Catalogue
from services.places import import_tree, read_tree
from storage.base import Base
from storage.cases import Case, CaseEvent
from storage.communities import Place
from storage.desk import QueueItem
from storage.messages import InboundMessage
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
CASES, RESIDENTS = 30_000, 8_000
SPAN = timedelta(days=730)
COMMUNITIES, GRIDS, BUILDINGS = 4, 5, 8
BATCH = 5_000
ENDS = (State.ARCHIVED,) * 17 + (State.WITHDRAWN, State.DUPLICATE, State.REJECTED)
STILL_OPEN = (State.SUBMITTED, State.ASSIGNED, State.WORKING, State.WAITING, State.PLANNED)
OUTCOMES = ("fixed",) * 7 + ("explained", "planned", "impossible")
WHERE = ("三楼", "门口", "地下车库B区", "楼道拐角", "东门外", "儿童乐园旁边")
SINCE = ("好几天了", "一直没人管", "从上周开始", "老人出行不便", "已经说过一次")


@dataclass(frozen=True)
class Made:
    """What the measured pages are asked about."""

    case: int
    community: str


def fill(session: Session, random: Random) -> Made:
    """Fills an empty database; the same numbers each time."""
    import_tree(session, read_tree(_tree()), NOW)
    people = _staff(session)
    places = list(session.scalars(select(Place).where(Place.kind == "building")))
    _residents(session, random)
    rows = list(_cases(random, places, people, Catalogue.shipped().all()))
    _insert(session, Case, rows)
    _insert(session, CaseEvent, (event for row in rows for event in _events(row)))
    _insert(session, InboundMessage, (said for row in rows for said in _talk(row)))
    _insert(session, QueueItem, (_item(row) for row in rows))
    open_ones = [
        row["id"] for row in rows if row["state"] == State.WORKING and row["community_id"] == 1
    ]
    return Made(open_ones[-1], "c0")


def _tree() -> dict[str, Any]:
    def building(grid: str, number: int) -> dict[str, Any]:
        return {"kind": "building", "code": f"{grid}b{number}", "name": f"{number + 1}栋"}

    def grid(community: str, number: int) -> dict[str, Any]:
        code = f"{community}g{number}"
        below = [building(code, each) for each in range(BUILDINGS)]
        return {"kind": "grid", "code": code, "name": f"第{number + 1}网格", "children": below}

    def community(number: int) -> dict[str, Any]:
        code = f"c{number}"
        below = [grid(code, each) for each in range(GRIDS)]
        return {"kind": "community", "code": code, "name": f"{number + 1}号社区", "children": below}

    below = [community(number) for number in range(COMMUNITIES)]
    return {"kind": "street", "code": "st", "name": "云河街道", "children": below}


def _staff(session: Session) -> dict[str, list[int]]:
    """Workers and a partner in each community, a grid worker in each grid; numbers by community."""
    people: dict[str, list[int]] = {}
    for number in range(COMMUNITIES):
        scope = f"/st/c{number}/"
        works = Organisation(
            community_id=number + 1, name=f"{number + 1}号物业", kind="property", created_at=NOW
        )
        session.add(works)
        session.flush()
        wanted = [(f"w{number}", Role.REVIEWER, scope), (f"p{number}", Role.PARTNER, scope)]
        wanted += [(f"g{number}-{g}", Role.GRID_WORKER, f"{scope}c{number}g{g}/") for g in range(5)]
        rows = [_person(login, role, path) for login, role, path in wanted]
        rows[1].organisation_id = works.id
        session.add_all(rows)
        session.flush()
        people[scope] = [row.id for row in rows]
    session.add(_person("boss", Role.SUPERVISOR, "/st/"))
    session.flush()
    return people


def _person(login: str, role: Role, path: str) -> Staff:
    name = {"w": "社工", "p": "物业", "g": "网格员", "b": "督办"}[login[0]] + login[1:]
    person = Staff(login=login, name=name, role=role.value, scope_path=path, created_at=NOW)
    person.password_hash = "-"  # noqa: S105 - nobody can sign in with it
    return person


def _residents(session: Session, random: Random) -> None:
    rows = (
        {
            "id": number,
            "community_id": number % COMMUNITIES + 1,
            "account": "",
            "openid": f"o{number}",
            "created_at": NOW - SPAN,
            "last_message_at": NOW - timedelta(hours=random.randrange(4000)),
        }
        for number in range(1, RESIDENTS + 1)
    )
    _insert(session, Resident, rows)


def _cases(
    random: Random, places: list[Place], people: dict[str, list[int]], categories: list[Category]
) -> Iterator[dict[str, Any]]:
    for number in range(1, CASES + 1):
        came = NOW - SPAN * (1 - number / CASES)
        place = places[random.randrange(len(places))]
        yield _case(random, number, came, place, people, random.choice(categories))


def _case(
    random: Random,
    number: int,
    came: datetime,
    place: Place,
    people: dict[str, list[int]],
    category: Category,
) -> dict[str, Any]:
    still = NOW - came < timedelta(days=random.expovariate(1 / 9))
    state = random.choice(STILL_OPEN if still else ENDS)
    closed = state is State.ARCHIVED
    words = random.choice(category.examples)
    assert place.community_id is not None  # noqa: S101 - buildings lie in communities
    scope = "/" + "/".join(place.path.split("/")[1:3]) + "/"
    return {
        "id": number,
        "community_id": place.community_id,
        "number": 1000 + number,
        "origin": "wechat",
        "resident_id": _neighbour(random, place.community_id),
        "category": category.code,
        "title": f"{place.name}{words}"[:60],
        "description": f"{place.name}{random.choice(WHERE)}，{words}，{random.choice(SINCE)}。" * 2,
        "place_id": place.id,
        "place_path": place.path,
        "place_text": f"{place.name}{random.choice(WHERE)}",
        "anonymous": random.random() < 0.05,
        "private": category.private,
        "urgent": random.random() < 0.02,
        "state": state.value,
        "outcome": random.choice(OUTCOMES) if closed else "",
        "outcome_reason": "已处理" if closed else "",
        "responsible_id": random.choice(people[scope]),
        "response_due": came + timedelta(hours=8),
        "resolve_due": came + timedelta(days=7),
        "responded_at": came + timedelta(hours=random.expovariate(1 / 4)) if not still else None,
        "resolved_at": came + timedelta(days=random.expovariate(1 / 4)) if closed else None,
        "reopened": int(number % 20 == 0),
        "satisfaction": random.choice((None, None, 2, 4, 5, 5)) if closed else None,
        "confidential": "",
        "created_at": came,
        "updated_at": came,
    }


def _neighbour(random: Random, community_id: int) -> int:
    """Somebody of the community, as `_residents` deals them out."""
    return random.randrange(1, RESIDENTS // COMMUNITIES) * COMMUNITIES + community_id - 1


def _events(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    steps: list[tuple[str, str, str]] = [
        ("submitted", "", State.SUBMITTED),
        ("moved", State.SUBMITTED, State.ACCEPTED),
    ]
    steps += [("moved", State.ACCEPTED, State.WORKING), ("note", "", "")]
    if row["id"] % 20 == 0:
        steps.append(("moved", State.REVIEW, State.WORKING))
    for step, (kind, start, end) in enumerate(steps):
        yield {
            "community_id": row["community_id"],
            "case_id": row["id"],
            "at": row["created_at"] + timedelta(hours=step),
            "kind": kind,
            "matter": "办事",
            "actor_kind": "staff",
            "actor_id": row["responsible_id"],
            "from_state": str(start),
            "to_state": str(end),
            "text": "去看过了" if kind == "note" else "",
            "public": kind != "note",
            "detail": {},
        }


def _talk(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for step, text in enumerate((row["description"], "1")):
        at = row["created_at"] + timedelta(minutes=step)
        yield {
            "account": "",
            "key": f"{row['id']}-{step}",
            "community_id": row["community_id"],
            "resident_id": row["resident_id"],
            "kind": "text",
            "text": text,
            "detail": {},
            "trace": [],
            "sent_at": at,
            "received_at": at,
            "reply": "记下了，您看对不对",
            "intent": "report_issue",
        }


def _item(row: dict[str, Any]) -> dict[str, Any]:
    waits = row["state"] in OPEN and row["state"] != State.WAITING
    return {
        "source": f"case:{row['id']}",
        "community_id": row["community_id"],
        "kind": "emergency" if row["urgent"] else "case",
        "title": row["title"],
        "place_path": row["place_path"],
        "urgent": row["urgent"],
        "case_id": row["id"],
        "resident_id": row["resident_id"],
        "state": "open" if waits else "done",
        "due_at": row["resolve_due"],
        "version": 1,
        "created_at": row["created_at"],
    }


def _insert(session: Session, table: type[Base], rows: Any) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)
    session.flush()
