"""积分公示: the months of the points ledger, for everybody."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.public import community_of, render_public
from console.visits import deps_of
from services import solvency
from services.ledger_accounts import Unit
from storage.communities import Community
from storage.signing import public_key


async def show(request: web.Request) -> web.Response:
    """The running month with what is not written down yet, and the months that are."""
    deps = deps_of(request)

    def work(session: Session) -> tuple[Community, dict[str, Any]]:
        community = community_of(request, session)
        return community, {
            "open": solvency.unpublished(session, community.id, Unit.POINTS, deps.clock())[::-1],
            "months": solvency.published(session, community.id, Unit.POINTS),
            "key": public_key(session),
        }

    community, context = await deps.database.read(work)
    return render_public(request, "public/points.html", community, context)
