"""What mutual help, the time bank and the hardship lane keep about a resident: for their copy, and
removed when they are forgotten (个人信息保护法 art. 45, 47).

What others are part of stays, without the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from storage.aid import AidRequest, AidStep, Referral
from storage.board import BoardClaim, BoardPost, Wish
from storage.care import CareGiver, CareRequest

_LIVE_CLAIM = ("asked", "agreed")


def export(session: Session, resident_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of a resident as plain values."""
    posts = session.scalars(select(BoardPost).where(BoardPost.resident_id == resident_id))
    wishes = session.scalars(select(Wish).where(Wish.resident_id == resident_id))
    givers = session.scalars(select(CareGiver).where(CareGiver.resident_id == resident_id))
    care = session.scalars(select(CareRequest).where(_in_care(resident_id)))
    aid = session.scalars(select(AidRequest).where(AidRequest.resident_id == resident_id))
    return {
        "posts": _rows(posts.all(), "kind", "text", "state"),
        "wishes": _rows(wishes.all(), "text", "state"),
        "care_giver": _rows(givers.all(), "words", "phone", "state"),
        "care": _rows(care.all(), "kind", "time_words", "minutes", "state"),
        "aid": _rows(aid.all(), "whom", "kind", "need", "phone", "state", "outcome"),
    }


def _rows(found: Sequence[Any], *names: str) -> list[dict[str, Any]]:
    return [
        {"at": row.created_at.isoformat(), **{name: getattr(row, name) for name in names}}
        for row in found
    ]


def forget(session: Session, resident_id: int) -> None:
    """Removes words, phones and notes, and ends what was open."""
    for statement in (*_board(resident_id), *_care(resident_id), *_aid(resident_id)):
        session.execute(statement, execution_options={"synchronize_session": False})
    session.expire_all()


def _board(resident_id: int) -> list[Update]:
    own = select(BoardPost.id).where(BoardPost.resident_id == resident_id)
    answered = select(BoardClaim.post_id).where(
        BoardClaim.resident_id == resident_id, BoardClaim.state.in_(_LIVE_CLAIM)
    )
    mine = or_(BoardClaim.resident_id == resident_id, BoardClaim.post_id.in_(own))
    return [
        update(BoardPost).where(BoardPost.id.in_(answered)).values(state="open"),
        update(BoardClaim).where(mine, BoardClaim.state.in_(_LIVE_CLAIM)).values(state="withdrawn"),
        update(BoardClaim).where(mine).values(author_phone=None, claimant_phone=None),
        update(BoardClaim).where(BoardClaim.resident_id == resident_id).values(words=""),
        update(BoardPost)
        .where(BoardPost.id.in_(own), BoardPost.state != "done")
        .values(state="withdrawn"),
        update(BoardPost).where(BoardPost.id.in_(own)).values(text=""),
        update(Wish)
        .where(Wish.resident_id == resident_id, Wish.state.in_(("waiting", "refused")))
        .values(state="withdrawn", text=""),
    ]


def _care(resident_id: int) -> list[Update]:
    mine = _in_care(resident_id)
    return [
        update(CareGiver)
        .where(CareGiver.resident_id == resident_id)
        .values(words="", phone=None, state="resting"),
        update(CareRequest).where(mine).values(notes=None, phone=None),
        update(CareRequest)
        .where(mine, CareRequest.state.in_(("open", "matched")))
        .values(state="cancelled"),
    ]


def _aid(resident_id: int) -> list[Update]:
    own = select(AidRequest.id).where(AidRequest.resident_id == resident_id)
    return [
        update(Referral).where(Referral.aid_id.in_(own)).values(words=None, answer=None),
        update(Referral)
        .where(Referral.aid_id.in_(own), Referral.state.in_(("asked", "sent", "accepted")))
        .values(state="withdrawn"),
        update(AidStep).where(AidStep.aid_id.in_(own)).values(words=None),
        update(AidRequest)
        .where(AidRequest.id.in_(own), AidRequest.state.in_(("received", "working")))
        .values(state="withdrawn"),
        update(AidRequest)
        .where(AidRequest.id.in_(own))
        .values(need=None, phone=None, outcome=None, media=[]),
    ]


def _in_care(resident_id: int) -> Any:
    return or_(CareRequest.elder_id == resident_id, CareRequest.requester_id == resident_id)
