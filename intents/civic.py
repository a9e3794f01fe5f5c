"""Matters of the town are never idle talk.

A text that names an authority, an institution, a nuisance, a wage or a district and none of the
things people chat about or command (songs, recipes, flights, shares …) is about public life, even
where its words are new to the classifier; with a district and one of the others it is whatever else
it names. Labels that would send such a resident away, or into a
service of another kind, are made less likely; what is left is asked, not acted upon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Ranking = tuple[tuple[str, float], ...]

_PUBLIC = frozenset(
    {"authority", "institution", "worker", "welfare", "property_law"}
    | {"wrong", "complain", "nuisance", "broken", "nobody", "letter"}
)
_IDLE = frozenset(
    {"brand", "transport", "weather", "calendar", "media", "food", "finance", "phone", "sport"}
    | {"health", "study", "luck", "game", "advert", "greet", "insult", "feel"}
)
_DISTRICT = re.compile(r"[一-鿿a-z\d](?:市|县|区(?!别)|镇|乡|省|街道|村)(?!民?场)")
_SENDS_AWAY = frozenset(("out_of_scope", "help", "smalltalk", "human", "my_data"))
_PUBLIC_MATTERS = frozenset(
    ("report_issue", "policy_question", "public_info", "track_issue", "aid", "emergency")
)
_LEAST_LENGTH = 6
_AWAY, _OTHER = 0.01, 0.1


def tempered(text: str, concepts: Iterable[str], ranking: Ranking) -> Ranking:
    """`ranking` of the normalised `text`, with other labels made less likely in public matters."""
    named = set(concepts)
    district = _DISTRICT.search(text) is not None
    if len(text) < _LEAST_LENGTH or not _is_public(named, district):
        return ranking
    factors = dict.fromkeys(_SENDS_AWAY, _AWAY)
    other = _OTHER if district else 1.0
    weighed = [
        (label, chance * (1.0 if label in _PUBLIC_MATTERS else factors.get(label, other)))
        for label, chance in ranking
    ]
    total = sum(chance for _, chance in weighed)
    return tuple(
        (label, chance / total) for label, chance in sorted(weighed, key=lambda pair: -pair[1])
    )


def _is_public(named: set[str], district: bool) -> bool:
    public = not named.isdisjoint(_PUBLIC)
    return (public and district) if named & _IDLE else (public or district)
