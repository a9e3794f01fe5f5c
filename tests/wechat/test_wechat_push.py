"""What the webhook takes for genuine, and what it makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.wechat.account import Account, AccountError
from bot.wechat.push import BODY_LIMIT, WINDOW, Push, Refused, read_push, verify_server
from bot.wechat.replay import ReplayGuard
from demo.fake.seal import seal, sign
from demo.wechat_side import SignedPush, WeChatSide
from dialogue.messages import Incoming, Kind
from tests.shared_data import shared_data

OLD_KEY = "Z" * 43
Clock = Callable[[], datetime]
HEAD = "<ToUserName>gh_demo</ToUserName><FromUserName>oAnn</FromUserName>"
EVENT_HEAD = f"{HEAD}<CreateTime>1772415000</CreateTime><MsgType>event</MsgType>"


@pytest.fixture
def read(account: Account, clock: Clock) -> Callable[[SignedPush], Push]:
    def reading(push: SignedPush) -> Push:
        return read_push(account, push.query, push.body, now=clock())

    return reading


@pytest.fixture
def told(read: Callable[[SignedPush], Push]) -> Callable[[SignedPush], Incoming]:
    def telling(push: SignedPush) -> Incoming:
        incoming = read(push).incoming
        assert incoming is not None
        return incoming

    return telling


def refusal(account: Account, push: SignedPush, now: datetime, **change: str) -> int:
    with pytest.raises(Refused) as caught:
        read_push(account, {**push.query, **change}, push.body, now=now)
    return caught.value.status


def test_an_account_without_token_is_refused_with_the_remedy() -> None:
    with pytest.raises(AccountError, match="服务器配置"):
        Account(code="", appid="wx1", secret="s", token="  ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"aes_key": "short"},
        {"aes_key": "!" * 43},
        {"previous_aes_key": "A" * 43},
        {"appid": ""},
        {"api_base": "ftp://x"},
        {"capabilities": frozenset({"fly"})},
    ],
)
def test_an_account_with_useless_settings_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(AccountError):
        Account(**{"code": "", "appid": "wx1", "secret": "s", "token": "t", **wrong})  # type: ignore[arg-type]


def test_secrets_do_not_show_in_the_account_s_text(account: Account) -> None:
    shown = repr(account)
    assert not any(secret in shown for secret in (account.secret, account.token, account.aes_key))


def test_every_sample_in_secure_mode_is_read_or_kept(
    side: WeChatSide, read: Callable[[SignedPush], Push]
) -> None:
    names = {path.stem: path for path in shared_data("wechat").glob("*.xml")}
    assert len(names) >= 120
    unread = set()
    for name, path in names.items():
        push = read(side.compose_xml(path.read_text(encoding="utf-8")))
        if push.incoming is None:
            unread.add(name)
            continue
        assert push.incoming.openid
        assert 10 < len(push.incoming.key) <= 80
        assert (push.incoming.kind is Kind.EVENT) == name.startswith("event")
    # envelopes inside an envelope, and a card event that is about nobody
    assert {name for name in unread if "encrypted" not in name} == {
        "event-card_sku_remind.werobot.1"
    }


def test_samples_of_one_type_tell_what_the_documentation_says(
    side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    def sample(name: str) -> Incoming:
        text = shared_data(f"wechat/{name}.xml").read_text(encoding="utf-8")
        return told(side.compose_xml(text))

    assert sample("msg-location.wechatpy.3").latitude == pytest.approx(23.134521)
    assert sample("msg-location.wechatpy.3").text == "位置信息"
    assert sample("event-LOCATION.wechatpy.1").longitude == pytest.approx(113.352425)
    assert sample("event-location_select.wechatpy.1").text == "广州市海珠区客村艺苑路 106号"
    assert sample("msg-link.wechatpy.1").text == "公众平台官网链接\nurl"
    assert sample("msg-voice_recognition.werobot.1").text == "Meow~"
    assert sample("msg-shortvideo.werobot.1").kind is Kind.VIDEO
    assert sample("msg-text.bizmsgmenuid_2026").detail["bizmsgmenuid"] == "0"
    scanned = sample("event-scancode_waitmsg.werobot.2").detail
    assert scanned["ScanCodeInfo.ScanResult"] == "http://www.qq.com"
    two = sample("event-subscribe_msg_popup_event.official_two_items").detail
    assert two["SubscribeMsgPopupEvent.List.1.SubscribeStatusString"] == "reject"
    one = sample("event-subscribe_msg_change_event.wechatpy.1").detail
    assert one["SubscribeMsgChangeEvent.List.0.SubscribeStatusString"] == "reject"


@pytest.mark.parametrize("name", ["revoke", "cancellation"])
def test_a_withdrawn_authorisation_is_about_the_person_in_openid(
    name: str, side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    path = shared_data(f"wechat/event-user_authorization_{name}.doc.xml")
    incoming = told(side.compose_xml(path.read_text(encoding="utf-8")))
    assert incoming.event == f"user_authorization_{name}"
    assert incoming.openid == "owAqB1nqaOYYWl0Ng484G2z5NIwU"


@pytest.mark.parametrize(
    ("event_key", "scene"),
    [
        ("qrscene_grid:G1", "grid:G1"),
        ("qrscene_", ""),
        ("last_trade_no_400807200120170110", ""),
        ("scanbarcode|ean13|690", ""),
        ("", ""),
    ],
)
def test_only_a_qr_code_of_ours_gives_a_subscription_a_scene(
    event_key: str, scene: str, side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    incoming = told(side.compose_event("oAnn", "subscribe", {"EventKey": event_key}))
    assert (incoming.event, incoming.event_key) == ("subscribe", scene)


@pytest.mark.parametrize(
    "text", ["𠮷𪚥𫝀", "👵🏼👨‍👩‍👧", "a]]>b", "<b>&amp;", "第一行\n第二行", "①"]
)
def test_words_of_any_plane_arrive_as_they_were_written(
    text: str, side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    assert told(side.compose_text("oAnn", text)).text == text


def test_a_repeat_has_the_same_key_and_another_message_another(
    side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    push = side.compose_text("oAnn", "你好", msgid=42)
    image = side.compose_image("oAnn", "media", msgid=42)
    assert told(side.again(push)).key == told(push).key == "text:42"
    assert told(side.compose_text("oAnn", "你好")).key != told(push).key
    assert told(image).key != told(push).key


def test_events_differ_by_person_time_name_key_and_number(
    side: WeChatSide, told: Callable[[SignedPush], Incoming], clock: Clock
) -> None:
    clicks = [side.compose_click("oAnn", "a"), side.compose_click("oAnn", "b")]
    clicks += [side.compose_click("oBob", "a"), side.compose_scan("oAnn", "a")]
    clicks += [
        side.compose_event("oAnn", "TEMPLATESENDJOBFINISH", {"MsgID": number, "Status": "success"})
        for number in ("1", "2")
    ]
    assert len({told(push).key for push in clicks}) == len(clicks)
    assert told(side.again(clicks[0])).key == told(clicks[0]).key


def test_a_message_without_number_is_known_by_its_content(
    side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    xml = f"<xml>{HEAD}<MsgType>text</MsgType><Content>{{}}</Content></xml>"
    first, second = (told(side.compose_xml(xml.format(word))).key for word in "ab")
    assert first != second
    assert first == told(side.compose_xml(xml.format("a"))).key


def test_a_missing_or_impossible_time_is_the_time_of_arrival(
    side: WeChatSide, told: Callable[[SignedPush], Incoming], clock: Clock
) -> None:
    for seconds in ("", "-1", "99999999999", "1e9", "四"):
        xml = f"<xml>{HEAD}<CreateTime>{seconds}</CreateTime><MsgType>text</MsgType></xml>"
        assert told(side.compose_xml(xml)).sent_at == clock()


def test_repeated_and_nested_fields_are_read_as_absent(
    side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    doubled = told(
        side.compose_xml(
            f"<xml>{EVENT_HEAD}<Event>CLICK</Event><EventKey>a</EventKey><EventKey>b</EventKey></xml>"
        )
    )
    nested = told(
        side.compose_xml(
            f"<xml>{HEAD}<MsgType>text</MsgType><Content><Content>x</Content></Content></xml>"
        )
    )
    assert (doubled.event_key, nested.text) == ("", "")


def test_coordinates_outside_the_earth_are_no_place(
    side: WeChatSide, told: Callable[[SignedPush], Incoming]
) -> None:
    for latitude, longitude in ((91.0, 120.0), (30.0, 181.0), (float("nan"), 1.0)):
        incoming = told(side.compose_location("oAnn", latitude, longitude, "某处"))
        assert (incoming.latitude, incoming.longitude) == (None, None)


def test_a_plain_push_is_refused_where_secure_mode_is_set(
    account: Account, plain_side: WeChatSide, clock: Clock
) -> None:
    assert refusal(account, plain_side.compose_text("oAnn", "你好"), clock()) == 403


def test_the_plain_part_of_compatible_mode_is_not_read_in_secure_mode(
    account: Account, side: WeChatSide, clock: Clock
) -> None:
    push = side.compose_text("oAnn", "真话")
    forged = push.body.replace(b"</xml>", b"<MsgType>text</MsgType><Content>x</Content></xml>")
    incoming = read_push(account, push.query, forged, now=clock()).incoming
    assert incoming is not None
    assert incoming.text == "真话"


def test_compatible_mode_is_read_by_an_account_without_key(
    plain_account: Account, plain_side: WeChatSide, clock: Clock
) -> None:
    push = plain_side.compose_text("oAnn", "你好")
    both = push.body.replace(b"</xml>", b"<Encrypt>xxxx</Encrypt></xml>")
    incoming = read_push(plain_account, push.query, both, now=clock()).incoming
    assert incoming is not None
    assert incoming.text == "你好"


def test_a_wrong_signature_is_refused(account: Account, side: WeChatSide, clock: Clock) -> None:
    push = side.compose_text("oAnn", "你好")
    for wrong in ("", "0" * 40, "签名", "\ud800", push.query["signature"]):
        assert refusal(account, push, clock(), msg_signature=wrong) == 403
    assert refusal(account, push, clock(), nonce="12345") == 403


@pytest.mark.parametrize(
    "timestamp", ["", "0", "-1772415000", "１７７２４１５０００", "17724150000000000000"]
)
def test_a_malformed_timestamp_is_refused(
    timestamp: str, account: Account, side: WeChatSide, clock: Clock
) -> None:
    assert refusal(account, side.compose_text("oAnn", "你好"), clock(), timestamp=timestamp) == 403


def test_a_body_above_the_limit_is_refused_as_too_large(
    account: Account, side: WeChatSide, clock: Clock
) -> None:
    assert refusal(account, side.compose_text("oAnn", "长" * BODY_LIMIT), clock()) == 413


@pytest.mark.parametrize("offset", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1)])
def test_a_request_recorded_earlier_or_dated_ahead_is_refused(
    offset: timedelta, account: Account, side: WeChatSide, clock: Clock
) -> None:
    assert refusal(account, side.compose_text("oAnn", "你好"), clock() + offset) == 403


def test_the_previous_key_still_opens_and_a_third_does_not(account: Account, clock: Clock) -> None:
    turning = Account(
        "", account.appid, "", account.token, account.aes_key, previous_aes_key=OLD_KEY
    )
    for key in (account.aes_key, OLD_KEY):
        side = WeChatSide(appid=account.appid, token=account.token, aes_key=key, clock=clock)
        push = side.compose_text("oAnn", "你好")
        assert read_push(turning, push.query, push.body, now=clock()).key_used == key
    stranger = WeChatSide(appid=account.appid, token=account.token, aes_key="B" * 43, clock=clock)
    assert refusal(turning, stranger.compose_text("oAnn", "你好"), clock()) == 403


def test_a_push_for_another_account_is_refused(account: Account, clock: Clock) -> None:
    other = WeChatSide(appid="wxother", token=account.token, aes_key=account.aes_key, clock=clock)
    assert refusal(account, other.compose_text("oAnn", "你好"), clock()) == 403


def test_what_is_signed_but_not_readable_is_kept_raw(
    plain_account: Account, plain_side: WeChatSide, clock: Clock
) -> None:
    query = plain_side.compose_text("oAnn", "x").query
    for body in (b"", b"\x00", b"\xff\xfe<xml/>", b"<xml>", b"<xml/>", b"[]", b"<a/><b/>"):
        push = read_push(plain_account, query, body, now=clock())
        assert push.incoming is None
        assert "\x00" not in push.raw


def test_entities_are_not_expanded(read: Callable[[SignedPush], Push], side: WeChatSide) -> None:
    for definition in ('<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/hostname">'):
        xml = (
            f"<!DOCTYPE xml [{definition}]><xml>{HEAD}<MsgType>text</MsgType>"
            "<MsgId>1</MsgId><Content>&a;</Content></xml>"
        )
        assert read(side.compose_xml(xml)).incoming is None


def test_the_verification_echo_is_given_back_unchanged_in_secure_mode_too(
    account: Account, side: WeChatSide
) -> None:
    assert verify_server(account, side.verification("4375120948345356249")) == "4375120948345356249"
    with pytest.raises(Refused):
        verify_server(account, side.verification("<script>"))
    with pytest.raises(Refused):
        verify_server(account, {"echostr": "1"})


def test_an_encrypted_echo_is_decrypted(account: Account, side: WeChatSide) -> None:
    echo = seal("12345", account.aes_key, account.appid)
    query = {"timestamp": "1772415000", "nonce": "7", "echostr": echo}
    query["msg_signature"] = sign(account.token, "1772415000", "7", echo)
    assert verify_server(account, query) == "12345"


def test_a_repeat_with_the_same_nonce_passes_and_another_message_does_not(
    plain_account: Account, plain_side: WeChatSide, clock: Clock
) -> None:
    guard = ReplayGuard()
    query = plain_side.compose_text("oAnn", "真的").query
    genuine, forged = (plain_side.compose_text("oAnn", text) for text in ("真的", "假的"))
    for body, passes in ((genuine.body, True), (genuine.body, True), (forged.body, False)):
        push = read_push(plain_account, query, body, now=clock())
        if passes:
            guard.admit(query, push, now=clock())
            continue
        with pytest.raises(Refused):
            guard.admit(query, push, now=clock())


def test_the_memory_of_nonces_is_bounded_by_number_and_time(
    plain_account: Account, plain_side: WeChatSide
) -> None:
    guard = ReplayGuard(capacity=100)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    push = Push(None, "x", sealed=False)
    for number in range(1000):
        guard.admit({"timestamp": "1772415000", "nonce": str(number)}, push, now=start)
    assert len(guard) <= 100
    guard.admit({"timestamp": "1772415000", "nonce": "new"}, push, now=start + 3 * WINDOW)
    assert len(guard) == 1
