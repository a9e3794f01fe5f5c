"""What is to be read of votes that were cast: receipts, and named votes after closing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation import receipts
from deliberation.chain import Json
from services import ballot_log
from storage.ballots import Ballot, Elector, RollEntry


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt tells: its ballot and whether it is counted; never a choice."""

    ballot: Ballot
    counted: bool


def check_receipt(session: Session, community_id: int, text: str) -> Checked | None:
    """What a receipt tells (核对); None where nobody was given it here."""
    code = receipts.parse(text)
    query = select(RollEntry).where(
        RollEntry.community_id == community_id, RollEntry.receipt == (code or "")
    )
    entry = session.scalar(query)
    if entry is None:
        return None
    ballot = session.get_one(Ballot, entry.ballot_id)
    return Checked(ballot, ballot.state == "closed")


def receipts_of(session: Session, ballot: Ballot) -> list[str]:
    """The published list of receipts, sorted; raises StillOpen before closing."""
    if ballot.state != "closed":
        raise ballot_log.StillOpen("表决截止以后公布")
    query = select(RollEntry.receipt).where(RollEntry.ballot_id == ballot.id)
    return sorted(session.scalars(query))


@dataclass(frozen=True, slots=True)
class NamedVote:
    """A line of the published list of a named ballot: where the vote is from, and the choice."""

    label: str
    choice: Json
    origin: str


def named_votes(session: Session, ballot: Ballot) -> list[NamedVote]:
    """How everybody voted (公示到户), of a closed named ballot; empty for a secret one.

    Raises StillOpen before closing.
    """
    newest: dict[str, Json] = {}
    for event in ballot_log.events(session, ballot):
        if event.kind in ("cast", "change") and "voter" in event.payload:
            newest[str(event.payload["voter"])] = event.payload["choice"]
    query = (
        select(Elector.code, Elector.label, RollEntry.origin)
        .join(RollEntry, RollEntry.elector_id == Elector.id)
        .where(Elector.ballot_id == ballot.id)
        .order_by(Elector.code)
    )
    rows = session.execute(query).all()
    return [NamedVote(label, newest[code], how) for code, label, how in rows if code in newest]
