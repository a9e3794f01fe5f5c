"""What the staff of a story make public."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.life.information import Bulletins
from knowledge.importing import import_document
from services import notices, policy_answers, policy_review, publishing, tip_offs
from services.calendar import CHINA, OfficeHours
from services.notices import Wording
from storage.communities import Community
from storage.information import TipOff
from storage.staff import Staff

HOURS = OfficeHours()


def publish(session: Session, what: str, now: datetime) -> None:
    """`everything`: the demo's notices, lists and funds; `notice TOPIC TITLE：TEXT`: one more;
    `answer TITLE：TEXT`: an entry for all open questions; `result WORDS`: of the newest tip-off.
    """
    staff = {one.login: one for one in session.scalars(select(Staff))}
    community = session.scalars(select(Community).where(Community.code == "demo")).one()
    kind, _, rest = what.partition(" ")
    match kind:
        case "everything":
            for moment, act in Bulletins(session, community, staff, now).planned():
                for _ in act(moment):
                    pass
        case "notice":
            topic, _, words = rest.partition(" ")
            title, _, text = words.partition("：")
            wording = Wording(topic, title, text, now.astimezone(CHINA).date())
            _notice(session, staff, community, wording, now)
        case "answer":
            title, _, text = rest.partition("：")
            _answer(session, staff, community, title, text, now)
        case "result":
            tip = session.scalars(select(TipOff).order_by(TipOff.id.desc())).first()
            assert tip is not None
            tip_offs.go_on(session, staff["zhao"], tip, tip.version, "settled", rest, now)
        case _:
            raise AssertionError(f"nobody publishes {what!r}")


def _notice(
    session: Session,
    staff: dict[str, Staff],
    community: Community,
    wording: Wording,
    now: datetime,
) -> None:
    notice = notices.write(session, staff["chen"], community, wording, now)
    publishing.submit(session, staff["chen"], notice, notice.version, wording.title, HOURS, now)
    notices.publish(session, staff["zhao"], notice, notice.version, now)


def _answer(
    session: Session,
    staff: dict[str, Staff],
    community: Community,
    title: str,
    text: str,
    now: datetime,
) -> None:
    document = import_document("entry.md", f"## 答复\n{text}".encode(), title=title)
    row = policy_review.write(session, staff["chen"], community, document, now)
    asked = [one for gap in policy_answers.gaps(session, community.id) for one in gap.questions]
    policy_answers.link(session, asked, row)
    policy_review.submit(session, staff["chen"], row, row.changes, HOURS, now)
    policy_review.approve(session, staff["zhao"], row, row.changes, (), HOURS, now)
