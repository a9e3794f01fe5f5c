"""Telling residents how a case goes on: who reported it, and the neighbours who follow it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import followers, outbox
from services.case_states import CLOSED, STATE_NAMES, STATE_WORDS, USUAL_REASONS, State
from storage.cases import Case, CaseEvent
from storage.residents import Resident


def tell_progress(
    session: Session, case: Case, event: CaseEvent, number: str, now: datetime
) -> None:
    """Tells the resident about a move of their case, and all who follow it, through the outbox."""
    state = State(case.state)
    lines = [STATE_WORDS[state]]
    if event.reason and event.reason != USUAL_REASONS.get(state):
        lines.append(f"说明：{event.reason}")
    _post(session, case, event, number, "\n".join(lines), _onwards(case), now)
    tell_followers(session, case, event, number, "\n".join(lines), now)


def _onwards(case: Case) -> str:
    state = State(case.state)
    if state is State.REVIEW and case.asked_at:
        return "办得怎么样，回复“解决了”或“没解决”就行。"
    if state in CLOSED:
        return "还没解决？回复“没解决”。"
    return "等您一句话，回复“补充”。" if state is State.WAITING else "回复“进度”随时查看。"


def tell_followers(
    session: Session, case: Case, event: CaseEvent, number: str, words: str, now: datetime
) -> None:
    """Tells the neighbours who follow a case; a case that became confidential is silent to them."""
    if case.private or case.state in (State.WAITING, State.REVIEW, State.ARCHIVED):
        return
    for neighbour in followers.of_case(session, case):
        outbox.post(
            session,
            neighbour,
            f"您关注的事有了进展：{named(case, number)}\n{words}\n不想再收到，回复“{number}”再选。",
            source=f"case-event:{event.id}:{neighbour.id}",
            now=now,
            policy="decision",
            template="case_progress",
            fields=_fields(case, number),
        )


def _post(
    session: Session,
    case: Case,
    event: CaseEvent,
    number: str,
    words: str,
    onwards: str,
    now: datetime,
) -> None:
    if case.resident_id is None:
        return
    outbox.post(
        session,
        session.get_one(Resident, case.resident_id),
        f"您反映的事有了进展：{named(case, number)}\n{words}\n{onwards}",
        source=f"case-event:{event.id}",
        now=now,
        policy="decision",
        template="case_progress",
        fields=_fields(case, number),
    )


def named(case: Case, number: str) -> str:
    """A case as a message names it: a confidential one only by its number, for a telephone is
    read by others, too.
    """
    return f"〔{number}〕" if case.private else f"〔{number}〕{case.title}"


def _fields(case: Case, number: str) -> dict[str, str]:
    note = "您反映的事" if case.private else case.title
    return {"number": number, "state": STATE_NAMES[State(case.state)], "note": note}
