"""Places, moments, phones, amounts and choices found in messages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from intents.amounts import find_options, find_phones, find_quantities
from intents.entities import extract
from intents.places import Gazetteer, PlaceEntry
from intents.times import SHANGHAI, find_times

NOW = datetime(2025, 3, 5, 2, 0, tzinfo=UTC)  # Wednesday, ten in the morning in Shanghai

TREE = [
    PlaceEntry("s", "和平街道", (), None, "street"),
    PlaceEntry("c1", "桂花苑小区", ("桂花苑",), "s", "community"),
    PlaceEntry("c1b3", "3栋", (), "c1", "building"),
    PlaceEntry("c1b3u2", "2单元", (), "c1b3", "unit"),
    PlaceEntry("c1sq", "中心小广场", ("小广场",), "c1", "landmark"),
    PlaceEntry("c2", "翠湖家园", (), "s", "community"),
    PlaceEntry("c2b3", "3号楼", (), "c2", "building"),
    PlaceEntry("c2b9", "9号楼", (), "c2", "building"),
    PlaceEntry("c2ba", "A座", (), "c2", "building"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(TREE)


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("3栋2单元三楼的灯坏了", "c1b3u2", "3楼"),
        ("桂花苑三号楼二单元301漏水", "c1b3u2", "301"),
        ("桂花苑3-2-301没水", "c1b3u2", "301"),
        ("桂花3栋门口", "c1b3", ""),
        ("翠湖3号楼", "c2b3", ""),
        ("翠湖家园A座电梯", "c2ba", ""),
        ("9号楼后面", "c2b9", ""),
        ("贵花苑垃圾没人收", "c1", ""),
        ("翠胡家园路灯不亮", "c2", ""),
        ("小广场太吵", "c1sq", ""),
        ("翠湖家园9号楼4单元", "c2b9", "4单元"),
    ],
)
def test_place_is_found(gazetteer: Gazetteer, text: str, code: str, detail: str) -> None:
    """Numbers, Chinese numerals, dashes, partial names, homophones, typos and landmarks."""
    found = gazetteer.find(text)
    assert found
    assert (found[0].code, found[0].detail) == (code, detail)


def test_ambiguous_building_is_returned_once_a_community(gazetteer: Gazetteer) -> None:
    """Two communities have a third building: both, and neither is certain."""
    found = gazetteer.find("3栋的灯坏了")
    assert {match.code for match in found} == {"c1b3", "c2b3"}
    assert all(match.score < 0.6 for match in found)


def test_no_place_in_ordinary_words(gazetteer: Gazetteer) -> None:
    """Words and amounts are not taken for places."""
    assert gazetteer.find("我要换3桶油，今天2点去拿") == []


@pytest.mark.parametrize(
    ("text", "moment", "clock"),
    [
        ("明天下午三点", "2025-03-06 15:00", True),
        ("周六早上8:30", "2025-03-08 08:30", True),
        ("下周三", "2025-03-12 00:00", False),
        ("3月5号晚上七点半", "2025-03-05 19:30", True),
        ("两天后", "2025-03-07 00:00", False),
        ("半小时后", "2025-03-05 10:30", True),
        ("今晚", "2025-03-05 19:00", False),
        ("昨儿个夜里两点", "2025-03-04 02:00", True),
        ("后儿个", "2025-03-07 00:00", False),
        ("下个月5号", "2025-04-05 00:00", False),
        ("这个月二十号上午", "2025-03-20 09:00", False),
        ("月底", "2025-03-31 00:00", False),
        ("下月底", "2025-04-30 00:00", False),
        ("昨晚十二点", "2025-03-05 00:00", True),
        ("三点", "2025-03-05 15:00", True),
        ("9点一刻", "2025-03-06 09:15", True),
        ("上周五", "2025-02-28 00:00", False),
        ("15号", "2025-03-15 00:00", False),
        ("2号", "2025-04-02 00:00", False),
        ("2025年4月1日上午9点", "2025-04-01 09:00", True),
        ("礼拜天", "2025-03-09 00:00", False),
        ("明早七点", "2025-03-06 07:00", True),
        ("中午一点", "2025-03-05 13:00", True),
        ("大后天", "2025-03-08 00:00", False),
    ],
)
def test_moment_is_understood(text: str, moment: str, clock: bool) -> None:
    """Days and clock times as spoken, in Shanghai, reckoned from a Wednesday morning."""
    (found,) = find_times(text, NOW)
    assert found.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == moment
    assert found.clock is clock
    assert found.at.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    "text", ["一点都不好", "3号楼漏水", "坏了好几天", "有点吵", "十三月四十号"]
)
def test_no_moment_where_none_is_named(text: str) -> None:
    """Amounts, houses, idioms and impossible dates are no moments."""
    assert find_times(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("电话138 1234 5678", ["13812345678"]),
        ("幺三八幺二三四五六七八", ["13812345678"]),
        ("幺三八零零幺三八零零零", ["13800138000"]),
        ("+86 13812345678", ["13812345678"]),
        ("0571-87654321", ["057187654321"]),
        ("编号1042-9", []),
        ("138123456789", []),
    ],
)
def test_phones(text: str, phones: list[str]) -> None:
    """Mobile and landline numbers, with separators or dictated."""
    assert find_phones(text) == phones


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("换两桶油", "2", "桶"),
        ("28.6万元", "286000", "元"),
        ("一个半小时", "1.5", "小时"),
        ("半小时", "0.5", "小时"),
        ("一百二十分", "120", "分"),
        ("三块五", "3", "元"),
        ("两个钟头", "2", "小时"),
        ("98.32平米", "98.32", "平米"),
    ],
)
def test_quantities(text: str, value: str, unit: str) -> None:
    """Counted amounts in digits or Chinese with their unit."""
    (found,) = find_quantities(text)
    assert (found.value, found.unit) == (Decimal(value), unit)


def test_about_so_many_is_no_quantity() -> None:
    """五六个 is neither 56 nor a number to act upon."""
    assert find_quantities("来了五六个人，等了三四天") == []


@pytest.mark.parametrize(
    ("text", "numbers", "stance"),
    [
        ("选第二个", (2,), None),
        ("1 3 5", (1, 3, 5), None),
        ("1、3", (1, 3), None),
        ("方案B", (2,), None),
        ("选二和四", (2, 4), None),
        ("a和c", (1, 3), None),
        ("选一三五", (1, 3, 5), None),
        ("第一个和第三个", (1, 3), None),
        ("我同意", (), "agree"),
        ("不同意", (), "disagree"),
        ("我反对", (), "disagree"),
        ("弃权", (), "abstain"),
        ("路灯坏了", (), None),
    ],
)
def test_choices(text: str, numbers: tuple[int, ...], stance: str | None) -> None:
    """Numbers, ordinals, letters and stances of a ballot."""
    found = find_options(text)
    assert (found.numbers, found.stance) == (numbers, stance)


def test_everything_at_once(gazetteer: Gazetteer) -> None:
    """One message fills several kinds, and the plain form leaves the empty ones out."""
    found = extract("桂花苑3栋明天上午9点，电话13812345678", gazetteer=gazetteer, now=NOW)
    plain = found.as_json()
    assert set(plain) == {"places", "times", "phones"}
    assert extract("我家楼下的灯", gazetteer=None, now=NOW).at_home
    assert extract("", gazetteer=None, now=NOW).as_json() == {}
