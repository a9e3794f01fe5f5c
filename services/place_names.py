"""Places as staff read them in lists: 第一网格 · 3栋2单元."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.access import visible_to
from services.places import prefixes
from storage.communities import Community, Place
from storage.staff import Staff

_ABOVE = ("street", "community")


def names_of(session: Session, paths: Iterable[str]) -> dict[str, str]:
    """The name of each path below its community; that of the community or street for theirs."""
    wanted = set(paths)
    everything = {prefix for path in wanted for prefix in prefixes(path)}
    query = select(Place.path, Place.kind, Place.name).where(Place.path.in_(everything))
    known = {path: (kind, name) for path, kind, name in session.execute(query)}
    return {path: _say(path, known) for path in wanted}


def name_of(session: Session, path: str) -> str:
    """The name of one path; see `names_of`."""
    return names_of(session, [path])[path]


def community_names(session: Session) -> dict[int, str]:
    """The name of each community by its number."""
    rows = session.execute(select(Community.id, Community.name))
    return {number: name for number, name in rows}


def scopes_in(session: Session, staff: Staff) -> list[Place]:
    """The streets, communities and grids that lie in the scope of `staff`."""
    query = (
        select(Place)
        .where(Place.kind.in_((*_ABOVE, "grid")), visible_to(staff, Place.path))
        .order_by(Place.path)
    )
    return list(session.scalars(query))


def _say(path: str, known: dict[str, tuple[str, str]]) -> str:
    parts = [known[prefix] for prefix in prefixes(path) if prefix in known]
    below = [(kind, name) for kind, name in parts if kind not in _ABOVE]
    if not below:
        return parts[-1][1] if parts else ""
    names: list[str] = []
    for kind, name in below:
        if kind == "unit" and names:
            building = names.pop()
            name = name if name.startswith(building) else building + name  # noqa: PLW2901
        names.append(name)
    return " · ".join(names)
