"""The offline verifier: is an exported ballot log whole, and does its count come out again?

Checked in this order: every entry's form, number, link and hash (`chain`); the published hashes,
if given, appear; the order of events (`ballot_log`); receipts are well formed and unique; each
voter votes once and only votes cast are changed; as many ballots as receipts; and the recount
equals the result that was logged. The first broken entry is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import receipts
from .ballot_log import ballot_of
from .chain import BrokenChainError, Event, canonical, load
from .counting import count
from .definition import Ballot, Definition
from .quorum import Amount

_NEXT = {
    "": {"open"},
    "open": {"cast", "change", "extend", "close"},
    "cast": {"cast", "change", "extend", "close"},
    "change": {"cast", "change", "extend", "close"},
    "extend": {"cast", "change", "extend", "close"},
    "close": {"ballot", "result"},
    "ballot": {"ballot", "result"},
    "result": set[str](),
}


@dataclass(frozen=True)
class Verification:
    """Number of entries and hash of the last one when whole; else the first broken entry."""

    whole: bool
    entries: int = 0
    head: str = ""
    receipts: tuple[str, ...] = ()
    broken_entry: int | None = None
    reason: str = ""


def verify(text: str, heads: Collection[str] = ()) -> Verification:
    """Check an exported log; `heads` are the hashes published at opening and closing."""
    try:
        events = load(text)
        _check_heads(events, heads)
        codes = _replay(events)
    except BrokenChainError as broken:
        return Verification(False, broken_entry=broken.entry, reason=broken.reason)
    return Verification(True, len(events), events[-1].hash, tuple(sorted(codes)))


def _check_heads(events: Sequence[Event], heads: Collection[str]) -> None:
    if missing := set(heads) - {event.hash for event in events}:
        reason = f"the published hash {min(missing)} is not in this log"
        raise BrokenChainError(len(events), reason)


@dataclass
class _Replay:
    """What is known after the entries read so far."""

    definition: Definition
    secret: bool
    votes: dict[str, Ballot | None] = field(default_factory=dict)
    voters: dict[str, str] = field(default_factory=dict)
    revealed: list[Ballot] = field(default_factory=list)
    last_revealed: str = ""
    extended: bool = False
    closing: Mapping[str, Any] = field(default_factory=dict)

    def on_cast(self, payload: Mapping[str, Any]) -> None:
        code = payload["receipt"]
        _require(receipts.parse(code) == code, "the receipt is not a well-formed code")
        _require(code not in self.votes, "the receipt is given twice")
        if not self.secret:
            _require(payload["voter"] not in self.voters, "the voter has voted already")
            self.voters[payload["voter"]] = code
        self._keep(code, payload)

    def on_change(self, payload: Mapping[str, Any]) -> None:
        code = payload["receipt"]
        _require(code in self.votes, "a change of a vote that was never cast")
        owner = None if self.secret else self.voters.get(payload["voter"])
        _require(self.secret or owner == code, "a change under another's receipt")
        self._keep(code, payload)

    def on_extend(self, payload: Mapping[str, Any]) -> None:
        _require(not self.extended, "extended a second time")
        _require(bool(payload["reason"]), "extended without a reason")
        self.extended = True

    def on_close(self, payload: Mapping[str, Any]) -> None:
        _require(payload["ballots"] == len(self.votes), "not as many ballots as receipts")
        self.closing = payload

    def on_ballot(self, payload: Mapping[str, Any]) -> None:
        _require(self.secret, "a revealed ballot in a named vote")
        text = canonical(payload)
        _require(text >= self.last_revealed, "the revealed ballots are not in sorted order")
        self.last_revealed = text
        self.revealed.append(ballot_of(payload))

    def on_result(self, payload: Mapping[str, Any]) -> None:
        ballots = self.revealed if self.secret else [b for b in self.votes.values() if b]
        _require(len(ballots) == len(self.votes), "not as many ballots as receipts")
        attendance = self.closing["present"]
        present = Amount(**attendance) if attendance else None
        again = count(self.definition, ballots, present).to_json()
        _require(canonical(again) == canonical(payload), "the recount gives another result")

    def _keep(self, code: str, payload: Mapping[str, Any]) -> None:
        _require(not self.secret or set(payload) == {"receipt"}, "a secret vote shows more")
        self.votes[code] = None if self.secret else ballot_of(payload)


def _replay(events: Sequence[Event]) -> Collection[str]:
    state: _Replay | None = None
    before = ""
    for event in events:
        if event.kind not in _NEXT[before]:
            reason = f"{event.kind!r} cannot follow {before or 'nothing'!r}"
            raise BrokenChainError(event.sequence, reason)
        before = event.kind
        try:
            if state is None:
                state = _start(event.payload)
            else:
                _handler(state, event.kind)(event.payload)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BrokenChainError(event.sequence, _reason(error)) from error
    if state is None or before != "result":
        raise BrokenChainError(len(events), "the log ends before the result")
    return state.votes


def _start(payload: Mapping[str, Any]) -> _Replay:
    return _Replay(Definition.from_json(payload["definition"]), bool(payload["secret"]))


def _handler(state: _Replay, kind: str) -> Callable[[Mapping[str, Any]], None]:
    return {
        "cast": state.on_cast,
        "change": state.on_change,
        "extend": state.on_extend,
        "close": state.on_close,
        "ballot": state.on_ballot,
        "result": state.on_result,
    }[kind]


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise ValueError(reason)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"unreadable: {error}"
