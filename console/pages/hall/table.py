"""The table of a topic: its seats, invitations, and the sign-in sheet."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.forms import number_or_none
from console.pages.hall import shared
from console.pages.hall.topic import Form, act
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import ballot_reading, hall, hall_minutes, hall_reading, hall_seats, register
from services.hall_stages import NotYet
from storage.ballots import Elector
from storage.hall import Attendance, Seat, Topic
from storage.residents import Resident


async def add_seat(request: web.Request) -> web.Response:
    """Another X seat."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        hall_seats.add_seat(session, visit.staff, topic, form.get("title", ""))

    return await act(request, "seats", work, "added")


async def invite(request: web.Request) -> web.Response:
    """Invites somebody to a seat, in chat where they are bound in the register."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        resident = _resident(session, topic, form.get("person", "").strip())
        seat = _seat(session, topic, form)
        holder = form.get("holder", "")
        hall_seats.invite(session, visit.staff, seat, holder, resident, visit.now)

    return await act(request, "seats", work, "invited")


async def answer(request: web.Request) -> web.Response:
    """Notes what somebody invited has told a member of staff."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        seat, accepts = _seat(session, topic, form), form.get("accepts") == "1"
        hall_seats.answer(session, seat, visit.now, accepts=accepts, staff=visit.staff)

    return await act(request, "seats", work)


async def sign_in(request: web.Request) -> web.Response:
    """A line of the sign-in sheet of the open stage."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        number = number_or_none(form.get("seat"))
        seat = hall_reading.seat_of(session, topic, number) if number else None
        elector = _elector(session, topic, form.get("elector", "").strip())
        name = form.get("name", "")
        hall_seats.sign_in(session, visit.staff, topic, name, visit.now, seat=seat, elector=elector)

    return await act(request, "signed", work)


async def sheet(request: web.Request) -> web.Response:
    """The sign-in sheet of the open stage, to be printed and signed."""
    visit = visit_of(request)
    number = number_in_path(request)
    context = await visit.read(lambda session: _sheet(session, visit, number))
    return render(request, "hall/sheet.html", context)


def _sheet(session: Session, visit: Visit, number: int) -> dict[str, object]:
    topic = shared.find_topic(session, visit, number)
    stage, present = hall.stage_of(topic), _by_stage(session, topic)
    return {
        "topic": topic,
        "stage": stage,
        "came": hall_minutes.attendance(session, topic, stage, present),
        "seats": hall_seats.seats_of(session, topic),
        "electors": _meeting(session, topic),
        "present": present,
        "base": shared.topic_address(topic.id),
    }


def _by_stage(session: Session, topic: Topic) -> list[Attendance]:
    return hall_seats.sheet(session, topic, topic.stage)


def _meeting(session: Session, topic: Topic) -> list[Elector]:
    """Those with a vote at the meeting of this stage, once the list is frozen."""
    here = [b for b in ballot_reading.ballots_of(session, topic) if b.stage == topic.stage]
    meeting = [ballot for ballot in here if ballot.in_meeting]
    return [one for ballot in meeting for one in hall_reading.electors_of(session, ballot)]


def _seat(session: Session, topic: Topic, form: Form) -> Seat:
    seat = hall_reading.seat_of(session, topic, number_or_none(form.get("seat")))
    if seat is None:
        raise NotYet(["没有这个席位"])
    return seat


def _resident(session: Session, topic: Topic, code: str) -> Resident | None:
    if not code:
        return None
    person = register.person_by_code(session, topic.community_id, code)
    resident = hall_reading.resident_by_person(session, person)
    if resident is None:
        raise NotYet([f"名册里的“{code}”没有绑定微信账号，请留空，打电话邀请"])
    return resident


def _elector(session: Session, topic: Topic, code: str) -> Elector | None:
    if not code:
        return None
    found = next((one for one in _meeting(session, topic) if one.code == code), None)
    if found is None:
        raise NotYet([f"这次会议的表决名单里没有“{code}”"])
    return found
