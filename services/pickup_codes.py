"""Codes that are said aloud at a counter: five digits and the check digit of tickets (Damm)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from intents.tickets import check_digit

_DIGITS = re.compile(r"\d{6}")
TRIES = 200


def new_code(taken: Callable[[str], bool]) -> str:
    """A code that is not taken, six digits, the first not zero."""
    for _ in range(TRIES):
        number = 10_000 + secrets.randbelow(90_000)
        code = f"{number}{check_digit(number)}"
        if not taken(code):
            return code
    raise RuntimeError("hardly a code is free")


def read_code(text: str) -> str | None:
    """The code somebody typed, spaces and dashes apart; None where a digit is wrong."""
    plain = re.sub(r"[\s\-—–]", "", text)
    if not _DIGITS.fullmatch(plain) or plain[0] == "0":
        return None
    return plain if check_digit(int(plain[:5])) == int(plain[5]) else None


def say_code(code: str) -> str:
    """A code in two groups, as one reads it aloud: 482 917."""
    return f"{code[:3]} {code[3:]}"
