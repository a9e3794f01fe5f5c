"""The answers of GeoReport v2, one handler for each call."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.open311.asked import read_filters, read_handed, read_number
from console.open311.formats import Document, Fault, moment, respond
from console.visits import deps_of
from intents.categories import Category
from intents.tickets import format_ticket
from services import api_keys, communities, open_requests, outside, outside_search
from services.categories import Catalogue
from services.outside import PublicCase, PublicMove
from services.outside_search import MOST
from services.questions import Kind, Question
from storage.communities import Community

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-03-01T00:00:00+08:00"
KEY_SERVICE = "在社区的管理台申请密钥：管理员，接口密钥"
DATATYPES = {
    Kind.TEXT: "string",
    Kind.NUMBER: "number",
    Kind.ONE: "singlevaluelist",
    Kind.SEVERAL: "multivaluelist",
}


async def discovery(request: web.Request) -> web.Response:
    """Where the service is and how a key is had."""
    deps = deps_of(request)
    community = next(iter(await deps.database.read(communities.listed)), None)
    base = deps.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{base}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    content = {
        "changeset": CHANGESET,
        "contact": f"{community.name} {community.phone}".strip() if community else None,
        "key_service": KEY_SERVICE,
        "endpoints": [endpoint],
    }
    return _respond(request, "discovery", content)


async def services(request: web.Request) -> web.Response:
    """The categories in which cases may be seen and handed in: active, not private."""

    def work(session: Session) -> list[dict[str, Any]]:
        _, catalogue = _asked(request, session)
        return [_service(one, catalogue) for one in catalogue.all() if not one.private]

    return _respond(request, "services", await deps_of(request).database.read(work))


def _service(category: Category, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": f"由{category.department}办理",
        "metadata": bool(catalogue.questions(category.code)),
        "type": "blackbox" if category.private else "batch",
        "keywords": ",".join(category.keywords),
        "group": catalogue.groups[category.group],
    }


async def service(request: web.Request) -> web.Response:
    """The extra questions of a category."""

    def work(session: Session) -> dict[str, Any]:
        _, catalogue = _asked(request, session)
        category = _category(catalogue, request.match_info["code"])
        asked = enumerate(catalogue.questions(category.code), 1)
        return {
            "service_code": category.code,
            "attributes": [_attribute(question, order) for order, question in asked],
        }

    return _respond(request, "service_definition", await deps_of(request).database.read(work))


def _attribute(question: Question, order: int) -> dict[str, Any]:
    return {
        "variable": True,
        "code": question.code,
        "datatype": DATATYPES[question.kind],
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": question.text,
        "values": [{"key": key, "name": name} for key, name in question.options],
    }


async def requests(request: web.Request) -> web.Response:
    """The public cases, filtered as asked, the newest first, 1000 at most."""
    filters = read_filters(request.query, deps_of(request).clock())

    def work(session: Session) -> list[dict[str, Any]]:
        community, catalogue = _asked(request, session)
        found = outside_search.matching(session, community.id, catalogue, filters)
        return [_request(one) for one in outside.redacted(session, found, catalogue)]

    return _respond(request, "service_requests", await deps_of(request).database.read(work))


async def one_request(request: web.Request) -> web.Response:
    """One public case; a private one is as one that does not exist."""
    number = read_number(request.match_info["number"])

    def work(session: Session) -> list[dict[str, Any]]:
        community, catalogue = _asked(request, session)
        found = outside_search.by_number(session, community.id, catalogue, number or 0)
        if not found:
            raise Fault(404, "there is no such service request")
        return [_request(one) for one in outside.redacted(session, found, catalogue)]

    return _respond(request, "service_requests", await deps_of(request).database.read(work))


async def updates(request: web.Request) -> web.Response:
    """The public steps of cases (an addition by FixMyStreet), filtered as the cases are."""
    filters = read_filters(request.query, deps_of(request).clock())

    def work(session: Session) -> list[dict[str, Any]]:
        community, catalogue = _asked(request, session)
        found = outside_search.matching(session, community.id, catalogue, filters)
        return [_update(one) for one in outside.moves_of(session, found)][-MOST:]

    content = await deps_of(request).database.read(work)
    return _respond(request, "service_request_updates", content)


async def post_request(request: web.Request) -> web.Response:
    """Takes a case in and answers with its token."""
    deps, form = deps_of(request), await _form(request)

    def work(session: Session) -> list[dict[str, Any]]:
        now = deps.clock()
        asked = form.get("jurisdiction_id") or request.query.get("jurisdiction_id", "")
        community = _community(session, asked)
        key = api_keys.recognise(session, community.id, form.get("api_key", ""), now)
        if key is None:
            raise Fault(403, "api_key is missing or wrong")
        catalogue = deps.catalogues(session, community.id)
        if not form.get("service_code"):
            raise Fault(400, "service_code is missing")
        category = _category(catalogue, form["service_code"])
        handed = read_handed(form, category.code, catalogue)
        try:
            row = open_requests.take_in(
                session, key, handed, catalogue, deps.gazetteer, deps.hours, now
            )
        except open_requests.UnknownPlace:
            raise Fault(400, "address_id is no place of this community") from None
        notice = "已收到，社区受理后可用 token 查到编号"
        return [{"token": row.token, "service_notice": notice, "account_id": None}]

    return _respond(request, "service_requests", await deps.database.write(work))


async def token(request: web.Request) -> web.Response:
    """The number of a case that was handed in, once it is approved."""

    def work(session: Session) -> list[dict[str, Any]]:
        community = _community(session, request.query.get("jurisdiction_id", ""))
        asked = request.match_info["token"]
        found = open_requests.by_token(session, community.id, asked)
        if found is None:
            raise Fault(404, "there is no such token")
        row, case = found
        shown = open_requests.is_approved(case) and not case.private
        number = format_ticket(case.number) if shown else None
        return [{"service_request_id": number, "token": row.token}]

    return _respond(request, "service_requests", await deps_of(request).database.read(work))


def _respond(request: web.Request, root: str, content: Any) -> web.Response:
    return respond(Document(root, content), request.match_info["format"])


async def _form(request: web.Request) -> Any:
    if request.content_type != "application/x-www-form-urlencoded":
        raise Fault(400, "the body must be application/x-www-form-urlencoded")
    return await request.post()


def _community(session: Session, code: str) -> Community:
    """The community of a jurisdiction; without one, the only community that there is."""
    found = [one for one in communities.listed(session) if code in ("", one.code)]
    if not found:
        raise Fault(404, "there is no such jurisdiction_id")
    if len(found) > 1:
        raise Fault(400, "jurisdiction_id is missing: several communities are served here")
    return found[0]


def _asked(request: web.Request, session: Session) -> tuple[Community, Catalogue]:
    community = _community(session, request.query.get("jurisdiction_id", ""))
    return community, deps_of(request).catalogues(session, community.id)


def _category(catalogue: Catalogue, code: str) -> Category:
    category = catalogue.get(code)
    if category is None or category.private or not category.active:
        raise Fault(404, "there is no such service_code")
    return category


def _request(case: PublicCase) -> dict[str, Any]:
    return {
        "service_request_id": case.ticket,
        "status": _status(case.is_closed),
        "status_notes": case.status_notes,
        "service_name": case.category_name,
        "service_code": case.category,
        "description": case.description or None,
        "agency_responsible": case.department or None,
        "service_notice": None,
        "requested_datetime": moment(case.created_at),
        "updated_datetime": moment(case.updated_at),
        "expected_datetime": None if case.is_closed else moment(case.expected_at),
        "address": case.address or None,
        "address_id": case.address_id or None,
        "zipcode": None,
        "lat": case.latitude,
        "long": case.longitude,
        "media_url": None,
        "extended_attributes": {
            "state": case.state.value,
            "outcome": case.outcome or None,
            "national_class": case.national or None,
            "national_subclass": case.national_minor or None,
        },
    }


def _update(move: PublicMove) -> dict[str, Any]:
    return {
        "update_id": str(move.id),
        "service_request_id": move.ticket,
        "status": _status(move.is_closed),
        "updated_datetime": moment(move.at),
        "description": move.words,
    }


def _status(closed: bool) -> str:
    return "closed" if closed else "open"
