"""Thousands of broken pushes of every kind: refused or kept, never an error, never slow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wechat.account import Account
from bot.wechat.push import Push, Refused, read_push
from bot.wechat.replies import render_text
from demo.fake.seal import seal, sign
from demo.wechat_side import WeChatSide, render_xml

STAMP, NONCE = "1772415000", "1372623149"
AT = datetime.fromisoformat("2026-03-02T01:30:00+00:00")
FIELDS = {
    "ToUserName": "gh_demo",
    "FromUserName": "oAnn",
    "CreateTime": "1772415000",
    "MsgType": "text",
    "Content": "楼道灯坏了",
    "MsgId": "12345",
}
VALUES = (
    "",
    " ",
    "0",
    "-1",
    "9" * 400,
    "NaN",
    "１２",
    "\x0b",
    "]]>",
    "a" * 9000,
    "𠮷",
    "event",
    "\u202e",
)
TAGS = (*FIELDS, "Event", "EventKey", "Encrypt", "OpenID", "SendPicsInfo", "Location_X", "#text")
Case = tuple[dict[str, str], bytes]


def sealed(text: str, account: Account) -> Case:
    """Any text in a genuine envelope."""
    return enveloped(seal(text, account.aes_key, account.appid), account)


def enveloped(cipher_text: str, account: Account) -> Case:
    """Any cipher text under a genuine signature."""
    query = {"timestamp": STAMP, "nonce": NONCE, "encrypt_type": "aes"}
    query["msg_signature"] = sign(account.token, STAMP, NONCE, cipher_text)
    return query, f"<xml><Encrypt>{cipher_text}</Encrypt></xml>".encode()


def broken_bytes(dice: random.Random, account: Account) -> Case:
    """The genuine envelope with bytes changed, cut off or put in."""
    query, body = sealed(render_xml(FIELDS), account)
    damaged = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(damaged))
        change = dice.choice(("set", "cut", "add"))
        if change == "set":
            damaged[place] = dice.randrange(256)
        elif change == "cut":
            del damaged[place:]
            damaged += b"x"
        else:
            damaged[place:place] = dice.randbytes(dice.randint(1, 9))
    return query, bytes(damaged)


def broken_query(dice: random.Random, account: Account) -> Case:
    """A parameter missing, foreign or absurd."""
    query, body = sealed(render_xml(FIELDS), account)
    name = dice.choice(sorted(query))
    if dice.random() < 0.3:
        del query[name]
    else:
        query[name] = dice.choice(
            (*VALUES, "\ud800", "\x00", "签名", "1e9", "0x1A", query[name] * 2)
        )
    return query, body


def broken_cipher(dice: random.Random, account: Account) -> Case:
    """Signed cipher text that is not base64, not whole blocks, wrongly padded or another's."""
    genuine = seal("x" * dice.randrange(200), account.aes_key, account.appid)
    return enveloped(
        dice.choice(
            (
                "",
                "A",
                genuine[:-1],
                genuine[4:],
                genuine[:24],
                "密文",
                "=" * 44,
                seal("x", "B" * 43, account.appid),
                seal("x", account.aes_key, "wxother"),
                seal("x", account.aes_key, account.appid)[:44],
                genuine.swapcase(),
            )
        ),
        account,
    )


def broken_fields(dice: random.Random, account: Account) -> Case:
    """Well-formed XML with fields missing, doubled, nested or absurd."""
    nodes = [f"<{tag}>{value}</{tag}>" for tag, value in FIELDS.items()]
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(nodes))
        tag = dice.choice(TAGS[:-1])
        value = dice.choice(VALUES).replace("]]>", "")
        nodes[place] = dice.choice(
            (
                "",
                f"<{tag}/>",
                f"<{tag}>{value}</{tag}>",
                f"<{tag}>a</{tag}><{tag}>b</{tag}>",
                f"<{tag}><{tag}>{value}</{tag}</{tag}>",
                f"<{tag}><item><x>1</x></item><item/></{tag}>",
                f'<{tag} a="1">x</{tag}>',
                f"<{tag}><![CDATA[{value}]]>tail<![CDATA[more]]></{tag}>",
                "<MsgType>event</MsgType><Event><a/></Event>",
                "<MsgType>event</MsgType><Event>subscribe</Event><EventKey><a/></EventKey>",
            )
        )
    return sealed(f"<xml>{''.join(nodes)}</xml>", account)


def broken_text(dice: random.Random, account: Account) -> Case:
    """A genuine envelope around something that is no message."""
    return sealed(
        dice.choice(
            (
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
                "\ufeff" + render_xml(FIELDS),
                '<?xml version="1.0" encoding="gbk"?>' + render_xml(FIELDS),
                '<?xml version="1.0" encoding="utf-16"?>' + render_xml(FIELDS),
                '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xml><MsgType>&c;</MsgType>',
                '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><MsgType>text</MsgType></xml>',
                "<xml>" + "<a>" * dice.randint(1, 3000),
                "<xml>" + "<a>" * 3000 + "</a>" * 3000 + "</xml>",
                "<xml><List>" * 500 + "</List></xml>" * 500,
                "<xml>" + "<a/>" * 8000 + "</xml>",
                "<xml>" + "".join(f"<t{n}>1</t{n}>" for n in range(2000)) + "</xml>",
                "<xml " + " ".join(f"a{n}='1'" for n in range(1000)) + "/>",
                "<xml>\x00\x01</xml>",
                "<xml>&#xD800;</xml>",
                render_xml({**FIELDS, "MsgType": "𠮷"}),
            )
        ),
        account,
    )


CLASSES = (broken_bytes, broken_query, broken_cipher, broken_fields, broken_text)


def cases(account: Account, number: int) -> Iterator[Case]:
    dice = random.Random(20260302)
    for index in range(number):
        yield CLASSES[index % len(CLASSES)](dice, account)


def outcome(account: Account, case: Case) -> str:
    """`refused`, `kept` or `read`; a push that is not refused can be answered too."""
    query, body = case
    try:
        push = read_push(account, query, body, now=AT)
    except Refused as refused:
        return "refused" if refused.status in {400, 403, 413} else f"refused {refused.status}"
    assert isinstance(push, Push)
    assert render_text(account, push, "您好", created=AT)
    assert "\x00" not in push.raw
    return "read" if push.incoming else "kept"


def test_four_thousand_broken_pushes_are_refused_kept_or_read(account: Account) -> None:
    outcomes = [outcome(account, case) for case in cases(account, 4000)]
    assert {"refused", "kept", "read"} == set(outcomes)
    assert outcomes.count("refused") > 1500


def test_the_same_in_plain_mode_is_kept_or_read(plain_account: Account, account: Account) -> None:
    signature = sign(plain_account.token, STAMP, NONCE)
    query = {"timestamp": STAMP, "nonce": NONCE, "signature": signature}
    dice = random.Random(7)
    for index in range(1000):
        _, body = CLASSES[index % len(CLASSES)](dice, account)
        assert outcome(plain_account, (query, body)) in {"kept", "read"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<xml>" + "<a>" * 9000 + "</a>" * 9000 + "</xml>",
        "<xml>" + "<a/>" * 11_000 + "</xml>",
        "<xml>" + "&lt;" * 11_000 + "</xml>",
        "<xml><a>" + "]]" * 22_000 + "</a></xml>",
    ],
    ids=["deep", "many", "escaped", "brackets"],
)
def test_a_costly_body_within_the_limit_takes_no_noticeable_time(
    hostile: str, account: Account, plain_account: Account
) -> None:
    signature = sign(plain_account.token, STAMP, NONCE)
    query = {"timestamp": STAMP, "nonce": NONCE, "signature": signature}
    started = time.process_time()
    outcome(plain_account, (query, hostile.encode()))
    assert time.process_time() - started < 1.0


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(max_size=300), st.text(max_size=40), st.binary(max_size=300))
def test_no_text_query_or_body_raises_anything_else(text: str, value: str, body: bytes) -> None:
    account = Account("", "wx1", "s", "t", "A" * 43)
    usable = text.encode("utf-8", "ignore").decode()
    assert outcome(account, sealed(usable, account)) in {"kept", "read"}
    for query in ({"timestamp": value, "nonce": value, "msg_signature": value}, {value: value}):
        assert outcome(account, (query, body)) == "refused"


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.dictionaries(
        st.sampled_from(TAGS[:-1]), st.text(st.characters(codec="utf-8"), max_size=80), max_size=12
    )
)
def test_any_values_in_any_fields_are_read_or_kept(fields: dict[str, str]) -> None:
    account = Account("", "wx1", "s", "t", "A" * 43)
    assert outcome(account, sealed(render_xml(fields), account)) in {"kept", "read"}


def test_a_refused_push_says_nothing_of_the_secret(
    account: Account, side: WeChatSide, clock: Callable[[], datetime]
) -> None:
    push = side.compose_text("oAnn", "你好")
    with pytest.raises(Refused) as caught:
        read_push(account, {**push.query, "nonce": "1"}, push.body, now=clock())
    assert account.token not in str(caught.value)
