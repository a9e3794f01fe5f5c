"""The periods of the reports: 半月一分析、每月一汇总、季度一通报.

Days are local (Asia/Shanghai) and both ends belong to the period; moments are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from services.calendar import CHINA

_DAY = timedelta(days=1)
_QUARTERS = "一二三四"


class PeriodKind(StrEnum):
    """How long a period is; the value is stored and typed on the command line."""

    HALF_MONTH = "half-month"
    MONTH = "month"
    QUARTER = "quarter"


TITLES = {
    PeriodKind.HALF_MONTH: "半月分析",
    PeriodKind.MONTH: "月度汇总",
    PeriodKind.QUARTER: "季度通报",
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment of the period."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return midnight(self.last + _DAY)

    @property
    def name(self) -> str:
        """2026年2月下半月, 2026年2月, 2026年第一季度."""
        year, month = self.first.year, self.first.month
        if self.kind is PeriodKind.QUARTER:
            return f"{year}年第{_QUARTERS[month // 3]}季度"
        half = (
            "" if self.kind is PeriodKind.MONTH else "上半月" if self.first.day == 1 else "下半月"
        )
        return f"{year}年{month}月{half}"

    @property
    def code(self) -> str:
        """A name for files: 2026-02, 2026-02-b, 2026-q1."""
        if self.kind is PeriodKind.QUARTER:
            return f"{self.first.year}-q{self.first.month // 3 + 1}"
        return f"{self.first:%Y-%m}{self._half('-a', '-b')}"

    def _half(self, former: str, latter: str) -> str:
        if self.kind is PeriodKind.MONTH:
            return ""
        return former if self.first.day == 1 else latter

    def before(self) -> Period:
        """The period that this one follows."""
        return containing(self.kind, self.first - _DAY)


def containing(kind: PeriodKind, day: date) -> Period:
    """The period of this kind that `day` lies in."""
    if kind is PeriodKind.QUARTER:
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return Period(kind, first, _month_end(first.replace(month=first.month + 2)))
    if kind is PeriodKind.MONTH:
        return Period(kind, day.replace(day=1), _month_end(day))
    if day.day <= 15:
        return Period(kind, day.replace(day=1), day.replace(day=15))
    return Period(kind, day.replace(day=16), _month_end(day))


def last_ended(kind: PeriodKind, today: date) -> Period:
    """The newest period of this kind that is over."""
    return containing(kind, today).before()


def midnight(day: date) -> datetime:
    """The moment (aware UTC) at which a local day begins."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
