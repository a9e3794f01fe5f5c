"""One HTTP exchange with WeChat, its failures sorted by whether anything was sent.

Every exchange has its own connection: on a kept one, a close by the other side that crosses the
request cannot be told from a request that was carried out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from bot.wechat.errors import Ambiguous, Invalid, Temporary

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=4, sock_connect=4)
HEADERS = {"Connection": "close"}
ANSWER_LIMIT = 1024 * 1024
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole of a response with a status below 500."""

    status: int
    content_type: str
    data: bytes

    def error(self) -> tuple[int, str]:
        """WeChat's errcode and errmsg; (0, "") where there is none.

        An error comes with HTTP 200, and in place of a file too.
        """
        if not self.data.startswith(b"{"):
            return 0, ""
        fields = self.fields()
        code = fields.get("errcode", 0)
        return (code if isinstance(code, int) else 0), str(fields.get("errmsg", ""))

    def fields(self) -> dict[str, object]:
        """The JSON object in the body, whatever content type it claims; raises `Temporary`.

        WeChat sends names of people with raw control characters in them, hence not strict.
        """
        try:
            value = json.loads(self.data.decode("utf-8", "replace"), strict=False)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Temporary(0, f"HTTP {self.status} without JSON, {self.content_type}")
        return value


def json_body(value: Mapping[str, object]) -> bytes:
    """`value` as UTF-8 JSON; WeChat shows escaped characters as they are, so none are escaped."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    data: bytes | aiohttp.FormData | None = None,
    limit: int = ANSWER_LIMIT,
    timeout: aiohttp.ClientTimeout = TIMEOUT,
) -> Answer:
    """Sends a request and reads the answer of at most `limit` bytes.

    Raises `Temporary` where nothing was carried out, `Ambiguous` where the request was sent and
    the answer did not come, `Invalid` where it is too large. Messages name no address: the token
    is part of it.
    """
    try:
        async with session.request(
            method,
            url,
            params=params,
            data=data,
            timeout=timeout,
            headers=HEADERS,
            allow_redirects=False,  # a token goes to no other host
        ) as response:
            return await _read(response, limit)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Temporary(0, f"no connection: {type(error).__name__}") from None
    except aiohttp.InvalidURL:
        raise Invalid(0, "the address of the WeChat API is wrong") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Ambiguous(0, f"no answer: {type(error).__name__}") from None


async def _read(response: aiohttp.ClientResponse, limit: int) -> Answer:
    if response.status == 504:
        raise Ambiguous(0, "HTTP 504")
    if response.status >= 500:
        raise Temporary(0, f"HTTP {response.status}")
    data = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > limit:
            raise Invalid(0, f"the answer has more than {limit} bytes")
    return Answer(response.status, response.content_type, bytes(data))
