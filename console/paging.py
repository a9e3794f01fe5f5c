"""Lists in pages: which one is wanted, and the addresses of the others."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

SIZE = 30
LAST = 10_000


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of `total` rows; numbers begin with 1."""

    number: int
    total: int
    size: int
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last_row(self) -> int:
        return min(self.number * self.size, self.total)

    def address(self, number: int) -> str:
        """The same list at another page."""
        return f"{self.path}?{urlencode([*self.query, ('page', str(number))])}"


def page_wanted(request: web.Request) -> int:
    """The page asked for; 1 where that makes no sense."""
    value = request.query.get("page", "1")
    return min(max(int(value), 1), LAST) if value.isdecimal() and len(value) < 9 else 1


def paging(request: web.Request, total: int, size: int = SIZE) -> Paging:
    """How the list of this request is cut into pages."""
    kept = tuple((k, v) for k, v in request.query.items() if k not in ("page", "done") and v)
    return Paging(page_wanted(request), total, size, request.path, kept)


def offset(request: web.Request, size: int = SIZE) -> int:
    """How many rows lie before the page asked for."""
    return (page_wanted(request) - 1) * size


def toggled(request: web.Request, name: str, value: str) -> str:
    """The same list with one filter set, or cleared where it was set to this already."""
    kept = {k: v for k, v in request.query.items() if k not in ("page", "done", name) and v}
    if request.query.get(name) != value:
        kept[name] = value
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
