"""The table of a topic: required seats, X seats, invitations and the sign-in sheet (3+X)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import hall, outbox
from services.access import Permission, require
from services.hall import Happened
from services.hall_stages import NotYet
from storage.ballots import Ballot, Elector
from storage.hall import Attendance, Seat, Topic
from storage.residents import Resident
from storage.staff import Staff

SEAT_STATES = {"empty": "空缺", "invited": "已邀请", "accepted": "已就座", "declined": "不参加"}


def seats_of(session: Session, topic: Topic) -> list[Seat]:
    """The seats of a topic, the required ones first."""
    query = select(Seat).where(Seat.topic_id == topic.id)
    return list(session.scalars(query.order_by(Seat.required.desc(), Seat.id)))


def add_seat(session: Session, staff: Staff, topic: Topic, title: str) -> Seat:
    """Another X seat, for somebody whom the matter concerns."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if not title.strip():
        raise NotYet(["请写明席位代表谁"])
    seat = Seat(
        community_id=topic.community_id, topic_id=topic.id, role="x", title=title.strip()[:48]
    )
    session.add(seat)
    session.flush()
    return seat


def invite(
    session: Session,
    staff: Staff,
    seat: Seat,
    holder: str,
    resident: Resident | None,
    now: datetime,
) -> None:
    """Invites somebody to a seat; a resident hears of it and answers in chat.

    Raises NotYet without a name, ValueError for a resident of another community.
    """
    topic = session.get_one(Topic, seat.topic_id)
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    if not holder.strip():
        raise NotYet(["请写明请的是谁"])
    if resident is not None and resident.community_id != topic.community_id:
        raise ValueError("a seat is for residents of the same community")
    seat.holder, seat.resident_id = holder.strip()[:48], resident.id if resident else None
    seat.state, seat.invited_at, seat.answered_at = "invited", now, None
    hall.note(session, topic, Happened("seat", f"邀请：{seat.title}"), staff, now)
    if resident is not None:
        text = (
            f"社区请您参加议事：“{topic.title}”，席位：{seat.title}。\n回复“议事邀请”看看、答复。"
        )
        source = f"seat:{seat.id}:{int(now.timestamp())}"
        outbox.post(session, resident, text, source=source, now=now)


def answer(
    session: Session, seat: Seat, now: datetime, *, accepts: bool, staff: Staff | None = None
) -> None:
    """Takes the answer of the one invited; `staff` where they told it to a member of staff."""
    if seat.state not in ("invited", "accepted", "declined"):
        raise NotYet(["这个席位还没有邀请人"])
    seat.state, seat.answered_at = "accepted" if accepts else "declined", now
    topic = session.get_one(Topic, seat.topic_id)
    words = f"{seat.title}：{SEAT_STATES[seat.state]}"
    hall.note(session, topic, Happened("seat", words, public=True), staff, now)


def invitations_of(session: Session, resident: Resident) -> list[Seat]:
    """The seats that a resident was invited to and has not answered."""
    query = select(Seat).where(Seat.resident_id == resident.id, Seat.state == "invited")
    return list(session.scalars(query.order_by(Seat.id)))


def sign_in(
    session: Session,
    staff: Staff,
    topic: Topic,
    name: str,
    now: datetime,
    *,
    seat: Seat | None = None,
    elector: Elector | None = None,
) -> Attendance:
    """A line of the sign-in sheet of the open stage; the same name stands there once.

    An `elector` counts as present where a meeting votes.
    """
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    words = name.strip()[:48]
    if not words:
        raise NotYet(["请写明谁到会"])
    same = (Attendance.topic_id == topic.id, Attendance.stage == topic.stage)
    found = session.scalar(select(Attendance).where(*same, Attendance.name == words))
    if found is not None:
        return found
    line = Attendance(
        community_id=topic.community_id,
        topic_id=topic.id,
        stage=topic.stage,
        name=words,
        seat_id=seat.id if seat else None,
        ballot_id=elector.ballot_id if elector else None,
        elector_id=elector.id if elector else None,
        signed_at=now,
        staff_id=staff.id,
    )
    session.add(line)
    session.flush()
    return line


def sheet(session: Session, topic: Topic, stage: str = "") -> list[Attendance]:
    """The sign-in sheet of a stage, of all stages where none is named."""
    query = select(Attendance).where(Attendance.topic_id == topic.id)
    if stage:
        query = query.where(Attendance.stage == stage)
    return list(session.scalars(query.order_by(Attendance.id)))


def present_electors(session: Session, ballot: Ballot) -> set[int]:
    """The electors of a ballot who signed in at its meeting."""
    query = select(Attendance.elector_id).where(Attendance.ballot_id == ballot.id)
    return {number for number in session.scalars(query) if number is not None}
