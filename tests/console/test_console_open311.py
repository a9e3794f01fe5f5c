"""Open311 GeoReport v2: the conformance list, and that nothing personal comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from console.open311.formats import Document, to_json, to_xml
from console.open311.routes import ROUTES
from console.rules import Keyed, Public
from intents.tickets import format_ticket
from services import api_keys, cases, category_keeping
from services.calendar import CHINA
from services.case_states import Actor, Outcome, State
from services.cases import Move
from services.categories import Catalogues
from services.open_requests import ORIGIN
from services.outside_search import MOST
from storage.cases import Case
from storage.communities import Community, Place
from storage.moderation import Submission
from storage.residents import Resident
from tests.console.seed import HOURS, NOW, UNIT
from tests.console.world import Answer, Console

V2 = "/open311/v2"
QUESTIONS = "灯坏了几天了？|数字\n坏的是哪种灯？|声控灯/普通灯\n哪几层不亮？|可多选：一楼/二楼/三楼"
PERSONAL = ("王秀兰", "13800001234", "13900005678", "老人夜间", "邻里纠纷求助")


async def ask(console: Console, path: str, **query: str) -> Any:
    """The JSON of a call in the community of the tests."""
    answer = await got(console, f"{path}.json", **query)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


async def got(console: Console, path: str, **query: str) -> Answer:
    asked = {"jurisdiction_id": "demo"} | query
    response = await console.client.get(f"{V2}/{path}", params=asked)
    return Answer(response.status, await response.text(), response.headers)


async def post(console: Console, fields: Mapping[str, Any], *, kind: str = "json") -> Answer:
    response = await console.client.post(
        f"{V2}/requests.{kind}", data={"jurisdiction_id": "demo"} | dict(fields)
    )
    return Answer(response.status, await response.text(), response.headers)


def new_key(console: Console) -> str:
    return console.write(
        lambda s: api_keys.make(s, console.staff(s, "admin"), demo(s).id, "城管平台", NOW)[1]
    )


def demo(session: Session) -> Community:
    return session.scalars(select(Community).where(Community.code == "demo")).one()


def add_case(console: Console, title: str, **changes: Any) -> int:
    """Another public case; `days` ago, moved to `state` where one is given."""
    days, state = changes.pop("days", 0), changes.pop("state", None)

    def work(session: Session) -> int:
        at = NOW - timedelta(days=days)
        place = session.scalars(select(Place).where(Place.path == UNIT)).one()
        values: dict[str, Any] = {
            "community_id": demo(session).id,
            "category": "lighting.stairwell",
            "title": title,
            "description": title,
            "place_path": UNIT,
            "place_id": place.id,
        }
        resident = session.get_one(Resident, console.seeded.resident)
        case = cases.submit(session, cases.NewCase(**(values | changes)), resident, HOURS, at)
        if state:
            case.state = state
        return case.number

    return console.write(work)


def ask_questions(console: Console) -> None:
    def work(session: Session) -> None:
        catalogue = Catalogues()(session, demo(session).id)
        wanted = category_keeping.Wanted(
            "lighting.stairwell", "lighting", "楼道照明", "物业", "normal", questions=QUESTIONS
        )
        staff = console.staff(session, "admin")
        category_keeping.keep(session, staff, demo(session).id, wanted, catalogue, NOW)

    console.write(work)


def parse(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - written by ourselves


def as_plain(element: ElementTree.Element, like: Any) -> Any:
    """An XML element as the JSON value that it should equal."""
    if isinstance(like, list):
        return [as_plain(child, one) for child, one in zip(element, like, strict=True)]
    if isinstance(like, dict):
        assert [child.tag for child in element] == list(like)
        return {child.tag: as_plain(child, like[child.tag]) for child in element}
    if like is None:
        return element.text
    if isinstance(like, bool):
        return {"true": True, "false": False}[element.text or ""]
    return type(like)(element.text or "")


@pytest.mark.parametrize(
    "path",
    ["discovery", "services", "services/lighting.stairwell", "requests", "servicerequestupdates"],
)
async def test_both_formats_say_the_same(console: Console, path: str) -> None:
    ask_questions(console)
    add_case(console, "第二件")
    plain = await ask(console, path)
    answer = await got(console, f"{path}.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    assert as_plain(parse(answer.text), plain) == plain


async def test_the_roots_and_elements_are_those_of_the_standard(console: Console) -> None:
    for path, root, child in (
        ("discovery", "discovery", "changeset"),
        ("services", "services", "service"),
        ("requests", "service_requests", "request"),
        ("servicerequestupdates", "service_request_updates", "request_update"),
    ):
        element = parse((await got(console, f"{path}.xml")).text)
        assert (element.tag, element[0].tag) == (root, child)


async def test_one_request_in_json_is_an_array_of_one(console: Console) -> None:
    number = (await ask(console, "requests"))[0]["service_request_id"]
    found = await ask(console, f"requests/{number}")
    assert [one["service_request_id"] for one in found] == [number]
    without_check_digit = await ask(console, f"requests/{number.split('-')[0]}")
    assert without_check_digit == found


async def test_a_service_and_its_definition(console: Console) -> None:
    ask_questions(console)
    listed = {one["service_code"]: one for one in await ask(console, "services")}
    lamp = listed["lighting.stairwell"]
    assert (lamp["service_name"], lamp["metadata"], lamp["type"], lamp["group"]) == (
        "楼道照明",
        True,
        "batch",
        "照明用电",
    )
    assert listed["greenery.trees"]["metadata"] is False
    definition = await ask(console, "services/lighting.stairwell")
    kinds = [(a["code"], a["datatype"], a["order"]) for a in definition["attributes"]]
    assert kinds == [("q1", "number", 1), ("q2", "singlevaluelist", 2), ("q3", "multivaluelist", 3)]
    assert definition["attributes"][1]["values"][0] == {"key": "1", "name": "声控灯"}


async def test_private_categories_are_no_services(console: Console) -> None:
    private = Catalogues().shipped.private_codes()
    assert private
    assert not {one["service_code"] for one in await ask(console, "services")} & set(private)
    assert (await got(console, f"services/{private[0]}.json")).status == 404


async def test_by_default_the_last_ninety_days_are_shown(console: Console) -> None:
    new, old = add_case(console, "新", days=89), add_case(console, "旧", days=91)
    shown = {one["service_request_id"] for one in await ask(console, "requests")}
    assert format_ticket(new) in shown
    assert format_ticket(old) not in shown
    begin = (NOW - timedelta(days=100)).isoformat()
    shown = {o["service_request_id"] for o in await ask(console, "requests", start_date=begin)}
    assert format_ticket(old) in shown


async def test_a_span_of_more_than_ninety_days_is_refused(console: Console) -> None:
    ninety = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert (await got(console, "requests.json", **ninety)).status == 200
    longer = ninety | {"end_date": "2026-04-01T00:00:01Z"}
    answer = await got(console, "requests.json", **longer)
    assert answer.status == 400
    assert json.loads(answer.text)[0]["code"] == 400
    turned = {"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"}
    assert (await got(console, "requests.json", **turned)).status == 400


@pytest.mark.parametrize("zone", ["+08:00", " 08:00"])
async def test_a_moment_needs_its_zone_and_an_unescaped_plus_is_understood(
    console: Console, zone: str
) -> None:
    number = add_case(console, "早", days=3)
    at = (NOW - timedelta(days=3)).astimezone(CHINA).replace(tzinfo=None)
    around = {
        "start_date": f"{(at - timedelta(hours=1)).isoformat()}{zone}",
        "end_date": f"{(at + timedelta(hours=1)).isoformat()}{zone}",
    }
    found = await ask(console, "requests", **around)
    assert [one["service_request_id"] for one in found] == [format_ticket(number)]
    assert datetime.fromisoformat(found[0]["requested_datetime"]) == NOW - timedelta(days=3)
    assert found[0]["requested_datetime"].endswith("+08:00")
    naive = await got(console, "requests.json", start_date=at.isoformat())
    assert naive.status == 400


async def test_a_list_of_numbers_overrides_all_other_filters(console: Console) -> None:
    old, new = add_case(console, "旧", days=200), add_case(console, "新")
    tickets = f"{format_ticket(old)},{new}"
    query = {"status": "nonsense", "start_date": "never", "service_code": "no.such"}
    found = await ask(console, "requests", service_request_id=tickets, **query)
    assert {one["service_request_id"] for one in found} == {format_ticket(old), format_ticket(new)}


async def test_codes_and_states_are_comma_lists(console: Console) -> None:
    add_case(console, "垃圾", category="sanitation.garbage")
    add_case(console, "路灯", category="lighting.street", state="archived")
    add_case(console, "狗", category="animals.dogs")

    async def codes(**query: str) -> set[str]:
        return {one["service_code"] for one in await ask(console, "requests", **query)}

    wanted = "sanitation.garbage,lighting.street"
    assert await codes(service_code=wanted) == set(wanted.split(","))
    assert await codes(service_code=wanted, status="closed") == {"lighting.street"}
    assert await codes(service_code=wanted, status="open,closed") == set(wanted.split(","))
    assert (await got(console, "requests.json", status="done")).status == 400


async def test_open_lasts_until_the_matter_has_ended(console: Console) -> None:
    """办结 and 回访 are open: the resident may still say 没解决."""
    for state in State:
        number = add_case(console, "灯", state=state.value)
        ended = state in (State.ARCHIVED, State.REJECTED, State.DUPLICATE, State.WITHDRAWN)
        found = await ask(console, f"requests/{number}")
        assert found[0]["status"] == ("closed" if ended else "open")


async def test_the_real_outcome_is_told(console: Console) -> None:
    number = add_case(console, "灯", state="working")

    def work(session: Session) -> None:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        wish = Move(State.RESOLVED, "王秀兰家的灯，电话13800001234", Outcome.IMPOSSIBLE)
        cases.move(session, case, wish, Actor.STAFF, console.seeded.staff["worker"], NOW)

    console.write(work)
    answer = await got(console, f"requests/{number}.json")
    found = json.loads(answer.text)[0]
    assert found["status_notes"] == "办结（暂不能解决）"
    assert found["extended_attributes"]["outcome"] == "impossible"
    steps = await got(console, "servicerequestupdates.json", service_request_id=str(number))
    assert json.loads(steps.text)[-1]["description"] == "已办结"
    assert not [word for word in PERSONAL if word in answer.text + steps.text]


async def test_nothing_private_anonymous_or_personal_comes_out(console: Console) -> None:
    private = console.read(lambda s: s.get_one(Case, console.seeded.private).number)
    anonymous = add_case(console, "匿名的事", anonymous=True)
    hidden = add_case(console, "家暴", category=Catalogues().shipped.private_codes()[0])
    for number in (private, anonymous, hidden):
        assert (await got(console, f"requests/{number}.xml")).status == 404
        for call in ("requests", "servicerequestupdates"):
            assert await ask(console, call, service_request_id=str(number)) == []
    for call in ("requests", "servicerequestupdates"):
        text = (await got(console, f"{call}.json")).text
        assert not [word for word in (*PERSONAL, "匿名的事", "3楼") if word in text]


async def test_words_are_shown_only_as_published(console: Console) -> None:
    """The position is that of the place in the tree, never that of the resident."""
    number = add_case(console, "灯坏了", latitude=30.123456, longitude=120.654321)

    async def described() -> Any:
        return (await ask(console, f"requests/{number}"))[0]["description"]

    assert await described() is None
    for state, shown in (("waiting", None), ("refused", None), ("published", "灯<坏>了 & 黑")):

        def work(session: Session, state: str = state) -> None:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            session.add(
                Submission(
                    community_id=case.community_id,
                    kind="case_text",
                    subject_id=case.id,
                    text="灯<坏>了 & 黑",
                    state=state,
                    created_at=NOW,
                )
            )

        console.write(work)
        assert await described() == shown
    answer = await got(console, f"requests/{number}.xml")
    assert "灯&lt;坏&gt;了 &amp; 黑" in answer.text
    assert "30.123456" not in answer.text


async def test_a_case_of_another_community_is_not_found(console: Console) -> None:
    number = add_case(console, "这边的")
    assert (await got(console, f"requests/{number}.json", jurisdiction_id="other")).status == 404
    assert await ask(console, "requests", jurisdiction_id="other") == []


async def test_jurisdictions(console: Console) -> None:
    """404 for one that does not exist, 400 where one of several must be named."""
    assert (await got(console, "services.json", jurisdiction_id="nowhere")).status == 404
    assert (await got(console, "services.json", jurisdiction_id="")).status == 400


@pytest.mark.parametrize(
    "path", ["requests/99999", "services/no.such", "tokens/no-such-token", "nothing"]
)
@pytest.mark.parametrize("kind", ["xml", "json"])
async def test_what_is_not_there_is_a_404_of_the_standard(
    console: Console, path: str, kind: str
) -> None:
    answer = await got(console, f"{path}.{kind}")
    assert answer.status == 404
    if kind == "json":
        assert list(json.loads(answer.text)[0]) == ["code", "description"]
    else:
        error = parse(answer.text)[0]
        assert [error.tag, *(child.tag for child in error)] == ["error", "code", "description"]


async def test_a_handed_in_case_waits_for_its_approval(console: Console) -> None:
    """The token becomes a number once the case is taken up; the text once it is published."""
    answer = await post(
        console,
        {
            "api_key": new_key(console),
            "service_code": "lighting.stairwell",
            "address_id": "b3u2",
            "description": "三楼的灯坏了",
            "phone": "13700009999",
            "first_name": "李",
            "email": "li@example.org",
        },
    )
    assert answer.status == 200, answer.text
    token = json.loads(answer.text)[0]["token"]
    held = await ask(console, f"tokens/{token}")
    assert held == [{"service_request_id": None, "token": token}]
    case = console.read(lambda s: s.scalars(select(Case).where(Case.origin == ORIGIN)).one())
    assert (await got(console, f"requests/{case.number}.json")).status == 404
    console.write(
        lambda s: cases.move(s, s.get_one(Case, case.id), Move(State.ACCEPTED), Actor.STAFF, 1, NOW)
    )
    resolved = await ask(console, f"tokens/{token}")
    assert resolved == [{"service_request_id": format_ticket(case.number), "token": token}]
    shown = await got(console, f"requests/{case.number}.json")
    assert json.loads(shown.text)[0]["address_id"] == "b3"  # not the unit
    assert "13700009999" not in shown.text
    assert "三楼的灯坏了" not in shown.text
    assert case.contact_phone == "13700009999"
    mine = select(Submission.text).where(Submission.subject_id == case.id)
    waiting = console.read(lambda s: s.scalars(mine.where(Submission.kind == "case_text")).all())
    assert waiting == ["三楼的灯坏了"]


async def test_attributes_with_one_and_with_several_values(console: Console) -> None:
    ask_questions(console)
    fields = {
        "api_key": new_key(console),
        "service_code": "lighting.stairwell",
        "address_string": "3栋2单元",
        "attribute[q1]": "3",
        "attribute[q2]": "2",
        "attribute[q3][]": ["1", "3"],
    }
    assert (await post(console, fields)).status == 200
    case = console.read(lambda s: s.scalars(select(Case).where(Case.origin == ORIGIN)).one())
    assert case.description.splitlines()[1:] == [
        "灯坏了几天了：3",
        "坏的是哪种灯：普通灯",
        "哪几层不亮：一楼、三楼",
    ]
    assert case.place_path == UNIT
    for wrong in ({"attribute[q1]": "many"}, {"attribute[q2]": "9"}):
        assert (await post(console, fields | wrong)).status == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"address_id": ""}, 400),
        ({"address_id": "", "lat": "30.2"}, 400),
        ({"address_id": "", "lat": "x", "long": "y"}, 400),
        ({"address_id": "", "lat": "nan", "long": "1"}, 400),
        ({"address_id": "no-such-place"}, 400),
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "no.such"}, 404),
        ({"jurisdiction_id": "nowhere"}, 404),
        ({"jurisdiction_id": "other"}, 403),
        ({"description": "灯" * 4001}, 400),
        ({"description": "<b>灯</b>"}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"phone": "call me"}, 400),
    ],
)
async def test_what_cannot_be_taken_in(
    console: Console, changes: dict[str, str], status: int
) -> None:
    """Nothing is stored of it."""
    fields = {
        "api_key": new_key(console),
        "service_code": "lighting.stairwell",
        "address_id": "b3u2",
        "description": "灯坏了",
    }
    for kind in ("json", "xml"):
        assert (await post(console, fields | changes, kind=kind)).status == status
    assert not console.read(lambda s: s.scalars(select(Case).where(Case.origin == ORIGIN)).all())
    assert (await post(console, fields)).status == 200


async def test_several_faults_are_told_at_once(console: Console) -> None:
    answer = await post(
        console,
        {"api_key": new_key(console), "service_code": "lighting.street", "description": "<i>"},
    )
    assert len(json.loads(answer.text)) == 2


async def test_a_revoked_key_opens_nothing(console: Console) -> None:
    secret = new_key(console)

    def revoke(session: Session) -> None:
        staff = console.staff(session, "admin")
        key = api_keys.listed(session, demo(session).id)[-1]
        assert secret not in key.key_hash
        api_keys.revoke(session, staff, key, NOW)

    console.write(revoke)
    fields = {"api_key": secret, "service_code": "lighting.street", "address_id": "b3"}
    assert (await post(console, fields)).status == 403


async def test_a_position_becomes_the_nearest_place(console: Console) -> None:
    def locate(session: Session) -> None:
        place = session.scalars(select(Place).where(Place.code == "b3")).one()
        place.latitude, place.longitude = 30.2762, 120.1553

    console.write(locate)
    fields = {"api_key": new_key(console), "service_code": "lighting.street"}
    for position, code in ((("30.27621", "120.15531"), "b3"), (("31", "121"), "demo")):
        at = dict(zip(("lat", "long"), position, strict=True))
        assert (await post(console, fields | at)).status == 200
        case = console.read(lambda s: s.scalars(select(Case).order_by(Case.id.desc())).first())
        assert case is not None
        assert case.place_path.endswith(f"/{code}/")


async def test_the_table_of_routes_has_a_rule_for_each(console: Console) -> None:
    """Only handing in needs a key, and only that changes anything."""
    assert console.client.app is not None
    registered = [
        route
        for route in console.client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/open311")
    ]
    # aiohttp answers HEAD wherever GET is registered by a decorator only: ours are plain
    assert len(registered) == len(ROUTES)
    for route in ROUTES:
        assert isinstance(route.rule, Keyed if route.method == "POST" else Public)
    for method in ("PUT", "DELETE", "PATCH"):
        response = await console.client.request(method, f"{V2}/requests.json")
        assert response.status == 400


async def test_never_more_than_a_thousand_requests_the_newest_first(console: Console) -> None:
    """In both formats; a list of numbers gives exactly those."""
    first = add_case(console, "最早的", days=80)
    numbers = range(50_000, 50_000 + MOST)

    def fill(session: Session) -> None:
        like = session.scalars(select(Case).where(Case.number == first)).one()
        values = {
            column.name: getattr(like, column.name)
            for column in Case.__table__.columns
            if column.name not in ("id", "number", "created_at")
        }
        rows = [
            {**values, "number": number, "created_at": NOW - timedelta(minutes=number - 49_000)}
            for number in numbers
        ]
        session.execute(insert(Case), rows)

    console.write(fill)
    shown = await ask(console, "requests")
    assert len(shown) == MOST == 1000
    assert format_ticket(first) not in {one["service_request_id"] for one in shown}
    moments = [datetime.fromisoformat(one["requested_datetime"]) for one in shown]
    assert moments == sorted(moments, reverse=True)
    assert len(parse((await got(console, "requests.xml")).text)) == MOST
    listed = await ask(console, "requests", service_request_id=",".join(map(str, numbers[:300])))
    assert len(listed) == 300


async def test_what_xml_must_escape_is_escaped(console: Console) -> None:
    """A category may be called anything; a published text may hold any sign."""

    def work(session: Session) -> None:
        wanted = category_keeping.Wanted(
            "lighting.stairwell", "lighting", '灯<&>"电"', "物业", "normal"
        )
        community = demo(session)
        catalogue, staff = Catalogues()(session, community.id), console.staff(session, "admin")
        category_keeping.keep(session, staff, community.id, wanted, catalogue, NOW)

    console.write(work)
    plain = await ask(console, "services/lighting.stairwell")
    assert plain["service_code"] == "lighting.stairwell"
    text = (await got(console, "services.xml")).text
    assert "灯&lt;&amp;&gt;" in text
    names = [one.text for one in parse(text).iter("service_name")]
    assert '灯<&>"电"' in names
    assert names == [one["service_name"] for one in await ask(console, "services")]


_TEXTS = st.text(max_size=20)


@given(_TEXTS)
def test_every_text_gives_readable_documents(text: str) -> None:
    """Whatever a text holds, XML can be parsed and JSON gives it back."""
    document = Document("errors", [{"code": 400, "description": text}])
    assert json.loads(to_json(document))[0]["description"] == text
    element = parse(to_xml(document))
    assert [child.tag for child in element[0]] == ["code", "description"]
