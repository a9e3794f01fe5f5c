"""Open cases like a new report."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.hotspots import asked, rates
from commands.hotspots import read_messages
from hotspots.records import OpenCase
from hotspots.similar import THRESHOLD, likeness, suggest
from tests.hotspots.labelled import members
from tests.shared_data import shared_data

CASES = (
    OpenCase("1", "3号楼电梯坏了，老人下不了楼", "/jd/guihua/g1/"),
    OpenCase("2", "电梯三天没有修，老人上下楼困难", "/jd/guihua/"),
    OpenCase("3", "电梯坏了，老人下不了楼", "/jd/heping/"),
    OpenCase("4", "垃圾桶没有人清理，很臭", "/jd/guihua/g1/"),
    OpenCase("5", "夜里烧烤摊油烟扰民", "/jd/guihua/g2/"),
)


def ids(text: str, place: str, limit: int = 3) -> list[str]:
    return [found.id for found in suggest(text, place, CASES, limit)]


def test_the_same_matter_at_the_same_place_is_suggested() -> None:
    """A grid within the community counts as the same place, the neighbouring community does not."""
    assert set(ids("电梯又坏了，老人下不了楼", "/jd/guihua/g1/")) == {"1", "2"}


def test_another_matter_at_the_same_place_is_not_suggested() -> None:
    assert ids("路灯不亮，晚上看不见", "/jd/guihua/g1/") == []


def test_places_by_name_contain_each_other() -> None:
    cases = [OpenCase("1", "搅拌站噪音扰民", "丽发新城"), OpenCase("2", "搅拌站噪音扰民", "桂花苑")]
    found = suggest("搅拌站噪音太大，扰民", "丽发新城小区", cases)
    assert [case.id for case in found] == ["1"]


def test_without_a_place_any_case_may_be_meant_but_must_be_more_alike() -> None:
    everywhere = suggest("电梯坏了，老人下不了楼", "", CASES, 5)
    assert {case.id for case in everywhere} >= {"1", "3"}
    assert min(case.score for case in everywhere) >= 1.2 * THRESHOLD


def test_nothing_open_and_nothing_said_give_nothing() -> None:
    assert suggest("电梯坏了", "", []) == []
    assert suggest("", "/jd/guihua/", CASES) == []


@settings(deadline=None, max_examples=50)
@given(st.permutations(CASES), st.text(max_size=20), st.integers(0, 4))
def test_suggestions_do_not_depend_on_the_order_of_cases(
    cases: list[OpenCase], text: str, limit: int
) -> None:
    """At most `limit`, best first, scores within 0–1, the same for any order."""
    found = suggest(f"电梯坏了{text}", "/jd/guihua/", cases, limit)
    assert found == suggest(f"电梯坏了{text}", "/jd/guihua/", CASES, limit)
    assert len(found) <= limit
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert all(0 <= c.score <= 1 for c in found)


def test_recall_and_false_suggestions_on_labelled_matters() -> None:
    """Against 2 000 cases: recall@3 at least .85, something wrong for at most .15."""
    told = read_messages(shared_data("messages/hot.csv"))
    measured = rates(
        list(asked(told, members(told), place_known=True, thresholds=[THRESHOLD])), THRESHOLD
    )
    assert measured["recall@3"] >= 0.85
    assert measured["false_rate"] <= 0.15


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_mutual_and_between_nothing_and_one(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 1 + 1e-9
