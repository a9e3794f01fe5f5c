"""Reader of ballots in CSV, for counting by hand what a meeting or another system collected.

A header row; `vote` is required, `voter`, `area` (m², such as 89.53) and `households` are
optional. Of several rows of one voter the last counts; rows without a voter are all different
people. How a vote is written:

| rule | vote |
|---|---|
| yes-no | yes, no, abstain, or 赞成, 反对, 弃权 |
| single | one code; empty is blank |
| approval | codes with commas: `a,b` |
| score, points | codes with numbers: `a=3,b=2` |
| schulze, irv | best to worst: `a>b>c` |
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from .chain import Json
from .definition import Ballot, Method
from .owners import square_centimetres
from .quorum import Amount
from .tally import Choice, InvalidBallotError

_ANSWERS = {"赞成": Choice.YES, "同意": Choice.YES, "反对": Choice.NO, "弃权": Choice.ABSTAIN}


def read(text: str, method: Method) -> list[Ballot]:
    """The ballots of a CSV text; InvalidBallotError names the line that is wrong."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if "vote" not in (reader.fieldnames or ()):
        raise InvalidBallotError("line 1: no column vote")
    ballots: dict[str, Ballot] = {}
    for row in reader:
        line = reader.line_num
        voter = (row.get("voter") or "").strip()
        try:
            key = f"voter {voter}" if voter else f"line {line}"
            ballots.pop(key, None)
            ballots[key] = Ballot(choice(row["vote"] or "", method), _weight(row))
        except ValueError as error:
            raise InvalidBallotError(f"line {line}: {error}") from error
    return list(ballots.values())


def choice(text: str, method: Method) -> Json:
    """The choice that a text stands for under a rule."""
    text = text.strip()
    if method is Method.YES_NO:
        return str(_ANSWERS.get(text) or Choice(text.lower()))
    if method is Method.SINGLE:
        return text or None
    if method in (Method.SCHULZE, Method.IRV):
        return _parts(text, ">")
    if method is Method.APPROVAL:
        return _parts(text, ",")
    return {code: int(number) for code, number in map(_pair, _parts(text, ","))}


def codes(ballots: list[Ballot]) -> list[str]:
    """Every option that occurs in the ballots, sorted."""
    found: set[str] = set()
    for ballot in ballots:
        if isinstance(ballot.choice, str):
            found.add(ballot.choice)
        elif ballot.choice and not isinstance(ballot.choice, bool | int):
            found.update(str(code) for code in ballot.choice)
    return sorted(found)


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _pair(part: str) -> tuple[str, str]:
    code, equals, number = part.rpartition("=")
    if not equals:
        raise ValueError(f"{part!r} is not written as code=number")
    return code.strip(), number.strip()


def _weight(row: Mapping[str, str | None]) -> Amount:
    area = (row.get("area") or "").strip()
    households = (row.get("households") or "").strip()
    return Amount(1, square_centimetres(area) if area else 0, int(households or 0))
