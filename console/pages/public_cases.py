"""The public pages of the issue desk: open cases, the month's three rates, hot topics."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.pages.hot_topics import trend_of
from console.paging import SIZE, offset, paging
from console.public import community_of, render_public
from console.visits import deps_of
from services import hot_topics, place_names, public_cases
from services.calendar import CHINA
from services.case_figures import THREE, Rate, Tally
from services.case_measures import Measure
from services.case_states import STATE_WORDS
from services.periods import Period, PeriodKind, containing
from services.reports import percent
from storage.communities import Community


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of a month as the public reads them."""

    period: Period
    tally: Tally

    def share(self, rate: Rate) -> str:
        """A rate in percent."""
        return percent(self.tally, rate)


async def show(request: web.Request) -> web.Response:
    """Public cases, in work or dealt with, and the rates of this month and the last."""
    deps, now = deps_of(request), deps_of(request).clock()
    query = request.query
    category = query.get("category", "")[:32]
    wanted = public_cases.PublicFilter(query.get("closed") == "1", category)

    def work(session: Session) -> tuple[Community, dict[str, object], int]:
        community = community_of(request, session)
        rows, total = public_cases.search(
            session, community.id, wanted, offset=offset(request), limit=SIZE
        )
        this = containing(PeriodKind.MONTH, now.astimezone(CHINA).date())
        both = (this.before(), this)
        figures = public_cases.figures(session, community.id, both, now)
        months = [Month(period, tally) for period, tally in reversed(figures)]
        catalogue = deps.catalogues(session, community.id)
        found = {"groups": catalogue.grouped(), "category": catalogue.name}
        return community, found | {"rows": rows, "months": months}, total

    community, found, total = await deps.database.read(work)
    context = {
        "wanted": wanted,
        "rates": THREE,
        "raised": Measure.RAISED,
        "state_words": STATE_WORDS,
        "paging": paging(request, total),
    }
    return render_public(request, "public/cases.html", community, found | context)


async def hot(request: web.Request) -> web.Response:
    """The week's hot topics: kind and place, never anybody's words."""
    deps = deps_of(request)

    def work(session: Session) -> tuple[Community, dict[str, object]]:
        community = community_of(request, session)
        topics = hot_topics.of_community(session, community.id)
        places = place_names.names_of(session, {topic.place_path for topic in topics})
        rows: list[dict[str, object]] = [
            {"topic": topic, "place": places[topic.place_path], "trend": trend_of(topic)}
            for topic in topics
        ]
        names = deps.catalogues(session, community.id).name
        return community, {"rows": rows, "category": names}

    community, found = await deps.database.read(work)
    return render_public(request, "public/hot_topics.html", community, found)
