"""The public pages 邻里互助 and 心愿单: moderated words, without names, phones or places."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.public import community_of, render_public
from console.visits import deps_of
from services import board, wishes
from services.redacting import without_numbers
from storage.communities import Community

MOST = 60


async def neighbours(request: web.Request) -> web.Response:
    """What stands on the board now."""
    deps = deps_of(request)
    now = deps.clock()

    def work(session: Session) -> tuple[Community, list[tuple[str, str]]]:
        community = community_of(request, session)
        posts = board.open_posts(session, community.id, now, limit=MOST)
        return community, [
            (board.KIND_NAMES[post.kind], without_numbers(post.text)) for post in posts
        ]

    community, posts = await deps.database.read(work)
    return render_public(request, "public/neighbours.html", community, {"posts": posts})


async def wish_list(request: web.Request) -> web.Response:
    """What residents wish for, and what became of it."""

    def work(session: Session) -> tuple[Community, list[wishes.WishRow]]:
        community = community_of(request, session)
        return community, wishes.public(session, community.id, limit=MOST)

    community, rows = await deps_of(request).database.read(work)
    context = {"rows": rows, "states": wishes.STATE_NAMES, "redact": without_numbers}
    return render_public(request, "public/wishes.html", community, context)
