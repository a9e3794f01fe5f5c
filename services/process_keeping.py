"""The processes of one community: the shipped ones, and the versions that it keeps itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require
from services.places import community_path
from services.process_checks import check
from services.processes import Process, parse_process, shipped, shipped_text
from storage.hall import ProcessVersion
from storage.staff import Staff


def current(session: Session, community_id: int, key: str) -> Process:
    """The process that a new topic begins with; KeyError where there is none of that key."""
    own = newest(session, community_id, key)
    return replace(parse_process(own.text), version=own.version) if own else shipped()[key]


def all_current(session: Session, community_id: int) -> list[Process]:
    """Every process that a topic may follow here, shipped ones first."""
    own = session.scalars(
        select(ProcessVersion.process).where(ProcessVersion.community_id == community_id)
    )
    keys = dict.fromkeys([*shipped(), *sorted(set(own))])
    return [current(session, community_id, key) for key in keys]


def newest(session: Session, community_id: int, key: str) -> ProcessVersion | None:
    """The newest version of a community's own."""
    query = (
        select(ProcessVersion)
        .where(ProcessVersion.community_id == community_id, ProcessVersion.process == key)
        .order_by(ProcessVersion.version.desc())
    )
    return session.scalars(query.limit(1)).first()


def text_of(session: Session, community_id: int, key: str) -> str:
    """The YAML that an edit begins from."""
    own = newest(session, community_id, key)
    return own.text if own else shipped_text(key)


def keep(
    session: Session, staff: Staff, community_id: int, text: str, now: datetime
) -> ProcessVersion:
    """Stores a new version; topics that run keep theirs. Raises BadProcess, Forbidden."""
    require(staff, Permission.KEEP_TOPICS, community_path(session, community_id))
    process = parse_process(text)
    check(process)
    before = newest(session, community_id, process.key)
    kept = ProcessVersion(
        community_id=community_id,
        process=process.key,
        version=before.version + 1 if before else process.version + 1,
        text=text,
        staff_id=staff.id,
        created_at=now,
    )
    session.add(kept)
    session.flush()
    audit.record(
        session, now, staff, "process.kept", kept, after={"key": process.key, "v": kept.version}
    )
    return kept
