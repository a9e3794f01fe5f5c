"""Receipt codes such as 9F3A-7K2: short to read aloud, with a check character.

Seven characters of Crockford's base 32 (no I, L, O, U): six of chance (30 bits) and one check
character. The check is Σ αⁱ·cᵢ in the field GF(32), which finds every single wrong character
and every swap of two neighbours. When reading, case and hyphens do not matter, O is 0, I and L
are 1.
"""

from __future__ import annotations

from functools import reduce

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
_FIELD = 0b100101
_SAME = str.maketrans("OIL", "011", "- ")


def receipt(chance: bytes) -> str:
    """The code of at least four random bytes; the caller draws again when it is taken."""
    if len(chance) < 4:
        raise ValueError("a receipt needs at least four random bytes")
    number = int.from_bytes(chance[:4], "big") & (1 << 5 * _LENGTH) - 1
    digits = [number >> 5 * place & 31 for place in reversed(range(_LENGTH))]
    return _written([*digits, _check(digits)])


def parse(text: str) -> str | None:
    """The code in its written form, or None when it cannot be a receipt."""
    typed = text.strip().upper().translate(_SAME)
    if len(typed) != _LENGTH + 1 or not set(typed) <= set(ALPHABET):
        return None
    digits = [ALPHABET.index(character) for character in typed]
    return _written(digits) if _check(digits[:-1]) == digits[-1] else None


def _check(digits: list[int]) -> int:
    return reduce(lambda value, digit: _doubled(value ^ digit), digits, 0)


def _doubled(value: int) -> int:
    """Multiply by α in GF(32) with α⁵ = α² + 1."""
    return value << 1 ^ (_FIELD if value & 16 else 0)


def _written(digits: list[int]) -> str:
    code = "".join(ALPHABET[digit] for digit in digits)
    return f"{code[:4]}-{code[4:]}"
