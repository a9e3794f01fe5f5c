"""How hot a topic is.

    heat = (people + support / 4) · (1 + ln(1 + messages per week))

- `people`: each writer counts one, however often they write, so that one persistent resident does
  not make a topic; with `now` given a writer counts by their latest message, half after each 30
  days, so that a weekly list shows what is going on and not what once was.
- `support`: the sum of ln(1 + up − down) over the messages (none below zero), faded alike. A click
  costs less than a letter, hence a quarter; the logarithm because one linked page can bring two
  thousand clicks, which are not two thousand neighbours.
- messages per week over the span, one week added so that two messages of one minute are not
  infinitely dense. Thirty letters in a month are more urgent than thirty in a year, but not twelve
  times: hence the logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotspots.records import Message

_HALF_LIFE = timedelta(days=30)
_CLICK = 0.25
_WEEK = timedelta(weeks=1)


def heat(messages: Sequence[Message], now: datetime | None = None) -> float:
    """The heat of a topic, from 0; without `now` nothing fades, as when an archive is read.

    `messages` is not empty; what is later than `now` counts in full.
    """
    people: dict[str, float] = {}
    support = 0.0
    for message in messages:
        fresh = _freshness(message.time, now)
        writer = f"person {message.person}" if message.person else f"message {message.id}"
        people[writer] = max(people.get(writer, 0.0), fresh)
        support += fresh * math.log1p(max(message.up - message.down, 0))
    times = [message.time for message in messages]
    weeks = 1 + (max(times) - min(times)) / _WEEK
    return (sum(people.values()) + _CLICK * support) * (1 + math.log1p(len(messages) / weeks))


def _freshness(time: datetime, now: datetime | None) -> float:
    return 1.0 if now is None else 0.5 ** (max(now - time, timedelta()) / _HALF_LIFE)
