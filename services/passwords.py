"""Passwords of staff: Argon2id with the second recommended parameters of RFC 9106, section 4."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)

# Checked where the login is unknown, so that the answer takes as long as for a known one.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$hNwCoNenFiXvhWmQJRudnQ"
    "$/3Gc7ast0IVW68xcqIWx+JAPwY7fF+Xoz4vMAmoeedc"
)

SHORTEST, LONGEST = 10, 128


def hash_password(password: str) -> str:
    """The text to be stored; about 50 ms and 64 MiB of work."""
    return HASHER.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether a password belongs to a stored hash; as slow for no hash (None) as for a wrong
    password.
    """
    try:
        HASHER.verify(stored or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def weakness(password: str, login: str) -> str:
    """What is wrong with a new password in the words of the staff; empty where it will do."""
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符，可以用一句话"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符"
    if login.lower() in password.lower():
        return "密码里不要含登录名"
    if len(set(password)) < 5:
        return "密码里不同的字符太少"
    return ""
