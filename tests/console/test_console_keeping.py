"""Keeping the desk: categories, dispatch rules, keys, the city, posters; and new cases by staff."""

from __future__ import annotations

import io
import re

import pytest
from aiohttp import FormData
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import city_events, consents, dispatch
from services.categories import Catalogues
from services.posters import find_font
from storage.cases import Case, CaseEvent
from storage.city import ApiKey, CityEvent, PlaceCode
from storage.communities import Place
from storage.consents import Consent
from storage.messages import Media, OutboxMessage
from storage.residents import Resident
from tests.console.seed import GRID_1, NOW, UNIT
from tests.console.world import Answer, Console, Visitor

LAMP = {
    "code": "lighting.stairwell",
    "name": "楼道灯",
    "department": "物业",
    "sla": "planned",
    "national": "C01",
    "active": "1",
    "questions": "灯坏了几天了？ | 数字",
}


def place_id(console: Console, path: str) -> str:
    query = select(Place.id).where(Place.path == path)
    return str(console.read(lambda s: s.scalars(query).one()))


def photo() -> bytes:
    """A picture that tells where it was taken."""
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "a telephone of 王秀兰"
    Image.new("RGB", (900, 700), (90, 110, 100)).save(data, "JPEG", exif=exif)
    return data.getvalue()


async def send(visitor: Visitor, fields: dict[str, str], files: list[bytes]) -> Answer:
    """Posts the form of a new case as a browser does."""
    form = FormData()
    for name, value in {"csrf": visitor.csrf, **fields}.items():
        form.add_field(name, value)
    for number, data in enumerate(files):
        form.add_field(
            "photos", io.BytesIO(data), filename=f"{number}.jpg", content_type="image/jpeg"
        )
    here = str(visitor.client.make_url("/")).rstrip("/")
    response = await visitor.client.post(
        "/console/new-case",
        data=form,
        headers=visitor._cookie() | {"Origin": here},
        allow_redirects=False,
    )
    return Answer(response.status, await response.text(), response.headers)


async def test_a_category_is_changed_and_shown_as_changed(console: Console) -> None:
    visitor = console.visitor("reviewer")
    page = await visitor.get("/console/categories/edit?code=lighting.stairwell")
    assert 'value="楼道照明"' in page.text
    answer = await visitor.post("/console/categories", LAMP)
    assert (answer.status, answer.location) == (303, "/console/categories?done=saved")
    listed = await visitor.get("/console/categories")
    assert "楼道灯" in listed.text
    assert "1 个补充问题" in listed.text
    assert "楼道灯" in (await visitor.get("/console/cases")).text
    again = await visitor.get("/console/categories/edit?code=lighting.stairwell")
    assert "灯坏了几天了？ | 数字" in again.text


async def test_a_fault_in_a_category_comes_back_beside_its_field(console: Console) -> None:
    visitor = console.visitor("reviewer")
    answer = await visitor.post("/console/categories", LAMP | {"questions": "几楼？|一楼"})
    assert answer.status == 422
    assert "第 1 行：选项写 2 到 8 个" in answer.text
    assert "几楼？|一楼" in answer.text
    assert (await visitor.get("/console/categories/edit?code=no.such")).status == 404


async def test_a_community_outside_the_scope_does_not_exist(console: Console) -> None:
    visitor = console.visitor("reviewer")
    for page in ("categories", "categories/edit", "dispatch"):
        assert (await visitor.get(f"/console/{page}?community=other")).status == 404
    answer = await visitor.post("/console/categories", LAMP | {"community": "other"})
    assert answer.status == 404


async def test_a_rule_is_added_and_taken_away(console: Console) -> None:
    visitor = console.visitor("reviewer")
    fields = {
        "category": "lighting",
        "place": place_id(console, GRID_1),
        "taker": f"staff:{console.seeded.staff['worker']}",
    }
    assert (await visitor.post("/console/dispatch", fields)).status == 303
    page = (await visitor.get("/console/dispatch")).text
    assert "照明用电（整个大类）" in page
    assert "李社工" in page

    def responsible(session: Session) -> str:
        community = session.get_one(Case, console.seeded.lamp).community_id
        found = dispatch.responsible(session, community, "lighting.street", UNIT)
        return found.login if found else ""

    assert console.read(responsible) == "worker"
    wrong = await visitor.post("/console/dispatch", fields | {"taker": ""})
    assert (wrong.status, "请选由谁办理" in wrong.text) == (422, True)
    removed = await visitor.post(f"/console/dispatch/{console.seeded.rule}/remove")
    assert removed.status == 303
    assert "广场舞噪音" not in (await visitor.get("/console/dispatch")).text.split("add-title")[0]


async def test_a_key_is_shown_once_and_stored_hashed(console: Console) -> None:
    visitor = console.visitor("otheradmin")
    page = await visitor.post("/console/keys", {"name": "区城管平台"})
    found = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert found
    assert found[1] not in (await visitor.get("/console/keys")).text
    stored = console.read(lambda s: s.scalars(select(ApiKey)).all())
    assert all(found[1] not in (key.key_hash, key.name) for key in stored)
    mine = next(key for key in stored if key.name == "区城管平台")
    assert (await visitor.post(f"/console/keys/{mine.id}/revoke")).status == 303
    assert "已停用" in (await visitor.get("/console/keys")).text
    assert (await visitor.post("/console/keys", {"name": ""})).status == 422


async def test_what_the_city_did_not_take_is_sent_again(console: Console) -> None:
    def break_it(session: Session) -> None:
        for _ in range(9):
            city_events.gather(session, Catalogues(), NOW)
        row = session.scalars(select(CityEvent)).first()
        assert row is not None
        row.state, row.attempts = "sending", city_events.MOST_TRIES
        city_events.failed(session, row.id, "HTTP 500", NOW)

    console.write(break_it)
    visitor = console.visitor("reviewer")
    assert "市级系统收不到事项动态" in (await visitor.get("/console/")).text
    assert "市级系统收不到" not in (await console.visitor("worker").get("/console/")).text
    assert "HTTP 500" in (await visitor.get("/console/city")).text
    assert (await visitor.post("/console/city/again")).status == 303
    assert "HTTP 500" not in (await visitor.get("/console/city")).text
    assert "市级系统收不到" not in (await visitor.get("/console/")).text


async def test_posters_for_the_places_in_scope(console: Console) -> None:
    visitor = console.visitor("reviewer")
    page = await visitor.get("/console/posters")
    assert "可以打印" in page.text
    poster = await visitor.get(f"/console/posters/{console.seeded.building}.svg")
    assert (poster.status, poster.headers["Content-Type"].split(";")[0]) == (200, "image/svg+xml")
    assert "桂园社区说事台" in poster.text
    assert "3栋" in poster.text
    other = await console.visitor("grid2").get("/console/posters")
    assert "3栋" not in other.text
    unit = place_id(console, UNIT)
    assert (await visitor.get(f"/console/posters/{unit}.svg")).status == 404
    assert (await visitor.post("/console/posters")).status == 303
    waiting = console.read(
        lambda s: s.scalars(select(PlaceCode).where(PlaceCode.place_id == int(unit))).one()
    )
    assert (waiting.url, waiting.attempts) == ("", 0)


@pytest.mark.skipif(find_font() is None, reason="no font with Chinese characters")
async def test_a_poster_as_png(console: Console) -> None:
    path = f"/console/posters/{console.seeded.building}.png"
    response = await console.client.get(path, headers=console.visitor("reviewer")._cookie())
    assert response.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(await response.read())) as poster:
        assert poster.size == (840, 1188)


FOUND = {
    "origin": "party",
    "description": "小广场的井盖松动，有人绊倒",
    "category": "water.manhole",
    "spot": "滑梯旁边",
}


async def test_staff_open_a_case_with_pictures(console: Console) -> None:
    """党员问事; a picture keeps nothing of what the camera wrote into it."""
    fields = FOUND | {"place": place_id(console, GRID_1)}
    answer = await send(console.visitor("grid1"), fields, [photo(), photo()])
    assert answer.status == 303, answer.text

    def look(session: Session) -> tuple[Case, list[Media], list[CaseEvent]]:
        case = session.scalars(select(Case).where(Case.origin == "party")).one()
        media = session.scalars(select(Media).where(Media.case_id == case.id)).all()
        events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
        return case, list(media), list(events)

    case, media, events = console.read(look)
    assert answer.location == f"/console/cases/{case.id}?done=opened"
    assert (case.resident_id, case.place_text, case.responsible_id) == (
        None,
        "第一网格 滑梯旁边",
        console.seeded.staff["grid1"],
    )
    assert [(e.kind, e.matter, e.actor_kind) for e in events][-1] == ("opened", "问事", "staff")
    assert len({one.file for one in media}) == 2
    for one in media:
        stored = (console.media_dir / one.file).read_bytes()
        assert b"telephone" not in stored
        with Image.open(io.BytesIO(stored)) as picture:
            assert picture.size == (900, 700)
    page = await console.visitor("grid1").get(f"/console/cases/{case.id}")
    assert "党员问事" in page.text
    assert (await console.visitor("grid1").get(f"/console/media/{media[0].id}")).status == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"origin": "rumour"}, "请选来源"),
        ({"description": "井盖"}, "写明是什么事"),
        ({"category": ""}, "请选类别"),
        ({"place": ""}, "请选地点"),
        ({"origin": "phone"}, "先征得本人同意"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_stored(
    console: Console, changes: dict[str, str], words: str
) -> None:
    fields = FOUND | {"place": place_id(console, GRID_1)} | changes
    answer = await send(console.visitor("grid1"), fields, [photo()])
    assert (answer.status, words in answer.text) == (422, True)
    assert FOUND["spot"] in answer.text
    assert not list(console.media_dir.glob("uploads/**/*.jpg"))


async def test_a_file_that_is_no_picture_is_refused(console: Console) -> None:
    fields = FOUND | {"place": place_id(console, GRID_1)}
    answer = await send(console.visitor("grid1"), fields, [b"<svg onload=alert(1)>"])
    assert (answer.status, "图片无法打开" in answer.text) == (422, True)
    answer = await send(console.visitor("grid1"), fields, [photo()] * 7)
    assert (answer.status, "最多 6 张" in answer.text) == (422, True)


async def test_a_place_outside_the_scope_is_refused(console: Console) -> None:
    fields = FOUND | {"place": place_id(console, GRID_1)}
    assert (await send(console.visitor("grid2"), fields, [])).status == 422


async def test_a_picture_of_several_megabytes_is_taken(console: Console) -> None:
    """More than any other form may bring."""
    data = io.BytesIO()
    Image.effect_noise((1900, 1900), 90).convert("RGB").save(data, "PNG")
    assert len(data.getvalue()) > 2 * 1024 * 1024
    fields = FOUND | {"place": place_id(console, GRID_1)}
    assert (await send(console.visitor("grid1"), fields, [data.getvalue()])).status == 303


async def test_on_behalf_of_a_resident_with_consent(console: Console) -> None:
    """They are told, it is their own case, and the leave is stored."""
    number = str(console.seeded.resident)
    page = await console.visitor("grid1").get(f"/console/new-case?resident={number}")
    assert "王" in page.text
    assert "党员问事" not in page.text
    fields = FOUND | {
        "place": place_id(console, UNIT),
        "origin": "phone",
        "agreed": "1",
        "resident": number,
    }
    answer = await send(console.visitor("grid1"), fields, [])
    assert answer.status == 303, answer.text

    def look(session: Session) -> tuple[Case, str, str, bool]:
        case = session.scalars(select(Case).where(Case.origin == "phone")).one()
        consent = session.scalars(select(Consent)).one()
        source = f"case-opened:{case.id}"
        query = select(OutboxMessage.text).where(OutboxMessage.source == source)
        told = session.scalars(query).one()
        resident = session.get_one(Resident, console.seeded.resident)
        grid = console.staff(session, "grid1")
        allowed = consents.allows(session, resident, grid, consents.Scope.CASES)
        return case, consent.origin, told, allowed

    case, origin, told, allowed = console.read(look)
    assert (case.resident_id, origin, allowed) == (console.seeded.resident, "phone", True)
    assert "代您登记" in told
    assert console.woken


async def test_nobody_acts_for_a_resident_out_of_sight(console: Console) -> None:
    visitor = console.visitor("elsewhere")
    number = str(console.seeded.resident)
    assert (await visitor.get(f"/console/new-case?resident={number}")).status == 404
