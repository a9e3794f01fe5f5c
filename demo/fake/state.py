"""The state of the fake WeChat platform: tokens, windows, what was sent, and faults to come."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

TOKEN_LIFE = timedelta(hours=2)
OVERLAP = timedelta(minutes=5)


class Fault(StrEnum):
    """What the platform does in place of, or after, carrying out a call."""

    HANG_BEFORE = "no answer, nothing done"
    HANG_AFTER = "no answer, carried out"
    RESET_BEFORE = "connection reset, nothing done"
    RESET_AFTER = "connection reset, carried out"
    HTTP_500 = "HTTP 500"
    HTML = "a page in HTML with HTTP 200"
    BUSY = "-1"
    BAD_CREDENTIAL = "40001"
    OUT_OF_WINDOW = "45015"
    TOO_MANY = "45047"
    QUOTA = "45009"
    NO_PERMISSION = "48001"


@dataclass(frozen=True, slots=True)
class Sent:
    """Something the account sent a resident; `type` is text, image, template or subscribe."""

    openid: str
    type: str
    content: Mapping[str, Any]
    at: datetime

    @property
    def text(self) -> str:
        """The words of a text message, else empty."""
        return str(self.content.get("content", ""))


@dataclass(slots=True)
class Contact:
    """Until when, and how many, customer-service messages a contact still allows."""

    until: datetime
    left: int


class ApiRefusal(Exception):
    """The platform answers with an errcode."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class FakeWeChat:
    """One account on the platform.

    `sent` is everything carried out, in order; `listeners` hear of each at once. With
    `enforce_windows` customer-service messages need a contact, as on the real platform: call
    `contact` for each push. `calls` counts the requests by path, `token_fetches` the successful
    requests for a token.
    """

    def __init__(
        self,
        *,
        appid: str = "wx-demo",
        secret: str = "demo",  # noqa: S107 # of the fake, known to everybody
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        enforce_windows: bool = True,
    ) -> None:
        self.appid, self.secret, self.clock = appid, secret, clock
        self.enforce_windows = enforce_windows
        self.sent: list[Sent] = []
        self.listeners: list[Callable[[Sent], None]] = []
        self.calls: Counter[str] = Counter()
        self.token_fetches = 0
        self.menu: dict[str, Any] = {}
        self.media: dict[str, tuple[bytes, str]] = {}
        self.tags: dict[str, int] = {}
        self.tagged: dict[str, set[int]] = {}
        self.scenes: dict[str, str] = {}
        self.followers: dict[str, str] = {}
        self.consents: Counter[tuple[str, str]] = Counter()
        self._tokens: list[tuple[str, datetime]] = []
        self._contacts: dict[str, dict[str, Contact]] = {}
        self._faults: dict[str, list[tuple[Fault, int | None]]] = {}

    # -- faults ---------------------------------------------------------------------------------

    def inject(self, path: str, fault: Fault, times: int | None = 1) -> None:
        """The next `times` calls of `path` (as `message/custom/send`) meet `fault`; None: all."""
        self._faults.setdefault(path, []).append((fault, times))

    def heal(self) -> None:
        """Takes back all faults still to come."""
        self._faults.clear()

    def next_fault(self, path: str) -> Fault | None:
        """The fault that this call meets, used up."""
        queue = self._faults.get(path)
        if not queue:
            return None
        fault, times = queue[0]
        if times is not None:
            queue[:1] = [(fault, times - 1)] if times > 1 else []
        return fault

    # -- tokens ---------------------------------------------------------------------------------

    def check_credentials(self, appid: object, secret: object) -> None:
        if appid != self.appid:
            raise ApiRefusal(40013, "invalid appid")
        if secret != self.secret:
            raise ApiRefusal(40125, "invalid appsecret")

    def stable_token(self, *, force: bool = False) -> dict[str, Any]:
        """The token in use, a new one in its last 5 minutes or when forced."""
        self.token_fetches += 1
        now = self.clock()
        if force or not self._tokens or self._tokens[-1][1] - now <= OVERLAP:
            limit = min(now + OVERLAP, self._tokens[-1][1]) if self._tokens else now
            kept = [(value, min(until, limit)) for value, until in self._tokens[-1:]]
            self._tokens = [*kept, (secrets.token_urlsafe(48), now + TOKEN_LIFE)]
        value, until = self._tokens[-1]
        return {"access_token": value, "expires_in": int((until - now).total_seconds())}

    def revoke_tokens(self) -> None:
        """Makes every token invalid, as a change of the secret does."""
        self._tokens = []

    def check_token(self, value: str) -> None:
        until = dict(self._tokens).get(value)
        if until is None:
            raise ApiRefusal(40001, "invalid credential, access_token is invalid or not latest")
        if self.clock() >= until:
            raise ApiRefusal(42001, "access_token expired")

    # -- residents ------------------------------------------------------------------------------

    def contact(self, openid: str, kind: str) -> None:
        """A resident's contact: `message` allows 5 in 48 hours, `touch` 3 in a minute."""
        span, left = (timedelta(hours=48), 5) if kind == "message" else (timedelta(minutes=1), 3)
        self._contacts.setdefault(openid, {})[kind] = Contact(self.clock() + span, left)

    def follow(self, openid: str, scene: str = "") -> None:
        self.followers[openid] = scene

    def unfollow(self, openid: str) -> None:
        self.followers.pop(openid, None)
        self._contacts.pop(openid, None)

    def consent(self, openid: str, template_id: str) -> None:
        """The resident agrees to one notice."""
        self.consents[openid, template_id] += 1

    def take_allowance(self, openid: str) -> None:
        """Uses up one customer-service message of the resident's."""
        if not self.enforce_windows:
            return
        now = self.clock()
        open_ = [one for one in self._contacts.get(openid, {}).values() if now < one.until]
        if not open_:
            raise ApiRefusal(45015, "response out of time limit or subscription is canceled")
        if max(one.left for one in open_) <= 0:
            raise ApiRefusal(45047, "out of response count limit")
        for one in open_:
            one.left -= 1

    def record(self, openid: str, kind: str, content: Mapping[str, Any]) -> None:
        sent = Sent(openid, kind, content, self.clock())
        self.sent.append(sent)
        for listener in self.listeners:
            listener(sent)

    def sent_to(self, openid: str) -> list[Sent]:
        """What one resident was sent, in order."""
        return [sent for sent in self.sent if sent.openid == openid]

    def add_media(self, data: bytes, content_type: str) -> str:
        """Keeps a file as if a resident had sent it; its media id."""
        media_id = secrets.token_urlsafe(24)
        self.media[media_id] = (data, content_type)
        return media_id
