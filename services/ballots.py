"""Ballots (表决): planned by staff, opened and closed by the clock, counted once.

What is counted and how, who may vote, whether votes are named or secret and whether they may be
changed is fixed before opening and published with the first hash of the event log. Nothing of
the result exists in readable form before closing; turnout does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation import ballot_log as log
from deliberation import lottery
from deliberation.definition import BUDGETING, Definition, Method
from deliberation.equal_shares import Completion
from deliberation.presets import PRESETS
from deliberation.quorum import Amount, Base, Measure, Rule, total
from deliberation.ties import Option, TieBreak, TieRule
from services import audit, ballot_box, ballot_log, electorates, hall
from services.access import Permission, require
from services.hall import Happened
from services.hall_seats import present_electors
from services.processes import Electors, StageKind
from storage.ballots import Ballot, Elector, RollEntry
from storage.hall import Topic
from storage.staff import Staff

STATE_NAMES = {"planned": "未开始", "open": "进行中", "closed": "已截止"}
METHOD_NAMES = {
    Method.YES_NO: "同意、不同意、弃权",
    Method.SINGLE: "单选",
    Method.APPROVAL: "多选",
    Method.SCORE: "逐项打分",
    Method.POINTS: "分配分数",
    Method.SCHULZE: "排序（两两比较）",
    Method.IRV: "排序（逐轮淘汰）",
    Method.GREEDY: "预算（按票数）",
    Method.EQUAL_SHARES: "预算（等份额法）",
}


class BadBallot(Exception):
    """The ballot cannot be held so; the message says why, in the staff's language."""


@dataclass(frozen=True, slots=True)
class NewBallot:
    """How a ballot is to be held; moments are aware.

    `options` are (name, cost in whole yuan); a yes/no vote has none. `rule` is the name of a
    preset, that of the stage or process where empty. `place_path` is whose vote it is, the
    topic's where empty; `listed` the codes of the people for an electorate by list.
    """

    title: str
    opens_at: datetime
    closes_at: datetime
    text: str = ""
    method: Method = Method.YES_NO
    options: tuple[tuple[str, int], ...] = ()
    electorate: Electors | None = None
    listed: tuple[str, ...] = ()
    place_path: str = ""
    rule: str = ""
    secret: bool = False
    changeable: bool = True
    seats: int = 1
    ties: TieBreak = TieBreak.EARLIER
    most: int | None = None
    high: int = 5
    points: int = 10
    budget: int = 0
    spread: bool = False
    completion: Completion = Completion.GREEDY


def plan(session: Session, staff: Staff, topic: Topic, new: NewBallot, now: datetime) -> Ballot:
    """Plans a ballot of the topic's open stage; the job opens it. Raises BadBallot, Forbidden."""
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    stage = hall.stage_of(topic) if topic.state == "running" else None
    if stage is None or stage.kind is not StageKind.BALLOT:
        raise BadBallot("议题要在表决阶段才能安排表决")
    process = hall.process_of(topic)
    wanted = replace(
        new,
        electorate=new.electorate or process.electorate,
        rule=new.rule or stage.rule or process.rule,
        place_path=new.place_path or topic.place_path,
    )
    rule = _rule(wanted)
    _check(wanted, rule, now, named_only=process.named_only)
    require(staff, Permission.KEEP_TOPICS, wanted.place_path)
    ballot = Ballot(
        community_id=topic.community_id,
        topic_id=topic.id,
        stage=topic.stage,
        title=wanted.title.strip(),
        text=wanted.text.strip(),
        definition=_definition(wanted, rule).to_json(),
        electorate=str(wanted.electorate),
        listed=list(wanted.listed),
        place_path=wanted.place_path,
        secret=wanted.secret,
        changeable=wanted.changeable,
        in_meeting=stage.in_meeting,
        state="planned",
        opens_at=wanted.opens_at,
        closes_at=wanted.closes_at,
        created_by=staff.id,
        created_at=now,
    )
    session.add(ballot)
    session.flush()
    _try_electorate(session, ballot)
    hall.note(session, topic, Happened("ballot", f"安排表决：{ballot.title}"), staff, now)
    audit.record(session, now, staff, "ballot.planned", ballot, after={"secret": ballot.secret})
    return ballot


def _rule(new: NewBallot) -> Rule | None:
    if not new.rule:
        return None
    if new.rule not in PRESETS:
        raise BadBallot(f"没有叫“{new.rule}”的表决规则")
    return PRESETS[new.rule]


def _check(new: NewBallot, rule: Rule | None, now: datetime, *, named_only: bool) -> None:
    if not 2 <= len(new.title.strip()) <= 120:
        raise BadBallot("表决的题目要 2 到 120 个字")
    if not now <= new.opens_at < new.closes_at:
        raise BadBallot("开始时间不能早于现在，截止时间要晚于开始时间")
    names = [name.strip() for name, _ in new.options]
    if new.method is Method.YES_NO and names:
        raise BadBallot("同意、不同意的表决不用写选项")
    if new.method is not Method.YES_NO and (len(names) < 2 or len(set(names)) < len(names)):
        raise BadBallot("至少要有两个不同的选项")
    if not all(names) or any(cost < 0 for _, cost in new.options):
        raise BadBallot("选项要有名称，金额不能是负数")
    if new.method in BUDGETING and new.budget <= 0:
        raise BadBallot("请写明预算是多少元")
    by_area = rule is not None and any(t.measure is Measure.AREA for t in rule.tests)
    if new.secret and (by_area or named_only or new.electorate is Electors.OWNERS):
        raise BadBallot("按面积计的表决从面积就能认出人，只能实名")
    of_all = rule is not None and any(t.base is Base.ELIGIBLE for t in rule.tests)
    if new.electorate is Electors.OPEN and (of_all or by_area):
        raise BadBallot("开放投票没有应到人数，不能用这条规则")
    if new.electorate is Electors.LISTED and not new.listed:
        raise BadBallot("请列出有表决权的人")


def _definition(new: NewBallot, rule: Rule | None) -> Definition:
    options = tuple(
        Option(f"o{number}", Fraction(cost), name.strip())
        for number, (name, cost) in enumerate(new.options, 1)
    )
    try:
        return Definition(
            method=new.method,
            options=options,
            seats=new.seats,
            # the seed of a lot is drawn at opening
            ties=TieRule(TieBreak.LOT, "-") if new.ties is TieBreak.LOT else TieRule(new.ties),
            most=new.most,
            high=new.high,
            points=new.points,
            budget=Fraction(new.budget),
            spread=new.spread,
            completion=new.completion if new.method is Method.EQUAL_SHARES else Completion.NONE,
            quorum=rule,
        )
    except ValueError as error:
        raise BadBallot("名额、分数、可选几项都要不小于 1") from error


def _try_electorate(session: Session, ballot: Ballot) -> None:
    try:
        electorates.voices(session, ballot)
    except electorates.NoElectorate as error:
        raise BadBallot(str(error)) from error


def definition_of(ballot: Ballot) -> Definition:
    """What a ballot counts and how, as planned; the seed of a lot stays hidden."""
    return Definition.from_json(ballot.definition)


def open_ballot(session: Session, ballot: Ballot, now: datetime) -> None:
    """Freezes the electorate and begins the log. Raises NoElectorate."""
    eligible = electorates.freeze(session, ballot)
    definition = replace(definition_of(ballot), eligible=eligible)
    if definition.ties.kind is TieBreak.LOT:
        seed = secrets.token_hex(16)
        ballot.lot_commitment = lottery.commitment(seed)
        definition = replace(definition, ties=TieRule(TieBreak.LOT, seed))
    hidden = replace(definition, ties=definition_of(ballot).ties)
    ballot.definition = hidden.to_json()
    ballot_box.make_key(session, ballot)
    first = log.opened(
        str(ballot.id), definition, secret=ballot.secret, electorate=ballot.electorate_hash
    )
    ballot_log.keep(session, ballot, first)
    ballot.head_opened, ballot.state = first.hash, "open"
    topic = session.get_one(Topic, ballot.topic_id)
    words = f"{ballot.title}\n名单校验码 {ballot.electorate_hash}\n日志首条 {ballot.head_opened}"
    hall.note(session, topic, Happened("ballot", "表决开始", words, public=True), None, now)
    audit.record(session, now, None, "ballot.opened", ballot)


def close_ballot(session: Session, ballot: Ballot, now: datetime) -> None:
    """Opens all boxes, counts, writes the result and erases boxes and key."""
    definition = ballot_log.definition_of(session, ballot)
    votes = ballot_box.Boxes.of(session, ballot).votes()
    events = log.closed(
        ballot_log.last(session, ballot),
        definition,
        votes,
        secret=ballot.secret,
        present=_present(session, ballot),
    )
    ballot_log.keep(session, ballot, *events)
    ballot_box.erase(session, ballot)
    ballot.result, ballot.head_closed = dict(events[-1].payload), events[-1].hash
    ballot.state, ballot.closed_at = "closed", now
    topic = session.get_one(Topic, ballot.topic_id)
    words = f"{ballot.title}\n日志末条 {ballot.head_closed}"
    hall.note(session, topic, Happened("ballot", "表决截止", words, public=True), None, now)
    audit.record(session, now, None, "ballot.closed", ballot)


def _present(session: Session, ballot: Ballot) -> Amount | None:
    """Who was at the meeting: who signed in, and who voted. None where no meeting votes."""
    if not ballot.in_meeting:
        return None
    voted = select(RollEntry.elector_id).where(RollEntry.ballot_id == ballot.id)
    there = present_electors(session, ballot) | set(session.scalars(voted))
    electors = session.scalars(select(Elector).where(Elector.ballot_id == ballot.id))
    return total(electorates.weight_of(elector) for elector in electors if elector.id in there)


def extend(
    session: Session, staff: Staff, ballot: Ballot, until: datetime, reason: str, now: datetime
) -> None:
    """The one extension, before closing, with a published reason; the electorate stays.

    Raises BadBallot, Forbidden.
    """
    topic = session.get_one(Topic, ballot.topic_id)
    require(staff, Permission.KEEP_TOPICS, topic.place_path)
    locked(session, ballot.id)
    if ballot.state != "open" or now >= ballot.closes_at:
        raise BadBallot("只有进行中的表决能延期")
    if ballot.extended:
        raise BadBallot("已经延期过一次，不能再延")
    if until <= ballot.closes_at or not reason.strip():
        raise BadBallot("新的截止时间要更晚，并写明原因")
    event = log.extended(ballot_log.last(session, ballot), until.isoformat(), reason.strip())
    ballot_log.keep(session, ballot, event)
    ballot.closes_at, ballot.extended = until, reason.strip()
    what = Happened("ballot", "表决延期", f"{ballot.title}\n原因：{ballot.extended}", public=True)
    hall.note(session, topic, what, staff, now)
    audit.record(session, now, staff, "ballot.extended", ballot, reason=ballot.extended)


def locked(session: Session, ballot_id: int) -> Ballot:
    """A ballot, locked: votes and closing follow one another."""
    query = select(Ballot).where(Ballot.id == ballot_id)
    # other rows may still refer to the ballot meanwhile
    fresh = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(fresh).one()
