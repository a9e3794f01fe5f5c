"""Passive replies: the text that goes back in the answer to a push."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

from bot.wechat import codec
from bot.wechat.account import Account
from bot.wechat.push import Push

SUCCESS = b"success"
TEXT_BYTES = 2048
BREAKS = ("\n\n", "\n", "。！？!?；;", "，,、 ")
ENVELOPE = (
    "<xml>\n<Encrypt><![CDATA[{cipher_text}]]></Encrypt>\n"
    "<MsgSignature><![CDATA[{signature}]]></MsgSignature>\n"
    "<TimeStamp>{timestamp}</TimeStamp>\n<Nonce><![CDATA[{nonce}]]></Nonce>\n</xml>"
)


def render_text(account: Account, push: Push, text: str, *, created: datetime) -> bytes:
    """The body that answers `push` with `text`, encrypted with the key that decrypted the push.

    `SUCCESS` where there is nothing to say or nobody to say it to: an empty text would show the
    resident a fault notice. Raises ValueError for a text above `TEXT_BYTES`: see `fit_text`.
    """
    words = codec.clean(text)
    if _size(words) > TEXT_BYTES:
        raise ValueError(f"a reply has at most {TEXT_BYTES} bytes, this one {_size(words)}")
    if not words.strip() or not push.sender or not push.recipient:
        return SUCCESS
    seconds = int(created.timestamp())
    plain = codec.text_reply(words, sender=push.recipient, recipient=push.sender, created=seconds)
    return (_seal(account, push.key_used, plain, seconds) if push.sealed else plain).encode()


def _seal(account: Account, aes_key: str, plain: str, seconds: int) -> str:
    timestamp, nonce = str(seconds), secrets.token_hex(8)
    cipher_text = codec.encrypt(plain, aes_key, account.appid)
    signature = codec.signature(account.token, timestamp, nonce, cipher_text)
    return ENVELOPE.format(
        cipher_text=cipher_text, signature=signature, timestamp=timestamp, nonce=nonce
    )


def fit_text(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """`text` as pieces of at most `limit` UTF-8 bytes each, broken where a reader would pause.

    Paragraphs before lines, lines before sentences, sentences before words; never inside a
    character with its marks. Forbidden characters are dropped; of an empty text nothing is left.
    """
    rest = codec.clean(text).strip()
    pieces: list[str] = []
    while rest:
        end = len(rest) if _size(rest) <= limit else _break(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return pieces


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _break(text: str, limit: int) -> int:
    """Index at which to cut `text` so that the part before it fits in `limit` bytes."""
    most = len(text.encode()[:limit].decode("utf-8", "ignore"))
    head = text[:most]
    for marks in BREAKS:
        found = _last(head, marks)
        if found > most // 2:
            return found
    while most > 1 and _joins(text[most - 1], text[most]):
        most -= 1
    return most


def _last(head: str, marks: str) -> int:
    """Index behind the last pause: the whole of a line break, or any one punctuation mark."""
    if marks.startswith("\n"):
        return head.rfind(marks) + len(marks) if marks in head else 0
    return max(head.rfind(mark) for mark in marks) + 1


def _joins(before: str, after: str) -> bool:
    """Whether a cut between the two would tear one visible character apart."""
    joiners = "\u200d\ufe0f"
    return before == "\u200d" or after in joiners or unicodedata.combining(after) != 0
