"""Which grid a place lies in: what figures and public lists name instead of a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.communities import Place


@dataclass(frozen=True, slots=True)
class Grids:
    """Which grid a path lies in, and the path of each community."""

    paths: frozenset[str]
    communities: Mapping[str, str]

    @classmethod
    def of(cls, session: Session) -> Grids:
        """All grids and communities there are; communities by their number as a text."""
        query = select(Place.kind, Place.path, Place.community_id)
        rows = session.execute(query.where(Place.kind.in_(["grid", "community"]))).all()
        return cls(
            frozenset(path for kind, path, _ in rows if kind == "grid"),
            {str(number): path for kind, path, number in rows if kind == "community"},
        )

    def find(self, path: str) -> str:
        """The path of the grid around `path`; of the community, or the path itself, without one."""
        above = _above(path)
        for known in (self.paths, frozenset(self.communities.values())):
            if found := next((each for each in above if each in known), ""):
                return found
        return path


def _above(path: str) -> list[str]:
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[:depth])}/" for depth in range(len(codes), 0, -1)]
