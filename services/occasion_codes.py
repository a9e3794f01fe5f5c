"""The QR codes of an activity: one to sign up by, one to check in and out by, made by WeChat.

A code stands on a poster with the name, the time and the place (see services.posters).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import attendance, audit
from services.access import Permission, require
from services.activities import when
from services.place_codes import BATCH, MOST_TRIES, WantedCode
from services.posters import LINE_LIMIT
from storage.activities import Activity, Occasion, OccasionCode
from storage.communities import Community
from storage.staff import Staff


class CodeKind(StrEnum):
    """What a scan of the code does; the value is stored."""

    JOIN = "join"
    SIGN_IN = "sign-in"


TITLES = {CodeKind.JOIN: "扫码报名", CodeKind.SIGN_IN: "扫码签到签退"}


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says; `url` is empty until WeChat has made the code."""

    kind: CodeKind
    title: str
    lines: tuple[str, ...]
    scene: str
    url: str
    asked: bool
    error: str


def poster(
    session: Session, activity: Activity, occasion: Occasion, kind: CodeKind, now: datetime
) -> Poster:
    """A poster of an occasion: what is on, when, where, and the code as far as it is made."""
    row = _row(session, occasion, kind)
    lines = (activity.title, when(occasion, now), activity.place_text)
    return Poster(
        kind,
        TITLES[kind],
        tuple(line[:LINE_LIMIT] for line in lines if line),
        scene(activity, occasion, kind),
        row.url if row else "",
        row is not None,
        row.error if row else "",
    )


def scene(activity: Activity, occasion: Occasion, kind: CodeKind) -> str:
    """What a scan brings to the bot."""
    if kind is CodeKind.JOIN:
        return f"activity:{activity.id}"
    return f"signin:{attendance.scene_of(occasion)}"


def ask_for(
    session: Session, staff: Staff, activity: Activity, occasion: Occasion, now: datetime
) -> int:
    """Asks for the codes of an occasion that are not there yet; returns how many."""
    require(staff, Permission.KEEP_ACTIVITIES, activity.place_path)
    asked = 0
    for kind in CodeKind:
        row = _row(session, occasion, kind)
        if row is not None and row.url:
            continue
        row = row or OccasionCode(
            community_id=occasion.community_id,
            occasion_id=occasion.id,
            kind=kind.value,
            url="",
            created_at=now,
        )
        row.attempts, row.error, row.next_at = 0, "", now
        session.add(row)
        asked += 1
    if asked:
        audit.record(session, now, staff, "occasion_codes.ask", occasion, after={"count": asked})
    return asked


def claim(session: Session, now: datetime) -> list[WantedCode]:
    """Codes that are due to be made; a claim holds for two minutes."""
    rows = session.execute(
        select(OccasionCode, Occasion, Activity, Community.code)
        .join(Occasion, Occasion.id == OccasionCode.occasion_id)
        .join(Activity, Activity.id == Occasion.activity_id)
        .join(Community, Community.id == OccasionCode.community_id)
        .where(
            OccasionCode.url == "",
            OccasionCode.attempts < MOST_TRIES,
            OccasionCode.next_at <= now,
        )
        .order_by(OccasionCode.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=OccasionCode)
    ).all()
    for row, *_ in rows:
        row.attempts, row.next_at = row.attempts + 1, now + timedelta(minutes=2)
    return [
        WantedCode(row.id, community, scene(activity, occasion, CodeKind(row.kind)))
        for row, occasion, activity, community in rows
    ]


def made(session: Session, code_id: int, url: str) -> None:
    """Records what the code holds."""
    code = session.get_one(OccasionCode, code_id)
    code.url, code.error = url, ""


def failed(session: Session, code_id: int, error: str) -> None:
    """Records why it could not be made."""
    session.get_one(OccasionCode, code_id).error = error[:200]


def _row(session: Session, occasion: Occasion, kind: CodeKind) -> OccasionCode | None:
    return session.scalar(
        select(OccasionCode).where(
            OccasionCode.occasion_id == occasion.id, OccasionCode.kind == kind.value
        )
    )
