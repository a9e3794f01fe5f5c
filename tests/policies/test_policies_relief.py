"""Which questions are answered with the offer to apply for help."""

from __future__ import annotations

import pytest

from handlers import relief
from handlers.kit import Choice, Say


@pytest.mark.parametrize(
    "words",
    [
        "低保怎么申请",
        "临时救助要什么材料",
        "没钱看病怎么办",
        "家里揭不开锅了",
        "困难补助找谁",
        "五保户条件",
    ],
)
def test_questions_about_need_are_heard(words: str) -> None:
    assert relief.is_about(words)


@pytest.mark.parametrize(
    "words", ["老年证要带什么", "停车难怎么办", "走路困难的老人能不能坐公交", "救护车电话"]
)
def test_other_questions_are_not(words: str) -> None:
    assert not relief.is_about(words)


def test_the_offer_is_the_last_choice_and_made_once() -> None:
    said = relief.with_offer(Say("转给工作人员了。"))
    assert said.choices == (relief.APPLY,)
    assert said.way_out == "不用了"
    assert relief.with_offer(said) == said
    many = Say(
        "哪一件？", tuple(Choice(str(n), "policy.entry") for n in range(9)), way_out="不问了"
    )
    assert len(relief.with_offer(many).choices) == 9
    assert relief.with_offer(many).way_out == "不问了"
