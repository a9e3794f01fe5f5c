"""The sensitive words: kept by the reviewers, one community at a time."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.rendering import render
from console.visits import one_in_path, visit_of
from services import scope, sensitive_words
from storage.communities import Community
from storage.moderation import SensitiveWord

ADDRESS = "/console/moderation/words"


async def show(request: web.Request) -> web.Response:
    """The words."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[list[SensitiveWord], list[Community]]:
        return sensitive_words.listed(session, visit.staff), scope.kept(session, visit.staff)

    words, communities = await visit.read(work)
    context = {"words": words, "communities": communities, "entered": entered}
    return render(request, "words.html", context, status=status)


async def add(request: web.Request) -> web.Response:
    """Adds words."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        community = scope.chosen(session, visit.staff, number_or_none(form.get("community")))
        if community is None:
            raise sensitive_words.BadWord("请选社区")
        sensitive_words.add(session, visit.staff, community, form.get("words", ""), visit.now)

    try:
        await visit.write(work)
    except sensitive_words.BadWord as error:
        return await _page(request, Entered("add", form, {"words": str(error)}), 422)
    return see(ADDRESS, "added")


async def remove(request: web.Request) -> web.Response:
    """Removes a word."""
    visit = visit_of(request)

    def work(session: Session) -> None:
        word = one_in_path(session, request, sensitive_words.find)
        sensitive_words.remove(session, visit.staff, word, visit.now)

    await visit.write(work)
    return see(ADDRESS, "removed")
