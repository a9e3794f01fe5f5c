"""Confidential cases: which kinds there are, and what may be seen of cases in public."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from services.case_states import CLOSED, OPEN
from storage.cases import Case


class Confidence(StrEnum):
    """Why a case is confidential; the value is stored. `services/access.py` says who sees what."""

    PRIVATE = "private"
    MEDIATION = "mediation"
    HARDSHIP = "hardship"
    TIP_OFF = "tip_off"


CONFIDENCE_NAMES = {
    Confidence.PRIVATE: "保密",
    Confidence.MEDIATION: "民间调解",
    Confidence.HARDSHIP: "困难帮扶",
    Confidence.TIP_OFF: "监督举报",
}


_OF_CATEGORY = {"services.staff": Confidence.TIP_OFF}
"""Complaints about the staff are not for the staff."""


def kind_of(category: str, private: bool) -> str:
    """The kind of confidence that a category brings with it; empty for none."""
    kind = _OF_CATEGORY.get(category, Confidence.PRIVATE)
    return kind.value if private else ""


def is_public() -> ColumnElement[bool]:
    """The condition that a case may be seen, found and counted by everybody: neither confidential
    nor anonymous. Every public list, search, export and count asks it.
    """
    return Case.private.is_(False) & (Case.confidential == "") & Case.anonymous.is_(False)


def is_in_hand() -> ColumnElement[bool]:
    """The condition that a case is still being worked on."""
    return Case.state.in_([state.value for state in OPEN if state not in CLOSED])
