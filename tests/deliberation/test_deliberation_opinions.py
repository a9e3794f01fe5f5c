"""The opinion map: golden values, guards, groups and their repeatability."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score

from deliberation.opinions.groups import (
    BASE_CLUSTERS,
    PLAIN_UP_TO,
    GroupCount,
    group,
    largest_first,
)
from deliberation.opinions.kmeans import optima
from deliberation.opinions.maps import RAW, Guards, History, opinion_map
from deliberation.opinions.matrix import UNSEEN, Floats, Vote, members, vote_matrix
from deliberation.opinions.output import read_votes, to_json
from deliberation.opinions.projection import project
from deliberation.opinions.routing import next_statement, priority
from deliberation.opinions.silhouette import Distances
from deliberation.opinions.stability import adjusted_rand
from deliberation.opinions.statements import (
    Counts,
    consensus,
    group_aware_consensus,
    representative,
    sides,
)
from deliberation.opinions.statistics import prop_test, two_prop_test


def conversation(people: int, statements: int = 20, camps: int = 2, seed: int = 1) -> list[Vote]:
    """Camps that agree within and differ between, each person seeing about 70 %."""
    chance = np.random.default_rng(seed)
    taste = np.where(chance.random((camps, statements)) < 0.5, 0.1, 0.9)
    taste[:, 0] = 0.98
    votes = []
    for person in range(people):
        for statement in range(statements):
            if chance.random() < 0.7:
                draw = chance.random()
                agrees = chance.random() < taste[person % camps, statement]
                votes.append((str(person), str(statement), 0 if draw < 0.1 else 2 * agrees - 1))
    return [(who, what, int(how)) for who, what, how in votes]


# golden values of the formulas


@pytest.mark.parametrize(
    ("agree", "passed", "seen", "extremity", "value"),
    [
        (0, 0, 0, 0.0, 5.0625),
        (1, 0, 1, 0.0, 12.529726),
        (18, 3, 20, 1.0, 4.493699),
    ],
)
def test_priority_has_its_golden_values(
    agree: int, passed: int, seen: int, extremity: float, value: float
) -> None:
    """Importance times newness, squared."""
    assert priority(agree, passed, seen, extremity) == pytest.approx(value, abs=1e-6)


def test_priorities_differ_also_around_zero() -> None:
    """Zero is a count like any other: no two of these are equal."""
    counts = [(0, 0, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 2), (2, 0, 2), (0, 2, 2)]
    agree, passed, seen = (np.array(column) for column in zip(*counts, strict=True))
    values = priority(agree, passed, seen, np.zeros(len(counts)))
    assert len(set(np.round(values, 9).tolist())) == len(counts)
    for index, (a, p, s) in enumerate(counts):
        assert values[index] == pytest.approx(float(priority(a, p, s, 0.0)))


@pytest.mark.parametrize(
    ("successes", "trials", "value"),
    [(0, 0, 1.0), (1, 1, 1.414214), (3, 4, 1.341641), (8, 10, 2.110579), (5, 10, 0.301511)],
)
def test_prop_test_has_its_golden_values(successes: int, trials: int, value: float) -> None:
    """The share tested against one half."""
    assert prop_test(successes, trials) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "value"),
    [((8, 2, 10, 10), 2.569047), ((8, 10, 10, 40), 3.328703), ((10, 40, 10, 40), 0.0)],
)
def test_two_prop_test_has_its_golden_values(
    counts: tuple[int, int, int, int], value: float
) -> None:
    """Two shares against each other, and 0 where everybody agrees."""
    assert two_prop_test(*counts) == pytest.approx(value, abs=1e-6)


def test_group_aware_consensus_has_its_golden_value() -> None:
    """8 of 10 and 30 of 40."""
    assert group_aware_consensus([8, 30], [10, 40]) == pytest.approx(0.553571, abs=1e-6)


# votes and who is in


def test_the_newest_vote_on_a_statement_counts() -> None:
    """Rows are in order of time; unseen is neither pass nor disagree."""
    matrix = vote_matrix([("1", "a", 1), ("2", "b", 0), ("1", "a", -1)])
    assert matrix.cells.tolist() == [[-1, UNSEEN], [UNSEEN, 0]]


def test_rows_and_columns_are_in_the_order_of_numbers() -> None:
    """10 after 9, names after numbers."""
    matrix = vote_matrix([("10", "s10", 1), ("9", "2", 1), ("张", "10", 1)])
    assert matrix.participants == ("9", "10", "张")
    assert matrix.statements == ("2", "10", "s10")


def test_moderated_statements_are_dropped() -> None:
    """Their votes neither place anybody nor bring anybody in."""
    matrix = vote_matrix([("1", "a", 1), ("1", "b", 1), ("2", "b", 1)], dropped={"b"})
    assert matrix.statements == ("a",)
    assert matrix.participants == ("1",)


def test_a_vote_is_one_zero_or_minus_one() -> None:
    """Anything else is an error of the caller."""
    with pytest.raises(ValueError, match="no vote is 2"):
        vote_matrix([("1", "a", 2)])


def test_seven_votes_bring_a_participant_in_who_then_stays() -> None:
    """Fewer statements ask for fewer votes; who was in before stays in."""
    full = [(f"p{n}", str(s), 1) for n in range(20) for s in range(7)]
    matrix = vote_matrix([*full, *(("late", str(s), 1) for s in range(6)), ("one", "0", 1)])
    inside = dict(zip(matrix.participants, members(matrix), strict=True))
    assert sum(inside.values()) == 20
    assert not inside["late"]
    assert dict(zip(matrix.participants, members(matrix, {"one"}), strict=True))["one"]


def test_the_most_active_fill_up_to_fifteen() -> None:
    """Nobody without a vote is among them."""
    votes = [(f"{n:02}", str(s), 1) for n in range(20) for s in range(1 + n // 4)]
    votes += [("99", str(s), 1) for s in range(9)]
    inside = members(vote_matrix(votes))
    assert inside.sum() == 15
    assert inside[8:].all()
    assert np.flatnonzero(inside[:8]).tolist() == [4, 5]


# positions


def test_positions_are_principal_components_scaled_by_what_was_seen() -> None:
    """Against scikit-learn on the imputed matrix, up to sign."""
    matrix = vote_matrix(conversation(80))
    found = project(matrix)
    cells = np.where(matrix.seen, matrix.cells, found.means)
    expected = PCA(2, svd_solver="full").fit_transform(cells)
    expected *= np.sqrt(cells.shape[1] / matrix.seen.sum(axis=1))[:, None]
    for axis in (0, 1):
        assert np.abs(np.abs(found.positions[:, axis]) - np.abs(expected[:, axis])).max() < 1e-8
    assert found.statement_positions == pytest.approx(
        np.sqrt(20) * (1 - found.means)[:, None] * found.components.T
    )
    assert found.extremity == pytest.approx(np.hypot(*found.statement_positions.T))


def test_signs_stay_those_of_the_previous_run() -> None:
    """A map does not flip over between two updates."""
    matrix = vote_matrix(conversation(60))
    first = project(matrix)
    flipped = {name: (-x, y) for name, (x, y) in first.loadings(matrix).items()}
    again = project(matrix, flipped)
    assert again.positions[:, 0] == pytest.approx(-first.positions[:, 0])
    assert again.positions[:, 1] == pytest.approx(first.positions[:, 1])


def test_one_statement_or_equal_votes_are_no_error() -> None:
    """There is just nothing to tell apart."""
    for votes in ([("1", "a", 1), ("2", "a", 1)], [("1", "a", 1), ("1", "b", 1)]):
        assert np.isfinite(project(vote_matrix(votes)).positions).all()
    same = [(str(p), str(s), 1) for p in range(60) for s in range(9)]
    found = opinion_map(same)
    assert [g.size for g in found.groups] == [60]
    assert found.stability == 1.0


# groups


def blobs(sizes: list[int], seed: int = 3) -> Floats:
    chance = np.random.default_rng(seed)
    centres = np.array([[0, 0], [9, 0], [0, 9], [9, 9], [4, 20]])
    return np.concatenate(
        [c + chance.normal(0, 1, (n, 2)) for c, n in zip(centres, sizes, strict=False)]
    )


@pytest.mark.parametrize("sizes", [[60, 40], [50, 40, 30], [30, 30, 30, 30], [40, 30, 20, 20, 20]])
@pytest.mark.parametrize("factor", [1, 10, 40])
def test_separate_camps_are_found_with_their_number(sizes: list[int], factor: int) -> None:
    """Small with exchange, by plain k-means, and through base clusters above 3 000."""
    sizes = [size * factor for size in sizes]
    grouping, count = group(blobs(sizes))
    assert count.adopted == len(sizes)
    assert np.bincount(grouping.labels).tolist() == sorted(sizes, reverse=True)


def test_large_conversations_go_through_base_clusters() -> None:
    """The limits are those of the documentation."""
    assert PLAIN_UP_TO == 3000
    assert BASE_CLUSTERS == 100


def test_silhouette_and_rand_index_are_the_known_ones() -> None:
    """Against scikit-learn on noisy groups."""
    points = blobs([30, 20, 5])
    labels = np.random.default_rng(1).integers(0, 3, len(points))
    assert Distances(points).silhouette(labels) == pytest.approx(silhouette_score(points, labels))
    other = group(points)[0].labels
    assert adjusted_rand(labels, other) == pytest.approx(adjusted_rand_score(labels, other))
    assert adjusted_rand(other, other) == 1.0


def test_a_weight_stands_for_equal_points() -> None:
    """K-means and silhouette of weighted points are those of the points repeated."""
    points, weights = blobs([12, 9, 7]), np.tile([1.0, 2.0, 3.0, 1.0], 7)
    repeated = np.repeat(points, weights.astype(int), axis=0)
    one = optima(points, weights, 3, starts=5, seed=1)[0]
    assert one.cost == pytest.approx(
        optima(repeated, np.ones(len(repeated)), 3, starts=5, seed=2)[0].cost
    )
    spread = np.repeat(one.labels, weights.astype(int))
    assert Distances(points, weights).silhouette(one.labels) == pytest.approx(
        silhouette_score(repeated, spread)
    )


@given(st.integers(0, 1000))
def test_exchange_never_lowers_the_silhouette_nor_makes_tiny_groups(seed: int) -> None:
    """From any grouping; the score it returns is the silhouette of its labels."""
    chance = np.random.default_rng(seed)
    points = chance.normal(0, 1, (30, 2))
    labels = np.append([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], chance.integers(0, 3, 18))
    distances = Distances(points)
    better, score = distances.exchanged(labels, 4)
    assert score >= distances.silhouette(labels) - 1e-12
    assert score == pytest.approx(distances.silhouette(better))
    assert np.bincount(better).min() >= 4


def test_a_new_number_of_groups_is_adopted_after_four_updates_in_a_row() -> None:
    """Three are not enough, and an interruption starts anew."""
    count = GroupCount(2, 2)
    for best in (3, 3, 3, 2, 3, 3, 3):
        count = count.after(best)
        assert count.adopted == 2
    assert count.after(4).adopted == 2
    assert count.after(3).adopted == 3


def test_the_adopted_number_is_kept_while_another_is_better() -> None:
    """Groups are those of the number in use."""
    grouping, count = group(blobs([50, 40, 30]), GroupCount(2, 2))
    assert grouping.k == 2
    assert count == GroupCount(2, 3, 1)


def test_groups_are_numbered_by_size() -> None:
    """0 is the largest, so numbers do not depend on chance."""
    assert largest_first(np.array([2, 2, 2, 0, 1, 1])).tolist() == [0, 0, 0, 2, 1, 1]


# statements


def table(agree: list[list[int]], disagree: list[list[int]], seen: list[list[int]]) -> Counts:
    return Counts(np.array(agree), np.array(disagree), np.array(seen))


def test_representative_statements_pass_both_tests_and_agreements_come_first() -> None:
    """Group 0 agrees with column 0, disagrees with column 1; all agree with column 2."""
    counts = table(
        [[19, 1, 19, 10], [3, 18, 18, 10]],
        [[1, 19, 1, 10], [17, 2, 2, 10]],
        [[20] * 4, [20] * 4],
    )
    assert [(s.column, s.side) for s in representative(counts, 0)] == [
        (0, "agree"),
        (1, "disagree"),
    ]
    first = representative(counts, 0)[0]
    agree, _ = sides(counts)
    assert first.number == 19
    assert first.p == pytest.approx(20 / 22)
    assert first.ratio == pytest.approx((20 / 22) / (4 / 22))
    assert first.score == pytest.approx(
        agree.r[0, 0] * agree.r_test[0, 0] * agree.p[0, 0] * agree.p_test[0, 0]
    )


def test_at_most_five_are_listed_by_score() -> None:
    """The most distinguishing ones."""
    counts = table([list(range(13, 20)), [1] * 7], [[0] * 7, [19] * 7], [[20] * 7, [20] * 7])
    assert {s.column for s in representative(counts, 0)} == {2, 3, 4, 5, 6}


def test_statements_few_have_seen_are_not_listed() -> None:
    """At least five in the group and fifteen in all."""
    counts = table([[4, 5, 5], [0, 0, 0]], [[0, 0, 0], [11, 9, 10]], [[4, 5, 5], [11, 9, 10]])
    listed = representative(counts, 0, least_in_group=5, least_in_all=15)
    assert [s.column for s in listed] == [2]
    agreed, _ = consensus(table([[14, 15]], [[0, 0]], [[14, 15]]), least_in_all=15)
    assert [s.column for s in agreed] == [1]


def test_polis_keeps_a_seat_for_agreement_which_the_guards_do_not() -> None:
    """Column 1 is what the group agrees on most, though everybody else does too."""
    counts = table([[2, 19], [18, 20]], [[18, 0], [1, 0]], [[20, 20], [20, 20]])
    assert [s.column for s in representative(counts, 0)] == [0]
    assert {s.column for s in representative(counts, 0, polis_seats=True)} == {0, 1}


def test_consensus_is_above_one_half_for_all() -> None:
    """Share and test at 90 %, agreed and disagreed apart."""
    agreed, disagreed = consensus(table([[18, 11, 1]], [[1, 9, 18]], [[20, 20, 20]]))
    assert [s.column for s in agreed] == [0]
    assert [s.column for s in disagreed] == [2]


# next statement


def test_the_next_statement_is_drawn_by_priority_among_the_unanswered() -> None:
    """Shares of an even draw are the shares of the priorities; None when all are answered."""
    weights = {"a": 1.0, "b": 3.0, "c": 100.0}
    draws = Counter(next_statement(weights, {"c"}, n / 1000) for n in range(1000))
    assert draws == {"a": 250, "b": 750}
    assert next_statement(weights, weights.keys(), 0.5) is None
    assert next_statement({"a": 0.0, "b": 0.0}, (), 0.9) in {"a", "b"}


# the whole map


def test_a_map_finds_the_camps_and_what_all_share() -> None:
    """Two camps of fifty; statement 0 is common ground; the groups are stable."""
    found = opinion_map(conversation(100))
    assert found.labels is not None
    camps = np.array([int(name) % 2 for name in found.matrix.participants])
    assert adjusted_rand(camps, found.labels) > 0.9
    assert found.agreed[0].column == 0
    assert found.stable
    assert found.stability is not None
    assert found.stability > 0.95
    assert all(g.statements for g in found.groups)


def test_the_map_is_the_same_every_time() -> None:
    """Also when the rows come in another order, as each cell is voted on once."""
    votes = conversation(90, camps=3)
    assert to_json(opinion_map(votes)) == to_json(opinion_map(reversed(votes)))


def test_camps_of_chance_are_called_unstable() -> None:
    """Votes without any structure have no stable groups."""
    chance = np.random.default_rng(2)
    votes = [(str(p), str(s), int(chance.integers(-1, 2))) for p in range(80) for s in range(30)]
    found = opinion_map(votes)
    assert found.stability is not None
    assert found.stability < 0.6
    assert not found.stable


def test_below_fifty_participants_there_are_only_counts() -> None:
    """49 in: no positions, no groups; counts per statement and what to ask next remain."""
    found = to_json(opinion_map(conversation(49)))
    assert found["groups"] == []
    assert found["stability"] is None
    assert set(map(str, found["participants"]["0"].values())) == {"None"}
    assert found["statements"]["0"]["x"] is None
    assert found["statements"]["0"]["seen"] > 20
    assert found["statements"]["0"]["priority"] > 0
    assert to_json(opinion_map(conversation(50)))["groups"]


def test_raw_maps_have_no_guards() -> None:
    """For comparison with others: twelve participants are enough."""
    found = to_json(opinion_map(conversation(12), guards=RAW))
    assert len(found["groups"]) >= 2
    assert all(place["x"] is not None for place in found["participants"].values())


def test_small_groups_are_not_shown() -> None:
    """Below max(5, 5 %) a group and its members' membership are kept back."""
    guards = Guards(group_members=51)
    found = opinion_map(conversation(101), guards=guards)
    assert [g.size for g in found.groups] == [51]
    assert found.labels is not None
    assert sorted(Counter(found.labels.tolist()).items()) == [(-1, 50), (0, 51)]
    assert Guards().least_members(60) == 5
    assert Guards().least_members(200) == 10


def test_an_update_remembers_members_signs_and_the_number_of_groups() -> None:
    """What the next update needs comes with the map."""
    votes = conversation(100)
    first = opinion_map(votes)
    assert isinstance(first.history, History)
    assert len(first.history.members) == 100
    more = [*votes, *(("new", str(s), 1) for s in range(3))]
    again = opinion_map(more, history=first.history)
    assert again.history.members == first.history.members
    assert again.history.count == GroupCount(2, 2)
    assert again.projection is not None
    assert first.projection is not None
    overlap = (again.projection.components * first.projection.components).sum(axis=1)
    assert (overlap > 0.9).all()


def test_nobody_or_nothing_is_an_empty_map() -> None:
    """No votes are no error."""
    assert to_json(opinion_map([]))["participants"] == {}
    assert to_json(opinion_map([], guards=RAW))["groups"] == []


def test_votes_are_read_from_csv_in_any_order_of_columns() -> None:
    """With a byte order mark and blank lines; faults are named by line."""
    text = "\ufeffvote,statement,participant\n1,s,p\n\n-1,t,p\n"
    assert list(read_votes(text)) == [("p", "s", 1), ("p", "t", -1)]
    with pytest.raises(ValueError, match="line 1: no column vote"):
        list(read_votes("participant,statement\n"))
    with pytest.raises(ValueError, match="line 2"):
        list(read_votes("participant,statement,vote\np,s,agree\n"))
