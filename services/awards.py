"""Points given and taken by rule: caps, a second person above the limit, notice, appeal.

waiting → granted | refused; a deduction that was granted may be appealed once: appealed → upheld
| reversed. What was granted by mistake is taken back by a new entry (reversed).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, desk, ledger, outbox, point_rules
from services.access import Permission, require
from services.calendar import CHINA, OfficeHours
from services.ledger_accounts import Unit, hold
from services.places import community_path
from services.points_terms import terms_of
from services.scope import communities
from storage.points import PointAward, PointRule, PointRuleVersion
from storage.residents import Resident
from storage.staff import Staff

COUNTS = ("waiting", "granted", "appealed", "upheld")
STATE_NAMES = {
    "waiting": "待复核",
    "granted": "已入账",
    "refused": "未通过",
    "appealed": "申诉中",
    "upheld": "申诉后维持",
    "reversed": "已冲回",
}
TIME_TO_DECIDE = 540
"""Working minutes an award or appeal may wait: one working day."""


class AwardRefusal(Exception):
    """Points that are not given or taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Points to be given or taken by a rule. `source` names the cause and counts once."""

    rule: PointRule
    resident: Resident
    source: str
    occasion: str = ""
    note: str = ""
    times: int = 1


def award(
    session: Session, staff: Staff | None, wish: Wish, hours: OfficeHours, now: datetime
) -> PointAward:
    """Gives or takes points by a rule; `staff` is None where the program does by itself.

    More than the community's limit waits for a second person. Raises AwardRefusal where a cap is
    reached, the rule is out of use or a deduction has no reason; Insufficient, Forbidden.
    """
    if staff is not None:
        require(staff, Permission.KEEP_POINTS)
    community_id = wish.rule.community_id
    hold(session, community_id)
    found = _by_source(session, community_id, wish.source)
    if found is not None:
        return found
    version = point_rules.current(session, wish.rule)
    made = _new(session, staff, wish, version, now)
    session.add(made)
    session.flush()
    if staff is not None and abs(made.amount) > terms_of(session, community_id).approval_above:
        title = f"积分待复核：{version.name} {made.amount:+d}"
        enqueue(session, made, title, hours, now)
        audit.record(session, now, staff, "points.propose", made, after={"amount": made.amount})
    else:
        _grant(session, staff, made, now)
    return made


def _new(
    session: Session, staff: Staff | None, wish: Wish, version: PointRuleVersion, now: datetime
) -> PointAward:
    if not wish.rule.active or wish.rule.community_id != wish.resident.community_id:
        raise AwardRefusal("这条规则已经停用")
    if wish.resident.forgotten_at is not None:
        raise AwardRefusal("这位居民已注销")
    if version.amount < 0 and not wish.note.strip():
        raise AwardRefusal("扣分要写明原因，本人会看到")
    if not 1 <= wish.times <= 100:
        raise AwardRefusal("次数填 1 到 100")
    day = now.astimezone(CHINA).date().isoformat()
    wanted = version.amount * wish.times
    amount = wanted if wanted < 0 else _capped(session, wish, version, wanted, day)
    return PointAward(
        community_id=wish.rule.community_id,
        rule_id=wish.rule.id,
        rule_version_id=version.id,
        resident_id=wish.resident.id,
        source=wish.source[:64],
        occasion=wish.occasion[:48],
        day=day,
        amount=amount,
        reason=wish.note.strip()[:120],
        state="waiting",
        proposed_by=staff.id if staff else None,
        created_at=now,
    )


def _capped(session: Session, wish: Wish, version: PointRuleVersion, wanted: int, day: str) -> int:
    """What the caps leave of `wanted`; AwardRefusal where they leave nothing."""
    caps = (
        (version.cap_occasion, "这次活动", PointAward.occasion == wish.occasion),
        (version.cap_day, "一天", PointAward.day == day),
        (version.cap_year, "一年", PointAward.day.startswith(day[:4])),
    )
    for cap, name, condition in caps:
        if not cap:
            continue
        used = session.scalar(
            select(func.coalesce(func.sum(PointAward.amount), 0)).where(
                PointAward.resident_id == wish.resident.id,
                PointAward.rule_id == wish.rule.id,
                PointAward.state.in_(COUNTS),
                condition,
            )
        )
        wanted = min(wanted, cap - int(used or 0))
        if wanted <= 0:
            raise AwardRefusal(f"“{version.name}”{name}最多 {cap} 分，已经满了")
    return wanted


def decide(
    session: Session, staff: Staff, made: PointAward, grant: bool, note: str, now: datetime
) -> None:
    """The second person's word on an award; raises AwardRefusal, Insufficient, Forbidden."""
    require(staff, Permission.KEEP_POINTS)
    still(session, made, "waiting")
    if made.proposed_by == staff.id:
        raise AwardRefusal("请换一位同事复核，提出的人不能自己通过")
    if not grant and not note.strip():
        raise AwardRefusal("不通过要写明原因")
    made.decided_by, made.decided_at, made.decision = staff.id, now, note.strip()
    if grant:
        _grant(session, staff, made, now)
    else:
        made.state = "refused"
    desk.finish(session, source_of(made), now, staff)
    audit.record(session, now, staff, f"points.{made.state}", made, reason=note.strip())


def _grant(session: Session, staff: Staff | None, made: PointAward, now: datetime) -> None:
    version = session.get_one(PointRuleVersion, made.rule_version_id)
    resident = session.get_one(Resident, made.resident_id)
    move = ledger.credit if made.amount > 0 else ledger.withdraw
    words = version.name if not made.reason else f"{version.name}（{made.reason}）"
    entry = move(
        session,
        resident,
        Unit.POINTS,
        abs(made.amount),
        f"award:{made.id}",
        version.name,  # without the note: the entry stays when the person is forgotten
        now,
        actor=staff,
        rule=version,
    )
    made.state, made.entry_id = "granted", entry.id
    if made.amount > 0 and made.decided_by is None:
        return  # seen in the statement; a word about every few points would bury the others
    have = ledger.balance(session, resident, Unit.POINTS)
    if made.amount > 0:
        text = f"积分 +{made.amount}：{words}。现有 {have} 分。"
    else:
        text = (
            f"积分 −{-made.amount}：{words}。现有 {have} 分。\n"
            "不同意的话，回复“积分申诉”，会请另一位同事再看。"
        )
    outbox.post(session, resident, text, source=f"award:{made.id}", now=now)


def still(session: Session, made: PointAward, state: str) -> None:
    """Holds the ledger and makes sure that an award is still in this state; AwardRefusal."""
    hold(session, made.community_id)
    session.refresh(made)
    if made.state != state:
        raise AwardRefusal(f"刚刚已有同事处理：{STATE_NAMES[made.state]}")


def source_of(made: PointAward) -> str:
    """The name under which an award waits in the queue."""
    return f"award:{made.id}"


def enqueue(
    session: Session, made: PointAward, title: str, hours: OfficeHours, now: datetime
) -> datetime:
    """Puts an award before the staff; returns by when it is decided."""
    subject = desk.Subject(
        community_id=made.community_id,
        place_path=community_path(session, made.community_id),
        resident_id=made.resident_id,
        link=f"/console/points/awards/{made.id}",
        needs=Permission.KEEP_POINTS,
    )
    due = hours.add(now, TIME_TO_DECIDE)
    desk.put(session, desk.ItemKind.POINTS, source_of(made), title, subject, due=due, now=now)
    return due


def _by_source(session: Session, community_id: int, source: str) -> PointAward | None:
    return session.scalar(
        select(PointAward).where(
            PointAward.community_id == community_id, PointAward.source == source[:64]
        )
    )


def find(session: Session, staff: Staff, award_id: int) -> PointAward | None:
    """An award in a community in the scope of `staff`."""
    return session.scalar(
        select(PointAward).where(
            PointAward.id == award_id, PointAward.community_id.in_(communities(staff))
        )
    )


def recent(
    session: Session, community_id: int, *, offset: int = 0, limit: int = 30
) -> tuple[list[PointAward], int]:
    """A page of the awards of a community, the newest first, and how many there are."""
    mine = PointAward.community_id == community_id
    total = session.scalar(select(func.count(PointAward.id)).where(mine)) or 0
    page = select(PointAward).where(mine).order_by(PointAward.id.desc())
    return list(session.scalars(page.offset(offset).limit(limit))), total
