"""The life of a case: the ladder, orders, return visits, merging and splitting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import (
    case_merging,
    case_work,
    cases,
    escalation,
    followers,
    return_visit,
    supervision,
)
from services.access import Forbidden
from services.calendar import OfficeHours
from services.case_states import Actor, Outcome, State
from services.case_words import BadInput
from storage.case_ties import CaseFollower
from storage.cases import Case, CaseEvent
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.residents import Resident
from storage.staff import Staff
from tests.console.seed import NOW, Seeded, fill

T = TypeVar("T")
HOURS = OfficeHours()
MORNING = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)  # Friday 10:00, the day after NOW (17:30)


@dataclass
class Hall:
    """A filled database with what the tests say about its lamp case."""

    database: Database
    seeded: Seeded

    def do(self, work: Callable[[Session, Case], T]) -> T:
        """Something done with the lamp case."""
        return self.database.write_now(lambda s: work(s, s.get_one(Case, self.seeded.lamp)))

    def see(self) -> Case:
        return self.database.read_now(lambda s: s.get_one(Case, self.seeded.lamp))

    def staff(self, session: Session, login: str) -> Staff:
        return session.get_one(Staff, self.seeded.staff[login])

    def move(self, *states: State, now: datetime = NOW) -> None:
        """Moves that the community worker makes, one after the other."""

        def work(session: Session, case: Case) -> None:
            worker = self.seeded.staff["worker"]
            for state in states:
                wish = cases.Move(state, "说明", Outcome.FIXED)
                cases.move(session, case, wish, Actor.STAFF, worker, now, hours=HOURS)

        self.do(work)

    def close(self, now: datetime = NOW) -> None:
        self.move(State.ACCEPTED, State.WORKING, State.RESOLVED, now=now)

    def events(self, kind: str) -> list[CaseEvent]:
        query = select(CaseEvent).where(
            CaseEvent.case_id == self.seeded.lamp, CaseEvent.kind == kind
        )
        return self.database.read_now(lambda s: list(s.scalars(query.order_by(CaseEvent.id))))

    def item(self, kind: str) -> QueueItem | None:
        query = select(QueueItem).where(
            QueueItem.case_id == self.seeded.lamp, QueueItem.kind == kind
        )
        return self.database.read_now(lambda s: s.scalar(query.order_by(QueueItem.id.desc())))

    def told(self, resident: int, words: str) -> int:
        """How many messages to a resident hold these words."""
        query = select(OutboxMessage.text).where(OutboxMessage.resident_id == resident)
        texts = self.database.read_now(lambda s: list(s.scalars(query)))
        return sum(words in text for text in texts)

    def climb(self, now: datetime) -> int:
        return self.database.write_now(lambda s: escalation.run(s, HOURS, now))


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall(database, database.write_now(fill))


def test_the_ladder_goes_from_the_grid_to_the_community_to_the_street(hall: Hall) -> None:
    """An hour before the response is due, when it is, and two hours later; each level sees it at
    its own place, each step is an event that is none of the resident's."""
    due = hall.see().response_due
    steps = []
    for moment in (due - timedelta(hours=1), due, HOURS.add(due, 120)):
        hall.climb(moment)
        item = hall.item("escalation")
        assert item is not None
        steps.append((hall.see().escalation, item.place_path, item.state))
    assert steps == [
        (1, "/st/demo/g1/b3/b3u2/", "open"),
        (2, "/st/demo/", "open"),
        (3, "/st/", "open"),
    ]
    said = [event.reason for event in hall.events("escalated")]
    assert said == ["快到答复期限，提醒网格", "答复超期，报社区", "答复超期，报街道"]
    assert {event.matter for event in hall.events("escalated")} == {"督事"}
    assert not any(event.public for event in hall.events("escalated"))
    assert hall.climb(due + timedelta(days=9)) == 0 or hall.see().escalation == 3


def test_nothing_climbs_at_night(hall: Hall) -> None:
    """What became due in the evening is looked at when the quiet hours are over."""
    night = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
    assert hall.climb(night) == 0
    assert hall.climb(datetime(2026, 3, 6, 23, 30, tzinfo=UTC)) > 0


def test_an_answer_brings_the_case_to_the_foot_of_the_ladder(hall: Hall) -> None:
    """The response was given, late; now the resolution counts, and nobody is reminded before."""
    hall.climb(hall.see().response_due)
    hall.move(State.ACCEPTED, now=MORNING)
    case, item = hall.see(), hall.item("escalation")
    assert case.escalation == 0
    assert item is not None
    assert item.state == "done"
    assert case.escalate_at == HOURS.before(case.resolve_due, HOURS.minutes_a_day)


def test_a_pause_is_seen_and_moves_the_deadline(hall: Hall) -> None:
    """Two working days of waiting for the resident are two more working days."""
    hall.move(State.ACCEPTED, State.WORKING)
    due = hall.see().resolve_due
    hall.move(State.WAITING, now=MORNING)
    assert hall.see().paused_at == MORNING
    later = HOURS.add(MORNING, 2 * HOURS.minutes_a_day)

    def adds(session: Session, case: Case) -> None:
        resident = session.get_one(Resident, hall.seeded.resident)
        cases.add(session, case, resident, "是三楼", (), later, hours=HOURS)

    hall.do(adds)
    assert hall.see().resolve_due == HOURS.add(due, 2 * HOURS.minutes_a_day)
    assert [event.reason for event in hall.events("paused")] == ["等居民补充，办结期限暂停"]
    assert "接着计时，办结期限" in hall.events("resumed")[0].reason


def test_who_does_not_answer_is_not_forgotten(hall: Hall) -> None:
    """After five working days the case that waits for its resident is back in the queue."""
    hall.move(State.ACCEPTED, State.WORKING, State.WAITING)
    item = hall.item("case")
    assert item is not None
    assert item.state == "done"
    hall.climb(HOURS.add(NOW, 5 * HOURS.minutes_a_day))
    item = hall.item("case")
    assert item is not None
    assert item.state == "open"
    assert hall.see().state == State.WAITING


def test_the_supervisor_orders_and_hears_what_became_of_it(hall: Hall) -> None:
    due = MORNING + timedelta(days=1)

    def orders(session: Session, case: Case, login: str = "supervisor") -> None:
        supervision.order(session, hall.staff(session, login), case, "周五前修好", due, NOW)

    with pytest.raises(Forbidden):
        hall.do(lambda s, c: orders(s, c, "worker"))
    hall.do(orders)
    with pytest.raises(BadInput, match="正在督办"):
        hall.do(orders)
    item = hall.item("supervision")
    assert item is not None
    assert (item.due_at, item.title) == (due, "周五前修好")
    assert hall.events("supervised")[0].matter == "督事"
    hall.do(lambda s, c: supervision.answer(s, hall.staff(s, "worker"), c, "已换灯", MORNING))
    item = hall.item("supervision")
    assert item is not None
    assert item.state == "done"
    assert hall.events("answered")[0].reason == "已换灯"
    hall.do(orders)


@pytest.mark.parametrize(
    ("words", "days", "problem"), [("", 1, "没有写"), ("快办", -1, "在现在之后")]
)
def test_an_order_needs_words_and_a_date(hall: Hall, words: str, days: int, problem: str) -> None:
    due = NOW + timedelta(days=days)
    with pytest.raises(BadInput, match=problem):
        hall.do(lambda s, c: supervision.order(s, hall.staff(s, "supervisor"), c, words, due, NOW))


def visit(hall: Hall, now: datetime) -> int:
    return hall.database.write_now(lambda s: return_visit.ask_due(s, HOURS, now))


def test_the_resident_is_asked_a_working_day_after_the_closing(hall: Hall) -> None:
    """In office hours, once, in words that can be answered whatever else is being said."""
    hall.close()
    assert visit(hall, MORNING) == 0
    due = HOURS.add(NOW, HOURS.minutes_a_day)
    assert visit(hall, due + timedelta(hours=5)) == 0
    monday = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
    assert visit(hall, monday) == 1
    assert (hall.see().state, hall.see().asked_at) == (State.REVIEW, monday)
    assert hall.told(hall.seeded.resident, "回复“解决了”或“没解决”就行") == 1
    assert visit(hall, monday) == 0


def test_no_answer_stays_unrated(hall: Hall) -> None:
    """After seven days the case is filed; nothing is taken for contentment."""
    hall.close()
    monday = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
    visit(hall, monday)
    work = return_visit.archive_unanswered
    assert hall.database.write_now(lambda s: work(s, monday + timedelta(days=6))) == 0
    assert hall.database.write_now(lambda s: work(s, monday + timedelta(days=7))) == 1
    case = hall.see()
    assert (case.state, case.solved, case.satisfaction, case.rated_at) == (
        State.ARCHIVED,
        None,
        None,
        None,
    )
    assert hall.events("moved")[-1].reason == "七天没有评价，记为未评价"


def test_nobody_is_asked_where_nobody_can_be(hall: Hall) -> None:
    """Who has gone cannot be visited: the case is filed at once, not counted as asked."""
    hall.close()

    def goes(session: Session, case: Case) -> None:
        session.get_one(Resident, case.resident_id).following = False

    hall.do(goes)
    visit(hall, datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    assert (hall.see().state, hall.see().asked_at) == (State.ARCHIVED, None)


def rate(hall: Hall, solved: bool, grade: int | None, now: datetime = MORNING) -> None:
    def work(session: Session, case: Case) -> None:
        resident = session.get_one(Resident, hall.seeded.resident)
        return_visit.rate(session, case, resident, solved, grade, now, hours=HOURS)

    hall.do(work)


def test_the_answers_are_kept_where_figures_find_them(hall: Hall) -> None:
    hall.close()
    rate(hall, True, 4)
    case = hall.see()
    assert (case.state, case.solved, case.satisfaction, case.rated_at) == (
        State.ARCHIVED,
        True,
        4,
        MORNING,
    )
    assert hall.events("rated")[0].matter == "评事"
    with pytest.raises(return_visit.NothingToRate):
        rate(hall, True, 5)


def test_not_solved_opens_the_case_with_a_new_deadline(hall: Hall) -> None:
    """Outcome and closing are gone, the whole time is there again, the answer stays."""
    hall.close()
    rate(hall, False, 1)
    case = hall.see()
    assert (case.state, case.outcome, case.resolved_at) == (State.WORKING, "", None)
    assert case.resolve_due == HOURS.add(MORNING, 5 * HOURS.minutes_a_day)
    assert (case.solved, case.satisfaction, case.reopened) == (False, 1, 1)
    hall.move(State.RESOLVED, State.REVIEW, now=MORNING + timedelta(hours=1))
    assert hall.see().solved is None


def test_a_grade_beyond_five_is_refused_by_the_database(hall: Hall) -> None:
    def work(_session: Session, case: Case) -> None:
        case.satisfaction = 6

    with pytest.raises(Exception, match="ck_cases_satisfaction"):
        hall.do(work)


def second(hall: Hall, resident: int, **changes: object) -> int:
    """Another case at the same place."""

    def work(session: Session, lamp: Case) -> int:
        values: dict[str, object] = {
            "community_id": lamp.community_id,
            "category": lamp.category,
            "title": "楼道灯不亮",
            "description": "楼道灯不亮",
            "place_path": lamp.place_path,
            "place_id": lamp.place_id,
        }
        new = cases.NewCase(**(values | changes))  # type: ignore[arg-type]
        return cases.submit(session, new, session.get_one(Resident, resident), HOURS, NOW).id

    return hall.do(work)


def merge(hall: Hall, case_id: int, primary_id: int) -> None:
    def work(session: Session, _lamp: Case) -> None:
        case, primary = session.get_one(Case, case_id), session.get_one(Case, primary_id)
        case_merging.merge(session, hall.staff(session, "worker"), case, primary, "", NOW)

    hall.do(work)


def test_all_reporters_hear_from_the_primary(hall: Hall) -> None:
    """Also those whose case had taken in others before, and who followed; each once."""
    zhao, wang = hall.seeded.private_resident, hall.seeded.resident
    other = second(hall, zhao)
    third = second(hall, wang)
    merge(hall, third, other)
    merge(hall, other, hall.seeded.lamp)
    linked = hall.do(lambda s, c: [(kind, row.id) for kind, row in case_merging.linked(s, c)])
    assert sorted(linked) == [("merged", other), ("merged", third)]
    assert hall.do(lambda s, c: [one.id for one in followers.of_case(s, c)]) == [zhao]
    assert hall.told(zhao, "是同一件事，合在一起办") == 1

    def accept(session: Session, case: Case) -> None:
        wish = cases.Move(State.ACCEPTED)
        worker = hall.staff(session, "worker")
        case_work.move(session, worker, case, wish, State.SUBMITTED, NOW)

    hall.do(accept)
    assert hall.told(zhao, "您关注的事有了进展") == 1
    assert hall.told(wang, "您反映的事有了进展：〔1001") == 1


def test_what_was_merged_by_mistake_is_taken_out_again(hall: Hall) -> None:
    zhao = hall.seeded.private_resident
    other = second(hall, zhao)
    merge(hall, other, hall.seeded.lamp)

    def out(session: Session, _lamp: Case) -> None:
        case = session.get_one(Case, other)
        worker = hall.staff(session, "worker")
        wish = cases.Move(State.SUBMITTED, "不是同一盏灯")
        case_work.move(session, worker, case, wish, State.DUPLICATE, NOW)

    hall.do(out)
    assert hall.do(lambda s, c: (case_merging.linked(s, c), followers.of_case(s, c))) == ([], [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [("itself", "另一件事"), ("closed", "还在办"), ("private", "保密")],
)
def test_what_cannot_be_merged(hall: Hall, change: str, problem: str) -> None:
    other = second(hall, hall.seeded.private_resident, private=change == "private")
    if change == "closed":
        hall.close()
    with pytest.raises(BadInput, match=problem):
        merge(hall, hall.seeded.lamp if change == "itself" else other, hall.seeded.lamp)


def test_one_matter_becomes_two(hall: Hall) -> None:
    """The second has its own number, clock and category, and its reporter is told."""

    def work(session: Session, case: Case) -> int:
        new = case_merging.SplitOff("门口垃圾没人收", "sanitation.garbage", "planned")
        worker = hall.staff(session, "worker")
        return case_merging.split(session, worker, case, new, HOURS, NOW).id

    other = hall.do(work)
    row = hall.database.read_now(lambda s: s.get_one(Case, other))
    assert (row.category, row.sla, row.resident_id) == (
        "sanitation.garbage",
        "planned",
        hall.seeded.resident,
    )
    assert hall.told(hall.seeded.resident, "里有两件事，另一件单独记为") == 1
    assert hall.events("split")[0].text == "门口垃圾没人收"


def test_one_follows_once_and_never_oneself(hall: Hall) -> None:
    """The database holds it, too."""

    def joins(session: Session, case: Case, who: int) -> bool:
        return followers.join(session, case, session.get_one(Resident, who), NOW)

    zhao = hall.seeded.private_resident
    found = [hall.do(lambda s, c, n=n: joins(s, c, n)) for n in (zhao, zhao)]  # type: ignore[misc]
    assert found == [True, False]
    assert not hall.do(lambda s, c: joins(s, c, hall.seeded.resident))

    def twice(session: Session, case: Case) -> None:
        session.add(
            CaseFollower(community_id=case.community_id, case_id=case.id, resident_id=zhao, at=NOW)
        )

    with pytest.raises(Exception, match=r"(?i)unique"):
        hall.do(twice)


def test_a_case_that_becomes_confidential_is_silent_to_its_followers(hall: Hall) -> None:
    zhao = hall.seeded.private_resident

    def work(session: Session, case: Case) -> None:
        followers.join(session, case, session.get_one(Resident, zhao), NOW)
        case.private, case.confidential = True, "private"
        wish = cases.Move(State.ACCEPTED)
        worker = hall.staff(session, "worker")
        case_work.move(session, worker, case, wish, State.SUBMITTED, NOW)

    hall.do(work)
    assert hall.told(zhao, "您关注的事") == 0
    assert hall.told(hall.seeded.resident, "3栋2单元3楼楼道灯坏了好几天") == 0
