"""What messages about activities say: the deed, the day, the kind, for whom."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.volunteer import rule
from handlers.volunteer_attend import code_in
from handlers.volunteer_wish import _when, deed_of, for_whom
from intents.normalise import normalise
from tests.volunteers.people import NOW


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("报名周六上午的清洁活动", "join"),
        ("周六的活动我去不了了", "cancel"),
        ("帮我妈报名周六的义诊", "others"),
        ("替隔壁王阿姨报个名", "others"),
        ("我的志愿时长有多少", "hours"),
        ("给我开个志愿证明", "certificate"),
        ("怎么签到", "check"),
        ("我报了哪些活动", "mine"),
        ("我想当志愿者", "register"),
        ("这周有什么活动", "find"),
    ],
)
def test_the_deed_is_told_by_the_words(text: str, deed: str) -> None:
    """One intent, ten deeds."""
    assert deed_of(text) == deed


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("周六上午", (date(2026, 3, 7), date(2026, 3, 7), "morning")),
        ("明天下午三点的活动", (date(2026, 3, 5), date(2026, 3, 5), "afternoon")),
        ("这周末", (date(2026, 3, 7), date(2026, 3, 8), "")),
        ("下周末", (date(2026, 3, 14), date(2026, 3, 15), "")),
        ("这周有什么活动", (date(2026, 3, 4), date(2026, 3, 8), "")),
        ("下个星期", (date(2026, 3, 9), date(2026, 3, 15), "")),
        ("有什么活动", (None, None, "")),
    ],
)
def test_days_are_understood(text: str, span: tuple[date | None, date | None, str]) -> None:
    """Reckoned from Wednesday, 4 March 2026."""
    wish = _when(normalise(text), NOW)
    assert (wish.first, wish.last, wish.part) == span


@pytest.mark.parametrize(
    "text", ["帮我妈报名", "有没有志愿活动", "报名周六的义诊活动", "4821", "签到 4821"]
)
def test_what_surely_is_about_activities_is_taken(text: str) -> None:
    assert rule(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "老年大学报名要什么条件",
            "幼儿园报名活动什么时候",
            "活动室晚上太吵了",
            "2号楼活动中心有人吵",
        ),
        *("1042-7", "13800138000", "3栋402", "1", "2026", "帮我反映一下"),
    ],
)
def test_other_matters_are_left_alone(text: str) -> None:
    """Other things have sign-ups and activities too; a year alone is read as a code and told so."""
    assert rule(text) is None or text == "2026"


def test_codes_and_people() -> None:
    """Four digits alone, or with 签到; the one for whom it is."""
    assert (code_in("签到４８２１。"), code_in("48217"), code_in("我家4821")) == (
        "4821",
        None,
        None,
    )
    assert (for_whom("帮我妈报名"), for_whom("报名义诊")) == ("我妈", "")
