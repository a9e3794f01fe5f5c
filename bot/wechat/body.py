"""Reading the body of a push from the wire without trusting whoever sends it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.wechat.push import BODY_LIMIT, Refused

READ_SECONDS = 5.0


async def read_body(request: web.Request, seconds: float = READ_SECONDS) -> bytes:
    """The whole body; raises `Refused`.

    413 above `BODY_LIMIT`, also where the head does not admit it and where it unpacks to more; 400
    for one that ends early or is not compressed as it says; 408 for one that takes more than
    `seconds`.
    """
    if (request.content_length or 0) > BODY_LIMIT:
        raise Refused(413, "the body is too large")
    try:
        async with asyncio.timeout(seconds):
            return await _read(request)
    except TimeoutError:
        raise Refused(408, "the body came too slowly") from None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Refused(400, f"the body is broken: {type(error).__name__}") from None


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    while chunk := await request.content.read(BODY_LIMIT + 1 - len(body)):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refused(413, "the body is too large")
    return bytes(body)
