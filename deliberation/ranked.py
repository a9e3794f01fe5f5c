"""Counting rules for rankings: Schulze's method and instant run-off.

A ballot ranks options from best to worst without ties; options left out are below all ranked
ones and level with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from .tally import InvalidBallotError, Round, Tally, ranked_by, refuse_unknown
from .ties import Option, TieRule

Ranking = Sequence[str]
Matrix = dict[tuple[str, str], int]


def pairwise(codes: Sequence[str], ballots: Iterable[Ranking]) -> Matrix:
    """How many ballots put a above b, for every ordered pair (a, b)."""
    above: Matrix = dict.fromkeys(permutations(codes, 2), 0)
    for ranking, number in _distinct(codes, ballots).items():
        below = set(codes)
        for code in ranking:
            below.discard(code)
            for other in below:
                above[code, other] += number
    return above


def strongest_paths(codes: Sequence[str], above: Matrix) -> Matrix:
    """Strength of the strongest path between two options, by winning votes.

    Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011),
    section 2.3.1 (the Floyd-Warshall scheme).
    """
    path = {(a, b): n if n > above[b, a] else 0 for (a, b), n in above.items()}
    for via in codes:
        for start in codes:
            if start == via:
                continue
            for end in codes:
                if end not in (via, start):
                    through = min(path[start, via], path[via, end])
                    path[start, end] = max(path[start, end], through)
    return path


def schulze(
    options: Sequence[Option], ballots: Iterable[Ranking], seats: int = 1, *, ties: TieRule
) -> Tally:
    """Order by Schulze's method: a beats b when the strongest path from a to b is stronger.

    The totals are how many others do not beat an option. As beating is transitive, ordering by
    them respects it, and who is beaten by nobody is among the first; the tie rule decides there.
    """
    codes = [option.code for option in options]
    ranked = [tuple(ballot) for ballot in ballots]
    above = pairwise(codes, ranked)
    path = strongest_paths(codes, above)
    unbeaten = {a: sum(path[b, a] <= path[a, b] for b in codes if b != a) for a in codes}
    tally = ranked_by(unbeaten, options, seats, ties)
    rounds = (
        Round(1, "pairwise", None, {"preferred": _rows(codes, above)}),
        Round(2, "strongest paths", None, {"strength": _rows(codes, path)}),
        Round(3, "not beaten by", None, {"totals": tally.totals}),
    )
    if not any(ranked):
        return Tally(tally.order, (), tally.totals, (), rounds)
    return Tally(tally.order, tally.order[:seats], tally.totals, tally.tied, rounds)


def instant_runoff(
    options: Sequence[Option], ballots: Iterable[Ranking], *, ties: TieRule
) -> Tally:
    """Drop the option with the fewest first places until one has more than half.

    Also known as the alternative vote. Half is of the ballots that still name an option in the
    race. Of options level at the bottom the one that the tie rule puts last is dropped.
    """
    place = ties.precedence(options)
    ballot_counts = _distinct(list(place), ballots)
    racing, dropped, rounds = set(place), list[str](), list[Round]()
    tied: tuple[str, ...] = ()
    while True:
        firsts = _first_places(racing, ballot_counts)
        order = sorted(racing, key=lambda code: (-firsts[code], place[code]))
        counts = {code: firsts[code] for code in order}
        if len(racing) <= 1 or 2 * firsts[order[0]] > firsts.total():
            rounds.append(Round(len(rounds) + 1, "elect", order[0] if order else None, counts))
            break
        level = tuple(code for code in order if firsts[code] == firsts[order[-1]])
        tied = level if len(level) > 1 else tied
        rounds.append(Round(len(rounds) + 1, "drop", order[-1], counts))
        racing.remove(order[-1])
        dropped.append(order[-1])
    final = (*order, *reversed(dropped))
    winners = final[:1] if firsts.total() else ()
    return Tally(final, winners, counts, tied, tuple(rounds))


def _distinct(codes: Sequence[str], ballots: Iterable[Ranking]) -> Counter[tuple[str, ...]]:
    counted = Counter(tuple(ballot) for ballot in ballots)
    for ranking in counted:
        refuse_unknown(ranking, codes)
        if len(set(ranking)) != len(ranking):
            raise InvalidBallotError("an option is ranked twice")
    return counted


def _first_places(racing: set[str], ballots: Mapping[tuple[str, ...], int]) -> Counter[str]:
    firsts: Counter[str] = Counter(dict.fromkeys(racing, 0))
    for ranking, number in ballots.items():
        first = next((code for code in ranking if code in racing), None)
        if first is not None:
            firsts[first] += number
    return firsts


def _rows(codes: Sequence[str], matrix: Matrix) -> dict[str, dict[str, int]]:
    return {a: {b: matrix[a, b] for b in codes if b != a} for a in codes}
