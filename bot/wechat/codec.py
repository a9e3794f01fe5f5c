"""Signatures, AES envelopes, XML in and out: the only module that imports wechatpy.

wechatpy 1.8 compares signatures in variable time, raises a dozen kinds of errors on bad input and
leaves `]]>` unescaped; each function here closes one of those and promises little more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.parser import parse_message
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

BLOCK = 32
HEAD = 20  # 16 random bytes and 4 bytes of length
XML_FAULTS = (ExpatError, ValueError, TypeError, KeyError, AttributeError, IndexError)
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Undecipherable(Exception):
    """The cipher text was not made with this key for this account."""


class Unreadable(Exception):
    """The text is not the XML of one message."""


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts, hexadecimal: WeChat's `signature` and `msg_signature`."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def signed(given: str, *parts: str) -> bool:
    """Whether `given` is the signature of `parts`; takes the same time whatever differs."""
    return hmac.compare_digest(signature(*parts).encode(), given.encode("utf-8", "replace"))


class _Cipher(PrpCrypto):  # type: ignore[misc] # wechatpy is not typed
    """wechatpy's cipher with random bytes that cannot be foreseen."""

    def __init__(self, aes_key: str) -> None:
        super().__init__(base64.b64decode(aes_key + "="))

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


@lru_cache(8)  # a process serves few accounts, each with one key or two
def _cipher(aes_key: str) -> _Cipher:
    return _Cipher(aes_key)


def encrypt(text: str, aes_key: str, appid: str) -> str:
    """Cipher text in base64 of `text` for `appid`; `aes_key` is an EncodingAESKey."""
    return str(_cipher(aes_key).encrypt(text, appid), "ascii")


def decrypt(cipher_text: str, aes_key: str, appid: str) -> bytes:
    """The message inside `cipher_text`, as bytes; raises `Undecipherable`."""
    try:
        plain: bytes = _cipher(aes_key).cipher.decrypt(base64.b64decode(cipher_text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Undecipherable("not base64 of whole blocks") from error
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or len(plain) < HEAD + padding:
        raise Undecipherable("wrong padding")
    content = plain[:-padding]
    end = HEAD + int.from_bytes(content[16:HEAD], "big")
    if end > len(content) or content[end:] != appid.encode():
        raise Undecipherable("made for another account")
    return content[HEAD:end]


def parse_envelope(text: str) -> Mapping[str, object]:
    """The fields of an encrypted push, values of any shape; raises `Unreadable`."""
    try:
        return dict(xmltodict.parse(text)["xml"])
    except XML_FAULTS as error:
        raise Unreadable(str(error)) from error


def parse(text: str) -> Mapping[str, object]:
    """The fields of a message, values of any shape (nested and repeated tags); raises `Unreadable`.

    wechatpy names a subscription by QR code `subscribe_scan` with the bare scene as key, and one by
    a product code `subscribe_scan_product`.
    """
    try:
        return dict(parse_message(text)._data)  # its attributes raise when read
    except XML_FAULTS as error:
        raise Unreadable(str(error)) from error


def clean(text: str) -> str:
    """`text` without what XML 1.0 forbids: control characters, lone surrogates, U+FFFE, U+FFFF."""
    return FORBIDDEN.sub("", text)


def text_reply(text: str, *, sender: str, recipient: str, created: int) -> str:
    """The XML of a passive text reply to cleaned `text`; `created` in seconds since 1970."""
    content = text.replace("]]>", "]]]]><![CDATA[>")
    reply = TextReply(source=sender, target=recipient, time=created, content=content)
    return str(reply.render())
