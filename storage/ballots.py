"""Ballots: the frozen electorate, who has voted, what was voted (sealed), and the event log.

Who voted and what was voted are apart: see docs/adr/0010-secret-ballots.md.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Keyed, OfCommunity
from storage.types import Encrypted, Sealed


class Ballot(Keyed, OfCommunity, Base):
    """One vote (表决). States: planned → open → closed.

    `electorate` is persons, households, owners, interested (those whom the home `home_code`
    concerns, and the owners of the homes in `listed`), listed (the people of the register with the
    codes in `listed`) or open. `definition` is what counts and how (without the seed of a lot);
    `result` stays empty until closing. `head_opened` and `head_closed` are the published hashes
    of the event log.
    """

    __tablename__ = "ballots"
    __table_args__ = (
        Index("ix_ballots_state_opens_at", "state", "opens_at"),
        Index("ix_ballots_topic_id", "topic_id"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    stage: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, default="")
    definition: Mapped[dict[str, Any]]
    electorate: Mapped[str] = mapped_column(String(16))
    listed: Mapped[list[Any]] = mapped_column(default=list)
    home_code: Mapped[str | None] = mapped_column(String(64))
    place_path: Mapped[str] = mapped_column(String(255))
    secret: Mapped[bool]
    changeable: Mapped[bool] = mapped_column(default=True)
    in_meeting: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    extended: Mapped[str] = mapped_column(Text, default="")
    electorate_hash: Mapped[str] = mapped_column(String(64), default="")
    lot_commitment: Mapped[str] = mapped_column(String(64), default="")
    head_opened: Mapped[str] = mapped_column(String(64), default="")
    head_closed: Mapped[str] = mapped_column(String(64), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Elector(Keyed, OfCommunity, Base):
    """One vote of a frozen electorate: a person, a household or an owner. `area` in cm²."""

    __tablename__ = "electors"
    __table_args__ = (UniqueConstraint("ballot_id", "code"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    code: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(120))
    persons: Mapped[int] = mapped_column(default=1)
    area: Mapped[int] = mapped_column(default=0)
    households: Mapped[int] = mapped_column(default=0)


class ElectorMember(Keyed, Base):
    """Who may cast the vote of an elector: someone of the register, or a resident (open polls)."""

    __tablename__ = "elector_members"
    __table_args__ = (
        UniqueConstraint("elector_id", "person_id"),
        Index("ix_elector_members_person_id", "person_id"),
        Index("ix_elector_members_resident_id", "resident_id"),
    )

    elector_id: Mapped[int] = mapped_column(ForeignKey("electors.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("registered_people.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class RollEntry(Keyed, OfCommunity, Base):
    """That an elector has voted, never what; one each, never changed, never removed.

    `voter_id` cast it and alone may change it; `agent_id` acted for them. `origin`: chat,
    assisted, paper or phone; the latter two with the two people who entered them.
    """

    __tablename__ = "ballot_roll"
    __table_args__ = (
        UniqueConstraint("ballot_id", "elector_id"),
        UniqueConstraint("ballot_id", "receipt"),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    elector_id: Mapped[int] = mapped_column(ForeignKey("electors.id"))
    receipt: Mapped[str] = mapped_column(String(8), index=True)
    origin: Mapped[str] = mapped_column(String(12))
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class SealedVote(Base):
    """A choice in a locked box until closing, then gone. No number, no time, no voter.

    `tag` is a keyed hash of the elector, so that a change finds its box; without the ballot's key
    neither tag nor box tells anything.
    """

    __tablename__ = "sealed_votes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class BallotKey(Base):
    """The key of a ballot's boxes, itself encrypted; erased at closing."""

    __tablename__ = "ballot_keys"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    key: Mapped[str] = mapped_column(Encrypted)


class BallotEvent(Base):
    """An entry of a ballot's hash-chained log; never changed, never removed.

    The whole entry with its hash lies encrypted: the hash of a named vote would tell the choice
    to whoever tries the few there are.
    """

    __tablename__ = "ballot_events"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Sealed)


class ChosenVote(Keyed, OfCommunity, Base):
    """A choice repeated back to the voter and not yet confirmed; encrypted, gone once cast."""

    __tablename__ = "chosen_votes"
    __table_args__ = (UniqueConstraint("ballot_id", "elector_id", "resident_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    elector_id: Mapped[int] = mapped_column(ForeignKey("electors.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    choice: Mapped[str] = mapped_column(Sealed)


class PaperVote(Keyed, OfCommunity, Base):
    """A paper or phone ballot entered by one person and waiting for a second; gone once cast."""

    __tablename__ = "paper_votes"
    __table_args__ = (UniqueConstraint("ballot_id", "elector_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    elector_id: Mapped[int] = mapped_column(ForeignKey("electors.id"))
    origin: Mapped[str] = mapped_column(String(12))
    choice: Mapped[str] = mapped_column(Sealed)
    entered_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    entered_at: Mapped[datetime]
