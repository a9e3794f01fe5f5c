"""Households (家庭账户): one purse for a home. The head invites, each member agrees by themselves.

Whoever joins brings their points along; whoever leaves starts anew with an empty purse, except
the last one, who takes what is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, outbox
from services.access import Permission, require
from services.ledger_accounts import Owner, Purse, Unit, find, hold
from services.ledger_posting import Kind, Movement, post
from services.pickup_codes import new_code
from services.scope import communities
from storage.households import Household, HouseholdMember
from storage.residents import Resident
from storage.staff import Staff

INVITATION_LIFE = timedelta(days=7)
LARGEST = 12


class HouseholdRefusal(Exception):
    """What cannot be done with a household; the message tells a resident or staff why."""


def create(
    session: Session, resident: Resident, label: str, now: datetime, *, staff: Staff | None = None
) -> Household:
    """A household with its head, who brings their points; raises HouseholdRefusal, Forbidden."""
    _allow(staff)
    hold(session, resident.community_id)
    _must_be_single(session, resident)
    household = Household(
        community_id=resident.community_id, label=label.strip()[:40] or "我家", created_at=now
    )
    session.add(household)
    session.flush()
    _enter(session, household, resident, now, staff, head=True)
    return household


def invite(session: Session, resident: Resident, now: datetime) -> tuple[str, datetime]:
    """A code with which one of the home joins, and until when it holds; only for the head."""
    hold(session, resident.community_id)
    own = membership(session, resident)
    if own is None or not own.head:
        raise HouseholdRefusal("只有户主能请家里人加入")
    household = session.get_one(Household, own.household_id)
    household.invitation = new_code(
        lambda code: by_invitation(session, resident.community_id, code, None) is not None
    )
    household.invitation_until = now + INVITATION_LIFE
    session.flush()
    return household.invitation, household.invitation_until


def by_invitation(
    session: Session, community_id: int, code: str, now: datetime | None
) -> Household | None:
    """The household that a code invites to; with a moment, only while it holds."""
    found = session.scalar(
        select(Household).where(
            Household.community_id == community_id, Household.invitation == code
        )
    )
    if found is None or now is None or found.invitation_until is None:
        return found
    return found if now < found.invitation_until else None


def join(
    session: Session,
    resident: Resident,
    household: Household,
    now: datetime,
    *,
    staff: Staff | None = None,
) -> None:
    """Makes a resident a member, with their points; the head hears of it.

    `staff` enters who agreed on paper. Raises HouseholdRefusal, Forbidden.
    """
    _allow(staff)
    hold(session, resident.community_id)
    _must_be_single(session, resident)
    if household.community_id != resident.community_id:
        raise HouseholdRefusal("不是同一个社区的，不能合成一户")
    others = members(session, household)
    if not others or len(others) >= LARGEST:
        raise HouseholdRefusal("这户已经没有人了" if not others else f"一户最多 {LARGEST} 人")
    _enter(session, household, resident, now, staff, head=False)
    source = f"household:{household.id}:{resident.id}:{now.isoformat()}"[:80]
    text = "家里有人加入了您的家庭积分账户。回复“我家”看成员。"
    outbox.post(session, others[0], text, source=source, now=now)


def _enter(
    session: Session,
    household: Household,
    resident: Resident,
    now: datetime,
    staff: Staff | None,
    *,
    head: bool,
) -> None:
    member = HouseholdMember(
        community_id=household.community_id,
        household_id=household.id,
        resident_id=resident.id,
        head=head,
        origin="paper" if staff else "chat",
        staff_id=staff.id if staff else None,
        joined_at=now,
    )
    session.add(member)
    session.flush()
    own, shared = _owners(resident, household)
    _move(session, resident, own, shared, f"join:{member.id}", "并入家庭账户", now)
    audit.record(session, now, staff, "household.join", household)


def leave(session: Session, resident: Resident, now: datetime) -> bool:
    """Ends a membership; False where there was none. The points stay with the others; the last
    one takes them along. Where the head leaves, the longest member is head.
    """
    hold(session, resident.community_id)
    own = membership(session, resident)
    if own is None:
        return False
    household = session.get_one(Household, own.household_id)
    own.left_at = now
    session.flush()
    rest = _live(session, household)
    if not rest:
        single, shared = _owners(resident, household)
        _move(session, resident, shared, single, f"leave:{own.id}", "家庭账户转回本人", now)
        household.invitation = ""
    elif own.head:
        rest[0].head = True
    session.flush()
    audit.record(session, now, None, "household.leave", household)
    return True


def _owners(resident: Resident, household: Household) -> tuple[Owner, Owner]:
    return Owner(Purse.RESIDENT, resident.id), Owner(Purse.HOUSEHOLD, household.id)


def _move(
    session: Session,
    resident: Resident,
    giver: Owner,
    taker: Owner,
    source: str,
    reason: str,
    now: datetime,
) -> None:
    """Moves all points of one purse to the other; nothing where there are none."""
    account = find(session, resident.community_id, Unit.POINTS, giver)
    if account is None or not account.balance:
        return
    made = Movement(
        Unit.POINTS, Kind.TRANSFER, giver, taker, account.balance, source, reason, resident
    )
    post(session, resident.community_id, made, now)


def _allow(staff: Staff | None) -> None:
    if staff is not None:
        require(staff, Permission.KEEP_POINTS)


def _must_be_single(session: Session, resident: Resident) -> None:
    if membership(session, resident) is not None:
        raise HouseholdRefusal("已经在一个家庭账户里了，要先退出")
    if resident.forgotten_at is not None:
        raise HouseholdRefusal("这位居民已注销")


def membership(session: Session, resident: Resident) -> HouseholdMember | None:
    """The live membership of a resident."""
    return session.scalar(
        select(HouseholdMember).where(
            HouseholdMember.resident_id == resident.id, HouseholdMember.left_at.is_(None)
        )
    )


def household_of(session: Session, resident: Resident) -> Household | None:
    """The household that a resident lives in."""
    own = membership(session, resident)
    return session.get_one(Household, own.household_id) if own else None


def members(session: Session, household: Household) -> list[Resident]:
    """Who lives there, the head first."""
    return [session.get_one(Resident, one.resident_id) for one in _live(session, household)]


def _live(session: Session, household: Household) -> list[HouseholdMember]:
    query = select(HouseholdMember).where(
        HouseholdMember.household_id == household.id, HouseholdMember.left_at.is_(None)
    )
    return list(session.scalars(query.order_by(HouseholdMember.head.desc(), HouseholdMember.id)))


def find_kept(session: Session, staff: Staff, household_id: int) -> Household | None:
    """A household in the communities of `staff`."""
    return session.scalar(
        select(Household).where(
            Household.id == household_id, Household.community_id.in_(communities(staff))
        )
    )


def listed(session: Session, community_id: int, limit: int = 200) -> list[Household]:
    """The households of a community that somebody lives in, the newest first."""
    lived = select(HouseholdMember.household_id).where(HouseholdMember.left_at.is_(None))
    query = select(Household).where(Household.community_id == community_id, Household.id.in_(lived))
    return list(session.scalars(query.order_by(Household.id.desc()).limit(limit)))
