"""What cites a policy document: canned replies, replies that wait, cases that are open.

When the document changes or goes, these may say what no longer holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services import desk
from services.access import Permission
from services.calendar import OfficeHours
from services.canned import CannedReply
from services.case_states import OPEN
from services.places import community_path
from storage.cases import Case, CaseEvent
from storage.desk import Reply
from storage.policies import PolicyDocument

TIME_TO_LOOK = 1080
"""Working minutes within which citations are looked at: two working days."""
SHORTEST_NAME = 4
"""A shorter name (低保, 登记) stands in too many texts to mean the document."""


@dataclass(frozen=True, slots=True)
class Citations:
    """What cites a document."""

    canned: tuple[CannedReply, ...]
    replies: tuple[Reply, ...]
    cases: tuple[Case, ...]

    def __len__(self) -> int:
        return len(self.canned) + len(self.replies) + len(self.cases)


def citations(session: Session, row: PolicyDocument, canned: Sequence[CannedReply]) -> Citations:
    """What names the document by its title, number or an alias of at least four characters."""
    names = names_of(row)
    waiting = select(Reply).where(
        Reply.community_id == row.community_id,
        Reply.state == "awaiting",
        _names_any(Reply.text, names),
    )
    told = select(CaseEvent.case_id).where(_names_any(CaseEvent.text, names))
    cases = select(Case).where(
        Case.community_id == row.community_id, Case.state.in_(OPEN), Case.id.in_(told)
    )
    return Citations(
        canned=tuple(one for one in canned if any(name in one.text for name in names)),
        replies=tuple(session.scalars(waiting.order_by(Reply.id))),
        cases=tuple(session.scalars(cases.order_by(Case.id))),
    )


def names_of(row: PolicyDocument) -> tuple[str, ...]:
    """The names by which a text can mean the document."""
    names = (row.title, row.number, *row.aliases)
    return tuple(name for name in names if len(name) >= SHORTEST_NAME)


def flag(
    session: Session,
    row: PolicyDocument,
    canned: Sequence[CannedReply],
    hours: OfficeHours,
    now: datetime,
) -> int:
    """Puts a look at what cites the changed document in the queue; how much that is."""
    found = len(citations(session, row, canned))
    if not found:
        return 0
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        link=f"/console/policies/{row.id}#cited",
        needs=Permission.KEEP_KNOWLEDGE,
    )
    title = f"《{row.title}》有变动，{found}处提到它，请核对"
    source = f"policy-cited:{row.id}:{row.changes}"
    due = hours.add(now, TIME_TO_LOOK)
    desk.put(session, desk.ItemKind.KNOWLEDGE, source, title, subject, due=due, now=now)
    return found


def _names_any(column: InstrumentedAttribute[str], names: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.contains(name, autoescape=True) for name in names))
