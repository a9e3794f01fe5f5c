"""Where a message says something is: named, corrected, or told by the resident's own home.

`不是3栋是5栋`, `错了，是2单元` and `我们单元3楼` name only a part of an address; the rest is taken
from what was told before, or from where the resident lives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogue.forms import Values
from handlers.kit import Turn
from handlers.words import place_span
from intents.entities import Entities, PlaceMatch
from intents.normalise import normalise
from services.places import full_name, nearest_place, place_by_code, places_of
from services.residents import home_path

_PARTS = {
    "building": re.compile(r"(\d{1,3}|[a-z])(?:栋|幢|座|号楼|号院)"),
    "unit": re.compile(r"(\d{1,2})(?:单元|门洞|梯)"),
    "floor": re.compile(r"(\d{1,2})[楼层](?!道|梯|下|上)"),
    "door": re.compile(r"(?<!\d)(\d{3,4})(?:室|户|$)"),
}
_WRITTEN = {"building": "{}栋", "unit": "{}单元", "floor": "{}楼", "door": "{}室"}
_CORRECTION = re.compile(
    r"(?:不是|不在).{1,12}?(?:,|。|\s)*(?:而是|是|在)(?P<this>.+)"
    r"|(?:错了|不对|搞错|写错|说错|打错|弄错|记错|更正|纠正|应该是|应该在|改成|改为|改到)"
    r"(?:了|一下|地点|地址|位置|应该|应当|是|在|[,.!:;\s])*(?P<that>.+)"
)
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十]")
_FLOORS = re.compile(r"[一二三四五六七八九][、，]?[一二三四五六七八九](?=[楼层樓層])")
TIED = 0.6
"""Places at or below this score are named by several parts of the tree alike."""
MOST_OPTIONS = 5


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The place that was told: as a value of a form, or as options where several fit.

    `corrected` says that it replaces what was told before; `said` is the piece of the normalised
    text that told it.
    """

    place: dict[str, Any] | None = None
    options: tuple[dict[str, Any], ...] = ()
    corrected: bool = False
    said: str = ""


def corrected_words(plain: str) -> str:
    """What a correction puts in place of the wrong: `5栋` in `不是3栋是5栋`; else empty."""
    found = _CORRECTION.search(plain)
    return (found["this"] or found["that"]).strip(" ,.") if found else ""


def whereabouts(turn: Turn, text: str, entities: Entities, values: Values) -> Whereabouts:
    """The place that a message tells, in the light of what was told before."""
    plain = normalise(text)
    put_right = corrected_words(plain)
    before: dict[str, Any] | None = values.get("place")
    if put_right and before:
        return _put_right(turn, put_right, before)
    if entities.places:
        meant = plain.rfind(put_right) if put_right else 0
        right = [place for place in entities.places if place.start >= meant]
        return _named(turn, right or entities.places, text)
    parts = _parts(plain)
    if (entities.at_home or "unit" in parts) and "building" not in parts:
        return _at_home(turn, parts)
    return Whereabouts()


def elsewhere(turn: Turn, told: Values, before: Values) -> bool:
    """Whether two known places are apart: neither lies in the other."""
    here, there = (
        place_by_code(turn.session, turn.community.id, place["code"]) if place["code"] else None
        for place in (told, before)
    )
    if here is None or there is None:
        return here is not there
    return not here.path.startswith(there.path) and not there.path.startswith(here.path)


def from_location(turn: Turn, location: Values) -> dict[str, Any]:
    """The place of a spot on the map, as a value of a form."""
    latitude, longitude = location["latitude"], location["longitude"]
    place = nearest_place(turn.session, turn.community.id, latitude, longitude)
    name = full_name(turn.session, place) if place else ""
    label = location.get("label") or name or "您发的位置"
    text = f"{name}（{label}）" if name and name not in label else label
    spot = {"latitude": latitude, "longitude": longitude}
    return {"code": place.code if place else "", "text": text, **spot}


def _named(turn: Turn, places: Sequence[PlaceMatch], text: str) -> Whereabouts:
    best, plain = places[0], normalise(text)
    tied = [p for p in places if p.score == best.score and p.start == best.start]
    said = plain[best.start : best.end].strip(" ,的")
    if best.score <= TIED and len(tied) > 1:
        tied = _near_home(turn, tied)
    if len(tied) > 1 and best.score <= TIED:
        return Whereabouts(options=_options(turn, tied[:MOST_OPTIONS]), said=said)
    return Whereabouts(place=_value(tied[0]) | {"text": _as_written(text, said)}, said=said)


def _as_written(text: str, said: str) -> str:
    """The place as the resident wrote it, but with plain digits: 三栋 as 3栋, 三四楼 as it is."""
    span = place_span(text, said)
    written = text[span[0] : span[1]].strip() if span else said
    plain_numerals = _NUMERAL.search(written) and not _FLOORS.search(written)
    return said if plain_numerals else written


def _value(match: PlaceMatch) -> dict[str, Any]:
    return {"code": match.code, "text": match.text}


def _near_home(turn: Turn, tied: list[PlaceMatch]) -> list[PlaceMatch]:
    """Of places named alike those next to the resident's home, where they told it."""
    home = home_path(turn.session, turn.resident)
    if home is None:
        return tied
    paths = _paths(turn)
    common = {match.code: _shared(paths[match.code], home) for match in tied}
    return [match for match in tied if common[match.code] == max(common.values())]


def _options(turn: Turn, tied: Sequence[PlaceMatch]) -> tuple[dict[str, Any], ...]:
    """The same number in several estates, each with the name of what it lies in."""
    names = {p.code: p.name for p in places_of(turn.session, turn.community.id)}
    paths = _paths(turn)
    above = [
        next(n for c in reversed(paths[m.code].split("/")) if (n := names.get(c)) and _is_area(n))
        for m in tied
    ]
    return tuple(
        {"code": match.code, "text": f"{area}{match.text}"}
        for match, area in zip(tied, above, strict=True)
    )


def _is_area(name: str) -> bool:
    return not any(pattern.fullmatch(normalise(name)) for pattern in _PARTS.values())


def _paths(turn: Turn) -> Mapping[str, str]:
    return {place.code: place.path for place in places_of(turn.session, turn.community.id)}


def _shared(path: str, other: str) -> int:
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    return next((depth for depth, (a, b) in enumerate(pairs) if a != b), len(path))


def _put_right(turn: Turn, put_right: str, before: Mapping[str, Any]) -> Whereabouts:
    """The former place with the corrected part: 3栋2单元 put right by 5栋 is 5栋2单元."""
    parts = _parts(put_right)
    address = {**_parts(normalise(before["text"])), **parts} if parts else {}
    words = _address(address) if address else put_right
    found = _find(turn, words, before.get("code", ""))
    return Whereabouts(place=found, corrected=True, said=put_right) if found else Whereabouts()


def _at_home(turn: Turn, parts: Mapping[str, str]) -> Whereabouts:
    home = home_path(turn.session, turn.resident)
    code = home.strip("/").split("/")[-1] if home else ""
    place = place_by_code(turn.session, turn.community.id, code) if code else None
    if place is None:
        return Whereabouts()
    name = full_name(turn.session, place)
    address = {**_parts(normalise(name)), **parts}
    return Whereabouts(place=_find(turn, _address(address), code) or {"code": code, "text": name})


def _find(turn: Turn, words: str, near: str) -> dict[str, Any] | None:
    """The place of these words; of several alike the one next to the place with code `near`."""
    matches = turn.world.gazetteer(turn.session, turn.community.id).find(words)
    if not matches:
        return None
    if len(matches) > 1 and near:
        paths = _paths(turn)
        home = paths.get(near, "")
        return _value(max(matches, key=lambda m: (m.score, _shared(paths[m.code], home))))
    return _value(matches[0])


def _parts(plain: str) -> dict[str, str]:
    found = {name: pattern.search(plain) for name, pattern in _PARTS.items()}
    return {name: match[1] for name, match in found.items() if match}


def _address(parts: Mapping[str, str]) -> str:
    return "".join(_WRITTEN[name].format(parts[name]) for name in _WRITTEN if name in parts)
