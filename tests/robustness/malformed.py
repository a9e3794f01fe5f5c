"""Pushes as nobody should send them: every way in which bytes, query, cipher or XML can be wrong.

Each class makes the query, the headers and the body of one POST from dice; `signed` ones are
genuine for whoever has the token and the key, and wrong only inside.
"""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from commands.support import utc_now
from demo.fake.seal import seal, sign
from demo.wechat_side import render_xml
from settings import Settings

OVERSIZED = 64 * 1024
ABSURD = ("", " ", "0", "-1", "9" * 400, "NaN", "１２", "]]>", "a" * 9000, "𠮷", "\u202e", "event")
TAGS = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event")
NESTED = ("EventKey", "SendPicsInfo", "ScanCodeInfo", "SubscribeMsgPopupEvent", "List", "OpenID")
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
TEXTS = (
    "",
    "null",
    "[]",
    '{"MsgType": "text"}',
    "<xml",
    "<xml></xml>",
    "<xml>text</xml>",
    "<XML><MsgType>text</MsgType></XML>",
    "<a><xml><MsgType>text</MsgType></xml></a>",
    "<xml><MsgType>text</MsgType></xml><xml/>",
    '<?xml version="1.0" encoding="gbk"?><xml><MsgType>text</MsgType></xml>',
    '<?xml version="1.0" encoding="utf-16"?><xml><MsgType>text</MsgType></xml>',
    f"<!DOCTYPE x [{BOMB}]><xml><MsgType>&e11;</MsgType></xml>",
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><MsgType>&f;</MsgType></xml>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><MsgType>text</MsgType></xml>',
    "<xml>" + "<a>" * 8000 + "</a>" * 8000 + "</xml>",
    "<xml>" + "<a>" * 3000,
    "<xml><List>" * 500 + "</List></xml>" * 500,
    "<xml>" + "<a/>" * 8000 + "</xml>",
    "<xml>" + "".join(f"<t{n}>1</t{n}>" for n in range(2000)) + "</xml>",
    "<xml " + " ".join(f"a{n}='1'" for n in range(1000)) + "/>",
    "<xml>\x00\x01</xml>",
    "<xml>&#xD800;</xml>",
)


@dataclass(frozen=True, slots=True)
class Post:
    """One POST to the webhook."""

    query: dict[str, str]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes pushes for one account."""

    settings: Settings
    dice: random.Random

    def fields(self) -> dict[str, str]:
        """A good message, ever a new one."""
        return {
            "ToUserName": "gh_demo",
            "FromUserName": f"oMal{self.dice.randrange(40)}",
            "CreateTime": str(int(utc_now().timestamp())),
            "MsgType": self.dice.choice(("text", "event", "image")),
            "Content": "楼道灯坏了",
            "MsgId": str(self.dice.randrange(1, 10**15)),
        }

    def enveloped(self, cipher_text: str) -> Post:
        """Any cipher text under a genuine signature."""
        stamp, nonce = str(int(utc_now().timestamp())), str(self.dice.randrange(10**12))
        signature = sign(self.settings.wechat.token, stamp, nonce, cipher_text)
        query = {"timestamp": stamp, "nonce": nonce, "msg_signature": signature}
        body = f"<xml><Encrypt>{cipher_text}</Encrypt></xml>"
        return Post({**query, "encrypt_type": "aes"}, body.encode("utf-8", "replace"))

    def sealed(self, text: str) -> Post:
        """Any text in a genuine envelope."""
        chat = self.settings.wechat
        return self.enveloped(seal(text, chat.aes_key, chat.appid))

    def good(self) -> Post:
        return self.sealed(render_xml(self.fields()))


def broken_text(maker: Maker) -> Post:
    """Signed, and no message inside."""
    return maker.sealed(maker.dice.choice(TEXTS))


def broken_fields(maker: Maker) -> Post:
    """Signed, well-formed, with fields missing, doubled, nested or absurd."""
    dice = maker.dice
    nodes = [f"<{tag}>{value}</{tag}>" for tag, value in maker.fields().items()]
    for _ in range(dice.randint(1, 5)):
        tag, value = dice.choice(TAGS + NESTED), dice.choice(ABSURD).replace("]]>", "")
        nodes[dice.randrange(len(nodes))] = dice.choice(
            (
                "",
                f"<{tag}/>",
                f"<{tag}>{value}</{tag}>",
                f"<{tag}>a</{tag}><{tag}>b</{tag}>",
                f"<{tag}><item><x>1</x></item><item/></{tag}>",
                f"<{tag}>{'<List>' * 30}{'</List>' * 30}</{tag}>",
                f'<{tag} a="1">x</{tag}>',
                f"<{tag}><![CDATA[{value}]]>tail<![CDATA[more]]></{tag}>",
            )
        )
    return maker.sealed(f"<xml>{''.join(nodes)}</xml>")


def long_text(maker: Maker) -> Post:
    """Signed, a message far longer than WeChat lets through, of what finders look for."""
    words = maker.dice.choice(("3栋2单元", "1", "3点", "12345678-", "楼道灯坏了，", "明天下午"))
    content = words * (8000 // len(words))
    return maker.sealed(render_xml({**maker.fields(), "MsgType": "text", "Content": content}))


def bad_unicode(maker: Maker) -> Post:
    """Signed, with bytes that are no UTF-8 in cipher or in the envelope."""
    good = maker.good()
    place = maker.dice.randrange(len(good.body))
    junk = maker.dice.choice((b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\x00"))
    return Post(good.query, good.body[:place] + junk + good.body[place:])


def broken_cipher(maker: Maker) -> Post:
    """Signed cipher text that is not base64, not whole blocks, wrongly padded, or another's."""
    chat = maker.settings.wechat
    genuine = seal("x" * maker.dice.randrange(200), chat.aes_key, chat.appid)
    return maker.enveloped(
        maker.dice.choice(
            (
                "",
                "A",
                "=" * 44,
                "密文",
                genuine[:-1],
                genuine[4:],
                genuine[:24],
                genuine[:44],
                genuine.swapcase(),
                seal("x", "B" * 43, chat.appid),
                seal("x", chat.aes_key, "wxanother"),
            )
        )
    )


def broken_query(maker: Maker) -> Post:
    """A parameter that is missing, stale, doubled or absurd; or a wrong signature."""
    good, dice = maker.good(), maker.dice
    query = dict(good.query)
    name = dice.choice(sorted(query))
    if dice.random() < 0.3:
        del query[name]
    else:
        query[name] = dice.choice(
            (*ABSURD, "1e9", "0x1A", "签名", query[name] * 2, query[name][:-1])
        )
    return Post(query, good.body)


def broken_bytes(maker: Maker) -> Post:
    """The genuine envelope with bytes changed or cut off."""
    good, dice = maker.good(), maker.dice
    damaged = bytearray(good.body)
    for _ in range(dice.randint(1, 6)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return Post(good.query, bytes(damaged[: dice.randint(0, len(damaged))]))


def plain_push(maker: Maker) -> Post:
    """A plain push, rightly signed as plain mode has it: refused, for the account has a key."""
    stamp, nonce = str(int(utc_now().timestamp())), str(maker.dice.randrange(10**12))
    signature = sign(maker.settings.wechat.token, stamp, nonce)
    query = {"timestamp": stamp, "nonce": nonce, "signature": signature}
    return Post(query, render_xml(maker.fields()).encode())


def oversized(maker: Maker) -> Post:
    """More than a push may have, honestly told or packed small."""
    good = maker.good()
    body = good.body + b" " * OVERSIZED
    packed = maker.dice.choice((None, "gzip", "deflate"))
    if packed is None:
        return Post(good.query, body)
    data = gzip.compress(body * 8) if packed == "gzip" else zlib.compress(body * 8)
    return Post(good.query, data, {"Content-Encoding": packed})


def packed_garbage(maker: Maker) -> Post:
    """Said to be compressed, and is not, or ends early."""
    good = maker.good()
    whole = gzip.compress(good.body)
    data = maker.dice.choice((b"", b"\x1f\x8b", whole[:-9], whole[:20], maker.dice.randbytes(300)))
    return Post(good.query, data, {"Content-Encoding": maker.dice.choice(("gzip", "deflate"))})


CLASSES: tuple[Callable[[Maker], Post], ...] = (
    broken_text,
    broken_fields,
    bad_unicode,
    broken_cipher,
    broken_query,
    broken_bytes,
    plain_push,
    oversized,
    packed_garbage,
    broken_text,
    broken_fields,
    broken_cipher,
    broken_query,
    broken_bytes,
    bad_unicode,
    long_text,
)
