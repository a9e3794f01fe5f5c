"""WeChat's end of the signature and the AES envelope, made independently of the service's own.

AES-256-CBC, the first 16 bytes of the key as IV, PKCS#7 with blocks of 32; inside 16 random bytes,
the length in 4 bytes, the message, the appid.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts, hexadecimal."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def seal(message: str, aes_key: str, appid: str) -> str:
    """`message` encrypted for `appid`, in base64."""
    text = message.encode()
    plain = secrets.token_bytes(16) + len(text).to_bytes(4, "big") + text + appid.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def unseal(cipher_text: str, aes_key: str, appid: str) -> str:
    """The message in `cipher_text`; raises ValueError where it was not meant for `appid`."""
    decryptor = _cipher(aes_key).decryptor()
    plain = decryptor.update(base64.b64decode(cipher_text)) + decryptor.finalize()
    content = plain[16 : -plain[-1]]
    length = int.from_bytes(content[:4], "big")
    if content[4 + length :] != appid.encode():
        raise ValueError("encrypted for another account")
    return content[4 : 4 + length].decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
