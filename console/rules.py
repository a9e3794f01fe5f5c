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


@dataclass(frozen=True, slots=True)
class Keyed:
    """Another system with a key of the community that it acts in (Open311)."""


Rule: TypeAlias = Public | SignedIn | Needs | Keyed


@dataclass(frozen=True, slots=True)
class Route:
    """One page or action. There is no route without a rule.

    `uploads`: it takes pictures or documents, so its body may be larger than that of others.
    """

    method: str
    path: str
    handler: Handler
    rule: Rule
    uploads: bool = False
