"""Money as whole fen (分): read from what people write, and said again."""

from __future__ import annotations

import re
from decimal import Decimal

_AMOUNT = re.compile(r"[¥￥]?\s*(\d{1,12}(?:\.\d{1,6})?)\s*(万)?\s*元?(?:整|人民币)?")
MOST = 10**15


class BadAmount(Exception):
    """No amount of money can be read; the message says what was written."""


def read_fen(written: object) -> int:
    """The fen in 12,000.50, ¥300, 1.2万元; raises BadAmount, also where fen would be split."""
    plain = str(written).replace(",", "").replace("，", "").strip()
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise BadAmount(f"金额“{plain[:20]}”看不懂，请写成 12000 或 1.2万")
    fen = Decimal(found[1]) * (10_000 if found[2] else 1) * 100
    if fen != int(fen):
        raise BadAmount(f"金额“{plain[:20]}”最多两位小数")
    if fen > MOST:
        raise BadAmount(f"金额“{plain[:20]}”太大")
    return int(fen)


def say_yuan(fen: int) -> str:
    """12,000元, 300.50元."""
    yuan, rest = divmod(fen, 100)
    return f"{yuan:,}.{rest:02d}元" if rest else f"{yuan:,}元"
