"""How often an address may try to sign in: a bucket of tokens for each, besides the account's lock.

Kept per process and forgotten with it. Only what fails costs anything, so that an office behind
one address signs in as it likes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

SIZE = 20
"""Failures that an address may have in a row."""

EVERY = timedelta(seconds=30)
"""After which one more is allowed."""

MOST = 10_000
"""Addresses that are remembered; beyond, the one that has not tried for longest is forgotten."""

NETWORK_BITS = 64
"""What one customer is given of IPv6 at least (RFC 6177): counted as one address."""


class Attempts:
    """Buckets of `size` tokens, each refilled by one token `every` so often."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        size: int = SIZE,
        every: timedelta = EVERY,
        most: int = MOST,
    ) -> None:
        self._clock = clock
        self._size = size
        self._every = every
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str) -> timedelta:
        """Takes a token: zero where there was one, else how long until there is."""
        tokens = self._tokens(address)
        if tokens < 1:
            return (1 - tokens) * self._every
        self._keep(address, tokens - 1)
        return timedelta()

    def give_back(self, address: str) -> None:
        """Puts the token of an attempt back that was no failure."""
        self._keep(address, min(self._size, self._tokens(address) + 1))

    def _tokens(self, address: str) -> float:
        tokens, at = self._buckets.get(address, (float(self._size), self._clock()))
        return min(self._size, tokens + (self._clock() - at) / self._every)

    def _keep(self, address: str, tokens: float) -> None:
        self._buckets[address] = (tokens, self._clock())
        self._buckets.move_to_end(address)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


ATTEMPTS: web.AppKey[Attempts] = web.AppKey("console_attempts", Attempts)


def address_of(request: web.Request) -> str:
    """Who asks. A proxy on this machine is believed about the address that it adds at the end of
    X-Forwarded-For; from anywhere else the header could say anything and is passed over.
    """
    peer = request.remote or ""
    if not _loopback(peer):
        return _one_customer(peer)
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2]
    return _one_customer(forwarded.strip()) or peer


def _loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _one_customer(address: str) -> str:
    """The address, or the network of an IPv6 address; empty for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, NETWORK_BITS), strict=False))
