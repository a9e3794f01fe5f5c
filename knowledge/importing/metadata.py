"""Issuer, number, dates, validity and area of a document, out of its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[［(（]\d{4}[〕\]］)）]\s*\d{1,5}\s*号")
_DATE = r"(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?"
_ISSUED = re.compile(rf"(?:成文日期|发布日期|发布时间|印发日期|公布日期|时间)[：:\s]*{_DATE}")
_PRINTED = re.compile(rf"^{_DATE}\s*(?:印发|发布|公布)?$", re.MULTILINE)
_EFFECTIVE = re.compile(
    rf"自\s*{_DATE}\s*起(?:正式)?(?:施行|实施|执行|生效)|(?:施行|实施|生效)日期[：:\s]*{_DATE}"
)
_UNTIL = re.compile(
    rf"有效期?\s*(?:截止|截至|至|到|止于)[到至：:\s]*{_DATE}|失效日期[：:\s]*{_DATE}"
)
_YEARS = re.compile(r"有效期(?:限)?(?:为)?\s*([一二三四五六七八九十\d]{1,2})\s*年")
_ISSUER = re.compile(
    r"(?:发文机关|发布机构|发文单位|发布单位|制定机关|来源)[：:\s]*([^\s，。；:：]{2,30})"
)
_SIGNED = re.compile(
    r"^([\u4e00-\u9fff]{2,26}(?:人民政府|办公室|委员会|街道办事处|办事处|局|厅|部|会|中心))$",
    re.MULTILINE,
)
_AREA = re.compile(
    r"(?:适用区域|适用范围|行政区域)[：:]\s*"
    r"([\u4e00-\u9fff]{1,20}?(?:省|市|区|县|镇|街道|社区))(?![\u4e00-\u9fff])"
)
_PLACE = re.compile(
    r"^([\u4e00-\u9fff]{1,8}?(?:省|自治区))?([\u4e00-\u9fff]{1,8}?市)?([\u4e00-\u9fff]{1,8}?(?:区|县|旗))?"
)
_HAN_DIGITS = "〇一二三四五六七八九十"
_MARGIN = 1500  # characters at either end where the attributes stand


def describe(texts: Sequence[str]) -> dict[str, Any]:
    """What is found among `issuer`, `number`, `issued`, `effective`, `valid_until`, `area`."""
    text = "\n".join(line.strip() for line in texts)
    margin = text if len(text) <= 2 * _MARGIN else f"{text[:_MARGIN]}\n{text[-_MARGIN:]}"
    effective = _day(_EFFECTIVE.search(text))
    issuer = _issuer(margin)
    found = {
        "issuer": issuer,
        "number": _first(_NUMBER, margin),
        "issued": _day(_ISSUED.search(margin)) or _day(_PRINTED.search(margin)),
        "effective": effective,
        "valid_until": _day(_UNTIL.search(text)) or _after_years(text, effective),
        "area": _area(margin, issuer),
    }
    return {name: value for name, value in found.items() if value}


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return re.sub(r"\s", "", found.group(0)) if found else ""


def _day(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    year, month, day = (int(group) for group in found.groups() if group is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _after_years(text: str, effective: date | None) -> date | None:
    """The last day of 有效期N年 counted from the day the document came into force."""
    found = _YEARS.search(text)
    if effective is None or found is None:
        return None
    written = found.group(1)
    years = int(written) if written.isdigit() else max(_HAN_DIGITS.find(written), 0)
    if not years:
        return None
    leap = effective.month == 2 and effective.day == 29
    same_day = effective.replace(year=effective.year + years, day=28 if leap else effective.day)
    return same_day if leap else same_day - timedelta(days=1)


def _issuer(margin: str) -> str:
    found = _ISSUER.search(margin) or _SIGNED.search(margin)
    return found.group(1) if found else ""


def _area(margin: str, issuer: str) -> str:
    """The area named, else the place that the issuer's name begins with."""
    found = _AREA.search(margin)
    if found:
        return found.group(1)
    place = _PLACE.match(issuer)
    return "".join(part or "" for part in place.groups()) if place else ""
