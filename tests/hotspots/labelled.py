"""Which messages of the third-party file are about the same matter, by stated keyword rules.

A message belongs to the first matter whose place and subject both occur in its title or body.
The first two matters are those on which independent teams agree. The others were picked from the
engine's own list, so they say less about what it misses; who belongs to them is decided by the
rule alone. Messages that share only the place serve as near misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hotspots.records import Message

MIXER = "丽发新城 搅拌站"
PARKING = "伊景园滨河苑 捆绑车位"

MATTERS = {
    MIXER: ("丽发新城", "搅拌|水泥|噪音|粉尘|污染"),
    PARKING: ("伊景园", "车位"),
    "魅力之城 油烟": ("魅力之城", "油烟|夜宵|烟道|排烟"),
    "月亮岛 高压线": ("月亮岛", "高压"),
    "老地方美食广场": ("老地方", "招商|消防|无证"),
    "青山新村 烟道": ("青青家园|青山新村", "烟道|住改商"),
    "绿地海外滩 高铁": ("海外滩", "高铁"),
    "辉煌国际城 商铺": ("辉煌国际城", "商铺|饭店|餐饮"),
    "58车贷": ("58车", "贷|货"),
    "泉星公园 规划": ("泉星公园", "规划|景观"),
    "凉塘路 旧城改造": ("凉塘路", "改造"),
    "茶场村 拆迁": ("茶场村", "拆迁|规划"),
    "诺亚山林 医院": ("诺亚山林", "医院"),
    "中茂城 退款": ("中茂城", "购房资金|血汗钱"),
    "凯乐国际城 停车": ("凯乐国际城", "乱停|停车"),
    "保利大都汇": ("保利大都汇", "调规|虚假"),
    "南塘 公交站": ("南塘", "公交"),
    "中贸城 退款": ("中贸城", "购房资金|业主资金"),
    "805路 改道": ("805路", "木莲"),
    "中海国际社区 施工": ("中海国际社区", "施工"),
}


def members(messages: Iterable[Message]) -> dict[str, set[str]]:
    """For each matter the ids of its messages."""
    found: dict[str, set[str]] = {matter: set() for matter in MATTERS}
    for message in messages:
        text = message.title + message.text
        matter = next((m for m, rule in MATTERS.items() if all(_in(r, text) for r in rule)), None)
        if matter is not None:
            found[matter].add(message.id)
    return found


def _in(rule: str, text: str) -> bool:
    return re.search(rule, text) is not None


def pairwise(found: Iterable[str], truth: Iterable[str]) -> tuple[float, float]:
    """Precision and recall over pairs of messages put together."""
    both, ours, theirs = set(found) & set(truth), set(found), set(truth)
    right = _pairs(len(both))
    return right / max(_pairs(len(ours)), 1), right / max(_pairs(len(theirs)), 1)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
