"""Seven real conversations, against the published results and red-dwarf."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deliberation.opinions.groups import group, improved, least_members
from deliberation.opinions.kmeans import Labels, optima
from deliberation.opinions.maps import RAW, opinion_map
from deliberation.opinions.matrix import Floats, Vote, VoteMatrix, vote_matrix
from deliberation.opinions.projection import Projection, project
from deliberation.opinions.silhouette import Distances
from deliberation.opinions.stability import adjusted_rand
from deliberation.opinions.statements import Statement, consensus, count_votes, representative
from tests.shared_data import shared_data

NAMES = (
    "15-per-hour-seattle",
    "brexit-consensus",
    "london.youth.policing",
    "scoop-hivemind.affordable-housing",
    "scoop-hivemind.freshwater",
    "scoop-hivemind.taxes",
    "scoop-hivemind.ubi",
)


@dataclass(frozen=True)
class Conversation:
    """Votes in order, the published matrix and groups, and our positions of everybody."""

    votes: list[Vote]
    published: dict[tuple[str, str], int]
    groups: dict[str, int]
    matrix: VoteMatrix
    projection: Projection

    @property
    def grouped(self) -> tuple[Floats, Labels]:
        """Our positions and the published groups of those who have one, groups from 0."""
        names = [name for name in self.matrix.participants if name in self.groups]
        rows = np.isin(self.matrix.participants, names)
        labels = np.array([self.groups[name] for name in names])
        return self.projection.positions[rows], np.unique(labels, return_inverse=True)[1]


@cache
def conversation(name: str) -> Conversation:
    folder = shared_data("polis") / name
    votes = [(r["voter-id"], r["comment-id"], int(r["vote"])) for r in rows(folder / "votes.csv")]
    published: dict[tuple[str, str], int] = {}
    groups: dict[str, int] = {}
    for row in rows(folder / "participants-votes.csv"):
        if row["group-id"]:
            groups[row["participant"]] = int(row["group-id"])
        cells = {s: v for s, v in row.items() if s.isdecimal() and v}
        published |= {(row["participant"], s): int(v) for s, v in cells.items()}
    matrix = vote_matrix(votes)
    return Conversation(votes, published, groups, matrix, project(matrix))


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def red_dwarf(name: str) -> Any:
    """The oracle's result on the same votes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from reddwarf.implementations.polis import run_pipeline  # noqa: PLC0415

        return run_pipeline(
            votes=[
                {"participant_id": int(p), "statement_id": int(s), "vote": v, "modified": 0}
                for (p, s), v in conversation(name).published.items()
            ],
            random_state=0,
        )


every_conversation = pytest.mark.parametrize("name", NAMES)


@every_conversation
def test_the_matrix_of_the_votes_is_the_published_one(name: str) -> None:
    """Every cell, with the newest of repeated votes."""
    talk = conversation(name)
    seen = np.argwhere(talk.matrix.seen).tolist()
    cells = {
        (talk.matrix.participants[i], talk.matrix.statements[j]): int(talk.matrix.cells[i, j])
        for i, j in seen
    }
    assert cells == talk.published


@every_conversation
def test_positions_are_those_of_red_dwarf_up_to_sign(name: str) -> None:
    """Participants and statements on both axes."""
    talk, oracle = conversation(name), red_dwarf(name)
    theirs = np.array([oracle.participant_projections[int(p)] for p in talk.matrix.participants])
    statements = np.array([oracle.statement_projections[int(s)] for s in talk.matrix.statements])
    pairs = (talk.projection.positions, theirs), (talk.projection.statement_positions, statements)
    for ours, other in pairs:
        for axis in (0, 1):
            correlation = np.corrcoef(ours[:, axis], other[:, axis])[0, 1]
            assert abs(correlation) >= 0.9999


@every_conversation
def test_our_groups_are_at_least_as_distinct_as_the_published_ones(name: str) -> None:
    """Mean silhouette in the same positions, of the people whom Polis had in groups."""
    positions, published = conversation(name).grouped
    grouping, _ = group(positions)
    assert grouping.silhouette >= Distances(positions).silhouette(published)


@every_conversation
def test_so_are_the_groups_of_the_whole_map(name: str) -> None:
    """With our own rule for who is in, compared on those whom both have in groups."""
    talk = conversation(name)
    found = opinion_map(talk.votes, guards=RAW)
    assert found.labels is not None
    both = [i for i, p in enumerate(talk.matrix.participants) if p in talk.groups]
    both = [i for i in both if found.inside[i]]
    published = np.array([talk.groups[talk.matrix.participants[i]] for i in both])
    distances = Distances(talk.projection.positions[both])
    theirs = distances.silhouette(np.unique(published, return_inverse=True)[1])
    ours = distances.silhouette(np.unique(found.labels[both], return_inverse=True)[1])
    assert ours >= theirs


@pytest.mark.parametrize(
    ("name", "least"), [("scoop-hivemind.taxes", 0.9), ("brexit-consensus", 0.9)]
)
def test_well_separated_groups_are_the_published_ones(name: str, least: float) -> None:
    """Adjusted Rand index with two groups; docs/deliberation.md reports all conversations."""
    positions, published = conversation(name).grouped
    distances = Distances(positions)
    clusters = optima(positions, np.ones(len(positions)), 2, starts=20, seed=1)
    two = [improved(one, distances, least_members(len(positions))) for one in clusters]
    best = max(two, key=lambda grouping: grouping.silhouette)
    assert adjusted_rand(published, best.labels) >= least


@every_conversation
def test_representative_statements_are_those_of_red_dwarf(name: str) -> None:
    """The same columns on the same side for every group of the oracle."""
    talk, oracle = conversation(name), red_dwarf(name)
    labels, cells = oracle_groups(talk, oracle)
    counts = count_votes(cells, labels, int(labels.max()) + 1)
    for number, expected in oracle.repness.items():
        ours = representative(counts, int(number), polis_seats=True)
        assert listed(ours, talk) == {(str(s["tid"]), s["repful-for"]) for s in expected}


@every_conversation
def test_without_the_seat_for_agreement_the_lists_only_lose_or_replace_it(name: str) -> None:
    """What the oracle lists by the tests alone is in our list, which holds nothing else weak."""
    talk, oracle = conversation(name), red_dwarf(name)
    labels, cells = oracle_groups(talk, oracle)
    counts = count_votes(cells, labels, int(labels.max()) + 1)
    for number, expected in oracle.repness.items():
        ours = listed(representative(counts, int(number)), talk)
        by_tests = [s for s in expected if not s.get("best-agree")]
        assert {(str(s["tid"]), s["repful-for"]) for s in by_tests} <= ours
        assert len(ours) <= 5


@every_conversation
def test_consensus_statements_are_those_of_red_dwarf(name: str) -> None:
    """The same scores in order, of the same statements but for level ones in the last place."""
    talk, oracle = conversation(name), red_dwarf(name)
    everyone = np.zeros(len(talk.matrix.participants), dtype=np.intp)
    agreed, disagreed = consensus(count_votes(talk.matrix.cells, everyone, 1))
    for ours, side in ((agreed, "agree"), (disagreed, "disagree")):
        expected = oracle.consensus[side]
        theirs = {str(s["tid"]): s["p-success"] * s["p-test"] for s in expected}
        assert [s.score for s in ours] == pytest.approx(sorted(theirs.values(), reverse=True))
        above = {name for name, score in theirs.items() if score > min(theirs.values()) + 1e-9}
        assert above <= {talk.matrix.statements[s.column] for s in ours}


def oracle_groups(talk: Conversation, oracle: Any) -> tuple[Labels, Any]:
    frame = oracle.participants_df["cluster_id"].dropna()
    rows = [talk.matrix.participants.index(str(name)) for name in frame.index]
    return np.array(frame.to_list(), dtype=np.intp), talk.matrix.cells[rows]


def listed(statements: list[Statement], talk: Conversation) -> set[tuple[str, str]]:
    return {(talk.matrix.statements[s.column], s.side) for s in statements}
