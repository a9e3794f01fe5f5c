"""Staff and neighbours who act for somebody (代办): with leave, told each time, revocable.

A member of staff records the leave that a resident gave on paper, by phone or face to face, to
themselves or to another resident. What they then do for the resident is done in the resident's
name: the resident hears of each act and how to end it, and the audit names who did it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, care, consents, outbox, redemptions, signups, volunteers
from services.access import Forbidden, Permission, Role, require
from services.activities import when
from services.calendar import OfficeHours, say_moment
from services.consents import SCOPE_NAMES, Scope
from services.pickup_codes import say_code
from services.places import community_path
from services.residents import mask_name
from storage.activities import Activity, Occasion, SignUp
from storage.care import CareRequest
from storage.consents import Consent
from storage.points import Goods, Redemption
from storage.residents import Resident
from storage.staff import Staff

ORIGINS = {"paper": "当面签字", "phone": "电话里说的", "spoken": "当面说的"}
"""How leave that staff record was given; what is given in chat has origin `chat`."""
END = "不要代办了，回复“授权”收回。"


class BadLeave(Exception):
    """The leave cannot be recorded; `field` says where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def allow(session: Session, staff: Staff, resident: Resident) -> None:
    """Raises Forbidden unless `staff` may act for residents here; partners never may."""
    require(staff, Permission.HANDLE)
    if Role(staff.role) is Role.PARTNER:
        raise Forbidden("合作单位不能替居民代办")
    path = community_path(session, resident.community_id)
    if not (path.startswith(staff.scope_path) or staff.scope_path.startswith(path)):
        raise Forbidden("这位居民不在您负责的范围内")


def record_leave(
    session: Session,
    staff: Staff,
    principal: Resident,
    agent: Resident | Staff,
    given: tuple[Scope, str, str],
    now: datetime,
) -> Consent:
    """Stores leave that was given before staff: scope, how (of ORIGINS) and what was said.

    Both sides are told. Raises BadLeave, Forbidden.
    """
    allow(session, staff, principal)
    scope, origin, words = given
    if origin not in ORIGINS:
        raise BadLeave("origin", "请选是怎么同意的")
    if len(words.strip()) < 4:
        raise BadLeave("words", "请写明什么时候、怎么征得本人同意的")
    try:
        made = consents.give(session, principal, agent, scope, now, origin=origin)
    except ValueError:
        raise BadLeave("agent", "不能授权给本人或别的社区的居民") from None
    audit.record(session, now, staff, "consent.recorded", made, reason=words.strip())
    whom = f"工作人员{staff.name}" if isinstance(agent, Staff) else _name(agent)
    text = f"已登记：您同意{whom}替您办{SCOPE_NAMES[scope]}（{ORIGINS[origin]}）。{END}"
    outbox.post(session, principal, text, source=f"consent:{made.id}", now=now)
    if isinstance(agent, Resident):
        text = f"社区已登记：{_name(principal)}同意您替办{SCOPE_NAMES[scope]}。回复“授权”查看。"
        outbox.post(session, agent, text, source=f"consent:{made.id}:agent", now=now)
    return made


def end_leave(session: Session, staff: Staff, consent: Consent, now: datetime) -> None:
    """Ends a leave because its giver told staff so; the giver is told. Raises Forbidden."""
    principal = session.get_one(Resident, consent.principal_id)
    allow(session, staff, principal)
    consents.revoke(session, consent, now)
    audit.record(session, now, staff, "consent.ended", consent)
    text = f"替您办{SCOPE_NAMES[Scope(consent.scope)]}的授权已按您的意思收回。"
    outbox.post(session, principal, text, source=f"consent:{consent.id}:end", now=now)


def redeem(
    session: Session,
    principal: Resident,
    agent: Resident | Staff,
    goods_id: int,
    source: str,
    now: datetime,
) -> Redemption:
    """Reserves goods with the points of somebody who gave leave; they are told the code.

    Raises consents.NoConsent, Forbidden, and what redemptions.reserve raises.
    """
    _leave(session, principal, agent, Scope.POINTS)
    made = redemptions.reserve(session, principal, goods_id, source, now)
    row = session.get_one(Goods, made.goods_id)
    what = f"换了“{row.name}”，用 {made.points} 分，取货码 {say_code(made.code)}"
    what += f"，{say_moment(made.until, now)}前来领"
    _tell(session, principal, agent, what, f"redemption:{made.id}:for", now)
    if isinstance(agent, Staff):
        audit.record(session, now, agent, "goods.redeem_for", made)
    return made


def sign_up(
    session: Session, principal: Resident, staff: Staff, occasion_id: int, now: datetime
) -> SignUp:
    """Signs somebody up who gave leave; raises consents.NoConsent, signups.CannotJoin."""
    _leave(session, principal, staff, Scope.VOLUNTEERING)
    row = signups.sign_up(session, occasion_id, principal, now)
    if volunteers.volunteer_of(session, principal) is None:
        volunteers.register(session, principal, now)
    what = "报了名" if row.state == "confirmed" else "排了候补"
    said = f"{what}：{_occasion_words(session, row, now)}"
    _tell(session, principal, staff, said, f"sign-up:{row.id}:for:{row.number}", now)
    audit.record(session, now, staff, "activity.sign_up_for", row)
    return row


def cancel_sign_up(
    session: Session,
    principal: Resident,
    staff: Staff,
    row: SignUp,
    hours: OfficeHours,
    now: datetime,
) -> bool:
    """Gives back the place of somebody who gave leave; False where there was nothing to give."""
    _leave(session, principal, staff, Scope.VOLUNTEERING)
    if row.resident_id != principal.id or not signups.cancel(session, row, hours, now):
        return False
    said = f"取消了报名：{_occasion_words(session, row, now)}"
    _tell(session, principal, staff, said, f"sign-up:{row.id}:off:{row.number}", now)
    audit.record(session, now, staff, "activity.cancel_for", row)
    return True


def ask_care(
    session: Session,
    principal: Resident,
    staff: Staff,
    new: care.NewCare,
    hours: OfficeHours,
    now: datetime,
) -> CareRequest:
    """Asks for help in the name of an elder who gave leave; raises NoConsent, care.BadCare."""
    _leave(session, principal, staff, Scope.CARE)
    made = care.request(session, principal, principal, new, hours, now)
    what = f"约了{care.KIND_NAMES[new.kind]}（{new.time_words}）"
    _tell(session, principal, staff, what, f"care:{made.id}:for", now)
    audit.record(session, now, staff, "care.ask_for", made)
    return made


def given_by(session: Session, principal: Resident) -> list[tuple[Consent, str]]:
    """The live leave that a resident gave, each with the name of who may act."""
    live = consents.of_resident(session, principal)
    return [(one, _agent_name(session, one)) for one in live if one.principal_id == principal.id]


def find_leave(session: Session, principal: Resident, number: int) -> Consent | None:
    """A live leave that a resident gave."""
    return session.scalar(
        select(Consent).where(
            Consent.id == number,
            Consent.principal_id == principal.id,
            Consent.revoked_at.is_(None),
        )
    )


def _leave(session: Session, principal: Resident, agent: Resident | Staff, scope: Scope) -> None:
    if isinstance(agent, Staff):
        allow(session, agent, principal)
    consents.require(session, principal, agent, scope)


def _occasion_words(session: Session, row: SignUp, now: datetime) -> str:
    occasion = session.get_one(Occasion, row.occasion_id)
    title = session.get_one(Activity, occasion.activity_id).title
    return f"〔{title}〕{when(occasion, now)}"


def _agent_name(session: Session, consent: Consent) -> str:
    if consent.agent_staff_id is not None:
        return f"工作人员{session.get_one(Staff, consent.agent_staff_id).name}"
    return _name(session.get_one(Resident, consent.agent_resident_id))


def _name(resident: Resident) -> str:
    return mask_name(resident.name) if resident.name else f"居民 #{resident.id}"


def _tell(
    session: Session,
    principal: Resident,
    agent: Resident | Staff,
    what: str,
    source: str,
    now: datetime,
) -> None:
    who = f"工作人员{agent.name}" if isinstance(agent, Staff) else "您授权的人"
    outbox.post(session, principal, f"{who}替您{what}。{END}", source=source, now=now)
