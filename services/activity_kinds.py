"""What volunteer activities are about; volunteers name the same things as their interests."""

from __future__ import annotations

import re

KINDS = {
    "clean": "清洁环保",
    "elder": "助老陪伴",
    "child": "助学护苗",
    "health": "义诊健康",
    "patrol": "平安巡逻",
    "repair": "便民维修",
    "culture": "文体活动",
    "teach": "宣讲讲座",
    "other": "其他活动",
}
_WORDS = {
    "clean": r"清洁|打扫|扫楼|环保|垃圾|卫生|清理|捡|净滩|种树|绿化|大扫除",
    "elder": r"助老|陪老人|老人|敬老|探望|陪伴|送餐|助餐|剪头|理发",
    "child": r"助学|孩子|儿童|辅导|作业|护学|四点半|读书|亲子",
    "health": r"义诊|健康|体检|量血压|急救|献血|医",
    "patrol": r"巡逻|平安|治安|站岗|值守|消防|交通|文明岗",
    "repair": r"维修|修理|家电|磨刀|便民|修车|缝补",
    "culture": r"文体|唱歌|合唱|跳舞|舞蹈|写春联|包粽子|包饺子|联欢|演出|运动|太极|书法",
    "teach": r"讲座|宣讲|宣传|培训|反诈|科普|课",
}
_PATTERNS = {kind: re.compile(words) for kind, words in _WORDS.items()}


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds that a text speaks of, in the order of the list."""
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))
