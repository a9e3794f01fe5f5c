"""Everything that the page of a case shows, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from console.pages import threads as shared
from console.visits import Visit
from services import (
    case_merging,
    case_similar,
    case_summary,
    case_work,
    cases,
    confiding,
    desk_rows,
    desk_terms,
    finding,
    followers,
    place_names,
    supervision,
    threads,
)
from services import staff as people
from services.access import Permission, may
from services.case_states import Actor, State, next_states
from services.confidence import Confidence
from services.sla import class_names
from storage.case_ties import Supervision
from storage.cases import Case, CaseEvent
from storage.communities import Place
from storage.messages import Media
from storage.moderation import Submission
from storage.residents import Resident
from storage.staff import Staff

MATTERS = ("问事", "说事", "办事", "议事", "评事", "督事")
"""网格六事: 党员问事、群众说事、及时办事、民主议事、定期评事、追踪督事."""
USUAL = {
    State.SUBMITTED: (State.ACCEPTED, State.REJECTED),
    State.ACCEPTED: (State.ASSIGNED, State.WORKING, State.WAITING),
    State.ASSIGNED: (State.WORKING, State.WAITING),
    State.WORKING: (State.RESOLVED, State.WAITING, State.PLANNED),
    State.WAITING: (State.WORKING, State.RESOLVED),
    State.PLANNED: (State.WORKING, State.RESOLVED),
    State.TRANSFERRED: (State.WORKING, State.RESOLVED),
}
"""The moves that are made day by day; the others stand behind 更多状态."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What a case is tied to; `alike` are the cases it may be a duplicate of."""

    linked: list[tuple[str, Case]]
    alike: list[case_similar.Near]
    followers: int
    mediators: list[Staff]
    could_mediate: list[Staff]
    summary: Submission | None
    orders: list[Supervision]


@dataclass(frozen=True, slots=True)
class CasePage:
    """The case with all around it; `moves` are the usual ones, `rare` the others."""

    case: Case
    place: str
    promise: str
    responsible: str
    events: list[CaseEvent]
    actors: dict[int, str]
    names: dict[int, str]
    moves: list[State]
    rare: list[State]
    candidates: list[Staff]
    row: desk_rows.QueueRow | None
    thread: threads.Thread | None
    pictures: list[Media]
    ties: Ties
    mark: str


def page_key(found: CasePage) -> str:
    """Under which name the people looking at this page are counted."""
    resident = found.case.resident_id
    return f"resident:{resident}" if resident else f"case:{found.case.id}"


def load(session: Session, visit: Visit, case_id: int) -> CasePage:
    """Reads the page of a case in sight; 404 otherwise."""
    staff = visit.staff
    case = shared.find_case(session, visit, case_id)
    resident = session.get(Resident, case.resident_id) if case.resident_id else None
    events = cases.events_of(session, case)
    responsible = cases.responsible_of(session, case)
    item = finding.item_of(session, staff, cases.source_of(case))
    waiting = [item] if item is not None and item.state == "open" else []
    handles = may(staff, Permission.HANDLE)
    usual, rare = _moves(case) if handles else ([], [])
    return CasePage(
        case=case,
        place=place_names.name_of(session, case.place_path),
        promise=_promise(session, visit, case),
        responsible=responsible.name if responsible else "",
        events=events,
        actors=threads.actor_names(session, events),
        names=people.names(session, [n for e in events for n in _people_in(e)]),
        moves=usual,
        rare=rare,
        candidates=case_work.candidates(session, case) if handles else [],
        row=next(iter(desk_rows.rows(session, waiting, visit.now)), None),
        thread=threads.load(session, staff, resident, visit.now, case) if resident else None,
        pictures=case_work.pictures(session, case),
        ties=_ties(session, visit, case),
        mark=threads.mark(session, staff, case.resident_id, case.id),
    )


def _promise(session: Session, visit: Visit, case: Case) -> str:
    """By what its clock runs: 一般：4 小时响应，5 个工作日办结（第 2 版）."""
    terms = desk_terms.of_case(session, case, visit.deps.hours)
    version = f"第 {terms.version} 版" if terms.version else "程序自带"
    return f"{class_names(terms)[case.sla]}（{version}）"


def _moves(case: Case) -> tuple[list[State], list[State]]:
    """The usual moves and the rare ones; a duplicate is made by merging."""
    state = State(case.state)
    every = next_states(state, Actor.STAFF)
    all_moves: list[State] = [to for to in every if to is not State.DUPLICATE]
    usual = [to for to in USUAL.get(state, all_moves) if to in all_moves]
    return usual, [to for to in all_moves if to not in usual]


def _ties(session: Session, visit: Visit, case: Case) -> Ties:
    staff = visit.staff
    linked = [
        (kind, other)
        for kind, other in case_merging.linked(session, case)
        if finding.case(session, staff, other.id)
    ]
    mediates = case.confidential == Confidence.MEDIATION
    assigns = mediates and may(staff, Permission.APPROVE)
    return Ties(
        linked=linked,
        alike=_alike(session, visit, case),
        followers=followers.counts(session, [case.id]).get(case.id, 0),
        mediators=confiding.mediators_of(session, case) if mediates else [],
        could_mediate=confiding.candidates(session, case) if assigns else [],
        summary=None if case.private or case.anonymous else case_summary.newest(session, case),
        orders=supervision.orders_of(session, case),
    )


def _alike(session: Session, visit: Visit, case: Case) -> list[case_similar.Near]:
    """Cases that this one may repeat, as far as they are in sight; asked while it is new."""
    fresh = State(case.state) in (State.SUBMITTED, State.ACCEPTED, State.ASSIGNED)
    place = session.get(Place, case.place_id) if case.place_id else None
    if not fresh or case.private or place is None or not may(visit.staff, Permission.HANDLE):
        return []
    new = case_similar.Report(case.description, place, case.category)
    found = case_similar.alike(session, new, but=case)
    return [one for one in found if finding.case(session, visit.staff, one.id)]


def _people_in(event: CaseEvent) -> list[int]:
    if event.kind not in ("moved", "assigned", "mediator"):
        return []
    return [value for value in (event.detail or {}).values() if isinstance(value, int)]
