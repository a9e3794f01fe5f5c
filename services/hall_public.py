"""What everybody may read of a topic: no names, nothing of a ballot's content before closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from deliberation.definition import BUDGETING, Definition, Method
from services import ballot_reading, ballots, hall_blocks, result_words, vote_receipts
from services.hall_blocks import BlockRow
from storage.ballots import Ballot

ROUNDED = 2


@dataclass(frozen=True, slots=True)
class PublicBallot:
    """A ballot as everybody sees it; all but the turnout is empty before closing."""

    ballot: Ballot
    definition: Definition
    turnout: ballot_reading.Turnout
    headline: str = ""
    totals: tuple[tuple[str, str], ...] = ()
    tests: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    origins: Mapping[str, int] | None = None
    receipts: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    blocks: tuple[BlockRow, ...] = ()


def public_ballots(session: Session, found: list[Ballot]) -> list[PublicBallot]:
    """The ballots of a topic as everybody sees them."""
    return [_ballot(session, ballot) for ballot in found]


def _ballot(session: Session, ballot: Ballot) -> PublicBallot:
    definition, turnout = ballots.definition_of(ballot), ballot_reading.turnout(session, ballot)
    if ballot.state != "closed" or ballot.result is None:
        return PublicBallot(ballot, definition, turnout)
    named = vote_receipts.named_votes(session, ballot)
    return PublicBallot(
        ballot=ballot,
        definition=definition,
        turnout=turnout,
        headline=result_words.headline(ballot),
        totals=tuple(result_words.totals(ballot)),
        tests=tuple(result_words.tests(ballot)),
        rounds=tuple(explained(definition, ballot.result["rounds"])),
        origins=ballot_reading.origins(session, ballot),
        receipts=tuple(vote_receipts.receipts_of(session, ballot)),
        named=tuple(
            (vote.label, result_words.choice_words(definition, vote.choice)) for vote in named
        ),
        blocks=tuple(hall_blocks.blocks(session, ballot)),
    )


def explained(definition: Definition, rounds: list[Mapping[str, Any]]) -> list[str]:
    """A budget's or run-off's rounds in sentences; empty for other methods."""
    names = {option.code: option.name for option in definition.options}
    if definition.method in BUDGETING:
        return [_budget_round(names, one) for one in rounds]
    if definition.method is Method.IRV:
        return [_run_off_round(names, one) for one in rounds]
    return []


def _budget_round(names: Mapping[str, str], one: Mapping[str, Any]) -> str:
    name = names.get(one["option"], "")
    if "rho" in one:
        return (
            f"{name}：{one['supporters']}人支持，造价{money(one['cost'])}，"
            f"由支持的人平摊，每人最多出{money(one['largest_payment'])}，入选；"
            f"到此用了{money(one['spent'])}。每人的份额是{money(one['share'])}。"
        )
    what = "入选" if one["action"] == "fund" else "剩下的钱不够，跳过"
    return (
        f"{name}：得{money(one['score'], '票')}，造价{money(one['cost'])}，{what}；"
        f"还剩{money(one['left'])}。"
    )


def _run_off_round(names: Mapping[str, str], one: Mapping[str, Any]) -> str:
    name = names.get(one["option"] or "", "没有人")
    return f"{name}{'当选' if one['action'] == 'elect' else '票最少，这一轮淘汰'}。"


def money(value: object, unit: str = "元") -> str:
    """A whole number or a fraction "a/b" of the result as one reads it."""
    top, _, bottom = str(value).partition("/")
    if not bottom:
        return f"{top}{unit}"
    return f"约 {round(int(top) / int(bottom), ROUNDED)}{unit}"
