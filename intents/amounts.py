"""Phone numbers, quantities with their unit, and the options of a ballot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from intents.normalise import normalise
from intents.numerals import NUMERAL, number

_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺两]{7,12}")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[- ](\d{7,8})(?!\d)|(?<!\d)(0\d{2,3})(\d{7,8})(?!\d)")
_UNITS = (
    "平方米|平米|公斤|小时|钟头|分钟|块钱|元|块|毛|斤|桶|袋|包|瓶|盒|箱|张|份|次|人|户|家|个|位|条|辆|件|"
    "棵|盏|岁|天|月|年|分|米|票|名|本|双|只|台|把|提|卷"
)
_QUANTITY = re.compile(
    rf"(?<![第\d.])(?P<number>\d+(?:\.\d+)?|(?<!第){NUMERAL}{{1,8}}|半)(?P<myriad>万|千)?(?P<unit>个半(?:小时|钟头|月)|"
    rf"个(?:小时|钟头|月|人)|{_UNITS})(?P<half>半)?"
)
_ITEM = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-h])"
_LIST = re.compile(
    rf"^(?:我?[选投要支持]*(?:第|方案|选项)?)?"
    rf"(?:\d{{1,2}}|{_ITEM}(?:[号个项条]?[ ,、;.和跟与]+(?:第|方案)?{_ITEM})+)[号个项条]?$"
)
_ROW = re.compile(r"^我?[选投要]([一二三四五六七八九]{2,9})$")
_ABOUT = re.compile(r"一二|二三|两三|三四|三五|四五|五六|六七|七八|八九")
_CHOICE = re.compile(
    rf"(?:选|投|支持|要|就)(?:第)?(\d{{1,2}}|{NUMERAL}{{1,3}})(?:个|号|项|条|种)?(?:方案|选项)?$"
    rf"|(?:方案|选项)(\d{{1,2}}|{NUMERAL}{{1,3}}|[a-h])|第(\d{{1,2}}|{NUMERAL}{{1,3}})(?:个|号|项|条|种)"
)
_STANCES = (
    ("abstain", re.compile(r"弃权|弃票|中立|说不准|不表态|略过|跳过|没意见|无所谓")),
    (
        "disagree",
        re.compile(
            r"(不|没|反)(太|大|想|能)?(同意|赞成|支持|认可|赞同|行|可以|对$)|反对|拒绝|不要"
        ),
    ),
    (
        "agree",
        re.compile(
            r"同意|赞成|支持|赞同|认可|^(好|好的|可以|行|要得|中|没问题|是|是的|对|对的|嗯)$"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A counted amount: `value` in `unit` as written (`小时`, `元`, `桶`)."""

    text: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Options:
    """What was chosen: numbers of options in order, or a stance: agree, disagree, abstain."""

    numbers: tuple[int, ...] = ()
    stance: str | None = None


def find_phones(text: str) -> list[str]:
    """Mobile and landline numbers without separators, spoken digits (`幺三八…`) included."""
    # before the normal form, which would take 零零零 for a stretched letter
    plain = normalise(_SPOKEN.sub(lambda match: str(number(match[0])).zfill(len(match[0])), text))
    mobiles = ["".join(match.groups()) for match in _MOBILE.finditer(plain)]
    rest = _MOBILE.sub(" ", plain)
    return mobiles + ["".join(g for g in m.groups() if g) for m in _LANDLINE.finditer(rest)]


def find_quantities(text: str) -> list[Quantity]:
    """Counted amounts in order: `两桶` → 2 桶, `28.6万元` → 286000 元, `一个半小时` → 1.5 小时."""
    return [
        quantity
        for match in _QUANTITY.finditer(normalise(text))
        if (quantity := _quantity(match)) is not None
    ]


def _quantity(match: re.Match[str]) -> Quantity | None:
    written = match["number"]
    if _ABOUT.search(written):  # 五六个 is no 56
        return None
    whole = number(written)
    if written == "半":
        value = Decimal("0.5")
    elif "." in written:
        value = Decimal(written)
    elif whole is None:
        return None
    else:
        value = Decimal(whole)
    if match["myriad"]:
        value *= 10_000 if match["myriad"] == "万" else 1000
    unit = match["unit"]
    if unit.startswith("个半") or match["half"]:
        value += Decimal("0.5")
    if len(unit) > 1:
        unit = unit.removeprefix("个").removeprefix("半")
    return Quantity(match[0], value, {"块": "元", "块钱": "元", "钟头": "小时"}.get(unit, unit))


def find_options(text: str) -> Options:
    """Choices in an answer: `1 3 5`, `选第二个`, `方案B`, `我同意`; empty where there are none."""
    plain = normalise(text).strip(" .!,。！~")
    if _LIST.match(plain):
        return Options(tuple(dict.fromkeys(map(_ordinal, re.findall(_ITEM, plain)))))
    if row := _ROW.match(plain):
        return Options(tuple(dict.fromkeys(map(_ordinal, row[1]))))
    chosen = [_ordinal(next(g for g in m.groups() if g)) for m in _CHOICE.finditer(plain)]
    numbers = tuple(dict.fromkeys(n for n in chosen if n))
    stance = next((name for name, pattern in _STANCES if pattern.search(plain)), None)
    return Options(numbers, stance)


def _ordinal(text: str) -> int:
    if "a" <= text <= "h":
        return ord(text) - ord("a") + 1
    return number(text) or 0
