"""From the fields of a push to an `Incoming`, trusting neither their presence nor their shape.

A field counts only as a string of bounded length: repeated tags arrive as lists, nested ones as
mappings, and both are read as absent.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dialogue.messages import Incoming, Kind

NAME = re.compile(r"[\w.@-]{1,64}", re.ASCII)
MESSAGE_ID = re.compile(r"[1-9][0-9]{0,31}", re.ASCII)
SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
TEXT_LIMIT = 2048
FIELD_LIMIT = 2048
DETAIL_LIMIT = 64
DEPTH_LIMIT = 4

KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
    "event": Kind.EVENT,
}
# these speak of a person other than the one in FromUserName
ABOUT_OPENID = frozenset(
    {"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"}
)
# told in Incoming's own fields, not to be repeated in its detail
OWN = frozenset(
    {"ToUserName", "FromUserName", "OpenID", "CreateTime", "MsgType", "MsgId", "Encrypt"}
    | {"Content", "MediaId", "Format", "Event", "EventKey"}
)
LISTS = frozenset({"List", "item"})  # one or many: always numbered


def read_incoming(
    account: str, fields: Mapping[str, object], *, raw: str, now: datetime
) -> Incoming | None:
    """The message that `fields` tell, or None where there is no sender or no type.

    `raw` is what was received: its digest is the key of a message that carries no number of its
    own. `now` stands in for a missing or impossible time.
    """
    sender = _text(fields, "FromUserName")
    kind = _kind(fields)
    event, event_key = _event(fields) if kind is Kind.EVENT else ("", "")
    openid = _text(fields, "OpenID") if event in ABOUT_OPENID else sender
    if not NAME.fullmatch(openid) or kind is None or (kind is Kind.EVENT and not event):
        return None
    latitude, longitude = _position(fields)
    return Incoming(
        account=account,
        openid=openid,
        key=_key(kind, fields, raw),
        kind=kind,
        sent_at=_sent_at(fields, now),
        text=_words(kind, fields),
        media_id=_text(fields, "MediaId"),
        media_format=_text(fields, "Format"),
        latitude=latitude,
        longitude=longitude,
        event=event,
        event_key=event_key,
        detail=_detail(fields),
    )


def _text(fields: Mapping[str, object], name: str, limit: int = FIELD_LIMIT) -> str:
    value = fields.get(name)
    return value[:limit] if isinstance(value, str) else ""


def _kind(fields: Mapping[str, object]) -> Kind | None:
    name = _text(fields, "MsgType").lower()
    return KINDS.get(name, Kind.OTHER) if name else None


def _event(fields: Mapping[str, object]) -> tuple[str, str]:
    """Name and key: `subscribe` has a key only where a QR code of ours was scanned."""
    name = _text(fields, "Event").lower()
    if name == "subscribe_scan":
        return "subscribe", _text(fields, "EventKey")
    if name in {"subscribe", "subscribe_scan_product"}:
        return "subscribe", ""
    return name, _text(fields, "EventKey")


def _key(kind: Kind, fields: Mapping[str, object], raw: str) -> str:
    """The same for every repeat: MsgId; of an event sender, time, name, key and number.

    The number of a finished sending (MsgID) belongs in: two may finish within one second.
    """
    number = _text(fields, "MsgId")
    if kind is not Kind.EVENT and MESSAGE_ID.fullmatch(number):
        return f"{kind}:{number}"
    if kind is Kind.EVENT and SECONDS.fullmatch(_text(fields, "CreateTime")):
        names = ("FromUserName", "CreateTime", "Event", "EventKey", "OpenID", "MsgID")
        told = "\x1f".join(_text(fields, name) for name in names)
        return f"event:{_digest(told)}"
    return f"{kind}-raw:{_digest(raw)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _sent_at(fields: Mapping[str, object], now: datetime) -> datetime:
    seconds = _text(fields, "CreateTime")
    return datetime.fromtimestamp(int(seconds), UTC) if SECONDS.fullmatch(seconds) else now


def _words(kind: Kind, fields: Mapping[str, object]) -> str:
    if kind is Kind.TEXT:
        return _text(fields, "Content", TEXT_LIMIT)
    if kind is Kind.VOICE:
        return _text(fields, "Recognition")
    if kind is Kind.LINK:
        return "\n".join(filter(None, (_text(fields, "Title"), _text(fields, "Url"))))
    place = _place(fields)
    return " ".join(filter(None, (_text(place, "Label"), _text(place, "Poiname")))).strip()


def _place(fields: Mapping[str, object]) -> Mapping[str, object]:
    chosen = fields.get("SendLocationInfo")
    return chosen if isinstance(chosen, dict) else fields


def _position(fields: Mapping[str, object]) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees, both or neither."""
    place = _place(fields)
    latitude = _degrees(_text(place, "Location_X") or _text(place, "Latitude"), 90)
    longitude = _degrees(_text(place, "Location_Y") or _text(place, "Longitude"), 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(value: str, limit: int) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def _detail(fields: Mapping[str, object]) -> dict[str, str]:
    """What else was told, under WeChat's own names; `A.B.0.C` for the first of several B in A."""
    detail: dict[str, str] = {}
    rest = {name: value for name, value in fields.items() if name not in OWN}
    for name, value in _leaves(rest, ""):
        if len(detail) == DETAIL_LIMIT:
            break
        detail[name] = value
    return detail


def _leaves(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value[:FIELD_LIMIT]
    elif depth > DEPTH_LIMIT:
        return
    elif isinstance(value, dict):
        for name, inner in value.items():
            several = [inner] if name in LISTS and not isinstance(inner, list) else inner
            yield from _leaves(several, f"{path}.{name}".lstrip(".")[:200], depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value[:DETAIL_LIMIT]):
            yield from _leaves(inner, f"{path}.{index}", depth)
