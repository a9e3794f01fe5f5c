"""Ballots: planned, extended once with a reason; their frozen electorate, turnout and result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.pages.hall import shared
from console.pages.hall.choices import BLANK, field_kind
from console.pages.hall.plan_form import ELECTORATE_NAMES, new_ballot, new_questionnaire
from console.pages.hall.topic import Form, act
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from deliberation.definition import Definition
from deliberation.quorum import Amount, total
from services import (
    ballot_reading,
    ballots,
    electorates,
    hall_reading,
    paper_votes,
    questionnaires,
    result_words,
)
from storage.ballots import Ballot, Elector, PaperVote
from storage.hall import Topic

SHOWN = 500
"""Lines of the list that one page shows; the rest is in the register."""


@dataclass(frozen=True, slots=True)
class BallotPage:
    """Everything that the page of a ballot shows; nothing of what was voted before closing."""

    ballot: Ballot
    topic: Topic
    definition: Definition
    turnout: ballot_reading.Turnout
    origins: dict[str, int]
    voices: list[electorates.Voice]
    preview: Amount | None
    lacking: str
    absent: list[Elector]
    waiting: list[tuple[PaperVote, Elector]]
    names: dict[int, str]
    number: int


async def plan(request: web.Request) -> web.Response:
    """Plans a ballot of the open stage."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        ballots.plan(session, visit.staff, topic, new_ballot(form), visit.now)

    return await act(request, "plan", work, "planned")


async def plan_sheet(request: web.Request) -> web.Response:
    """Plans a questionnaire of the open stage."""

    def work(session: Session, visit: Visit, topic: Topic, form: Form) -> None:
        wanted = new_questionnaire(form)
        questionnaires.plan(session, visit.staff, topic, wanted, visit.now)

    return await act(request, "survey", work, "planned")


async def show(request: web.Request) -> web.Response:
    """The ballot as it stands."""
    return await page(request, Entered())


async def page(
    request: web.Request,
    entered: Entered,
    *,
    notice: str = "",
    receipt: str = "",
    status: int = 200,
) -> web.Response:
    """The page, with what was entered and what was wrong with it."""
    visit = visit_of(request)
    number = number_in_path(request)
    found = await visit.read(lambda session: _load(session, visit, number))
    context = {
        "page": found,
        "entered": entered,
        "notice": notice,
        "receipt": receipt,
        "base": shared.ballot_address(number),
        "states": ballots.STATE_NAMES,
        "methods": ballots.METHOD_NAMES,
        "electorates": ELECTORATE_NAMES,
        "origin_names": ORIGINS,
        "asks": field_kind(found.definition),
        "blank": BLANK,
        "until": shared.local_field(found.ballot.closes_at),
        "result": result_of(found.ballot),
        "square_metres": result_words.square_metres,
        "yuan": result_words.yuan,
        "shown": SHOWN,
    }
    return render(request, "hall/ballot.html", context, status=status)


ORIGINS = {"chat": "微信", "assisted": "家人代投", **paper_votes.ORIGINS}


def result_of(ballot: Ballot) -> Mapping[str, object] | None:
    """What the result says, None before closing."""
    if ballot.state != "closed":
        return None
    return {
        "headline": result_words.headline(ballot),
        "totals": result_words.totals(ballot),
        "tests": result_words.tests(ballot),
    }


def _load(session: Session, visit: Visit, number: int) -> BallotPage:
    ballot, topic = shared.find_ballot(session, visit, number)
    voices, lacking = _voices(session, ballot)
    waiting = paper_votes.all_waiting(session, ballot)
    absent = paper_votes.absent(session, ballot)
    return BallotPage(
        ballot=ballot,
        topic=topic,
        definition=ballots.definition_of(ballot),
        turnout=ballot_reading.turnout(session, ballot),
        origins=ballot_reading.origins(session, ballot),
        voices=voices[:SHOWN],
        preview=total(voice.weight for voice in voices) if voices else None,
        lacking=lacking,
        absent=absent[:SHOWN],
        waiting=waiting,
        names=hall_reading.staff_names(session, (paper.entered_by for paper, _ in waiting)),
        number=len(absent),
    )


def _voices(session: Session, ballot: Ballot) -> tuple[list[electorates.Voice], str]:
    """The electorate if the ballot opened now, or what the register lacks for it."""
    if ballot.state != "planned":
        return [], ""
    try:
        return electorates.voices(session, ballot), ""
    except electorates.NoElectorate as error:
        return [], str(error)


async def extend(request: web.Request) -> web.Response:
    """The one extension, with its published reason."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def work(session: Session) -> None:
        ballot, _ = shared.find_ballot(session, visit, number)
        until = shared.moment_or_none(form.get("until"))
        if until is None:
            raise ballots.BadBallot("请填新的截止时间")
        ballots.extend(session, visit.staff, ballot, until, form.get("reason", ""), visit.now)

    try:
        await visit.write(work)
    except ballots.BadBallot as error:
        return await page(request, Entered("extend", form, {"form": str(error)}), status=422)
    return see(shared.ballot_address(number), "saved")
