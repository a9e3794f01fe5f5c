"""Names of places learned from texts."""

from __future__ import annotations

from hotspots.places import PlaceNames
from hotspots.terms import terms_of


def words(text: str) -> tuple[str, ...]:
    return terms_of(text).sequence


def learned(*texts: str) -> PlaceNames:
    return PlaceNames.learn([words(text) for text in texts])


def test_a_name_that_no_dictionary_has_is_learned() -> None:
    names = learned(
        "丽发新城太吵", "投诉丽发新城搅拌站", "我住在丽发新城小区", "暮云街道丽发新城有粉尘"
    )
    assert names.find(words("请到丽发新城来看看")) == ["丽发新城"]


def test_a_name_with_the_word_for_estate_is_the_same_place() -> None:
    names = learned(
        "丽发新城吵", "我家在丽发新城小区", "丽发新城小区吵", "投诉丽发新城小区", "去丽发新城"
    )
    assert names.find(words("丽发新城小区很吵")) == ["丽发新城"]


def test_a_part_stands_for_the_whole_name_despite_a_dot_within() -> None:
    names = learned(
        "伊景园滨河苑车位", "投诉伊景园·滨河苑", "在伊景园.滨河苑买房", "我们伊景园滨河苑"
    )
    assert names.find(words("伊景园的车位")) == ["伊景园滨河苑"]


def test_kinds_of_places_are_no_names() -> None:
    """我们小区, 道路 and 政府 come back often and name nothing."""
    names = learned(
        *["我们小区的道路坏了，请政府修", "小区道路没人管，政府不理", "这个小区的马路，问政府"] * 2
    )
    assert names.find(words("我们小区门口的道路归政府管")) == []


def test_a_name_used_once_or_only_in_copies_is_not_learned() -> None:
    assert learned("荷花里苑漏水", "电梯坏", "路灯坏").find(words("荷花里苑漏水")) == []
    assert learned(*["区域不宜临路建设"] * 5).find(words("区域不宜临路建设")) == []
