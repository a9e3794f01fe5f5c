"""Who may use a route: the rule that every line of the route table carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from services.access import Permission

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Public:
    """Everybody."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Every member of staff with a live session; what they see is for the services to say."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Members of staff whose role has this permission."""

    permission: Permission


Rule: TypeAlias = Public | SignedIn | Needs


@dataclass(frozen=True, slots=True)
class Route:
    """One page or action. There is no route without a rule.

    `most_bytes` is the largest body it takes where that is more than the application's limit: a
    page that takes files.
    """

    method: str
    path: str
    handler: Handler
    rule: Rule
    most_bytes: int = 0
