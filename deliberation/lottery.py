"""A lottery that anyone can repeat with a SHA-256 tool.

1. A secret seed is chosen; `commitment` of it is published before the list is closed.
2. The list is closed; its `list_hash` is published. The seed can no longer suit the list.
3. Optionally a public number that nobody could know before (a lottery draw of a later day) is
   named beforehand as `public`; then the one who chose the seed could not foresee the result.
4. The seed is revealed. Everyone gets the ticket
   SHA-256("shuoshi-ticket-1" LF seed LF public LF list hash LF name), all in UTF-8, hashes in
   lower-case hexadecimal. Tickets in ascending order are the drawn order; the first ones win.

The list hash is SHA-256 of "shuoshi-list-1" and each name on a line of its own (LF before each),
names sorted by code point, so the order in which the list was written does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Draw:
    """A finished lottery: the published hashes and everyone in drawn order with the ticket."""

    commitment: str
    list_hash: str
    order: tuple[str, ...]
    tickets: tuple[str, ...]

    def winners(self, seats: int) -> tuple[str, ...]:
        return self.order[:seats]


def commitment(seed: str) -> str:
    """What is published before the list is closed."""
    return _digest(("shuoshi-seed-1", seed))


def list_hash(names: Collection[str]) -> str:
    """Hash of the closed list; ValueError for a repeated name or one with a line break."""
    if len(set(names)) != len(names):
        raise ValueError("a name is in the list twice")
    return _digest(("shuoshi-list-1", *sorted(names)))


def draw(names: Collection[str], seed: str, public: str = "") -> Draw:
    """Draw all names."""
    listed = list_hash(names)
    drawn = sorted((_digest(("shuoshi-ticket-1", seed, public, listed, n)), n) for n in names)
    return Draw(
        commitment(seed),
        listed,
        tuple(name for _, name in drawn),
        tuple(ticket for ticket, _ in drawn),
    )


def _digest(lines: Iterable[str]) -> str:
    parts = tuple(lines)
    if any("\n" in part for part in parts):
        raise ValueError("a line break within a part of the hash")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
