"""Hot topics: what many residents write about at one place and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hotspots.clusters import groups
from hotspots.heat import heat
from hotspots.likeness import Likeness, Members
from hotspots.places import PlaceNames
from hotspots.records import Message, Topic
from hotspots.summary import common_place, summary
from hotspots.terms import Terms, headline, terms_of
from intents.normalise import normalise

_DAY = 86400.0


def hot_topics(messages: Sequence[Message], *, now: datetime | None = None) -> list[Topic]:
    """The topics of at least two `messages`, the hottest first; `now` lets old ones fade.

    No message is in two topics, most are in none. The order of `messages` does not matter.
    Raises ValueError for an id that comes twice.
    """
    ordered = sorted(messages, key=lambda message: (message.time, message.id))
    if len({message.id for message in ordered}) < len(ordered):
        raise ValueError("an id comes twice among the messages")
    if len(ordered) < 2:
        return []
    board = _Board(ordered)
    found = [(heat([ordered[i] for i in group], now), group) for group in board.groups()]
    found.sort(key=lambda item: (-item[0], ordered[item[1][0]].id))
    return [board.topic(rank, hot, group) for rank, (hot, group) in enumerate(found, 1)]


class _Board:
    """The messages in order of time, with what they are compared by."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages
        self._titles = [message.title or headline(message.text) for message in messages]
        terms = [terms_of(message.text, message.title) for message in messages]
        self._places = _places(messages, terms)
        days = [message.time.timestamp() / _DAY for message in messages]
        self._likeness = Likeness.of(terms, self._places, days)

    def groups(self) -> list[Members]:
        return groups(self._likeness)

    def topic(self, rank: int, hot: float, group: Members) -> Topic:
        members = [self._messages[i] for i in group]
        titles = [self._titles[i] for i in group]
        place = common_place([self._places[i] for i in group], [normalise(t) for t in titles])
        central = self._likeness.between(group, group).sum(axis=0)
        title = max(zip(titles, central, strict=True), key=lambda t: (place in t[0], t[1]))[0]
        return Topic(
            rank=rank,
            heat=round(hot, 2),
            place=place,
            start=members[0].time,
            end=members[-1].time,
            size=len(members),
            ids=tuple(message.id for message in members),
            summary=summary(place, title),
        )


def _places(messages: Sequence[Message], terms: Sequence[Terms]) -> list[list[str]]:
    """The places of each message: the given one first, then those that its text names."""
    names = PlaceNames.learn([each.sequence for each in terms])
    return [
        [*([message.place] if message.place else []), *names.find(each.sequence)]
        for message, each in zip(messages, terms, strict=True)
    ]
