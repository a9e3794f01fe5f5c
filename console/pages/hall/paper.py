"""Paper and phone ballots: one person enters, another enters again without seeing the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.hall import shared
from console.pages.hall.ballots import page
from console.pages.hall.choices import BadChoice, choice_of
from console.visits import Visit, number_in_path, visit_of
from deliberation.tally import InvalidBallotError
from services import ballots, hall_reading, paper_votes
from services.voting import AlreadyVoted, Cast, NotOpen
from storage.ballots import Ballot

WRONG = "这张票不合规则：选多了、分数超了，或者有不认识的项"
DIFFERS = "两次录入不一样。第一次的已作废，请拿出原票，从头再录。"


async def enter(request: web.Request) -> web.Response:
    """The first entry of a paper or phone ballot."""

    def work(session: Session, visit: Visit, ballot: Ballot, form: Mapping[str, str]) -> None:
        elector = hall_reading.elector_by_code(session, ballot, form.get("elector", ""))
        if elector is None:
            raise BadChoice("名单里没有这个编号")
        choice = choice_of(ballots.definition_of(ballot), form)
        origin = form.get("origin", "")
        if origin not in paper_votes.ORIGINS:
            raise BadChoice("请选是纸质票还是电话票")
        paper_votes.enter(session, visit.staff, elector, choice, origin, visit.now)

    return await _act(request, "enter", work)


async def confirm(request: web.Request) -> web.Response:
    """The second entry, which casts the vote where both agree."""

    def work(
        session: Session, visit: Visit, ballot: Ballot, form: Mapping[str, str]
    ) -> Cast | None:
        number = number_or_none(form.get("paper"))
        waiting = paper_votes.all_waiting(session, ballot)
        paper = next((one for one, _ in waiting if one.id == number), None)
        if paper is None:
            raise BadChoice("这张票已经处理过了")
        choice = choice_of(ballots.definition_of(ballot), form)
        return paper_votes.confirm(session, visit.staff, paper, choice, visit.now)

    return await _act(request, "confirm", work)


Work = Callable[[Session, Visit, Ballot, Mapping[str, str]], Cast | None]


async def _act(request: web.Request, name: str, work: Work) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def on_ballot(session: Session) -> Cast | None:
        return work(session, visit, shared.find_ballot(session, visit, number)[0], form)

    try:
        done = await visit.write(on_ballot)
    except (BadChoice, NotOpen, AlreadyVoted, paper_votes.SamePerson) as error:
        return await _again(request, name, form, str(error))
    except InvalidBallotError:
        return await _again(request, name, form, WRONG)
    if name == "enter":
        return see(shared.ballot_address(number), "entered", anchor="papers")
    if done is None:
        return await page(request, Entered(), notice=DIFFERS, status=409)
    return await page(request, Entered(), receipt=done.receipt)


async def _again(
    request: web.Request, name: str, form: Mapping[str, str], words: str
) -> web.Response:
    """The page again; the choice that was entered is not repeated."""
    kept = {key: form[key] for key in ("elector", "origin", "paper") if key in form}
    return await page(request, Entered(name, kept, {"form": words}), status=422)
