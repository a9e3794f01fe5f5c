"""Ticket numbers: a running number and a check digit that catches what thumbs get wrong.

The check digit is that of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (Marburg 2004):
every single wrong digit and every swap of two neighbours is noticed. `1042` is written `1042-7`.
"""

from __future__ import annotations

import re

from intents.normalise import normalise

_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_DASH = r" ?[-—–_~·] ?"
_WRITTEN = re.compile(rf"(?<![\d-])(\d{{3,12}}){_DASH}(\d)(?![\d-])")
_ALONE = re.compile(rf"^(?:编号|单号|工单|进度|查|#|:| )*(\d{{1,12}}){_DASH}(\d)$")


def check_digit(number: int) -> int:
    """The Damm check digit of a non-negative number; ValueError below zero."""
    if number < 0:
        raise ValueError(f"a ticket number is not negative: {number}")
    interim = 0
    for digit in str(number):
        interim = _QUASIGROUP[interim][int(digit)]
    return interim


def format_ticket(number: int) -> str:
    """`1042` as the resident sees it: `1042-7`."""
    return f"{number}-{check_digit(number)}"


def find_tickets(text: str) -> list[int]:
    """The numbers of every ticket in `text` whose check digit is right, in order.

    A number below 100 counts only where it stands alone: `3-2` in a sentence is a house.
    """
    plain = normalise(text)
    alone = _ALONE.match(plain)
    return [
        int(match[1])
        for match in ([alone] if alone else _WRITTEN.finditer(plain))
        if not match[1].startswith("0") and check_digit(int(match[1])) == int(match[2])
    ]


def parse_ticket(text: str) -> int | None:
    """The number of the first valid ticket in `text`, None where there is none."""
    found = find_tickets(text)
    return found[0] if found else None
