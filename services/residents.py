"""Residents: known by their openid, with what they chose to tell and nothing more."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    exists,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from services.access import Role, visible_cases, visible_to
from services.scope import communities
from storage.cases import Case
from storage.communities import Place
from storage.insert import insert_ignoring
from storage.prepared import Prepared
from storage.residents import Dialog, Resident
from storage.staff import Staff

_WROTE = Prepared(
    update(cast("Table", Resident.__table__))
    .where(Resident.id == bindparam("resident"))
    .values(last_message_at=bindparam("at"), sent_since_message=0, following=True)
)


def wrote(session: Session, resident: Resident, now: datetime) -> None:
    """Notes that a resident has just written: they follow, and the window of answers is open.

    A plain statement, for every message makes it; the loaded row is told of it.
    """
    _WROTE.run(session, {"resident": resident.id, "at": now})
    set_committed_value(resident, "last_message_at", now)
    set_committed_value(resident, "sent_since_message", 0)
    set_committed_value(resident, "following", True)


_TOUCHED = Prepared(
    update(cast("Table", Resident.__table__))
    .where(Resident.id == bindparam("resident"))
    .values(last_touch_at=bindparam("at"), sent_since_touch=0)
)


def touched(session: Session, resident: Resident, now: datetime) -> None:
    """Notes that a resident has just tapped or scanned something: a shorter window is open."""
    _TOUCHED.run(session, {"resident": resident.id, "at": now})
    set_committed_value(resident, "last_touch_at", now)
    set_committed_value(resident, "sent_since_touch", 0)


def meet(session: Session, community_id: int, account: str, openid: str, now: datetime) -> Resident:
    """The resident behind an openid, locked for this transaction; a new one where unknown."""
    newcomer = insert_ignoring(session, Resident).values(  # another process may meet them just now
        community_id=community_id,
        account=account,
        openid=openid,
        following=True,
        sent_since_message=0,
        sent_since_touch=0,
        created_at=now,
    )
    query = select(Resident).where(Resident.account == account, Resident.openid == openid)
    query = query.with_for_update(key_share=True)
    session.execute(newcomer)
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    # they were being forgotten: the row waited for is nobody's now, and the openid is free
    session.execute(newcomer)
    return session.scalars(query).one()


def dialog_of(session: Session, resident: Resident, now: datetime) -> Dialog:
    """The conversation of a resident; a fresh one where there was none."""
    dialog = session.get(Dialog, resident.id)
    if dialog is None:
        dialog = Dialog(
            resident_id=resident.id,
            community_id=resident.community_id,
            form_version=0,
            progress={},
            choices=[],
            topic={},
            strikes=0,
            handover="bot",
            updated_at=now,
        )
        session.add(dialog)
    return dialog


_DIALOGS = cast("Table", Dialog.__table__)
_KEPT = [c.name for c in _DIALOGS.c if c.name not in ("resident_id", "community_id")]
_KEEP = Prepared(
    update(_DIALOGS)
    .where(_DIALOGS.c.resident_id == bindparam("resident"))
    .values({name: bindparam(name) for name in _KEPT})
)


def keep_dialog(session: Session, dialog: Dialog) -> None:
    """Stores what a turn changed in a conversation, and lets go of it.

    A plain statement: nearly every turn ends with it, and often nothing else has to be flushed.
    """
    state = inspect(dialog)
    if not state.persistent:
        return
    if state.committed_state:
        values = {name: getattr(dialog, name) for name in _KEPT}
        _KEEP.run(session, values | {"resident": dialog.resident_id})
    session.expunge(dialog)


def home_path(session: Session, resident: Resident) -> str | None:
    """The path of the place where the resident lives, where they told it."""
    return session.get_one(Place, resident.home_id).path if resident.home_id else None


def visible_residents(staff: Staff) -> ColumnElement[bool]:
    """The condition that `staff` may see a resident: their community or home is in scope, or
    one of their cases is.
    """
    home = exists().where(Place.id == Resident.home_id, visible_to(staff, Place.path))
    community = Resident.community_id.in_(communities(staff))
    case = exists().where(Case.resident_id == Resident.id, visible_cases(staff))
    if staff.role == Role.PARTNER:
        return case
    return or_(home, community, case)


def display_name(resident: Resident | None) -> str:
    """What staff call a resident before they unmask anything: 王** or 居民 12."""
    if resident is None:
        return "（代录）"
    if resident.forgotten_at:
        return f"已注销居民 {resident.id}"
    return mask_name(resident.name) if resident.name else f"居民 {resident.id}"


def neighbour_name(resident: Resident) -> str:
    """What other residents call a resident: 王某, or 一位邻居 where no name is known."""
    return f"{resident.name[:1]}某" if resident.name else "一位邻居"


def mask_name(name: str) -> str:
    """The family name and a star for each other character."""
    return name[:1] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """A phone number with all but the first three and last four digits hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"
