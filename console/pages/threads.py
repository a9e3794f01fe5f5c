"""What the pages with a conversation share: loading it, replying, unmasking, ending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.visits import Visit, or_404
from intents.tickets import format_ticket
from services import audit, canned, cases, finding, replies
from services.access import Forbidden, Permission, require
from services.calendar import say_moment
from storage.cases import Case
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class Unmasked:
    """What was hidden, shown once on the page that answers a request with a reason."""

    name: str
    phone: str
    home: str
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned reply as offered; `blanks` says what is still to be filled in, with its type."""

    code: str
    title: str
    text: str
    blanks: str


def find_resident(session: Session, visit: Visit, resident_id: int) -> Resident:
    """A resident in sight, or 404."""
    return or_404(finding.resident(session, visit.staff, resident_id))


def find_case(session: Session, visit: Visit, case_id: int) -> Case:
    """A case in sight, or 404."""
    return or_404(finding.case(session, visit.staff, case_id))


def require_talk(session: Session, visit: Visit, resident: Resident) -> None:
    """Raises Forbidden where one would take part in a conversation that one may not read."""
    if not finding.reads_talk(session, visit.staff, resident.id):
        raise Forbidden("这位居民有不公开事项，请在事项页里办理")


def unmask(
    session: Session, visit: Visit, resident: Resident | None, case: Case | None, reason: str
) -> Unmasked:
    """Shows what is masked, and records who asked and why."""
    require(visit.staff, Permission.UNMASK, case.place_path if case else None)
    subject = resident or case
    audit.record(session, visit.now, visit.staff, "resident.unmask", subject, reason=reason)
    return Unmasked(
        name=(resident.name if resident else "") or "",
        phone=(resident.phone if resident else "") or "",
        home=(resident.home_detail if resident else "") or "",
        contact_phone=(case.contact_phone if case else "") or "",
    )


def submit_reply(
    session: Session, visit: Visit, resident: Resident, case: Case | None, form: Mapping[str, str]
) -> None:
    """Hands a reply in; raises what `replies.propose` raises."""
    seen = form.get("seen", "")
    new = replies.NewReply(
        text=form.get("text", ""),
        seen_inbound_id=int(seen) if seen.isdecimal() else None,
        case=case,
    )
    approval, hours = visit.deps.approval, visit.deps.hours
    replies.submit(session, visit.staff, resident, new, approval, visit.now, hours=hours)


def canned_for(visit: Visit, resident: Resident, case: Case | None) -> list[Canned]:
    """The canned replies that suit the case, filled from it."""
    values = {"姓名": f"{resident.name[0]}先生/女士" if resident.name else "邻居"}
    if case is not None:
        due = say_moment(cases.next_due(case), visit.now)
        values |= {"编号": format_ticket(case.number), "时间": due}
    fit = canned.suited(list(visit.deps.canned), case.state if case else "")
    return [Canned(one.code, one.title, canned.fill(one, values), _types(one)) for one in fit]


def _types(reply: canned.CannedReply) -> str:
    return "、".join(f"{name}（{canned.TYPES[kind]}）" for name, kind in reply.blanks.items())


def chosen(request: web.Request, offered: list[Canned]) -> str:
    """The text of the canned reply named in the address: how it is chosen without script."""
    code = request.query.get("canned", "")
    return next((one.text for one in offered if one.code == code), "")
