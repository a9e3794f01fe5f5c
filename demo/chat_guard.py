"""Who may use the simulator: pages of this machine only, and for posts this very page.

The simulator speaks for any resident without a sign-in, so a page of another site must not reach
it through the visitor's browser, neither by a cross-site post nor by a name that it points to
this machine (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeAlias

from aiohttp import web
from yarl import URL

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def guarded(handler: Handler) -> Handler:
    """`handler`, refused with 403 for strangers, its answers with the page's security headers."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not _is_local(request.host):
            raise web.HTTPForbidden(text="模拟器只在本机打开：http://127.0.0.1/demo")
        if request.method == "POST" and not _from_this_page(request):
            raise web.HTTPForbidden(text="只接受模拟器页面自己的请求")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return answer


def _is_local(host: str) -> bool:
    """Whether the name and port that the browser asked for are this machine's."""
    try:
        name = URL(f"http://{host}").host or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _from_this_page(request: web.Request) -> bool:
    """Whether the browser names this very address as where the post comes from."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.host}"
