"""The locked boxes of a ballot: what was voted, apart from who voted, unreadable until closing.

Each ballot has a key of its own. A box holds one choice with its weight, padded to one size; its
tag is a keyed hash of the elector's code, so that a change replaces the box and nothing else can
find it. At closing all boxes are opened at once, then boxes and key are erased: from then on
nothing stored leads from a voter to a choice. See docs/adr/0010-secret-ballots.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from deliberation.ballot_log import ballot_json, ballot_of
from deliberation.chain import canonical
from deliberation.definition import Ballot as Vote
from storage.ballots import Ballot, BallotKey, ChosenVote, Elector, PaperVote, SealedVote

PAD = 256


class Boxes:
    """All boxes of one ballot, with its key."""

    def __init__(self, session: Session, ballot: Ballot, key: str) -> None:
        self._session, self._ballot = session, ballot
        self._key = key.encode()
        self._lock = Fernet(self._key)

    @classmethod
    def of(cls, session: Session, ballot: Ballot) -> Boxes:
        """The boxes of an open ballot; NoResultFound once it is closed."""
        return cls(session, ballot, session.get_one(BallotKey, ballot.id).key)

    def put(self, elector: Elector, vote: Vote) -> None:
        """Puts a choice in, in place of the one before."""
        tag = self._tag(elector.code)
        found = self._session.get(SealedVote, tag)
        box = self._lock.encrypt(_padded(canonical(ballot_json(vote))))
        if found is None:
            self._session.add(SealedVote(tag=tag, ballot_id=self._ballot.id, box=box))
        else:
            found.box = box
        self._session.flush()

    def votes(self) -> list[Vote]:
        """Every choice, in the order of their canonical texts, which tells nothing of the order
        of voting.
        """
        query = select(SealedVote.box).where(SealedVote.ballot_id == self._ballot.id)
        texts = sorted(
            self._lock.decrypt(bytes(box)).decode() for box in self._session.scalars(query)
        )
        return [ballot_of(json.loads(text)) for text in texts]

    def _tag(self, code: str) -> str:
        text = f"{self._ballot.id}\n{code}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def make_key(session: Session, ballot: Ballot) -> None:
    """Gives a ballot its key, at opening."""
    session.add(BallotKey(ballot_id=ballot.id, key=Fernet.generate_key().decode()))
    session.flush()


def erase(session: Session, ballot: Ballot) -> None:
    """Removes boxes, key and every choice that was not yet cast."""
    for table in (SealedVote, BallotKey, ChosenVote, PaperVote):
        session.execute(delete(table).where(table.ballot_id == ballot.id))


def _padded(text: str) -> bytes:
    data = text.encode()
    return data.ljust(-(-len(data) // PAD) * PAD)
