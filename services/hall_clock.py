"""What the clock does in the hall: ballots and questionnaires open and close at their minute.

`due` lists what is to be done, `do` does one of it after looking again under the lock, so any
number of workers may run side by side, and one that fails holds up no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import ballots, desk, hall_news, proposals, questionnaires
from services.access import Permission
from services.calendar import say_moment
from services.electorates import NoElectorate
from services.hall_stages import remind
from services.result_words import lines
from storage.ballots import Ballot, Elector, ElectorMember
from storage.hall import Topic
from storage.questionnaires import Questionnaire
from storage.register import RegisteredPerson
from storage.residents import Resident

PUT_OFF = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: the kind of row and its number."""

    kind: str
    id: int


def due(session: Session, now: datetime) -> list[Due]:
    """Everything that is to open or close by now."""
    found = []
    for kind, table in (("ballot", Ballot), ("sheet", Questionnaire)):
        to_open = (table.state == "planned") & (table.opens_at <= now)
        to_close = (table.state == "open") & (table.closes_at <= now)
        query = select(table.id).where(to_open | to_close).order_by(table.id)
        found += [Due(kind, number) for number in session.scalars(query)]
    return found


def do(session: Session, one: Due, now: datetime) -> None:
    """Opens or closes one ballot or questionnaire, if it still is to be."""
    if one.kind == "ballot":
        _ballot(session, ballots.locked(session, one.id), now)
    else:
        query = select(Questionnaire).where(Questionnaire.id == one.id)
        _sheet(session, session.scalars(query.with_for_update(key_share=True)).one(), now)


def tidy(session: Session, now: datetime) -> None:
    """Ends proposals whose time is over; puts overdue stages in the queue."""
    proposals.lapse(session, now)
    remind(session, now)


def _ballot(session: Session, ballot: Ballot, now: datetime) -> None:
    if ballot.state == "planned" and ballot.opens_at <= now:
        try:
            ballots.open_ballot(session, ballot, now)
        except NoElectorate as error:
            _ask_staff(session, ballot, str(error), now)
            return
        _invite(session, ballot, now)
    elif ballot.state == "open" and ballot.closes_at <= now:
        ballots.close_ballot(session, ballot, now)
        _tell_result(session, ballot, now)


def _sheet(session: Session, sheet: Questionnaire, now: datetime) -> None:
    if sheet.state == "planned" and sheet.opens_at <= now:
        questionnaires.open_sheet(session, sheet, now)
    elif sheet.state == "open" and sheet.closes_at <= now:
        questionnaires.close_sheet(session, sheet, now)


def _ask_staff(session: Session, ballot: Ballot, words: str, now: datetime) -> None:
    """A ballot that cannot open is put off for an hour, and staff see why."""
    topic = session.get_one(Topic, ballot.topic_id)
    lasting = ballot.closes_at - ballot.opens_at
    ballot.opens_at = now + PUT_OFF
    ballot.closes_at = ballot.opens_at + lasting
    subject = desk.Subject(
        community_id=ballot.community_id,
        place_path=topic.place_path,
        link=f"/console/hall/{topic.id}",
        needs=Permission.KEEP_TOPICS,
    )
    title = f"表决“{ballot.title}”没能开始：{words}"
    source = f"ballot:{ballot.id}"
    desk.put(session, desk.ItemKind.TOPIC, source, title, subject, due=now, now=now)


def _invite(session: Session, ballot: Ballot, now: datetime) -> None:
    """Tells those of the electorate who have an account that they may vote."""
    query = (
        select(Resident)
        .join(RegisteredPerson, RegisteredPerson.resident_id == Resident.id)
        .join(ElectorMember, ElectorMember.person_id == RegisteredPerson.id)
        .join(Elector, Elector.id == ElectorMember.elector_id)
        .where(Elector.ballot_id == ballot.id)
        .order_by(Resident.id)
        .distinct()
    )
    until = say_moment(ballot.closes_at, now)
    text = f"【表决】{ballot.title}\n请您投一票，截止{until}。回复“表决”看方案、投票。"
    for resident in session.scalars(query).all():
        hall_news.post(session, resident, f"ballot:{ballot.id}:open", text, now)


def _tell_result(session: Session, ballot: Ballot, now: datetime) -> None:
    text = "您参与的表决有结果了。\n" + "\n".join(lines(ballot))
    for resident in hall_news.voters(session, ballot):
        hall_news.post(session, resident, f"ballot:{ballot.id}:closed", text, now)
