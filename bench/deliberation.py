"""Figures of the deliberation library: sizes it holds, and the full comparison with the oracles.

Run from the project root: `python -m bench.deliberation`. Parts by name: `python -m
bench.deliberation small large polis pabulib chain`. The real data lie at ../shared/data; the
comparisons need the packages of the extra `oracle`.
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from deliberation import ballot_log, chain, pabulib
from deliberation.ballot_log import Cast
from deliberation.budgeting import Election, greedy
from deliberation.definition import Ballot, Definition, Method
from deliberation.equal_shares import Completion, Utility, equal_shares
from deliberation.opinions.groups import group, improved, least_members
from deliberation.opinions.kmeans import optima
from deliberation.opinions.maps import RAW, opinion_map
from deliberation.opinions.matrix import Vote, vote_matrix
from deliberation.opinions.projection import project
from deliberation.opinions.silhouette import Distances
from deliberation.opinions.stability import adjusted_rand
from deliberation.receipts import receipt
from deliberation.ties import TieRule
from deliberation.verify import verify

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
EARLIER = TieRule()


def synthetic(people: int, statements: int, votes: int) -> list[Vote]:
    """Three camps with random tastes; `votes` cells drawn evenly."""
    chance = np.random.default_rng(0)
    camp, taste = chance.integers(3, size=people), chance.random((3, statements))
    cells = chance.choice(people * statements, votes, replace=False)
    who, what = cells // statements, cells % statements
    agrees = np.where(chance.random(votes) < taste[camp[who], what], 1, -1)
    how = np.where(chance.random(votes) < 0.15, 0, agrees)
    return list(zip(map(str, who.tolist()), map(str, what.tolist()), how.tolist(), strict=True))


def timed_map(people: int, statements: int, votes: int) -> None:
    given = synthetic(people, statements, votes)
    start, used = time.perf_counter(), time.process_time()
    found = opinion_map(given)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{people} × {statements}, {votes} votes: {seconds:.2f} s ({used:.2f} s of processor), "
        f"{memory:.2f} GB at most, {len(found.groups)} groups, stability {found.stability:.2f}"
    )


def small() -> None:
    timed_map(2_000, 300, 120_000)
    timed_map(2_000, 300, 600_000)


def large() -> None:
    timed_map(30_000, 800, 2_000_000)


def polis() -> None:
    """Silhouettes and agreement with the published groups, on those who have one."""
    print("conversation | people | published k, silhouette | ours k, silhouette | ARI | ARI at")
    print("published k | stability of the whole map")
    for folder in sorted(path for path in (DATA / "polis").iterdir() if path.is_dir()):
        with (folder / "votes.csv").open(encoding="utf-8", newline="") as file:
            votes = [(r["voter-id"], r["comment-id"], int(r["vote"])) for r in csv.DictReader(file)]
        with (folder / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
            groups = {r["participant"]: r["group-id"] for r in csv.DictReader(file)}
        matrix = vote_matrix(votes)
        names = [name for name in matrix.participants if groups[name]]
        points = project(matrix).positions[np.isin(matrix.participants, names)]
        published = np.unique([groups[name] for name in names], return_inverse=True)[1]
        k = int(published.max()) + 1
        distances, ours = Distances(points), group(points)[0]
        clusters = optima(points, np.ones(len(points)), k, starts=20, seed=1)
        least = least_members(len(points))
        same = max(
            (improved(one, distances, least) for one in clusters), key=lambda g: g.silhouette
        )
        print(
            f"{folder.name} | {len(points)} | {k}, {distances.silhouette(published):.4f} | "
            f"{ours.k}, {ours.silhouette:.4f} | {adjusted_rand(published, ours.labels):.3f} | "
            f"{adjusted_rand(published, same.labels):.3f} | "
            f"{opinion_map(votes, guards=RAW).stability:.2f}"
        )


def pabulib_elections() -> None:
    """All sixty: greedy against the declared winners, equal shares against pabutools."""
    from pabutools.election import Additive_Cardinal_Sat, Cost_Sat  # noqa: PLC0415
    from pabutools.election.pabulib import parse_pabulib_from_string  # noqa: PLC0415
    from pabutools.rules import method_of_equal_shares  # noqa: PLC0415

    told = same = agreeing = raising = 0
    ours = 0.0
    paths = sorted((DATA / "pabulib").glob("*.pb"))
    for path in paths:
        text = path.read_text(encoding="utf-8-sig")
        file = pabulib.read(text)
        election = pabulib.election(file)
        declared = pabulib.declared_winners(file)
        told += declared is not None
        same += frozenset(greedy(election, EARLIER).winners) == declared
        step = max(1, ceil(election.budget / len(election.ballots) / 100))
        start = time.perf_counter()
        plain = equal_shares(election, EARLIER)
        raised = equal_shares(election, EARLIER, completion=Completion.RAISE, step=Fraction(step))
        ours += time.perf_counter() - start
        instance, profile = parse_pabulib_from_string(text)
        measure = Cost_Sat if election.approval else Additive_Cardinal_Sat
        ties = in_file_order(election)
        theirs = method_of_equal_shares(instance, profile, measure, tie_breaking=ties)
        agreeing += list(plain.winners) == [project.name for project in theirs]
        theirs = method_of_equal_shares(
            instance, profile, measure, tie_breaking=ties, voter_budget_increment=step
        )
        raising += set(raised.winners) == {project.name for project in theirs}
    print(f"{len(paths)} elections; greedy is the declared result in {same} of {told} that tell")
    print(f"equal shares agrees with pabutools on {agreeing}, with raised shares on {raising}")
    print(f"our part took {ours:.2f} s; default utility {Utility.COST} for approvals")


def in_file_order(election: Election) -> object:
    from pabutools.tiebreaking import TieBreakingRule  # noqa: PLC0415

    place = {project.code: index for index, project in enumerate(election.projects)}
    return TieBreakingRule(lambda _instance, _profile, project: place[project.name])


def chain_log() -> None:
    """A secret ballot of 30 000 voters: written, exported and verified with the recount."""
    definition = Definition(Method.YES_NO)
    start = time.perf_counter()
    events = [ballot_log.opened("B", definition, secret=True, electorate="0" * 64)]
    for number in range(30_000):
        code = receipt((number * 2_654_435_761 % 2**30).to_bytes(4, "big"))
        events.append(ballot_log.cast(events[-1], Cast(code)))
    ballots = [Ballot(("yes", "no", "abstain")[number % 3]) for number in range(30_000)]
    events += ballot_log.closed(events[-1], definition, ballots, secret=True)
    text = chain.export(events)
    wrote = time.perf_counter()
    found = verify(text)
    print(
        f"{found.entries} entries, {len(text) / 1024**2:.0f} MB: written in {wrote - start:.2f} s, "
        f"verified ({found.whole}) in {time.perf_counter() - wrote:.2f} s"
    )


PARTS: dict[str, Callable[[], None]] = {
    "small": small,
    "large": large,
    "polis": polis,
    "pabulib": pabulib_elections,
    "chain": chain_log,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
