"""Recorded requests sent again: a nonce may come back only with the message it came with.

WeChat repeats a push that got no answer, with the same message; that is let through and gets the
stored reply. The same signed query with another message is a forgery, which the plain signature
alone cannot show.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from bot.wechat.push import WINDOW, Push, Refused

CAPACITY = 20_000


class ReplayGuard:
    """Remembers the nonces of the last `WINDOW`, at most `capacity` of them, of one account.

    Used from one thread. What it remembers is this process's alone: in plain mode with several
    processes a forgery may pass at each once; secure mode does not depend on it.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._seen: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()

    def admit(self, query: Mapping[str, str], push: Push, *, now: datetime) -> None:
        """Raises `Refused` when the nonce was used for a different message."""
        self._forget(now.timestamp())
        stamp = (query.get("timestamp", ""), query.get("nonce", ""))
        identity = push.incoming.key if push.incoming else push.raw
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()
        _, known = self._seen.setdefault(stamp, (now.timestamp(), digest))
        if known != digest:
            raise Refused(403, "the nonce was used for another message")

    def _forget(self, now: float) -> None:
        """Timestamps up to `WINDOW` ahead are accepted, so a nonce stays usable for twice that."""
        horizon = now - 2 * WINDOW.total_seconds()
        while self._seen:
            at, _ = next(iter(self._seen.values()))
            if at >= horizon and len(self._seen) < self._capacity:
                return
            self._seen.popitem(last=False)

    def __len__(self) -> int:
        return len(self._seen)
