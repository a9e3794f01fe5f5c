"""Bodies as they may arrive on the wire: whole, too large, broken, or never."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.wechat.body import read_body
from bot.wechat.push import BODY_LIMIT, Refused

Ask = Callable[[bytes, bytes], Awaitable[bytes]]


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    """Sends head fields and body as they are; the status line's code and the answer's body."""

    async def answer(request: web.Request) -> web.Response:
        try:
            body = await read_body(request, seconds=0.2)
        except Refused as refused:
            return web.Response(status=refused.status, text="refused")
        return web.Response(text=str(len(body)))

    app = web.Application()
    app.router.add_post("/", answer)
    server = TestServer(app)
    await server.start_server(lingering_time=0.0)

    async def asking(head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        writer.write(head + b"\r\n\r\n" + body)
        told = await reader.read()
        writer.close()
        return told.split(b" ", 2)[1] + b" " + told.rpartition(b"\r\n\r\n")[2]

    yield asking
    await server.close()


def length(body: bytes) -> bytes:
    return f"Content-Length: {len(body)}".encode()


async def test_a_body_up_to_the_limit_is_read_whole(ask: Ask) -> None:
    for size in (0, 1, 5000, BODY_LIMIT):
        body = b"x" * size
        assert await ask(length(body), body) == f"200 {size}".encode()


async def test_a_chunked_body_is_read_whole(ask: Ask) -> None:
    chunks = b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    assert await ask(b"Transfer-Encoding: chunked", chunks) == b"200 7"


async def test_a_body_above_the_limit_is_too_large_however_it_comes(ask: Ask) -> None:
    large = b"x" * (BODY_LIMIT + 1)
    chunked = b"%x\r\n" % len(large) + large + b"\r\n0\r\n\r\n"
    packed = zlib.compress(b"x" * 10_000_000)
    assert await ask(length(large), large) == b"413 refused"
    assert await ask(b"Transfer-Encoding: chunked", chunked) == b"413 refused"
    assert await ask(b"Content-Encoding: deflate\r\n" + length(packed), packed) == b"413 refused"


@pytest.mark.parametrize("packing", [b"gzip", b"deflate"])
async def test_a_body_not_packed_as_it_says_is_a_bad_request(packing: bytes, ask: Ask) -> None:
    body = b"this is not compressed"
    assert (
        await ask(b"Content-Encoding: " + packing + b"\r\n" + length(body), body) == b"400 refused"
    )


async def test_a_broken_chunk_is_a_bad_request(ask: Ask) -> None:
    assert (await ask(b"Transfer-Encoding: chunked", b"ZZZ\r\nabc\r\n")).startswith(b"400")


async def test_a_body_that_never_comes_is_not_waited_for(ask: Ask) -> None:
    assert await ask(b"Content-Length: 100", b"only this") == b"408 refused"
