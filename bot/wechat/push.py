"""What WeChat sends to the webhook: verified, decrypted, read.

Plain mode is accepted only for an account without `aes_key`: the plain signature does not cover
the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.wechat import codec
from bot.wechat.account import Account
from bot.wechat.incoming import NAME, read_incoming
from dialogue.messages import Incoming

BODY_LIMIT = 64 * 1024
WINDOW = timedelta(minutes=5)
TIMESTAMP = re.compile(r"[0-9]{10}", re.ASCII)
NONCE = re.compile(r"[\w-]{1,64}", re.ASCII)
ECHO = re.compile(r"[\w+/=-]{1,512}", re.ASCII)


class Refused(Exception):
    """The request is not answered as WeChat's; `status` is the HTTP status to give, always 4xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Push:
    """One genuine push.

    `incoming` is None when what was signed could not be read as a message. `raw` is the XML as
    received, after decryption, with undecodable bytes and NUL replaced. `key_used` is the
    EncodingAESKey that decrypted, with which the reply must be encrypted; empty in plain mode.
    `sender` and `recipient` are the names to turn round in a reply.
    """

    incoming: Incoming | None
    raw: str
    sealed: bool
    key_used: str = ""
    sender: str = ""
    recipient: str = ""


def verify_server(account: Account, query: Mapping[str, str]) -> str:
    """The answer to WeChat's GET that tests the address; raises `Refused`.

    An official account sends `signature` and a plain `echostr` in every mode. With `msg_signature`
    the `echostr` is encrypted and covered by it, as the open platform does.
    """
    timestamp, nonce = _stamp(query)
    echo = query.get("echostr", "")
    if not ECHO.fullmatch(echo):
        raise Refused(400, "echostr is missing or not of letters and digits")
    if account.aes_key and "msg_signature" in query:
        _require(query["msg_signature"], account.token, timestamp, nonce, echo)
        return _text(_decrypt(account, echo)[0])
    _require(query.get("signature", ""), account.token, timestamp, nonce)
    return echo


def read_push(account: Account, query: Mapping[str, str], body: bytes, *, now: datetime) -> Push:
    """The push in a POST; raises `Refused`. `now` is aware UTC.

    Requests whose timestamp is more than `WINDOW` from `now` are refused; `replay.ReplayGuard`
    looks at those inside it.
    """
    if len(body) > BODY_LIMIT:
        raise Refused(413, f"the body has more than {BODY_LIMIT} bytes")
    timestamp, nonce = _stamp(query)
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise Refused(403, "the timestamp is too far from this machine's time")
    if not account.aes_key:
        _require(query.get("signature", ""), account.token, timestamp, nonce)
        return _read(account, body, "", now)
    cipher_text = _cipher_text(body)
    _require(query.get("msg_signature", ""), account.token, timestamp, nonce, cipher_text)
    message, key = _decrypt(account, cipher_text)
    return _read(account, message, key, now)


def _stamp(query: Mapping[str, str]) -> tuple[str, str]:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not TIMESTAMP.fullmatch(timestamp) or not NONCE.fullmatch(nonce):
        raise Refused(403, "timestamp or nonce is missing or malformed")
    return timestamp, nonce


def _require(given: str, *parts: str) -> None:
    if not codec.signed(given, *parts):
        raise Refused(403, "the signature is wrong")


def _cipher_text(body: bytes) -> str:
    """The Encrypt field, which is all that an encrypted push is read for."""
    try:
        cipher_text = codec.parse_envelope(_text(body)).get("Encrypt")
    except codec.Unreadable as error:
        raise Refused(400, "the body is not XML") from error
    if not isinstance(cipher_text, str):
        raise Refused(403, "a plain message is refused: the account has an aes_key")
    if not cipher_text.isascii():
        raise Refused(400, "the cipher text is not base64")
    return cipher_text


def _decrypt(account: Account, cipher_text: str) -> tuple[bytes, str]:
    """The message and the key that opened it."""
    for key in account.aes_keys:
        try:
            return codec.decrypt(cipher_text, key, account.appid), key
        except codec.Undecipherable:
            continue
    raise Refused(403, "no aes_key of this account decrypts the message")


def _read(account: Account, message: bytes, key: str, now: datetime) -> Push:
    raw = _text(message)
    try:
        fields = codec.parse(raw)
    except codec.Unreadable:
        return Push(None, raw, sealed=bool(key), key_used=key)
    return Push(
        incoming=read_incoming(account.code, fields, raw=raw, now=now),
        raw=raw,
        sealed=bool(key),
        key_used=key,
        sender=_name(fields.get("FromUserName")),
        recipient=_name(fields.get("ToUserName")),
    )


def _name(value: object) -> str:
    return value if isinstance(value, str) and NAME.fullmatch(value) else ""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\x00", "\ufffd")
