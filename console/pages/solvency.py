"""积分公示: the months of the ledger, for everybody; one's own entries by a link of one's own."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.downloads import attachment
from console.public import community_of, render_public
from console.visits import deps_of
from services import ledger_export, solvency
from services.ledger_accounts import UNIT_NAMES, Unit, amount_words
from storage.communities import Community
from storage.signing import public_key


async def show(request: web.Request) -> web.Response:
    """The running month with what is not written down yet, and the months that are; of points, or
    of hours where `?unit=` says so.
    """
    deps = deps_of(request)
    asked = request.query.get("unit", "")
    unit = Unit(asked) if asked in set(Unit) else Unit.POINTS

    def work(session: Session) -> tuple[Community, dict[str, Any]]:
        community = community_of(request, session)
        return community, {
            "open": solvency.unpublished(session, community.id, unit, deps.clock())[::-1],
            "months": solvency.published(session, community.id, unit),
            "key": public_key(session),
        }

    community, context = await deps.database.read(work)
    about = {
        "unit": unit,
        "units": UNIT_NAMES,
        "words": lambda amount: str(amount) if unit is Unit.POINTS else amount_words(unit, amount),
    }
    return render_public(request, "public/points.html", community, context | about)


async def own(request: web.Request) -> web.Response:
    """The signed statement that the link in the chat opens, as a file; 404 when it has ended."""
    deps = deps_of(request)

    def work(session: Session) -> dict[str, Any] | None:
        community = community_of(request, session)
        typed = request.match_info["ticket"]
        return ledger_export.document(session, community.id, typed, deps.clock())

    document = await deps.database.read(work)
    if document is None:
        raise web.HTTPNotFound(text="这个链接过期了，请在微信里回复“积分凭证”重新拿一个")
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    response = attachment(body, "application/json", ledger_export.FILE)
    response.headers["Cache-Control"] = "no-store"
    return response
