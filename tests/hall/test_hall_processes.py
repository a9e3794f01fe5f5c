"""A whole topic from proposal to rating in each process, and what holds it up on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from deliberation.definition import Method
from deliberation.verify import verify
from services import (
    ballot_log,
    hall,
    hall_outcome,
    hall_seats,
    hall_stages,
    moderated,
    moderation,
    process_keeping,
    proposals,
    questionnaires,
    statements,
)
from services.ballots import NewBallot, plan
from services.calendar import OfficeHours
from services.hall_outcome import NewTask
from services.hall_stages import NotYet, StaleTopic
from services.process_checks import check
from services.processes import BadProcess, StageKind, read_process, shipped, shipped_text
from services.questionnaires import NewQuestionnaire
from storage.hall import Topic
from storage.messages import OutboxMessage
from storage.moderation import Submission
from tests.hall.world import DAY, Hall

HOURS = OfficeHours()
QUESTIONS = (
    {"key": "a", "text": "常去活动室吗", "kind": "single", "options": ["去", "不去"]},
    {"key": "b", "text": "满意吗", "kind": "scale", "optional": True},
)


def _propose(world: Hall, process: str) -> Topic:
    """A neighbour proposes, staff publish it, others support it, staff make it a topic."""
    session, author = world.session, world.resident(1)
    one = proposals.propose(session, author, "东门加装电梯\n老人上楼难", HOURS, world.now)
    _publish(world)
    for number in range(2, 8):
        proposals.support(session, one, world.resident(number), world.now)
    assert one.state == "reached"
    return proposals.adopt(session, world.staff(), one, process, world.now)


def _publish(world: Hall) -> None:
    reviewer = world.staff("zhao")
    waiting = select(Submission).where(Submission.state == "waiting")
    for one in world.session.scalars(waiting).all():
        moderation.decide(
            world.session,
            reviewer,
            one,
            one.version,
            publish=True,
            reason="",
            effects=moderated.EFFECTS,
            now=world.now,
        )


def _nothing(_world: Hall, _topic: Topic) -> None:
    """A stage with nothing but its documents."""


def _agenda(world: Hall, topic: Topic) -> None:
    if all(seat.required for seat in hall_seats.seats_of(world.session, topic)):
        hall_seats.add_seat(world.session, world.staff(), topic, "6栋居民")
    for seat in hall_seats.seats_of(world.session, topic):
        hall_seats.invite(world.session, world.staff(), seat, "代表", None, world.now)
        hall_seats.answer(world.session, seat, world.now, accepts=True, staff=world.staff())


def _opinions(world: Hall, topic: Topic) -> None:
    words = "先请第三方看采光影响"
    statements.add(world.session, topic, world.resident(1), words, HOURS, world.now)
    _publish(world)
    one = statements.counts_of(world.session, topic)[0].statement
    for number in range(2, 6):
        statements.answer(world.session, one, world.resident(number), 1, world.now)


def _ballot(world: Hall, topic: Topic) -> None:
    process, stage = hall.process_of(topic), hall.stage_of(topic)
    listed = tuple(f"P{n}" for n in range(1, 10)) if process.key == "four_two" else ()
    budget = process.method is Method.EQUAL_SHARES
    new = NewBallot(
        title="要不要做",
        opens_at=world.now,
        closes_at=world.now + DAY,
        listed=listed,
        method=process.method,
        options=(("路灯", 300), ("长椅", 200)) if budget else (),
        budget=400 if budget else 0,
    )
    ballot = plan(world.session, world.staff(), topic, new, world.now)
    world.tick()
    if stage.sign_in:
        hall_seats.sign_in(world.session, world.staff(), topic, "党员一", world.now)
    for number in range(1, 10):
        world.vote(ballot, number, ["o1"] if budget else "yes")
    world.close(ballot)
    assert ballot.result is not None
    assert ballot.result["outcome"] == "pass"
    heads = (ballot.head_opened, ballot.head_closed)
    assert verify(ballot_log.exported(world.session, ballot), heads).whole


def _survey(world: Hall, topic: Topic) -> None:
    new = NewQuestionnaire("活动室", QUESTIONS, world.now, world.now + DAY, audience="census")
    sheet = questionnaires.plan(world.session, world.staff(), topic, new, world.now)
    world.tick()
    for number in range(1, 7):
        resident = world.resident(number)
        questionnaires.answer(world.session, sheet, resident, "去", world.now)
        questionnaires.answer(world.session, sheet, resident, 4, world.now)
    world.now = sheet.closes_at
    world.tick()
    report = questionnaires.report(world.session, sheet)
    assert (report.finished, report.invited) == (6, 12)
    assert report.counts["b"]["4"] == 6


def _decision(world: Hall, topic: Topic) -> None:
    staff, now = world.staff(), world.now
    hall_outcome.decide(world.session, staff, topic, "同意实施", "多数赞成", now)
    task = NewTask("招标", "物业李经理", date(2026, 6, 1))
    hall_outcome.add_task(world.session, staff, topic, task, now)


def _action(world: Hall, topic: Topic) -> None:
    for task in hall_outcome.tasks_of(world.session, topic):
        with pytest.raises(NotYet):
            world.advance(topic, "review")
        staff = world.staff()
        hall_outcome.progress(world.session, staff, task, 50, "图纸好了", world.now)
        hall_outcome.progress(world.session, staff, task, 100, "装好了", world.now)


def _review(world: Hall, topic: Topic) -> None:
    for number, score in ((1, 5), (2, 4), (3, 5)):
        hall_outcome.rate(world.session, topic, world.resident(number), score, world.now)
    assert hall_outcome.ratings(world.session, topic).mean_hundredths == 467


ACTS: dict[StageKind, Callable[[Hall, Topic], None]] = {
    StageKind.AGENDA: _agenda,
    StageKind.OPINIONS: _opinions,
    StageKind.BALLOT: _ballot,
    StageKind.QUESTIONNAIRE: _survey,
    StageKind.DECISION: _decision,
    StageKind.ACTION: _action,
    StageKind.REVIEW: _review,
}


def _live(world: Hall, topic: Topic) -> None:
    """Does what each stage is for, and moves on through every one of them."""
    process = hall.process_of(topic)
    if not any(stage.kind is StageKind.AGENDA for stage in process.stages):
        _agenda(world, topic)
    for stage, following in zip(process.stages, (*process.stages[1:], None), strict=True):
        ACTS.get(stage.kind, _nothing)(world, topic)
        if stage.records:
            hall_stages.record(world.session, world.staff(), topic, "记录全文", world.now)
        if stage.sign_in:
            hall_seats.sign_in(world.session, world.staff(), topic, "王书记", world.now)
        if stage.publishes:
            hall_stages.publish(world.session, world.staff(), topic, "公告全文", world.now)
        if following is not None:
            world.advance(topic, following.key)
    hall_stages.finish(world.session, world.staff(), topic, world.now)


@pytest.mark.parametrize("key", list(shipped()))
def test_a_topic_lives_from_proposal_to_rating(hall_world: Hall, key: str) -> None:
    """Every stage leaves a date, a person and a document; participants hear the end."""
    topic = _propose(hall_world, key)
    _live(hall_world, topic)
    assert topic.state == "done"
    events = hall.events_of(hall_world.session, topic)
    stages = [event.stage for event in events if event.kind == "stage"]
    assert stages == [stage.key for stage in hall.process_of(topic).stages]
    records = {event.title for event in events if event.kind in ("record", "publication")}
    owed = {w for s in hall.process_of(topic).stages for w in (s.records, s.publishes) if w}
    assert owed <= records
    told = hall_world.session.scalars(select(OutboxMessage.text)).all()
    assert sum("已经办结" in text for text in told) >= 6
    assert sum("有决议了" in text for text in told) >= 6


@pytest.mark.parametrize("key", list(shipped()))
def test_every_process_has_hearing_coordination_or_review(key: str) -> None:
    """事前听证、事中协调、事后评议: no process is without a review."""
    kinds = {stage.kind for stage in shipped()[key].stages}
    assert StageKind.REVIEW in kinds
    if key not in ("poll", "questionnaire"):
        assert {StageKind.HEARING, StageKind.COORDINATION} <= kinds


def test_a_topic_does_not_begin_while_a_required_seat_is_empty(hall_world: Hall) -> None:
    """3+X: the three seats and one of whom it concerns."""
    topic = hall_world.topic("3x")
    with pytest.raises(NotYet, match="必需席位还空着：社区党组织"):
        hall_world.advance(topic, "inform")
    _agenda(hall_world, topic)
    hall_world.advance(topic, "inform")
    assert topic.stage == "inform"


def test_a_stage_does_not_end_before_it_is_published(hall_world: Hall) -> None:
    """The publication duty holds the topic."""
    topic = hall_world.topic("poll")
    with pytest.raises(NotYet, match="还没有公布《投票公告》"):
        hall_world.advance(topic, "ballot")


def test_only_optional_stages_are_left_out(hall_world: Hall) -> None:
    """From the poll's notice to its hearing or its ballot, never past the ballot."""
    topic = hall_world.topic("poll")
    assert [s.key for s, _ in hall_stages.next_stages(hall_world.session, topic)] == [
        "hearing",
        "ballot",
    ]
    with pytest.raises(NotYet, match="不能跳"):
        hall_world.advance(topic, "decision")


def test_two_members_of_staff_do_not_move_a_topic_twice(hall_world: Hall) -> None:
    """The second one hears that it has moved."""
    topic = hall_world.topic("3x")
    _agenda(hall_world, topic)
    hall_world.advance(topic, "inform")
    with pytest.raises(StaleTopic):
        hall_stages.advance(
            hall_world.session, hall_world.staff(), topic, "hearing", 1, hall_world.now
        )


def test_a_topic_that_ends_early_says_why(hall_world: Hall) -> None:
    """The reason is public and told to those who took part."""
    topic = _propose(hall_world, "3x")
    with pytest.raises(NotYet):
        hall_stages.end(hall_world.session, hall_world.staff(), topic, " ", hall_world.now)
    hall_stages.end(hall_world.session, hall_world.staff(), topic, "规划已另有安排", hall_world.now)
    told = hall_world.session.scalars(select(OutboxMessage.text)).all()
    assert sum("原因：规划已另有安排" in text for text in told) == 7


def test_a_running_topic_keeps_the_version_it_began_with(hall_world: Hall) -> None:
    """A community's own version holds for topics opened after it."""
    before = hall_world.topic("3x", "先开的议题")
    text = shipped_text("3x").replace("name: 通报内容", "name: 张榜公布")
    community = hall_world.community.id
    kept = process_keeping.keep(
        hall_world.session, hall_world.staff(), community, text, hall_world.now
    )
    after = hall_world.topic("3x", "后开的议题")
    names = [hall.process_of(topic).stages[1].name for topic in (before, after)]
    assert names == ["通报内容", "张榜公布"]
    assert hall.process_of(after).version == kept.version == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stages": []}, "要有阶段"),
        ({"rule": "two-thirds"}, "没有叫"),
        ({"colour": "red"}, "不认识的项"),
        ({"electorate": "cats"}, "可用"),
    ],
)
def test_a_process_that_is_none_is_refused_with_the_reason(
    change: dict[str, object], words: str
) -> None:
    """The keeper reads what is wrong."""
    with pytest.raises(BadProcess, match=words):
        read_process({**shipped()["poll"].to_json(), **change})


@pytest.mark.parametrize("key", list(shipped()))
def test_every_shipped_process_can_be_kept_as_it_is(key: str) -> None:
    """The checks ask nothing that the shipped ones do not have."""
    check(shipped()[key])


@pytest.mark.parametrize(
    ("key", "old", "new", "words"),
    [
        ("poll", "name: 民意投票", "name: ''", "流程的名称要写"),
        ("poll", "name: 公告,", "name: ' ',", "阶段的名称要写"),
        ("poll", "days: 2,", "days: 0,", "“公告”的天数"),
        ("poll", "days: 2,", "days: true,", "“公告”的天数"),
        ("poll", "entry: [decided]", "entry: [tasks_done]", "它前面没有“实施”的阶段"),
        ("poll", "entry: [ballots_closed]", "entry: [seats_filled]", "流程里没有席位"),
        ("3x", "stakeholders: 1", "stakeholders: -1", "不小于 0"),
        ("3x", "kind: hearing,", "kind: hearing, in_meeting: true,", "不是表决"),
    ],
)
def test_a_process_that_nobody_could_finish_is_not_kept(
    hall_world: Hall, key: str, old: str, new: str, words: str
) -> None:
    """The keeper reads which stage is wrong, and what is missing before it."""
    text = shipped_text(key)
    assert old in text
    with pytest.raises(BadProcess, match=words):
        process_keeping.keep(
            hall_world.session,
            hall_world.staff(),
            hall_world.community.id,
            text.replace(old, new, 1),
            hall_world.now,
        )


def test_overdue_stages_wait_in_the_queue_once(hall_world: Hall) -> None:
    """The item goes when the topic moves on."""
    topic = hall_world.topic("3x")
    late = hall_world.now + 30 * DAY
    assert hall_stages.remind(hall_world.session, late) == 1
    assert hall_stages.remind(hall_world.session, late) == 0
    _agenda(hall_world, topic)
    hall_world.advance(topic, "inform")
    assert hall_stages.remind(hall_world.session, hall_world.now) == 0
