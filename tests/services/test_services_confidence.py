"""Who sees which kind of confidential case: one table, tried on every way to a case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import case_search, case_similar, case_work, cases, confiding, desk, finding
from services.access import Forbidden
from services.case_search import CaseFilter
from services.case_words import BadInput
from services.confidence import Confidence, is_public, kind_of
from services.desk import QueueFilter
from storage.cases import Case
from storage.communities import Place
from storage.engine import Database
from storage.messages import Media
from storage.residents import Resident
from storage.staff import Staff
from tests.console.seed import HOURS, NOW, UNIT, Seeded, fill

SEES = {
    Confidence.PRIVATE: {"worker", "reviewer", "admin"},
    Confidence.HARDSHIP: {"worker", "reviewer", "admin"},
    Confidence.MEDIATION: {"reviewer"},
    Confidence.TIP_OFF: {"reviewer", "admin"},
}
EVERYBODY = (
    *("grid1", "grid2", "worker", "reviewer", "supervisor", "admin", "partner"),
    *("elsewhere", "otheradmin"),
)


@pytest.fixture
def filled(database: Database) -> tuple[Database, Seeded]:
    return database, database.write_now(fill)


def confided(session: Session, seeded: Seeded, kind: str) -> Case:
    """A confidential case of its kind with a picture, of a resident who has no other."""
    lamp = session.get_one(Case, seeded.lamp)
    new = cases.NewCase(
        community_id=lamp.community_id,
        category="neighbours.dispute",
        title="说给您一个人听",
        description="说给您一个人听",
        place_path=UNIT,
        place_id=lamp.place_id,
        confidential=kind,
        media=(seeded.picture,),
    )
    return cases.submit(session, new, session.get_one(Resident, seeded.resident), HOURS, NOW)


WAYS: dict[str, Callable[[Session, Staff, Case], bool]] = {
    "by its number": lambda s, who, case: finding.case(s, who, case.id) is not None,
    "in the list": lambda s, who, case: (
        case in case_search.search(s, who, CaseFilter(), NOW, limit=99)[0]
    ),
    "by its words": lambda s, who, case: (
        case in case_search.search(s, who, CaseFilter(words="一个人听"), NOW)[0]
    ),
    "in the counts": lambda s, who, case: (
        case_search.count(s, who, CaseFilter(words="一个人听"), NOW) == 1
    ),
    "in the queue": lambda s, who, case: any(
        item.case_id == case.id for item in desk.waiting(s, who, QueueFilter(), NOW, limit=99)[0]
    ),
    "by its item": lambda s, who, case: finding.item_of(s, who, cases.source_of(case)) is not None,
    "by its picture": lambda s, who, case: any(
        finding.medium(s, who, one.id) is not None
        for one in s.scalars(select(Media).where(Media.case_id == case.id))
    ),
}


@pytest.mark.parametrize("kind", list(Confidence))
def test_each_kind_is_seen_by_its_own_people_alone(
    filled: tuple[Database, Seeded], kind: Confidence
) -> None:
    """By number, list, words, counts, queue, item and picture; others find nothing."""
    database, seeded = filled
    number = database.write_now(lambda s: confided(s, seeded, kind).id)

    def look(session: Session) -> dict[str, set[str]]:
        case = session.get_one(Case, number)
        people = {name: session.get_one(Staff, seeded.staff[name]) for name in EVERYBODY}
        return {
            way: {name for name, who in people.items() if sees(session, who, case)}
            for way, sees in WAYS.items()
        }

    assert database.read_now(look) == dict.fromkeys(WAYS, SEES[kind])


def test_a_partner_sees_only_what_was_handed_to_them(filled: tuple[Database, Seeded]) -> None:
    """Open or of any kind, by any way: before they are named nothing, then that one case."""
    database, seeded = filled

    def seen(session: Session, case: Case) -> list[bool]:
        partner = session.get_one(Staff, seeded.staff["partner"])
        return [sees(session, partner, case) for sees in WAYS.values()]

    def look(session: Session) -> int:
        partner = session.get_one(Staff, seeded.staff["partner"])
        for kind in ("", *Confidence):
            case = confided(session, seeded, kind)
            session.flush()
            assert seen(session, case) == [False] * len(WAYS)
            case.responsible_id = partner.id
            session.flush()
            assert seen(session, case) == [True] * len(WAYS)
            case.state, case.title, case.description = "withdrawn", "说完了", "说完了"
            session.flush()
        return case_search.search(session, partner, CaseFilter(), NOW)[1]

    assert database.write_now(look) == 1 + len(Confidence)


def test_a_mediator_sees_the_mediation_they_were_assigned_to(
    filled: tuple[Database, Seeded],
) -> None:
    """Assigned by a reviewer; the timeline and the audit say by whom, and others stay out."""
    database, seeded = filled

    def work(session: Session) -> list[bool]:
        case = confided(session, seeded, Confidence.MEDIATION)
        reviewer, partner, worker = (
            session.get_one(Staff, seeded.staff[name]) for name in ("reviewer", "partner", "worker")
        )
        with pytest.raises(Forbidden):
            confiding.add_mediator(session, worker, case, partner.id, NOW)
        confiding.add_mediator(session, reviewer, case, partner.id, NOW)
        session.flush()
        assert [one.id for one in confiding.mediators_of(session, case)] == [partner.id]
        with pytest.raises(BadInput):
            confiding.add_mediator(session, reviewer, case, partner.id, NOW)
        return [sees(session, who, case) for sees in WAYS.values() for who in (partner, worker)]

    assert database.write_now(work) == [True, False] * len(WAYS)


def test_who_said_something_in_confidence_is_read_by_those_it_was_meant_for(
    filled: tuple[Database, Seeded],
) -> None:
    """The words of a tip-off stand in the conversation: it closes to all who may not see it."""
    database, seeded = filled

    def work(session: Session) -> dict[str, bool]:
        confided(session, seeded, Confidence.TIP_OFF)
        session.flush()
        people = {name: session.get_one(Staff, seeded.staff[name]) for name in EVERYBODY}
        return {
            name: finding.reads_talk(session, who, seeded.resident)
            for name, who in people.items()
            if finding.resident(session, who, seeded.resident)
        }

    found = database.write_now(work)
    assert {name for name, reads in found.items() if reads} == {"reviewer", "admin"}


def test_in_public_there_is_neither_a_confidential_nor_an_anonymous_case(
    filled: tuple[Database, Seeded],
) -> None:
    """Not in lists and not among the like cases that neighbours are shown."""
    database, seeded = filled

    def work(session: Session) -> tuple[list[int], list[int]]:
        for kind in Confidence:
            confided(session, seeded, kind)
        lamp = session.get_one(Case, seeded.lamp)
        lamp.anonymous = True
        session.flush()
        place = session.scalars(select(Place).where(Place.path == UNIT)).one()
        report = case_similar.Report(lamp.description, place, lamp.category)
        neighbour = session.get_one(Resident, seeded.private_resident)
        shown = case_similar.similar(session, neighbour, report)
        return list(session.scalars(select(Case.id).where(is_public()))), [c.number for c in shown]

    assert database.write_now(work) == ([seeded.far], [])


def test_hiding_needs_a_reason_and_opening_a_reviewer(filled: tuple[Database, Seeded]) -> None:
    database, seeded = filled

    def work(session: Session) -> str:
        lamp = session.get_one(Case, seeded.lamp)
        grid, worker, reviewer = (
            session.get_one(Staff, seeded.staff[name]) for name in ("grid1", "worker", "reviewer")
        )
        with pytest.raises(Forbidden):
            confiding.set_kind(session, grid, lamp, "private", "涉及隐私", NOW)
        with pytest.raises(BadInput, match="原因"):
            confiding.set_kind(session, worker, lamp, "private", " ", NOW)
        confiding.set_kind(session, worker, lamp, "private", "涉及隐私", NOW)
        assert lamp.private
        with pytest.raises(Forbidden):
            confiding.set_kind(session, worker, lamp, "", "弄错了", NOW)
        confiding.set_kind(session, reviewer, lamp, "", "弄错了", NOW)
        return f"{lamp.confidential}{lamp.private}"

    assert database.write_now(work) == "False"


def test_a_complaint_about_the_staff_is_a_tip_off() -> None:
    """It is not for those it may be about; other private categories are private."""
    assert kind_of("services.staff", True) == "tip_off"
    assert kind_of("neighbours.dispute", True) == "private"
    assert kind_of("lighting.street", False) == ""


def test_nobody_can_be_handed_a_case_who_could_not_work_on_it(
    filled: tuple[Database, Seeded],
) -> None:
    """A partner of the place can; a supervisor and people of another community cannot."""
    database, seeded = filled

    def work(session: Session) -> set[int]:
        lamp = session.get_one(Case, seeded.lamp)
        return {person.id for person in case_work.candidates(session, lamp)}

    names = {seeded.staff[name] for name in ("grid1", "worker", "reviewer", "admin", "partner")}
    assert database.read_now(work) == names
