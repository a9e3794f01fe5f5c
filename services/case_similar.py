"""Open public cases that a new report may be about: offered before it is sent, so that neighbours
join instead of reporting the same thing again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from hotspots.records import OpenCase
from hotspots.similar import LIMIT, suggest
from services import followers
from services.confidence import is_in_hand, is_public
from services.places import community_path
from storage.cases import Case
from storage.communities import Place
from storage.residents import Resident

MOST_COMPARED = 60
"""Cases at one place that are compared, the newest."""
_NUMBER = re.compile(r"\d{5,}")
_HOUSE = re.compile(r"[0-9一二三四五六七八九十]+(?:号楼|单元|[栋幢座门楼层室号])")


@dataclass(frozen=True, slots=True)
class Similar:
    """A case as it is shown to a neighbour; `own` where they reported it themselves. `households`
    counts the reporter and all who follow.
    """

    number: int
    title: str
    state: str
    households: int
    own: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What is being reported: its words, its place, and the category that it seems to have."""

    text: str
    place: Place
    category: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """An open public case at the place of a report or around it, in the columns of `_NEAR`."""

    id: int
    number: int
    title: str
    text: str
    category: str
    place_path: str
    state: str
    resident_id: int | None


def similar(session: Session, resident: Resident, new: Report) -> list[Similar]:
    """At most three open public cases at the place of a report that may be about the same matter.

    Alike are texts of one group of categories, and whatever has the same category in the same
    unit. None where the place is only the community: too much would be alike.
    """
    chosen = alike(session, new)
    joined = followers.counts(session, [case.id for case in chosen]) if chosen else {}
    return [
        Similar(
            number=case.number,
            title=without_numbers(case.title),
            state=case.state,
            households=1 + joined.get(case.id, 0),
            own=case.resident_id == resident.id,
        )
        for case in chosen
    ]


def alike(session: Session, new: Report, but: Case | None = None) -> list[Near]:
    """The cases behind `similar`, without the one `but` that is compared itself."""
    if new.place.community_id is None or new.place.kind == "community":
        return []
    home = community_path(session, new.place.community_id)
    near = [case for case in _near(session, new.place, home) if but is None or case.id != but.id]
    return _chosen([case for case in near if _akin(case.category, new.category)], new, home)


def _chosen(near: Sequence[Near], new: Report, home: str) -> list[Near]:
    """The cases to offer, the most alike first."""
    by_id = {str(case.id): case for case in near}
    index = [_as_open(case, home) for case in near]
    found = [by_id[one.id] for one in suggest(_matter(new.text), new.place.path, index)]
    if new.place.kind == "unit":
        found += [
            case
            for case in near
            if case not in found
            and case.category == new.category
            and case.place_path == new.place.path
        ]
    return found[:LIMIT]


def _akin(one: str, other: str) -> bool:
    """Whether two categories are of one group; a category that is not known may be any."""
    groups = {one.partition(".")[0], other.partition(".")[0]}
    return len(groups) == 1 or bool(groups & {"", "other"})


def without_numbers(text: str) -> str:
    """A resident's words as neighbours may read them: telephone and identity numbers are out."""
    return _NUMBER.sub("…", text)


_TO_JOIN = (
    select(Case)
    .where(
        Case.community_id == bindparam("community"),
        Case.number == bindparam("number"),
        is_public(),
        is_in_hand(),
    )
    .execution_options(autoflush=False)
)


def may_join(session: Session, resident: Resident, number: int) -> Case | None:
    """The case of this number, where neighbours may join it."""
    wanted = {"community": resident.community_id, "number": number}
    return session.scalar(_TO_JOIN, wanted)


_NEAR = (
    select(
        Case.id,
        Case.number,
        Case.title,
        Case.description,
        Case.category,
        Case.place_path,
        Case.state,
        Case.resident_id,
    )
    .where(
        Case.community_id == bindparam("community"),
        is_public(),
        is_in_hand(),
        or_(
            Case.place_path.between(bindparam("first"), bindparam("last")),
            Case.place_path.in_(bindparam("above", expanding=True)),
        ),
    )
    .order_by(Case.id.desc())
    .limit(MOST_COMPARED)
)


def _near(session: Session, place: Place, home: str) -> list[Near]:
    """The newest open public cases at a place, below it, or on the way up to the community."""
    codes = place.path.strip("/").split("/")
    above = [f"/{'/'.join(codes[: depth + 1])}/" for depth in range(len(codes))]
    wanted = {
        "community": place.community_id,
        "first": place.path,
        "last": place.path + "\U0010ffff",
        "above": [path for path in above if len(path) >= len(home)],
    }
    return [Near(*row) for row in session.connection().execute(_NEAR, wanted)]


def _as_open(case: Near, home: str) -> OpenCase:
    """A case of which only the community is known may be anywhere."""
    place = "" if case.place_path == home else case.place_path
    return OpenCase(id=str(case.id), text=_matter(case.text), place=place)


def _matter(text: str) -> str:
    """The words without house numbers: two matters of one house are not alike because of it."""
    return _HOUSE.sub("", text)
