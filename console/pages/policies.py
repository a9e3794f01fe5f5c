"""The policy library: what there is and how it stands, one document, its versions, its review."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused, stale
from console.forms import number_or_none, read_form
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.uploads import uploads
from console.visits import Visit, number_in_path, visit_of
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
from services.policy_review import StaleDraft
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
    found = await visit.read(lambda session: _load(session, visit, number_in_path(request)))
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


def _load(session: Session, visit: Visit, number: int) -> DocumentPage:
    row = find(session, visit, number)
    return DocumentPage(
        row=row,
        standing=policy_shelf.standing(session, row, visit.now.astimezone(CHINA).date()),
        versions=policy_shelf.versions(session, row),
        review=policy_review.review_of(session, row),
        questions=policy_answers.questions_for(session, row),
        cited=policy_citations.citations(session, row, visit.deps.canned),
    )


def find(session: Session, visit: Visit, number: int) -> PolicyDocument:
    """A version in scope; 404 otherwise."""
    row = policy_shelf.find(session, visit.staff, number)
    if row is None:
        raise web.HTTPNotFound
    return row


def community_of(session: Session, visit: Visit, form: dict[str, str]) -> Community:
    """The community that a form names, in scope; 404 otherwise."""
    number = number_or_none(form.get("community"))
    found = scope.named_or_first(session, visit.staff, number)
    if found is None:
        raise web.HTTPNotFound
    return found


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
    return await _decide(
        request,
        "submitted",
        lambda session, row, seen: policy_review.submit(
            session, visit.staff, row, seen, visit.deps.hours, visit.now
        ),
    )


async def approve(request: web.Request) -> web.Response:
    """Publishes a draft; those who asked are told."""
    visit = visit_of(request)

    def work(session: Session, row: PolicyDocument, seen: int) -> None:
        deps = visit.deps
        policy_review.approve(session, visit.staff, row, seen, deps.canned, deps.hours, visit.now)

    answer = await _decide(request, "published", work)
    visit.deps.notify_outbox()
    return answer


async def send_back(request: web.Request) -> web.Response:
    """Gives a draft back with the reason."""
    visit, form = visit_of(request), await read_form(request)
    note = form.get("note", "")
    return await _decide(
        request,
        "returned",
        lambda session, row, seen: policy_review.send_back(
            session, visit.staff, row, seen, note, visit.now
        ),
    )


async def retire(request: web.Request) -> web.Response:
    """Takes a published version back."""
    visit, form = visit_of(request), await read_form(request)
    reason, deps = form.get("reason", ""), visit.deps
    return await _decide(
        request,
        "retired",
        lambda session, row, _: policy_review.retire(
            session, visit.staff, row, reason, deps.canned, deps.hours, visit.now
        ),
    )


async def _decide(
    request: web.Request, done: str, decide: Callable[[Session, PolicyDocument, int], None]
) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)
    seen = number_or_none(form.get("seen"))
    back = f"{ADDRESS}/{number}"

    def work(session: Session) -> None:
        decide(session, find(session, visit, number), -1 if seen is None else seen)

    try:
        await visit.write(work)
    except StaleDraft as error:
        return stale(request, str(error), back)
    except BadDocument as error:
        return refused(request, str(error), back)
    return see(back, done)
