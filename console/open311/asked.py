"""Reading what a system asks: filters and handed-in requests, with all faults named at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from multidict import MultiMapping

from console.open311.formats import Fault
from intents.tickets import parse_ticket
from services.categories import Catalogue
from services.open_requests import Handed
from services.outside_search import MOST, Filters
from services.questions import Kind, Question

WINDOW = timedelta(days=90)
LONGEST_DESCRIPTION = 4000
LONGEST_ADDRESS = 200
LONGEST_ANSWER = 200
_HTML = re.compile(r"<\s*[a-zA-Z/!?]")
_PHONE = re.compile(r"[\d+() -]{5,24}")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


def read_filters(query: Mapping[str, str], now: datetime) -> Filters:
    """The filters of GET /requests; raises Fault 400 with all that is wrong."""
    if query.get("service_request_id"):
        numbers = [read_number(part) for part in _listed(query, "service_request_id")]
        known = tuple(number for number in numbers if number is not None)
        return Filters(known, (), now, now, frozenset())
    faults: list[str] = []
    start, end = (_moment(query, name, faults) for name in ("start_date", "end_date"))
    end = end or (min(start + WINDOW, now) if start else now)
    start = start or end - WINDOW
    if start > end:
        faults.append("start_date is after end_date")
    elif end - start > WINDOW:
        faults.append("the span between start_date and end_date is more than 90 days")
    statuses = frozenset(_listed(query, "status"))
    if not statuses <= {"open", "closed"}:
        faults.append("status is open, closed, or both with a comma")
    if faults:
        raise Fault(400, *faults)
    return Filters(None, tuple(_listed(query, "service_code")), start, end, statuses)


def _listed(query: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in query.get(name, "").split(",") if part.strip()][:MOST]


def read_number(text: str) -> int | None:
    """The number of a case in its written form (1001-9) or without the check digit."""
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return int(text)
    return parse_ticket(text)


def _moment(query: Mapping[str, str], name: str, faults: list[str]) -> datetime | None:
    """A moment in ISO 8601; the plus sign of a zone that came unescaped is a blank here."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        faults.append(f"{name} is no ISO 8601 date and time with a zone")
        return None
    return found


def read_handed(form: MultiMapping[str], category: str, catalogue: Catalogue) -> Handed:
    """What POST /requests brings; raises Fault 400 with all that is wrong."""
    faults: list[str] = []
    handed = Handed(
        category=category,
        description=_description(form, faults),
        position=_position(form, faults),
        address_id=form.get("address_id", "").strip(),
        address=" ".join(form.get("address_string", "").split())[:LONGEST_ADDRESS],
        phone=_phone(form, faults),
        answers=_answers(form, catalogue.questions(category), faults),
        media_url=_media_url(form, faults),
    )
    tried = "lat" in form or "long" in form
    if not (handed.position or handed.address_id or handed.address or tried):
        faults.append("where is missing: lat and long, address_string or address_id")
    if faults:
        raise Fault(400, *faults)
    return handed


def _description(form: MultiMapping[str], faults: list[str]) -> str:
    text = form.get("description", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_DESCRIPTION:
        faults.append(f"description has more than {LONGEST_DESCRIPTION} characters")
    if _HTML.search(text):
        faults.append("description must not contain HTML")
    return text


def _position(form: MultiMapping[str], faults: list[str]) -> tuple[float, float] | None:
    if "lat" not in form and "long" not in form:
        return None
    try:
        latitude, longitude = float(form.get("lat", "")), float(form.get("long", ""))
    except ValueError:
        latitude = longitude = math.nan
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        faults.append("lat and long are a position in degrees (WGS 84), both or none")
        return None
    return latitude, longitude


def _phone(form: MultiMapping[str], faults: list[str]) -> str | None:
    text = form.get("phone", "").strip()
    if text and not _PHONE.fullmatch(text):
        faults.append("phone is no telephone number")
    return text or None


def _media_url(form: MultiMapping[str], faults: list[str]) -> str:
    text = form.get("media_url", "").strip()
    parts = urlsplit(text)
    fits = parts.scheme in ("http", "https") and parts.netloc and text.isprintable()
    if text and (not fits or len(text) > 500):
        faults.append("media_url is no web address")
    return text


def _answers(
    form: MultiMapping[str], questions: tuple[Question, ...], faults: list[str]
) -> tuple[tuple[str, str], ...]:
    """The answers to the extra questions; several as `attribute[code][]`, keys for options."""
    found: list[tuple[str, str]] = []
    for question in questions:
        name = f"attribute[{question.code}]"
        given = [*form.getall(f"{name}[]", []), *form.getall(name, [])]
        values = [value.strip() for value in given if value.strip()]
        if not values:
            continue
        answer = _answer(question, values)
        if answer is None:
            faults.append(f"{name} is no answer to the question")
        else:
            found.append((question.text, answer))
    return tuple(found)


def _answer(question: Question, values: list[str]) -> str | None:
    if len(values) > 1 and question.kind is not Kind.SEVERAL:
        return None
    if question.kind in (Kind.ONE, Kind.SEVERAL):
        names = dict(question.options)
        return "、".join(names[v] for v in values) if all(v in names for v in values) else None
    if question.kind is Kind.NUMBER:
        return values[0] if _NUMBER.fullmatch(values[0]) else None
    fits = len(values[0]) <= LONGEST_ANSWER and not _HTML.search(values[0])
    return values[0] if fits else None
