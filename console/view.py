"""How a member of staff likes the pages: theme, large type, single-key commands.

Kept in a cookie of the browser, for it belongs to the screen and the eyes, not to the account.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

COOKIE = "shuoshi_view"
THEMES = {"auto": "跟随系统", "light": "浅色", "dark": "深色"}
YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class View:
    """The choices; the defaults are those of somebody who never chose."""

    theme: str = "auto"
    large: bool = False
    keys: bool = True


def view_of(request: web.Request) -> View:
    """The choices in the cookie; what is not understood counts as not chosen."""
    words = request.cookies.get(COOKIE, "").split(".")
    theme = next((word for word in words if word in THEMES), "auto")
    return View(theme=theme, large="large" in words, keys="nokeys" not in words)


def remember(response: web.StreamResponse, view: View, *, secure: bool) -> None:
    """Sets the cookie."""
    words = [view.theme, *(["large"] if view.large else []), *([] if view.keys else ["nokeys"])]
    response.set_cookie(
        COOKIE,
        ".".join(words),
        max_age=YEAR,
        path="/console",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
