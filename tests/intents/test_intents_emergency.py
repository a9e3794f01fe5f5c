"""Danger is recognised, and what only sounds dangerous is let pass."""

from __future__ import annotations

import pytest

from intents.emergency import emergency


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("着火了快来人", "fire"),
        ("楼道里好大煤气味", "gas"),
        ("燃气管道嘶嘶漏气", "gas"),
        ("有人触电了", "electric"),
        ("我不想活了", "self_harm"),
        ("老公喝醉了在打我", "violence"),
        ("以前他也打过，现在又打我了", "violence"),
        ("我妈被困在电梯里", "trapped"),
        ("老人摔倒了起不来", "medical"),
        ("没人管，老人困在电梯里", "trapped"),
        ("电梯里没有人应，快来", "trapped"),
        ("有人晕倒了", "medical"),
        ("老人摔倒了，怕摔坏了", "medical"),
        ("井盖松了，有人掉下去了", "medical"),
        ("樓上著火了", "fire"),
        ("车棚那排插座正往外冒火", "fire"),
        ("厨房失火了，快来", "fire"),
        ("🔥🔥🔥7栋", "fire"),
        ("煤汽漏了", "gas"),
        ("她骑在栏杆外面，脚悬空", "self_harm"),
        ("他掐住我妹妹的脖子", "violence"),
        ("陌生男人堵在我家门口不走", "violence"),
        ("小孩掉进井里了", "trapped"),
        ("外公嘴歪了，左边胳膊抬不起来", "medical"),
        ("刀割到大腿，血止不住", "medical"),
    ],
)
def test_danger_is_named(text: str, kind: str) -> None:
    """Each kind of danger by the words residents use."""
    found = emergency(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "井盖松了，踩上去哐当响，怕有人掉下去",
        "地滑，怕老人摔倒",
        "路上有个坑，小心摔着",
        "灭火器过期了",
        "怎么报火警",
        "消防通道被堵了",
        "煤气费怎么交",
        "什么时候有消防演练",
        "急救培训班还能报吗",
        "没有着火，是烧烤摊的烟味",
        "如果着火了怎么办",
        "去年着火的那家装修好了",
        "电梯坏了来修",
        "笑死我了",
        "反家暴讲座报名",
        "电动车飞线充电怕着火",
        "周末有人一起吃火锅吗",
        "我要打人工客服",
        "没人困住，二号梯停在五楼",
        "电梯停在五楼，里面没人",
        "点了提交没反应",
        "电梯门关得太快，推婴儿车来不及",
        "电梯里天天有人抽烟",
        "一个人搬不动，要人搭把手",
        "请打我家座机",
        "炸了一锅丸子，邻居来尝",
        "煤气泄漏打哪个电话，先存着备用",
        "走廊的广告气得我冒火",
        "我要举报惠民资金被人私吞了",
        "你好",
        "",
    ],
)
def test_calm_words_are_no_danger(text: str) -> None:
    """Questions, memories, fears, trainings, negations and everyday words."""
    assert emergency(text) is None
