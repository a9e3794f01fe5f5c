"""The events of a ballot, in the order in which they may come.

open → (cast | change | extend)* → close → ballot* → result

A named ballot logs voter and choice with each `cast`. A secret one logs only the receipt; its
choices follow after closing as `ballot` entries in sorted order, which has nothing in common
with the order of voting. A change keeps the receipt. An extension is allowed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .chain import Event, Json, append, canonical
from .counting import count
from .definition import Ballot, Definition
from .quorum import Amount

ONE_PERSON = Amount(persons=1)


@dataclass(frozen=True)
class Cast:
    """A vote as it is logged; `voter` and `ballot` are None where the ballot is secret."""

    receipt: str
    voter: str | None = None
    ballot: Ballot | None = None

    def to_json(self) -> dict[str, Json]:
        named: dict[str, Json] = {"voter": self.voter} if self.voter is not None else {}
        return {"receipt": self.receipt} | named | (ballot_json(self.ballot) if self.ballot else {})


def opened(ballot: str, definition: Definition, *, secret: bool, electorate: str) -> Event:
    """First entry; `electorate` is the hash of the frozen list of voters."""
    payload: dict[str, Json] = {
        "ballot": ballot,
        "definition": definition.to_json(),
        "electorate": electorate,
        "secret": secret,
    }
    return append(None, "open", payload)


def cast(last: Event, vote: Cast) -> Event:
    """A first vote."""
    return append(last, "cast", vote.to_json())


def changed(last: Event, vote: Cast) -> Event:
    """Another choice under the receipt given before."""
    return append(last, "change", vote.to_json())


def extended(last: Event, until: str, reason: str) -> Event:
    """The one extension, with its published reason; `until` as ISO 8601."""
    return append(last, "extend", {"until": until, "reason": reason})


def closed(
    last: Event,
    definition: Definition,
    ballots: Sequence[Ballot],
    *,
    secret: bool,
    present: Amount | None = None,
) -> list[Event]:
    """The closing entry, the sorted ballots where secret, and the result."""
    payload: dict[str, Json] = {
        "ballots": len(ballots),
        "present": asdict(present) if present else None,
    }
    events = [append(last, "close", payload)]
    if secret:
        for content in sorted((ballot_json(ballot) for ballot in ballots), key=canonical):
            events.append(append(events[-1], "ballot", content))
    result = count(definition, ballots, present)
    events.append(append(events[-1], "result", result.to_json()))
    return events


def ballot_json(ballot: Ballot) -> dict[str, Json]:
    """Choice, and weight where it is not simply one person."""
    if ballot.weight == ONE_PERSON:
        return {"choice": ballot.choice}
    return {"choice": ballot.choice, "weight": asdict(ballot.weight)}


def ballot_of(payload: Any) -> Ballot:
    """The ballot again; KeyError, TypeError or ValueError when it is none."""
    weight = Amount(**payload["weight"]) if "weight" in payload else ONE_PERSON
    return Ballot(payload["choice"], weight)
