"""QR codes of places: asked for once, made by the account of the community, scanned to report."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import place_codes
from services.access import Role
from storage.city import PlaceCode
from storage.communities import Place
from storage.engine import Database
from storage.staff import Staff
from tests.desk import WORKDAY_MORNING as NOW
from tests.desk import Desk


def keeper(session: Session) -> Staff:
    scope = session.scalars(select(Place.path).where(Place.code == "demo")).one()
    staff = Staff(
        login="zhao",
        name="赵",
        role=Role.REVIEWER,
        scope_path=scope,
        password_hash="-",
        created_at=NOW,
    )
    session.add(staff)
    session.flush()
    return staff


async def test_every_place_in_scope_gets_a_code(desk: Desk) -> None:
    wanted = desk.do(lambda s: place_codes.ask_for(s, keeper(s), NOW))
    assert wanted > 3
    assert desk.workers.codes is not None
    while await desk.workers.codes.run():
        pass
    codes = desk.look(lambda s: s.scalars(select(PlaceCode)).all())
    assert len(codes) == wanted
    assert all(code.url.startswith("http") and not code.error for code in codes)
    assert len({code.url for code in codes}) == wanted


def test_a_claim_holds_and_a_failure_is_tried_again_a_few_times(database: Database) -> None:
    """Asking again starts anew; what is made is not asked for twice."""

    def begin(session: Session) -> int:
        open_community(session, NOW)
        return place_codes.ask_for(session, keeper(session), NOW)

    assert database.write_now(begin) > 0
    first = database.write_now(lambda s: place_codes.claim(s, NOW))
    assert len(first) == place_codes.BATCH
    assert first[0].community == "demo"
    assert first[0].scene.startswith("place:")
    again = database.write_now(lambda s: place_codes.claim(s, NOW))
    assert not {one.id for one in first} & {one.id for one in again}

    def end(session: Session) -> tuple[int, str]:
        session.get_one(PlaceCode, first[0].id).attempts = place_codes.MOST_TRIES
        place_codes.failed(session, first[0].id, "ApiError: 48001")
        for row in session.scalars(select(PlaceCode).where(PlaceCode.id != first[0].id)):
            place_codes.made(session, row.id, "http://weixin.qq.com/q/x")
        staff = session.scalars(select(Staff)).one()
        rows = place_codes.listed(session, staff)
        missing = sum(row.code is None for row in rows)
        assert missing == 0
        error = session.get_one(PlaceCode, first[0].id).error
        return place_codes.ask_for(session, staff, NOW), error

    assert database.write_now(end) == (1, "ApiError: 48001")
