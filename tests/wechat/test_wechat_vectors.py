"""The official examples of signatures and encryption."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.wechat import codec
from bot.wechat.account import Account
from bot.wechat.push import Refused, read_push, verify_server
from demo.fake.seal import seal, sign, unseal
from tests.shared_data import shared_data


@pytest.fixture
def vectors() -> dict[str, Any]:
    text = shared_data("wechat/OFFICIAL_VECTORS.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def official_account(vector: dict[str, str]) -> Account:
    return Account("", vector["appid"], "", vector["token"], vector["EncodingAESKey"])


def test_the_official_verification_requests_are_answered_with_their_echo(
    vectors: dict[str, Any],
) -> None:
    for vector in vectors["plain_verify"]:
        account = Account("", "wx", "", vector["token"])
        query = {"echostr": "4375120948345356249", **vector}
        assert verify_server(account, query) == query["echostr"]
        with pytest.raises(Refused):
            verify_server(account, {**query, "nonce": "1"})


def test_the_official_push_decrypts_and_is_kept_though_it_is_json(vectors: dict[str, Any]) -> None:
    vector = vectors["secure_push"]
    body = f"<xml><Encrypt><![CDATA[{vector['Encrypt']}]]></Encrypt></xml>".encode()
    at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    push = read_push(official_account(vector), vector, body, now=at)
    assert push.incoming is None
    assert json.loads(push.raw)["debug_str"] == "hello world"


def test_the_official_reply_has_our_signature_and_our_plain_text(vectors: dict[str, Any]) -> None:
    push, reply = vectors["secure_push"], vectors["secure_reply"]
    stamp = (push["token"], reply["timestamp"], reply["nonce"], reply["Encrypt"])
    plain = codec.decrypt(reply["Encrypt"], push["EncodingAESKey"], push["appid"])
    assert codec.signature(*stamp) == sign(*stamp) == reply["MsgSignature"]
    assert plain.decode() == reply["plain"]


@pytest.mark.parametrize("text", ["", "x" * 11, "您好，𠮷野家👵🏼", "字" * 5000])
def test_either_side_decrypts_what_the_other_encrypted(text: str) -> None:
    key, appid = "A" * 43, "wx1"
    assert codec.decrypt(seal(text, key, appid), key, appid).decode() == text
    assert unseal(codec.encrypt(text, key, appid), key, appid) == text
