"""All that can fill a slot: places, times, phones, amounts, tickets and choices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from intents.amounts import (
    Options,
    Quantity,
    find_options,
    find_phones,
    find_quantities,
)
from intents.normalise import normalise
from intents.places import Gazetteer, PlaceEntry, PlaceMatch
from intents.tickets import find_tickets
from intents.times import TimeMatch, find_times

__all__ = [
    "Entities",
    "Gazetteer",
    "Options",
    "PlaceEntry",
    "PlaceMatch",
    "Quantity",
    "TimeMatch",
    "extract",
]

_AT_HOME = re.compile(
    r"(我|俺|咱|我们|俺们|咱们)(家|屋)?(里|这|那)?个?"
    r"(楼下|楼上|门口|单元|这栋|这楼|楼道|楼里|楼栋|楼|栋|家|屋头|阳台|厨房|卫生间|客厅|卧室)"
)


@dataclass(frozen=True)
class Entities:
    """What was found in one text, each list in the order described by its finder.

    `at_home` is set where the place is told by the resident's own address (`我家楼下`).
    """

    places: tuple[PlaceMatch, ...] = ()
    times: tuple[TimeMatch, ...] = ()
    phones: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    tickets: tuple[int, ...] = ()
    options: Options = field(default_factory=Options)
    at_home: bool = False

    def as_json(self) -> dict[str, object]:
        """Plain values: moments as ISO 8601, amounts as strings; empty kinds are left out."""
        kinds: dict[str, object] = {
            "places": [
                {"code": p.code, "text": p.text, "score": p.score, "detail": p.detail}
                for p in self.places
            ],
            "times": [
                {"text": t.text, "at": t.at.isoformat(), "clock": t.clock} for t in self.times
            ],
            "phones": list(self.phones),
            "quantities": [
                {"text": q.text, "value": str(q.value), "unit": q.unit} for q in self.quantities
            ],
            "tickets": list(self.tickets),
            "options": list(self.options.numbers),
            "stance": self.options.stance,
            "at_home": self.at_home,
        }
        return {kind: value for kind, value in kinds.items() if value}


def extract(text: str, *, gazetteer: Gazetteer | None, now: datetime) -> Entities:
    """All entities of `text`; places only with a gazetteer; `now` is an aware moment."""
    return Entities(
        places=tuple(gazetteer.find(text)) if gazetteer else (),
        times=tuple(find_times(text, now)),
        phones=tuple(find_phones(text)),
        quantities=tuple(find_quantities(text)),
        tickets=tuple(find_tickets(text)),
        options=find_options(text),
        at_home=_AT_HOME.search(normalise(text)) is not None,
    )
