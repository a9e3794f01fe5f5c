"""Signatures of the deployment under what it publishes (Ed25519, RFC 8032).

The key is derived from the secret that the engine was opened with, so there is none to keep; it
is another one than that of the encrypted columns.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from storage.types import vault_of


def sign(session: Session, text: str) -> str:
    """The signature of a text, in base64."""
    return base64.b64encode(_key(session).sign(text.encode())).decode()


def public_key(session: Session) -> str:
    """What others check signatures with: 32 bytes in base64."""
    key = _key(session).public_key()
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def fits(key: str, text: str, signature: str) -> bool:
    """Whether a signature over a text is that of the key; False also for nonsense."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _key(session: Session) -> Ed25519PrivateKey:
    seed = vault_of(session.get_bind().dialect).signing_seed
    return Ed25519PrivateKey.from_private_bytes(seed)
