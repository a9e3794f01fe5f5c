"""Casting a vote: choose, hear it repeated, confirm; change until closing; check the receipt.

One vote for each elector is kept by the database. Whoever cast it may change it and nobody else:
in a household or among co-owners the first to vote votes for all. Who voted is written in the
roll, what was voted goes into the sealed boxes (`services/ballot_box.py`).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from deliberation import ballot_log as log
from deliberation import receipts
from deliberation.chain import Json, canonical
from deliberation.counting import count
from deliberation.definition import Ballot as Vote
from deliberation.tally import InvalidBallotError
from services import ballot_log, consents, electorates
from services.ballot_box import Boxes
from services.ballots import definition_of, locked
from services.consents import Scope
from services.processes import Electors
from services.register import person_of
from storage.ballots import Ballot, ChosenVote, Elector, ElectorMember, RollEntry
from storage.residents import Resident


class NotOpen(Exception):
    """The ballot does not take votes now."""


class NoVoice(Exception):
    """The resident has no vote here, or no leave to cast this one."""


class AlreadyVoted(Exception):
    """The vote was cast by another hand, or may not be changed."""


@dataclass(frozen=True, slots=True)
class Hand:
    """By whose hand a vote comes in.

    `voter` is whose vote it is in chat and `agent` who acts for them; on paper and by phone there
    is neither, and two members of staff have entered it.
    """

    origin: str = "chat"
    voter: Resident | None = None
    agent: Resident | None = None
    entered_by: int | None = None
    confirmed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """What a voter gets: the receipt, and whether an earlier vote was replaced."""

    receipt: str
    changed: bool


def electors_of(session: Session, ballot: Ballot, resident: Resident) -> list[Elector]:
    """The votes that a resident may cast for themselves; in an open poll one, written down now."""
    if ballot.electorate == Electors.OPEN:
        return [_open_elector(session, ballot, resident)]
    person = person_of(session, resident)
    if person is None:
        return []
    query = (
        select(Elector)
        .join(ElectorMember, ElectorMember.elector_id == Elector.id)
        .where(Elector.ballot_id == ballot.id, ElectorMember.person_id == person.id)
        .order_by(Elector.code)
    )
    return list(session.scalars(query))


def _open_elector(session: Session, ballot: Ballot, resident: Resident) -> Elector:
    code = f"r{resident.id}"
    same = (Elector.ballot_id == ballot.id, Elector.code == code)
    found = session.scalar(select(Elector).where(*same))
    if found is not None:
        return found
    elector = Elector(
        community_id=ballot.community_id, ballot_id=ballot.id, code=code, label="居民", persons=1
    )
    session.add(elector)
    session.flush()
    session.add(ElectorMember(elector_id=elector.id, resident_id=resident.id))
    return elector


def elector_of(session: Session, ballot: Ballot, elector_id: int) -> Elector | None:
    """An elector of this ballot by its number."""
    elector = session.get(Elector, elector_id)
    return elector if elector is not None and elector.ballot_id == ballot.id else None


def require_voice(
    session: Session, ballot: Ballot, elector: Elector, hand: Resident, voter: Resident
) -> None:
    """Raises NoVoice unless `voter` has this vote, and `hand` is they or has their leave."""
    if elector.ballot_id != ballot.id or elector.id not in {
        mine.id for mine in electors_of(session, ballot, voter)
    }:
        raise NoVoice("这次表决的名单里没有您")
    if hand.id != voter.id and not consents.allows(session, voter, hand, Scope.DELIBERATION):
        raise NoVoice("还没有得到本人同意")


def roll_entry(session: Session, elector: Elector) -> RollEntry | None:
    """That an elector has voted."""
    return session.scalar(select(RollEntry).where(RollEntry.elector_id == elector.id))


def require_open(ballot: Ballot, now: datetime) -> None:
    """Raises NotOpen unless the ballot takes votes at this moment."""
    if ballot.state != "open" or now >= ballot.closes_at:
        raise NotOpen("表决没有在进行")


def check(ballot: Ballot, choice: Json) -> None:
    """Raises InvalidBallotError for a choice that the ballot does not allow."""
    definition = definition_of(ballot)
    known = {option.code for option in definition.options}
    named = choice if isinstance(choice, list | dict) else [choice]
    if known and any(code is not None and code not in known for code in named):
        raise InvalidBallotError("an option that is not on the list")
    count(definition, [Vote(choice, definition.eligible or log.ONE_PERSON)])


def choose(
    session: Session, ballot: Ballot, elector: Elector, hand: Resident, choice: Json, now: datetime
) -> None:
    """Keeps a choice, encrypted, until `hand` confirms it. Raises NotOpen, InvalidBallotError."""
    require_open(ballot, now)
    check(ballot, choice)
    drop(session, ballot, elector, hand)
    session.add(
        ChosenVote(
            community_id=ballot.community_id,
            ballot_id=ballot.id,
            elector_id=elector.id,
            resident_id=hand.id,
            choice=canonical(choice),
        )
    )
    session.flush()


def chosen(session: Session, ballot: Ballot, elector: Elector, hand: Resident) -> ChosenVote | None:
    """What was chosen and not confirmed."""
    query = select(ChosenVote).where(
        ChosenVote.ballot_id == ballot.id,
        ChosenVote.elector_id == elector.id,
        ChosenVote.resident_id == hand.id,
    )
    return session.scalar(query)


def drop(session: Session, ballot: Ballot, elector: Elector, hand: Resident) -> None:
    """Forgets what was chosen and not confirmed."""
    session.execute(
        delete(ChosenVote).where(
            ChosenVote.ballot_id == ballot.id,
            ChosenVote.elector_id == elector.id,
            ChosenVote.resident_id == hand.id,
        )
    )


def confirm(
    session: Session,
    ballot_id: int,
    elector: Elector,
    hand: Resident,
    voter: Resident,
    now: datetime,
) -> Cast | None:
    """Casts what `hand` chose for `voter`; None where nothing is chosen (any more).

    Raises NotOpen, NoVoice, AlreadyVoted.
    """
    ballot = locked(session, ballot_id)
    require_open(ballot, now)
    require_voice(session, ballot, elector, hand, voter)
    waiting = chosen(session, ballot, elector, hand)
    if waiting is None:
        return None
    agent = hand if hand.id != voter.id else None
    origin = "assisted" if agent else "chat"
    given = json.loads(waiting.choice)
    session.delete(waiting)
    return put_in(session, ballot, elector, given, Hand(origin, voter, agent), now)


def put_in(
    session: Session, ballot: Ballot, elector: Elector, choice: Json, hand: Hand, now: datetime
) -> Cast:
    """Takes a vote, or another choice of the same hand; `ballot` is locked.

    Raises NotOpen, InvalidBallotError, AlreadyVoted.
    """
    require_open(ballot, now)
    check(ballot, choice)
    entry = roll_entry(session, elector)
    if entry is not None:
        _require_same_hand(ballot, entry, hand)
    vote = Vote(choice, electorates.weight_of(elector))
    receipt = entry.receipt if entry else _new_receipt(session)
    Boxes.of(session, ballot).put(elector, vote)
    shown = log.Cast(receipt) if ballot.secret else log.Cast(receipt, elector.code, vote)
    newest = ballot_log.last(session, ballot)
    event = log.changed(newest, shown) if entry else log.cast(newest, shown)
    ballot_log.keep(session, ballot, event)
    if entry is None:
        session.add(_entry(ballot, elector, receipt, hand, now))
        session.flush()
    return Cast(receipt, changed=entry is not None)


def _require_same_hand(ballot: Ballot, entry: RollEntry, hand: Hand) -> None:
    if not ballot.changeable:
        raise AlreadyVoted("这次表决投出后不能改")
    voter = hand.voter.id if hand.voter else None
    if entry.voter_id != voter:
        raise AlreadyVoted(
            "这一票已经在社区投过（纸质或电话）"
            if entry.voter_id is None
            else "这一票已由家里人投出"
        )


def _entry(ballot: Ballot, elector: Elector, receipt: str, hand: Hand, now: datetime) -> RollEntry:
    return RollEntry(
        community_id=ballot.community_id,
        ballot_id=ballot.id,
        elector_id=elector.id,
        receipt=receipt,
        origin=hand.origin,
        voter_id=hand.voter.id if hand.voter else None,
        agent_id=hand.agent.id if hand.agent else None,
        entered_by=hand.entered_by,
        confirmed_by=hand.confirmed_by,
        at=now,
    )


def _new_receipt(session: Session) -> str:
    while True:
        code = receipts.receipt(secrets.token_bytes(4))
        if not session.scalar(select(exists().where(RollEntry.receipt == code))):
            return code
