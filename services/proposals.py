"""Proposals of residents (居民提议): similar ones first, support up to a frozen threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotspots.records import OpenCase
from hotspots.similar import suggest
from services import desk, hall, hall_news, moderation, outbox
from services.access import Permission, require
from services.calendar import OfficeHours
from services.places import community_path
from storage.hall import Topic
from storage.moderation import Submission
from storage.opinions import Proposal, ProposalSupport
from storage.register import RegisteredPerson
from storage.residents import Resident
from storage.staff import Staff

KIND = "proposal"
LIFE = timedelta(days=60)
SHARE = (1, 20)
"""Of the adults in the register (of the followers where there is no register), at least FEWEST."""
FEWEST = 5
STATE_NAMES = {
    "waiting": "待审",
    "open": "征集附议",
    "reached": "达到人数，待立项",
    "adopted": "已成议题",
    "refused": "未通过",
    "withdrawn": "已撤回",
    "lapsed": "到期未达人数",
}


class NotNow(Exception):
    """The proposal does not take this now."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Something like a proposal that is there already: a proposal or a running topic."""

    proposal: Proposal | None = None
    topic: Topic | None = None


def similar(session: Session, community_id: int, text: str) -> list[Alike]:
    """At most three open proposals and running topics like `text`, the most like first."""
    waiting = public_proposals(session, community_id)
    running = hall.public_topics(session, community_id, state="running")
    known: dict[str, Alike] = {f"p{one.id}": Alike(proposal=one) for one in waiting}
    known |= {f"t{one.id}": Alike(topic=one) for one in running}
    texts = {key: _text(alike) for key, alike in known.items()}
    cases = [OpenCase(id=key, text=words, place="") for key, words in texts.items()]
    return [known[found.id] for found in suggest(text, "", cases)]


def _text(alike: Alike) -> str:
    one = alike.proposal or alike.topic
    return f"{one.title} {one.text}" if one else ""


def propose(
    session: Session, resident: Resident, words: str, hours: OfficeHours, now: datetime
) -> Proposal:
    """Stores a proposal and puts it before the reviewers."""
    text = words.strip()
    proposal = Proposal(
        community_id=resident.community_id,
        resident_id=resident.id,
        title=text.splitlines()[0][:40],
        text=text[:1000],
        state="waiting",
        created_at=now,
    )
    session.add(proposal)
    session.flush()
    wanted = moderation.Wanted(
        KIND, proposal.id, f"提议：{proposal.title}", proposal.text, resident
    )
    moderation.submit(session, wanted, resident.community_id, hours, now)
    return proposal


def moderated(session: Session, submission: Submission, now: datetime) -> None:
    """The reviewer has decided: published, the threshold is fixed and support may begin."""
    proposal = session.get_one(Proposal, submission.subject_id)
    if proposal.state not in ("waiting", "refused"):
        return
    proposal.state = "open" if submission.state == "published" else "refused"
    if proposal.state == "open":
        proposal.base = _base(session, proposal.community_id)
        share, of = SHARE
        proposal.needed = max(FEWEST, -(-proposal.base * share // of))
        proposal.until = now + LIFE
        text = f"您的提议“{proposal.title}”公开了，满{proposal.needed}人附议就上会。"
        author = session.get_one(Resident, proposal.resident_id)
        outbox.post(session, author, text, source=f"proposal:{proposal.id}:open", now=now)


def _base(session: Session, community_id: int) -> int:
    adults = select(func.count(RegisteredPerson.id)).where(
        RegisteredPerson.community_id == community_id, RegisteredPerson.adult.is_(True)
    )
    followers = select(func.count(Resident.id)).where(
        Resident.community_id == community_id, Resident.following.is_(True)
    )
    return session.scalar(adults) or session.scalar(followers) or 0


def support(session: Session, proposal: Proposal, resident: Resident, now: datetime) -> int:
    """Supports a proposal, once; returns how many do. Raises NotNow. The author cannot."""
    proposal = _locked(session, proposal)
    if proposal.state not in ("open", "reached") or (proposal.until and now >= proposal.until):
        raise NotNow("这条提议现在不收附议了")
    if proposal.resident_id == resident.id:
        raise NotNow("这是您自己的提议")
    if session.get(ProposalSupport, (proposal.id, resident.id)) is None:
        session.add(ProposalSupport(proposal_id=proposal.id, resident_id=resident.id, at=now))
        session.flush()
    number = supporters(session, proposal)
    if proposal.state == "open" and number >= proposal.needed:
        _reached(session, proposal, now)
    return number


def take_back(session: Session, proposal: Proposal, resident: Resident) -> int:
    """Takes support back; returns how many are left. What was reached stays reached."""
    session.execute(
        delete(ProposalSupport).where(
            ProposalSupport.proposal_id == proposal.id, ProposalSupport.resident_id == resident.id
        )
    )
    return supporters(session, proposal)


def supports(session: Session, proposal: Proposal, resident: Resident) -> bool:
    """Whether a resident supports a proposal."""
    return session.get(ProposalSupport, (proposal.id, resident.id)) is not None


def withdraw(session: Session, proposal: Proposal, resident: Resident, now: datetime) -> None:
    """The author takes the proposal back. Raises NotNow once it is a topic or over."""
    if proposal.resident_id != resident.id or proposal.state not in ("waiting", "open", "reached"):
        raise NotNow("这条提议现在不能撤回")
    proposal.state = "withdrawn"
    desk.finish(session, _source(proposal), now)


def adopt(session: Session, staff: Staff, proposal: Proposal, process: str, now: datetime) -> Topic:
    """Makes a topic of a proposal; its author and supporters hear of it. Raises NotNow."""
    require(staff, Permission.KEEP_TOPICS)
    if proposal.state not in ("open", "reached"):
        raise NotNow("这条提议现在不能立项")
    draft = hall.Draft(
        proposal.community_id,
        proposal.title,
        proposal.text,
        process,
        source=f"{KIND}:{proposal.id}",
    )
    topic = hall.open_topic(session, staff, draft, now)
    proposal.state, proposal.topic_id = "adopted", topic.id
    desk.finish(session, _source(proposal), now, staff)
    text = f"提议“{proposal.title}”成了议题，下面按步骤商议。回复“议题”随时看。"
    hall_news.tell(session, topic, "adopted", text, now)
    return topic


def supporters(session: Session, proposal: Proposal) -> int:
    """How many support a proposal."""
    query = select(func.count()).where(ProposalSupport.proposal_id == proposal.id)
    return session.scalar(query) or 0


def public_proposals(session: Session, community_id: int) -> list[Proposal]:
    """The proposals that everybody may read and support, the newest first."""
    query = select(Proposal).where(
        Proposal.community_id == community_id, Proposal.state.in_(("open", "reached"))
    )
    return list(session.scalars(query.order_by(Proposal.id.desc())))


def proposals_of(session: Session, resident: Resident) -> list[Proposal]:
    """The proposals of a resident, the newest first."""
    query = select(Proposal).where(Proposal.resident_id == resident.id)
    return list(session.scalars(query.order_by(Proposal.id.desc())))


def all_proposals(session: Session, community_id: int) -> Sequence[Proposal]:
    """Every proposal of a community for its staff, the newest first."""
    query = select(Proposal).where(Proposal.community_id == community_id)
    return session.scalars(query.order_by(Proposal.id.desc())).all()


def proposal_of(session: Session, community_id: int, proposal_id: int) -> Proposal | None:
    """A proposal of this community by its number."""
    query = select(Proposal).where(
        Proposal.community_id == community_id, Proposal.id == proposal_id
    )
    return session.scalar(query)


def lapse(session: Session, now: datetime) -> int:
    """Ends proposals that did not find enough support in time; returns how many."""
    over = update(Proposal).where(Proposal.state == "open", Proposal.until <= now)
    return session.execute(over.values(state="lapsed")).rowcount  # type: ignore[attr-defined,no-any-return]


def _locked(session: Session, proposal: Proposal) -> Proposal:
    query = select(Proposal).where(Proposal.id == proposal.id)
    fresh = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def _reached(session: Session, proposal: Proposal, now: datetime) -> None:
    proposal.state = "reached"
    subject = desk.Subject(
        community_id=proposal.community_id,
        place_path=community_path(session, proposal.community_id),
        link=f"/console/hall/proposals/{proposal.id}",
        needs=Permission.KEEP_TOPICS,
    )
    title = f"提议“{proposal.title}”附议满{proposal.needed}人"
    due = now + timedelta(days=7)
    desk.put(session, desk.ItemKind.TOPIC, _source(proposal), title, subject, due=due, now=now)


def _source(proposal: Proposal) -> str:
    return f"{KIND}:{proposal.id}"
