"""Normal form, numerals, ticket numbers and the splitting of messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.normalise import normalise
from intents.numerals import number
from intents.split import split_matters
from intents.tickets import check_digit, find_tickets, format_ticket, parse_ticket


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """The normal form is its own normal form, whatever is typed."""
    plain = normalise(text)
    assert normalise(plain) == plain


@given(st.text(alphabet="三十二号楼單元樓壞了！！[微笑]😡🙏 １２3哈。、", max_size=30))
def test_normalising_twice_changes_nothing_for_what_residents_type(text: str) -> None:
    """The same for the characters that the rules are about."""
    plain = normalise(text)
    assert normalise(plain) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("三號樓二單元燈壞了", "3号楼2单元灯坏了"),
        ("樓道著火，妳瞭解嗎", "楼道着火,你了解吗"),
        ("１０４２－９", "1042-9"),
        ("好好好好好", "好"),
        ("138 1111 1111", "138 1111 1111"),
        ("谢谢[微笑]", "谢谢"),
        ("谢[强]", "谢 赞"),
        ("灯坏了😡", "灯坏了 生气"),
        ("  多   空格 ", "多 空格"),
        ("十二栋一〇一室", "12栋101室"),
        ("一号召大家就来", "一号召大家就来"),
        ("WiFi", "wifi"),
    ],
)
def test_normal_form(written: str, plain: str) -> None:
    """Full width, traditional characters, emoticons, stretching and house numbers."""
    assert normalise(written) == plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("十", 10),
        ("二十一", 21),
        ("一百零五", 105),
        ("两百五", 250),
        ("三千五", 3500),
        ("一万二", 12000),
        ("三〇二", 302),
        ("幺三八", 138),
        ("", None),
        ("楼", None),
    ],
)
def test_numerals(text: str, value: int | None) -> None:
    """Digits, counted numerals, spoken digits and the short form of hundreds."""
    assert number(text) == value


@given(st.integers(min_value=0, max_value=10**9))
def test_ticket_is_read_back(value: int) -> None:
    """What is printed for a resident can be typed back."""
    assert parse_ticket(format_ticket(value)) == (value if value else None)


@given(st.integers(min_value=1, max_value=10**8), st.data())
def test_one_wrong_digit_is_noticed(value: int, data: st.DataObject) -> None:
    """The check digit catches every single wrong digit."""
    digits = str(value)
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    wrong = int(digits[:place] + other + digits[place + 1 :])
    assert check_digit(wrong) != check_digit(value)


@given(st.integers(min_value=10, max_value=10**8), st.data())
def test_two_swapped_neighbours_are_noticed(value: int, data: st.DataObject) -> None:
    """The check digit catches every swap of two neighbouring digits."""
    digits = str(value)
    place = data.draw(st.integers(0, len(digits) - 2))
    a, b = digits[place], digits[place + 1]
    swapped = int(digits[:place] + b + a + digits[place + 2 :])
    assert a == b or check_digit(swapped) != check_digit(value)


def test_published_check_digit() -> None:
    """The example of the thesis: 572 has the check digit 4."""
    assert check_digit(572) == 4
    with pytest.raises(ValueError, match="not negative"):
        check_digit(-1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("帮我查1042-9和1057-3", [1042, 1057] if check_digit(1057) == 3 else [1042]),
        ("1042-8", []),
        ("１０４２—9", [1042]),
        ("3-2-301漏水", []),
        ("电话0571-87654321", []),
        ("我要选3-1这套方案", []),
    ],
)
def test_tickets_in_a_text(text: str, found: list[int]) -> None:
    """Only numbers with the right check digit, and neither houses nor telephones."""
    assert find_tickets(text) == found


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        ("楼道灯坏了，另外垃圾也没人收", ["楼道灯坏了", "垃圾也没人收"]),
        (
            "一是电梯老停，二是物业不接电话，三是门禁坏了",
            ["电梯老停", "物业不接电话", "门禁坏了"],
        ),
        ("路灯坏了好几天", ["路灯坏了好几天"]),
        ("1、灯不亮了 2、漏水严重", ["灯不亮了", "漏水严重"]),
        ("查一下进度，顺便给我补一张照片", ["查一下进度", "给我补一张照片"]),
        ("两件事：楼上天天吵，还有楼下油烟大", ["两件事:楼上天天吵", "楼下油烟大"]),
    ],
)
def test_several_matters(text: str, matters: list[str]) -> None:
    """Words that join or number matters part them; one matter stays whole."""
    assert split_matters(text) == matters
