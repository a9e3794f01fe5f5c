"""A call to the WeChat API with the account's token, renewed once where WeChat refuses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.wechat.account import Account
from bot.wechat.errors import TOKEN_CODES, Ambiguous, Temporary, error_for
from bot.wechat.tokens import Token, TokenStore
from bot.wechat.transport import ANSWER_LIMIT, TIMEOUT, Answer, exchange, json_body

Fields = Mapping[str, object]
Form = Callable[[], aiohttp.FormData]


def utc_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


class Gateway:
    """One account's door to the API.

    A call with `repeatable` may be carried out twice without harm, so that no answer means
    `Temporary` for it and not `Ambiguous`.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account: Account,
        tokens: TokenStore,
        clock: Callable[[], datetime] = utc_now,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._session = session
        self._account = account
        self._tokens = tokens
        self.clock = clock
        self._timeout = timeout

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Fields:
        """The answer to a question."""
        return (await self.download(path, params or {})).fields()

    async def download(
        self, path: str, params: Mapping[str, str], limit: int = ANSWER_LIMIT
    ) -> Answer:
        """The answer to a question that may be a file of at most `limit` bytes."""
        return await self._with_token("GET", path, params, None, True, limit)

    async def post(self, path: str, body: Fields, *, repeatable: bool = False) -> Fields:
        """The answer to an order in JSON."""
        data = json_body(body)
        answer = await self._with_token("POST", path, {}, lambda: data, repeatable)
        return answer.fields()

    async def upload(self, path: str, params: Mapping[str, str], form: Form) -> Fields:
        """The answer to a file; `form` makes it anew for each attempt."""
        return (await self._with_token("POST", path, params, form, True)).fields()

    async def fetch(self, address: str, limit: int) -> Answer:
        """A file at an address WeChat gave, without token."""
        return await self._exchange("GET", address, {}, None, True, limit)

    async def _with_token(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        make: Callable[[], bytes | aiohttp.FormData] | None,
        repeatable: bool,
        limit: int = ANSWER_LIMIT,
    ) -> Answer:
        token = await self._token()
        for last in (False, True):
            query = {**params, "access_token": token.value}
            data = make() if make else None
            answer = await self._exchange(method, self._url(path), query, data, repeatable, limit)
            code, message = answer.error()
            if code in TOKEN_CODES and not last:
                token = await self._renew(token.value)
                continue
            break
        if code:
            raise error_for(code, message)
        return answer

    async def _exchange(
        self,
        method: str,
        url: str,
        params: Mapping[str, str],
        data: bytes | aiohttp.FormData | None,
        repeatable: bool,
        limit: int = ANSWER_LIMIT,
    ) -> Answer:
        try:
            return await exchange(
                self._session,
                method,
                url,
                params=params,
                data=data,
                limit=limit,
                timeout=self._timeout,
            )
        except Ambiguous as error:
            if repeatable:
                raise Temporary(error.code, error.message) from error
            raise

    def _url(self, path: str) -> str:
        return f"{self._account.api_base.rstrip('/')}/cgi-bin/{path}"

    async def _token(self) -> Token:
        token = await self._tokens.get(self._account.code)
        if token is not None and token.fresh(self.clock()):
            return token
        return await self._renew(token.value if token else None)

    async def _renew(self, stale: str | None) -> Token:
        return await self._tokens.renew(self._account.code, stale, self._fetch_token)

    async def _fetch_token(self) -> Token:
        """The stable token: the same for everybody who asks, without making another's invalid."""
        asked_at = self.clock()
        body = {"grant_type": "client_credential", "appid": self._account.appid}
        data = json_body({**body, "secret": self._account.secret})
        answer = await self._exchange("POST", self._url("stable_token"), {}, data, True)
        code, message = answer.error()
        if code:
            raise error_for(code, message)
        fields = answer.fields()
        value, seconds = fields.get("access_token"), fields.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(seconds, int):
            raise Temporary(0, "the answer has no access token")
        return Token(value, asked_at + timedelta(seconds=seconds))
