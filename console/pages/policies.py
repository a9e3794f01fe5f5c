"""The policy library: what there is and how it stands, one document, its versions, its review."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused
from console.forms import number_or_none, read_form
from console.pages import second_look
from console.pages.communities import community_of
from console.pages.second_look import seen_in
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.uploads import uploads
from console.visits import Visit, one_in_path, visit_of
from knowledge.answers import source_line
from knowledge.errors import UnreadableDocumentError
from knowledge.importing import READERS, import_document
from services import (
    policy_answers,
    policy_citations,
    policy_review,
    policy_shelf,
    scope,
)
from services.access import Permission, may
from services.calendar import CHINA
from services.policy_citations import Citations
from services.policy_content import BadDocument, as_document
from services.policy_shelf import STANDING_NAMES, ShelfFilter, Standing
from storage.communities import Community
from storage.policies import PolicyDocument, PolicyQuestion, PolicyReview
from storage.staff import Staff

ADDRESS = "/console/policies"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A version with what its keepers and reviewers need."""

    row: PolicyDocument
    standing: Standing
    versions: Sequence[PolicyDocument]
    review: tuple[PolicyReview, Staff] | None
    questions: list[PolicyQuestion]
    cited: Citations


async def show(request: web.Request) -> web.Response:
    """The library, with a search."""
    visit, query = visit_of(request), request.query
    wanted = ShelfFilter(
        words=query.get("words", "").strip()[:60],
        standing=query.get("standing", "") if query.get("standing") in list(Standing) else "",
        community_id=number_or_none(query.get("community")),
    )
    today = visit.now.astimezone(CHINA).date()

    def load(session: Session) -> tuple[list[policy_shelf.Shelved], list[Community], int]:
        found = policy_shelf.shelf(session, visit.staff, wanted, today)
        mine = scope.kept(session, visit.staff, Community.name)
        gaps = sum(len(policy_answers.gaps(session, one.id)) for one in mine)
        return found, mine, gaps

    found, communities, gaps = await visit.read(load)
    start = offset(request)
    context = {
        "rows": found[start : start + SIZE],
        "paging": paging(request, len(found)),
        "wanted": wanted,
        "standings": STANDING_NAMES,
        "communities": communities,
        "gaps": gaps,
        "kinds": sorted(READERS),
    }
    return render(request, "policies.html", context)


async def show_one(request: web.Request) -> web.Response:
    """A version of a document."""
    visit = visit_of(request)
    found = await visit.read(lambda session: _load(session, visit, request))
    row, review = found.row, found.review
    waits = found.standing is Standing.WAITING
    own = review is not None and review[0].author_id == visit.staff.id
    context = {
        "page": found,
        "row": row,
        "source": source_line(as_document(row)),
        "own": own,
        "may_review": waits and not own and may(visit.staff, Permission.APPROVE),
        "may_retire": row.state == "published" and may(visit.staff, Permission.APPROVE),
        "base": f"{ADDRESS}/{row.id}",
    }
    return render(request, "policy.html", context)


def _load(session: Session, visit: Visit, request: web.Request) -> DocumentPage:
    row = one_in_path(session, request, policy_shelf.find)
    return DocumentPage(
        row=row,
        standing=policy_shelf.standing(session, row, visit.now.astimezone(CHINA).date()),
        versions=policy_shelf.versions(session, row),
        review=policy_review.review_of(session, row),
        questions=policy_answers.questions_for(session, row),
        cited=policy_citations.citations(session, row, visit.deps.canned),
    )


async def upload(request: web.Request) -> web.Response:
    """Takes a file in as a draft, by the importer of `import-policy`."""
    visit, form = visit_of(request), await read_form(request)
    sent = await uploads(request, "file")
    if not sent:
        return refused(request, "请先选一个文件", ADDRESS)
    name, data = sent[0].name, sent[0].data
    try:
        document = await asyncio.to_thread(import_document, name, data)
        number = await visit.write(
            lambda session: (
                policy_review.write(
                    session,
                    visit.staff,
                    community_of(session, visit, form),
                    document,
                    visit.now,
                ).id
            )
        )
    except UnreadableDocumentError as error:
        return refused(request, f"{name}：{error.reason}", ADDRESS)
    except BadDocument as error:
        return refused(request, f"{name}：{error}", ADDRESS)
    return see(f"{ADDRESS}/{number}", "imported")


async def submit(request: web.Request) -> web.Response:
    """Puts a draft before a second person."""
    visit = visit_of(request)

    def work(session: Session, row: PolicyDocument, form: Mapping[str, str]) -> None:
        hours = visit.deps.hours
        policy_review.submit(session, visit.staff, row, seen_in(form), hours, visit.now)

    return await second_look.decide(request, ADDRESS, "submitted", policy_shelf.find, work)


async def approve(request: web.Request) -> web.Response:
    """Publishes a draft; those who asked are told."""
    visit = visit_of(request)

    def work(session: Session, row: PolicyDocument, form: Mapping[str, str]) -> None:
        deps, seen = visit.deps, seen_in(form)
        policy_review.approve(session, visit.staff, row, seen, deps.canned, deps.hours, visit.now)

    return await second_look.decide(request, ADDRESS, "published", policy_shelf.find, work)


async def send_back(request: web.Request) -> web.Response:
    """Gives a draft back with the reason."""
    visit = visit_of(request)

    def work(session: Session, row: PolicyDocument, form: Mapping[str, str]) -> None:
        note = form.get("note", "")
        policy_review.send_back(session, visit.staff, row, seen_in(form), note, visit.now)

    return await second_look.decide(request, ADDRESS, "returned", policy_shelf.find, work)


async def retire(request: web.Request) -> web.Response:
    """Takes a published version back."""
    visit = visit_of(request)

    def work(session: Session, row: PolicyDocument, form: Mapping[str, str]) -> None:
        deps, reason = visit.deps, form.get("reason", "")
        policy_review.retire(session, visit.staff, row, reason, deps.canned, deps.hours, visit.now)

    return await second_look.decide(request, ADDRESS, "retired", policy_shelf.find, work)
