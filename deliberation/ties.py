"""How equal totals are decided; the rule is chosen before the ballot opens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from . import lottery


class TieBreak(StrEnum):
    """Earlier on the list, lower cost (then earlier), or a lot with a committed seed."""

    EARLIER = "earlier"
    LOWER_COST = "lower-cost"
    LOT = "lot"


@dataclass(frozen=True)
class Option:
    """Something to choose; `cost` matters in budgeting and for ties by cost."""

    code: str
    cost: Fraction = Fraction(0)
    name: str = ""


@dataclass(frozen=True)
class TieRule:
    """A way to decide ties, with the seed of the lot (see `lottery` for the commitment)."""

    kind: TieBreak = TieBreak.EARLIER
    seed: str = ""

    def __post_init__(self) -> None:
        if (self.kind is TieBreak.LOT) != bool(self.seed):
            raise ValueError("a lot needs a seed, and only a lot has one")

    def precedence(self, options: Sequence[Option]) -> dict[str, int]:
        """Each option's place when all are tied, 0 first; ValueError for a repeated code."""
        codes = [option.code for option in options]
        if len(set(codes)) != len(codes):
            raise ValueError("an option is listed twice")
        if self.kind is TieBreak.LOT:
            return _places(lottery.draw(codes, self.seed).order)
        if self.kind is TieBreak.LOWER_COST:
            return _places(option.code for option in sorted(options, key=lambda o: o.cost))
        return _places(codes)


def _places(codes: Iterable[str]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}
