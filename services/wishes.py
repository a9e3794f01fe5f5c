"""The wish list (群众点菜): residents wish for a service, others join in, a partner takes it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from services import audit, moderation, organisations, outbox, scope
from services.access import Permission, Role, require
from services.calendar import OfficeHours
from storage.board import Wish, WishSupport
from storage.insert import insert_ignoring
from storage.moderation import Submission
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff

MODERATED_AS = "wish"
STATE_NAMES = {
    "waiting": "待审",
    "open": "征集中",
    "taken": "有单位接了",
    "done": "办成了",
    "refused": "未通过",
    "withdrawn": "已撤下",
}
PUBLIC = ("open", "taken", "done")


class BadWish(Exception):
    """The act is not possible; the message says why."""


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish with how many support it, and the partner that took it up."""

    wish: Wish
    supporters: int
    organisation: str


def wish_for(
    session: Session, resident: Resident, text: str, hours: OfficeHours, now: datetime
) -> Wish:
    """Keeps a wish, supported by who wishes, and puts it before the reviewers."""
    wish = Wish(
        community_id=resident.community_id,
        resident_id=resident.id,
        text=text,
        state="waiting",
        created_at=now,
        version=1,
    )
    session.add(wish)
    session.flush()
    support(session, wish, resident, now)
    wanted = moderation.Wanted(MODERATED_AS, wish.id, f"心愿：{text}", text, resident)
    moderation.submit(session, wanted, resident.community_id, hours, now)
    return wish


def moderated(session: Session, submission: Submission, now: datetime) -> None:
    """The effect of a reviewer's decision."""
    wish = session.get_one(Wish, submission.subject_id)
    if wish.state in ("waiting", "refused"):
        published = submission.state == "published"
        wish.state = "open" if published else "refused"
        wish.published_at = now if published else None


def support(session: Session, wish: Wish, resident: Resident, now: datetime) -> bool:
    """Adds the resident to the supporters; False where they were among them before."""
    if wish.community_id != resident.community_id:
        raise BadWish("没有找到这个心愿。")
    values = {"wish_id": wish.id, "resident_id": resident.id, "created_at": now}
    if supports(session, wish, resident):
        return False
    session.execute(
        insert_ignoring(session, WishSupport).values(community_id=wish.community_id, **values)
    )
    return True


def public(
    session: Session, community_id: int, *, limit: int = 30, states: tuple[str, ...] = PUBLIC
) -> list[WishRow]:
    """The moderated wishes of a community, those with most support first."""
    count = (
        select(func.count()).where(WishSupport.wish_id == Wish.id).correlate(Wish).scalar_subquery()
    )
    query = (
        select(Wish, count, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Wish.organisation_id)
        .where(Wish.community_id == community_id, Wish.state.in_(states))
        .order_by(count.desc(), Wish.id.desc())
        .limit(limit)
    )
    return [
        WishRow(wish, supporters, name or "") for wish, supporters, name in session.execute(query)
    ]


def find(session: Session, community_id: int, wish_id: int) -> Wish | None:
    """A wish of this community that is public."""
    return session.scalar(
        select(Wish).where(
            Wish.id == wish_id, Wish.community_id == community_id, Wish.state.in_(PUBLIC)
        )
    )


def row_of(session: Session, wish: Wish) -> WishRow:
    """One wish with its supporters counted."""
    count = session.scalar(select(func.count()).where(WishSupport.wish_id == wish.id)) or 0
    return WishRow(wish, count, organisations.name_of(session, wish.organisation_id))


def listed(session: Session, staff: Staff) -> list[WishRow]:
    """The wishes that a member of staff may deal with; a partner sees those of its community."""
    return [
        row
        for community in _communities(session, staff)
        for row in public(session, community, limit=200)
    ]


def for_staff(session: Session, staff: Staff, wish_id: int) -> Wish | None:
    """A wish in the sight of a member of staff."""
    wish = session.get(Wish, wish_id)
    seen = wish is not None and wish.community_id in _communities(session, staff)
    return wish if seen and wish is not None and wish.state in PUBLIC else None


def take_up(
    session: Session,
    staff: Staff,
    wish: Wish,
    organisation: Organisation | None,
    plan: str,
    now: datetime,
) -> None:
    """A partner takes a wish up, by itself or named by the staff; every supporter is told.

    Raises BadWish where it is taken already, names nobody, or says no plan.
    """
    own = organisations.own(session, staff)
    if own is None:
        require(staff, Permission.KEEP_HELP)
    taker = own or organisation
    session.refresh(wish, with_for_update=True)
    if wish.state != "open":
        raise BadWish("这个心愿刚刚有单位接了")
    if taker is None or taker.community_id != wish.community_id or not taker.active:
        raise BadWish("请选接这个心愿的单位")
    if not plan.strip():
        raise BadWish("请写打算怎么办，支持的居民会看到")
    wish.state, wish.organisation_id, wish.plan = "taken", taker.id, plan.strip()
    wish.taken_at, wish.version = now, wish.version + 1
    audit.record(session, now, staff, "wish.taken", wish, after={"organisation": taker.name})
    text = f"您支持的心愿“{shorten(wish.text, 24)}”有单位接了：{taker.name}。\n打算：{wish.plan}"
    _tell(session, wish, text, "taken", now)


def complete(session: Session, staff: Staff, wish: Wish, result: str, now: datetime) -> None:
    """The partner that took it up, or the staff, say what came of it; supporters may rate."""
    own = organisations.own(session, staff)
    if own is None:
        require(staff, Permission.KEEP_HELP)
    session.refresh(wish, with_for_update=True)
    if wish.state != "taken" or (own is not None and own.id != wish.organisation_id):
        raise BadWish("这个心愿现在不能办结")
    if not result.strip():
        raise BadWish("请写办得怎样，支持的居民会看到")
    wish.state, wish.result, wish.done_at = "done", result.strip(), now
    wish.version += 1
    audit.record(session, now, staff, "wish.done", wish)
    text = (
        f"您支持的心愿“{shorten(wish.text, 24)}”办成了：{wish.result}\n回复“心愿单”可以给个评价。"
    )
    _tell(session, wish, text, "done", now)


def rate(session: Session, wish: Wish, resident: Resident, stars: int, now: datetime) -> bool:
    """A supporter rates the partner; False where they did before, or there is none to rate."""
    if wish.state != "done" or wish.organisation_id is None:
        return False
    partner = session.get_one(Organisation, wish.organisation_id)
    source = f"wish:{wish.id}:{resident.id}"
    given = organisations.Judgement(source, stars, resident_id=resident.id)
    return organisations.rate(session, partner, given, now)


def supports(session: Session, wish: Wish, resident: Resident) -> bool:
    """Whether the resident is among the supporters."""
    query = select(WishSupport.id).where(
        WishSupport.wish_id == wish.id, WishSupport.resident_id == resident.id
    )
    return session.scalar(query) is not None


def _communities(session: Session, staff: Staff) -> list[int]:
    if staff.role == Role.PARTNER:
        own = organisations.own(session, staff)
        return [own.community_id] if own else []
    return [community.id for community in scope.kept(session, staff)]


def _tell(session: Session, wish: Wish, text: str, what: str, now: datetime) -> None:
    supporters = select(Resident).join(WishSupport, WishSupport.resident_id == Resident.id)
    for resident in session.scalars(supporters.where(WishSupport.wish_id == wish.id)):
        source = f"wish:{wish.id}:{what}:{resident.id}"
        outbox.post(session, resident, text, source=source, now=now)
