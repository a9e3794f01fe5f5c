"""What goes between a resident and the bot, independent of the channel that carried it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a resident's message is made of."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event as received, after the channel has checked and decoded it.

    `key` is the same for every repeat of one message and unique otherwise within `account`.
    `sent_at` is aware UTC. `text` holds the words: the content of a text, the label of a location,
    title and address of a link, the transcript of a voice message where there is one.
    `event` is lower case; `detail` holds what else the channel told, as plain strings.
    """

    account: str
    openid: str
    key: str
    kind: Kind
    sent_at: datetime
    text: str = ""
    media_id: str = ""
    media_format: str = ""
    latitude: float | None = None
    longitude: float | None = None
    event: str = ""
    event_key: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
