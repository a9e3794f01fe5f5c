"""The routes of moderation: what residents want to make public, and the sensitive words."""

from __future__ import annotations

from console.pages import moderation, words
from console.routes.kinds import MODERATE, N
from console.rules import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/moderation", moderation.show, MODERATE),
    Route("GET", "/console/moderation/words", words.show, MODERATE),
    Route("POST", "/console/moderation/words", words.add, MODERATE),
    Route("POST", f"/console/moderation/words/{N}/remove", words.remove, MODERATE),
    Route("GET", f"/console/moderation/{N}", moderation.show_one, MODERATE),
    Route("POST", f"/console/moderation/{N}/publish", moderation.publish, MODERATE),
    Route("POST", f"/console/moderation/{N}/refuse", moderation.refuse, MODERATE),
)
