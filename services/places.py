"""The organisation tree 街道—社区—网格—楼栋—单元 and the people who answer for a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from services.access import Role, visible_to
from services.case_states import OPEN
from storage.cases import Case
from storage.communities import Community, Place
from storage.staff import Staff

KINDS = ("street", "community", "grid", "building", "unit", "landmark")


class BadTree(Exception):
    """The tree to be imported is wrong; the message names the place and the fault."""


@dataclass(frozen=True, slots=True)
class PlaceNode:
    """A place to be imported, with what lies below it."""

    kind: str
    code: str
    name: str
    aliases: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    contact: dict[str, str] | None = None
    children: tuple[PlaceNode, ...] = ()


def read_tree(value: Any) -> PlaceNode:
    """Turns nested mappings (kind, code, name, aliases, lat, long, children) into nodes.

    Raises BadTree where a key is missing, unknown, or a kind does not exist.
    """
    if not isinstance(value, dict):
        raise BadTree(f"地点应是键值表，不是 {value!r}")
    unknown = set(value) - {
        *("kind", "code", "name", "aliases", "lat", "long", "children"),
        *("phone", "duty_phone", "gas_phone", "office"),
    }
    if unknown:
        raise BadTree(f"{value.get('code', '?')}: 不认识的键 {'、'.join(sorted(unknown))}")
    if value.get("kind") not in KINDS or not value.get("code") or not value.get("name"):
        raise BadTree(f"{value.get('code', value)}: 需要 kind（{'/'.join(KINDS)}）、code、name")
    return PlaceNode(
        kind=value["kind"],
        code=str(value["code"]),
        name=str(value["name"]),
        aliases=tuple(str(alias) for alias in value.get("aliases", ())),
        latitude=value.get("lat"),
        longitude=value.get("long"),
        contact={
            key: str(value[key])
            for key in ("phone", "duty_phone", "gas_phone", "office")
            if key in value
        },
        children=tuple(read_tree(child) for child in value.get("children", ())),
    )


def import_tree(session: Session, root: PlaceNode, now: datetime) -> int:
    """Adds or updates the places of a tree, by code; returns how many there are in it.

    A node of kind `community` opens the community of the same code. Places that are no longer
    in the tree stay: cases point at them.
    """
    return _import(session, root, None, None, now)


def _import(
    session: Session, node: PlaceNode, parent: Place | None, owner: int | None, now: datetime
) -> int:
    if node.kind == "community":
        owner = _import_community(session, node, now).id
    place = session.scalar(select(Place).where(Place.code == node.code)) or Place(code=node.code)
    place.kind, place.name, place.aliases = node.kind, node.name, list(node.aliases)
    place.latitude, place.longitude = node.latitude, node.longitude
    place.parent_id = parent.id if parent else None
    place.path = f"{parent.path if parent else '/'}{node.code}/"
    place.community_id = owner
    session.add(place)
    session.flush()
    return 1 + sum(_import(session, child, place, owner, now) for child in node.children)


def _import_community(session: Session, node: PlaceNode, now: datetime) -> Community:
    found = session.scalar(select(Community).where(Community.code == node.code))
    community = found or Community(code=node.code, created_at=now)
    community.name = node.name
    for key, value in (node.contact or {}).items():
        setattr(community, key, value)
    session.add(community)
    session.flush()
    return community


_OF_COMMUNITY = (
    select(Place)
    .where(Place.community_id == bindparam("community"))
    .execution_options(autoflush=False)  # nothing that a turn leaves to be written is a place
)
_COMMUNITY_PLACE = _OF_COMMUNITY.where(Place.kind == "community")
_COMMUNITY_PATH = select(Place.path).where(
    Place.community_id == bindparam("community"), Place.kind == "community"
)
_PLACE_BY_CODE = _OF_COMMUNITY.where(Place.code == bindparam("code"))


def community_place(session: Session, community_id: int) -> Place:
    """The node of the community itself."""
    return session.scalars(_COMMUNITY_PLACE, {"community": community_id}).one()


def community_path(session: Session, community_id: int) -> str:
    """The path of the community's own node."""
    path: str = (
        session.connection().execute(_COMMUNITY_PATH, {"community": community_id}).scalar_one()
    )
    return path


def places_in(session: Session, staff: Staff) -> list[Place]:
    """The places of communities in the scope of `staff`, in the order of the tree."""
    query = select(Place).where(Place.community_id.is_not(None), visible_to(staff, Place.path))
    return list(session.scalars(query.order_by(Place.path)))


def place_by_code(session: Session, community_id: int, code: str) -> Place | None:
    """A place of this community by its code."""
    return session.scalar(_PLACE_BY_CODE, {"community": community_id, "code": code})


def in_scope(session: Session, staff: Staff, code: str) -> Place | None:
    """The place of that code in the scope of `staff`; without a code, the scope itself."""
    wanted = Place.code == code if code else Place.path == staff.scope_path
    return session.scalar(select(Place).where(wanted, visible_to(staff, Place.path)))


def places_of(session: Session, community_id: int) -> list[Place]:
    """All places of a community, in the order of the tree."""
    query = select(Place).where(Place.community_id == community_id).order_by(Place.path)
    return list(session.scalars(query))


def nearest_place(
    session: Session, community_id: int, latitude: float, longitude: float
) -> Place | None:
    """The place with coordinates next to a point, within about 300 metres; else None."""
    candidates = [
        (_distance(place, latitude, longitude), place)
        for place in places_of(session, community_id)
        if place.latitude is not None and place.kind != "community"
    ]
    if not candidates:
        return None
    distance, place = min(candidates, key=lambda pair: pair[0])
    return place if distance <= 300 else None


def _distance(place: Place, latitude: float, longitude: float) -> float:
    """Metres between near points on a plane (a degree of latitude is 111.2 km; 0.85 ≈ cos 32°)."""
    north = (latitude - (place.latitude or 0)) * 111_200
    east = (longitude - (place.longitude or 0)) * 111_200 * 0.85
    return float((north**2 + east**2) ** 0.5)


def full_name(session: Session, place: Place) -> str:
    """The name of a place below its grid, as residents say it: 3栋2单元."""
    if place.kind != "unit" or place.parent_id is None:
        return place.name
    building = session.get_one(Place, place.parent_id)
    return place.name if place.name.startswith(building.name) else building.name + place.name


_LOAD = (
    select(func.count())
    .where(Case.responsible_id == Staff.id, Case.state.in_(OPEN))
    .scalar_subquery()
)
_WORKERS = (
    select(Staff, _LOAD)
    .where(
        Staff.role == Role.GRID_WORKER,
        Staff.active.is_(True),
        Staff.scope_path.in_(bindparam("scopes", expanding=True)),
    )
    .execution_options(autoflush=False)
)


def responsible_for(session: Session, path: str) -> Staff | None:
    """Who takes a new case at a place: of the grid workers with the closest scope that covers
    it, the one with the fewest open cases; None where the place has no grid worker.
    """
    workers = session.execute(_WORKERS, {"scopes": prefixes(path)}).all()
    if not workers:
        return None
    best: Staff = min(workers, key=lambda pair: (-len(pair[0].scope_path), pair[1], pair[0].id))[0]
    return best


def prefixes(path: str) -> list[str]:
    """The paths of a place and of all above it, the highest first."""
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[: depth + 1])}/" for depth in range(len(codes))]
