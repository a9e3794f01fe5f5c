"""The simulator, over a small world."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from demo.chat_page import add_chat_page
from tests.demo.demo_world import LOOK, MENU, PERSONAS, Page, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    app = web.Application()
    app.router.add_post("/wechat", world.webhook)
    app.router.add_get("/console", world.webhook)
    add_chat_page(app, world.side(), world.fake, PERSONAS, MENU, look=LOOK)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield Page(client, world)
