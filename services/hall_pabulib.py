"""A closed budget ballot as a Pabulib `.pb` file, for whoever studies such votes elsewhere.

Ballots stand in the order of their contents under passing numbers, so that nothing in the file
leads to a voter, a receipt or the order of voting.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from deliberation import pabulib
from deliberation.budgeting import Election
from deliberation.chain import Json, canonical
from deliberation.definition import BUDGETING
from services import ballot_log
from services.ballots import definition_of
from storage.ballots import Ballot


class NoBudget(Exception):
    """The ballot is no budget."""


def exported(session: Session, ballot: Ballot, unit: str) -> str:
    """The file; `unit` names the community. Raises StillOpen before closing, NoBudget."""
    definition = definition_of(ballot)
    if definition.method not in BUDGETING:
        raise NoBudget
    choices = sorted(_choices(session, ballot), key=canonical)
    election = Election(
        definition.budget,
        definition.options,
        tuple(_marks(choice) for choice in choices),
        approval=not definition.spread,
    )
    meta = {
        "description": ballot.title,
        "country": "China",
        "unit": unit,
        "instance": str(ballot.opens_at.year),
        "rule": str(definition.method),
        "currency": "CNY",
    }
    voters = [str(number) for number in range(1, len(choices) + 1)]
    winners = (ballot.result or {}).get("winners", ())
    return pabulib.write(pabulib.export(meta, election, voters, winners))


def _choices(session: Session, ballot: Ballot) -> list[Json]:
    """Every choice that was counted: the newest of each receipt, or what was revealed."""
    newest: dict[str, Json] = {}
    revealed: list[Json] = []
    for event in ballot_log.events(session, ballot):
        if event.kind == "ballot":
            revealed.append(event.payload["choice"])
        elif event.kind in ("cast", "change") and "choice" in event.payload:
            newest[str(event.payload["receipt"])] = event.payload["choice"]
    return revealed if ballot.secret else list(newest.values())


def _marks(choice: Any) -> Mapping[str, Fraction]:
    if isinstance(choice, Mapping):
        return {code: Fraction(points) for code, points in choice.items()}
    return dict.fromkeys(choice, Fraction(1))
