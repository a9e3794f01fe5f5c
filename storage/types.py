"""Column types of our own: moments that know their zone, texts that are unreadable at rest."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

SEALED_STEP = 256


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Vault:
    """Encrypts short personal texts with a key derived from the secret of the deployment."""

    def __init__(self, secret: str) -> None:
        digest = hashlib.sha256(b"shuoshitai personal data\0" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))
        self.signing_seed = hashlib.sha256(b"shuoshitai signatures\0" + secret.encode()).digest()

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text again; InvalidToken where the secret is not the one that sealed it."""
        return self._fernet.decrypt(sealed).decode()


class Encrypted(TypeDecorator[str]):
    """A text that lies encrypted in the table: phone numbers, identity numbers, secrets.

    The vault travels with the dialect, which belongs to one engine: no key is global, and two
    databases opened by one process keep their own.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).open(bytes(value))


class Sealed(Encrypted):
    """A text of which not even the length is to be seen: filled up with spaces to a multiple of
    256 bytes before it is encrypted; spaces at its end are not kept.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        missing = -len(value.encode()) % SEALED_STEP
        return super().process_bind_param(value + " " * missing, dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        text = super().process_result_value(value, dialect)
        return None if text is None else text.rstrip(" ")


def attach_vault(dialect: Dialect, vault: Vault) -> None:
    """Gives the encrypted columns of this engine their key."""
    dialect._shuoshitai_vault = vault  # type: ignore[attr-defined]


def vault_of(dialect: Dialect) -> Vault:
    """The vault of this engine; RuntimeError where it was given none."""
    vault: Vault | None = getattr(dialect, "_shuoshitai_vault", None)
    if vault is None:
        raise RuntimeError("this engine has no vault for encrypted columns")
    return vault
