"""The help page: the keys and what the signs mean."""

from __future__ import annotations

from aiohttp import web

from console.rendering import render
from console.words import DELIVERY


async def show(request: web.Request) -> web.Response:
    """Keys, delivery states, who may do what."""
    return render(request, "help.html", {"deliveries": list(DELIVERY.values())})
