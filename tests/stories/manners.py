"""The countable part of docs/how-the-bot-speaks.md, held over every text the bot says."""

from __future__ import annotations

import re

MOST_BYTES = 2048
MOST_CHARACTERS = 420
MOST_LINES = 14
LONGEST_LINE = 170
JARGON = (
    *(
        "系统",
        "工单",
        "流程",
        "表单",
        "会话",
        "用户",
        "参数",
        "异常",
        "无效",
        "非法",
        "操作",
        "点击",
    ),
    *("后台", "服务器", "识别", "意图", "提交成功", "指令", "数据库", "转接", "自助服务", "输入"),
)
PROMISES = ("保证", "一定会", "马上派", "已派人", "尽快", "立即处理", "包您", "肯定能")
_ITEM = re.compile(r"(?:^|　)([0-9]) (?=[^\s])", re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*”|^(?:[1-9] )?[【〔].*$", re.MULTILINE)
_SAID = re.compile(r"“[^”]*”")
_ASKS = re.compile(r"[？?]|^请(?:说|发|问)|(?<=。)请(?:说|发|问)", re.MULTILINE)


def faults(text: str) -> list[str]:
    """What is wrong with a text of the bot, in words; what it quotes of others does not count."""
    own = _QUOTED.sub("", text)
    numbers = [int(number) for number in _ITEM.findall(_SAID.sub("", text))]
    asks = _ASKS.search(own) is not None
    found = {
        "too many bytes": len(text.encode()) > MOST_BYTES,
        "too long": len(text) > MOST_CHARACTERS,
        "too many lines": text.count("\n") >= MOST_LINES,
        "a line too long": any(len(line) > LONGEST_LINE for line in own.splitlines()),
        "more than one question": len(re.findall(r"[？?]", own)) > 1,
        "digits not in order": not _in_order(numbers),
        "asks without a way out": asks and not (0 in numbers or "菜单" in own),
        "blank or trailing space": text != text.strip() or "\n\n\n" in text,
        **{f"jargon: {word}": word in own for word in JARGON},
        **{f"a promise: {word}": word in own for word in PROMISES},
    }
    return [name for name, wrong in found.items() if wrong]


def _in_order(numbers: list[int]) -> bool:
    """1, 2, 3 …, with 0 last where there is one."""
    counted = numbers[:-1] if numbers and numbers[-1] == 0 else numbers
    return counted == list(range(1, len(counted) + 1))
