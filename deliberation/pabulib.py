"""Reader and writer of Pabulib `.pb` files, and the election they describe.

Format: P. Faliszewski et al., "Participatory Budgeting: Data, Tools and Analysis", IJCAI 2023,
and https://pabulib.org/format: semicolon-separated sections META, PROJECTS and VOTES, each with
a header row. Every field is kept as text, so what was read is written again unchanged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .budgeting import Election
from .tally import InvalidBallotError
from .ties import Option

Row = tuple[str, ...]
SECTIONS = ("META", "PROJECTS", "VOTES")
APPROVAL_TYPES = frozenset({"approval", "choose-1"})
POINT_TYPES = frozenset({"cumulative", "scoring"})


class PabulibError(ValueError):
    """The text is no `.pb` file; the message names the line."""


@dataclass(frozen=True)
class Table:
    """A section: the names of its columns and its rows, as written."""

    columns: Row
    rows: tuple[Row, ...]

    def records(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True)
class PabulibFile:
    """The three sections of a file."""

    meta: Table
    projects: Table
    votes: Table

    @property
    def keys(self) -> dict[str, str]:
        return {row[0].strip(): row[1].strip() for row in self.meta.rows}


def read(text: str) -> PabulibFile:
    """Parse the text of a `.pb` file (a byte order mark is allowed).

    Raises PabulibError for a missing section or a row of the wrong length.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    header: dict[str, Row] = {}
    rows: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    section = ""
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) == 1 and row[0].strip().upper() in SECTIONS:
            section = row[0].strip().upper()
            header[section] = tuple(cell.strip() for cell in next(reader, []))
            continue
        if len(row) != len(header.get(section, ())):
            raise PabulibError(f"line {reader.line_num}: {len(row)} fields in {section or 'none'}")
        rows[section].append(tuple(row))
    if missing := [name for name in SECTIONS if not header.get(name)]:
        raise PabulibError(f"line {reader.line_num}: no section {', '.join(missing)}")
    return PabulibFile(*(Table(header[name], tuple(rows[name])) for name in SECTIONS))


def write(file: PabulibFile) -> str:
    """The text of a `.pb` file; `read` gives an equal value back."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for name, table in zip(SECTIONS, (file.meta, file.projects, file.votes), strict=True):
        writer.writerow([name])
        writer.writerow(table.columns)
        writer.writerows(table.rows)
    return out.getvalue()


def election(file: PabulibFile) -> Election:
    """The budget, projects and ballots of a file.

    Raises PabulibError when a key, column or number is missing or wrong, InvalidBallotError for
    a vote on an unknown project. Rankings (`ordinal`) have no one agreed budgeting rule and are
    refused.
    """
    keys = file.keys
    kind = keys.get("vote_type", "")
    if kind not in APPROVAL_TYPES | POINT_TYPES:
        raise PabulibError(f"vote_type {kind or 'missing'} is not counted here")
    try:
        projects = tuple(
            Option(row["project_id"].strip(), _number(row["cost"]), row.get("name", ""))
            for row in file.projects.records()
        )
        budget = _number(keys["budget"])
        ballots = tuple(_marks(row, kind in APPROVAL_TYPES) for row in file.votes.records())
    except KeyError as error:
        raise PabulibError(f"no {error.args[0]} in the file") from error
    return Election(budget, projects, ballots, approval=kind in APPROVAL_TYPES)


def declared_winners(file: PabulibFile) -> frozenset[str] | None:
    """Projects marked `selected` 1, or None where the file does not tell."""
    if "selected" not in file.projects.columns:
        return None
    records = file.projects.records()
    return frozenset(row["project_id"].strip() for row in records if row["selected"] == "1")


def export(
    meta: Mapping[str, str], vote: Election, voters: Sequence[str], winners: Iterable[str]
) -> PabulibFile:
    """A file of our own election; `voters` are pseudonyms in the order of the ballots.

    `meta` gives description, country, unit, instance, rule and the like; the counts, the budget
    and the vote type are added here.
    """
    chosen, scores = frozenset(winners), vote.scores()
    kind = "approval" if vote.approval else "cumulative"
    keys = dict(meta) | {
        "num_projects": str(len(vote.projects)),
        "num_votes": str(len(vote.ballots)),
        "budget": _text(vote.budget),
        "vote_type": kind,
    }
    score = "votes" if vote.approval else "score"
    rows = tuple(
        (p.code, _text(p.cost), _text(scores[p.code]), p.name, str(int(p.code in chosen)))
        for p in vote.projects
    )
    return PabulibFile(
        Table(("key", "value"), tuple(keys.items())),
        Table(("project_id", "cost", score, "name", "selected"), rows),
        _votes(vote, voters),
    )


def _votes(vote: Election, voters: Sequence[str]) -> Table:
    pairs = zip(voters, vote.ballots, strict=True)
    if vote.approval:
        return Table(("voter_id", "vote"), tuple((who, ",".join(marks)) for who, marks in pairs))
    return Table(
        ("voter_id", "vote", "points"),
        tuple((who, ",".join(b), ",".join(_text(p) for p in b.values())) for who, b in pairs),
    )


def _marks(row: Mapping[str, str], approval: bool) -> dict[str, Fraction]:
    codes = [code.strip() for code in row["vote"].split(",") if code.strip()]
    if len(set(codes)) != len(codes):
        raise InvalidBallotError(f"voter {row.get('voter_id', '')} marks a project twice")
    if approval:
        return dict.fromkeys(codes, Fraction(1))
    points = [_number(cell) for cell in row["points"].split(",") if cell.strip()]
    if len(points) != len(codes):
        raise PabulibError(f"voter {row.get('voter_id', '')}: points do not fit the projects")
    return {code: value for code, value in zip(codes, points, strict=True) if value}


def _number(text: str) -> Fraction:
    try:
        return Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise PabulibError(f"not a number: {text!r}") from error


def _text(value: Fraction) -> str:
    """Decimal where it is one, so other tools can read it; else a fraction."""
    whole = value * 100
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.2f}" if whole.denominator == 1 else str(value)
