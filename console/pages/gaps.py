"""What the library could not answer, grouped by week; and what residents thought of answers."""

from __future__ import annotations

from itertools import groupby

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import number_or_none, read_form
from console.pages.communities import community_of
from console.rendering import render
from console.visits import visit_of
from services import policy_answers, scope
from storage.communities import Community

ADDRESS = "/console/policies/gaps"


async def show(request: web.Request) -> web.Response:
    """Open questions, those that are alike together."""
    visit = visit_of(request)

    def load(
        session: Session,
    ) -> tuple[Community | None, list[Community], list[policy_answers.Gap]]:
        number = number_or_none(request.query.get("community"))
        community = scope.named_or_first(session, visit.staff, number)
        found = policy_answers.gaps(session, community.id) if community else []
        return community, scope.kept(session, visit.staff, Community.name), found

    community, communities, found = await visit.read(load)
    weeks = [(week, list(gaps)) for week, gaps in groupby(found, key=lambda gap: gap.week)]
    context = {
        "weeks": weeks,
        "community": community,
        "communities": communities,
        "total": sum(len(gap.questions) for gap in found),
    }
    return render(request, "gaps.html", context)


async def dismiss(request: web.Request) -> web.Response:
    """Takes a group off the list without an entry."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        community = community_of(session, visit, form)
        numbers = [int(one) for one in form.get("questions", "").split(",") if one.isdecimal()]
        asked = policy_answers.open_questions(session, community.id, numbers)
        policy_answers.dismiss(session, visit.staff, asked, visit.now)

    await visit.write(work)
    return see(ADDRESS, "dismissed")


async def verdicts(request: web.Request) -> web.Response:
    """有用 and 没答对, with the text that was served."""
    visit = visit_of(request)

    def load(session: Session) -> list[policy_answers.Verdict]:
        mine = scope.kept(session, visit.staff, Community.name)
        return [one for home in mine for one in policy_answers.verdicts(session, home.id)]

    return render(request, "verdicts.html", {"verdicts": await visit.read(load)})
