"""Participatory budgeting: greedy, equal shares, completion and shares per block."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.budgeting import Election, greedy
from deliberation.equal_shares import Completion, Utility, equal_shares
from deliberation.tally import InvalidBallotError
from deliberation.ties import Option, TieBreak, TieRule

EARLIER = TieRule()


def projects(*costs: int) -> tuple[Option, ...]:
    return tuple(Option(f"p{i}", Fraction(cost)) for i, cost in enumerate(costs))


def approvals(*ballots: str) -> tuple[dict[str, Fraction], ...]:
    return tuple({f"p{c}": Fraction(1) for c in ballot} for ballot in ballots)


@st.composite
def elections(draw: st.DrawFn) -> Election:
    """Small elections with costs and points of awkward fractions."""
    costs = draw(st.lists(st.fractions(0, 50, max_denominator=6), min_size=1, max_size=5))
    listed = tuple(Option(f"p{i}", cost) for i, cost in enumerate(costs))
    approve = draw(st.booleans())
    value = st.just(Fraction(1)) if approve else st.fractions("1/3", 5, max_denominator=3)
    ballot = st.dictionaries(st.sampled_from([o.code for o in listed]), value)
    ballots = draw(st.lists(ballot, max_size=8))
    budget = draw(st.fractions(0, 100, max_denominator=4))
    return Election(budget, listed, tuple(ballots), approve)


def plain_rho(cost: Fraction, pay: dict[int, Fraction], held: list[Fraction]) -> Fraction | None:
    """Smallest ρ with Σ min(purse, ρ·utility) = cost: tried for every set of poorest payers."""
    order = sorted(pay, key=lambda i: held[i] / pay[i])
    for number in range(len(order)):
        poor, rich = order[:number], order[number:]
        rho = (cost - sum(held[i] for i in poor)) / sum(pay[i] for i in rich)
        if rho >= 0 and sum(min(held[i], rho * pay[i]) for i in pay) == cost:
            return rho
    return None


def plain_equal_shares(election: Election, utility: Utility) -> list[tuple[str, Fraction]]:
    """The definition itself with one Fraction per voter: (project, ρ) in order of funding."""
    held = [election.budget / len(election.ballots)] * len(election.ballots)
    by_cost = utility is Utility.COST
    waiting = dict(election.costs)
    funded: list[tuple[str, Fraction]] = []
    while True:
        best: tuple[Fraction, str, dict[int, Fraction]] | None = None
        for code, cost in waiting.items():
            worth = cost if by_cost else Fraction(1)
            pay = {i: b[code] * worth for i, b in enumerate(election.ballots) if code in b}
            pay = {i: value for i, value in pay.items() if value}
            rho = plain_rho(cost, pay, held)
            if rho is not None and (best is None or rho < best[0]):
                best = (rho, code, pay)
        if best is None:
            return funded
        rho, code, pay = best
        for i, value in pay.items():
            held[i] -= min(held[i], rho * value)
        del waiting[code]
        funded.append((code, rho))


@given(elections(), st.sampled_from(Utility))
def test_equal_shares_follows_its_definition(election: Election, utility: Utility) -> None:
    """The integer purses give the projects and the ρ of the plain definition, in its order."""
    found = equal_shares(election, EARLIER, utility=utility)
    rhos = [(step.option, step.figures["rho"]) for step in found.rounds]
    assert rhos == (plain_equal_shares(election, utility) if election.ballots else [])


@given(elections(), st.sampled_from(Completion), st.sampled_from(Utility))
def test_the_budget_is_never_exceeded(
    election: Election, completion: Completion, utility: Utility
) -> None:
    """Whatever the rule and completion; what is spent is what the winners cost."""
    for found in (
        greedy(election, EARLIER),
        equal_shares(election, EARLIER, utility=utility, completion=completion),
    ):
        assert found.spent <= election.budget
        assert found.spent == sum(election.costs[code] for code in found.winners)
        assert len(set(found.winners)) == len(found.winners)


@given(st.data())
def test_the_order_of_ballots_does_not_matter_for_budgets(data: st.DataObject) -> None:
    """Neither for greedy nor for equal shares, with any completion."""
    election = data.draw(elections())
    other = Election(
        election.budget,
        election.projects,
        tuple(data.draw(st.permutations(election.ballots))),
        election.approval,
    )
    assert greedy(election, EARLIER) == greedy(other, EARLIER)
    for completion in Completion:
        assert equal_shares(election, EARLIER, completion=completion) == equal_shares(
            other, EARLIER, completion=completion
        )


@given(elections())
def test_the_names_of_projects_do_not_matter(election: Election) -> None:
    """Neutrality: renamed projects in the same places win under their new names."""
    other = Election(
        election.budget,
        tuple(Option(f"x{p.code}", p.cost) for p in election.projects),
        tuple({f"x{code}": v for code, v in ballot.items()} for ballot in election.ballots),
        election.approval,
    )
    for rule in (greedy, equal_shares):
        names = tuple(f"x{code}" for code in rule(election, EARLIER).winners)
        assert rule(other, EARLIER).winners == names


@given(elections(), st.data())
def test_one_more_vote_never_harms_a_greedy_winner(election: Election, data: st.DataObject) -> None:
    """Monotonicity of greedy in the votes."""
    for winner in greedy(election, EARLIER).winners:
        ballots = [*election.ballots, {winner: Fraction(1)}]
        more = Election(election.budget, election.projects, tuple(ballots), election.approval)
        assert winner in greedy(more, EARLIER).winners


def test_greedy_skips_what_does_not_fit_and_says_so() -> None:
    """The second by votes is too dear, the third fits."""
    election = Election(
        Fraction(100), projects(60, 50, 40), approvals("012", "01", "0", "1", "02", "2", "10")
    )
    found = greedy(election, EARLIER)
    assert found.winners == ("p0", "p2")
    assert [(r.action, r.option) for r in found.rounds] == [
        ("fund", "p0"),
        ("skip", "p1"),
        ("fund", "p2"),
    ]
    assert found.left == 0


def test_equal_shares_gives_a_minority_its_part() -> None:
    """Two thirds want p0 to p2, one third p3: greedy leaves the third with nothing."""
    ballots = approvals(*["012"] * 4, *["3"] * 2)
    election = Election(Fraction(90), projects(30, 30, 30, 30), ballots)
    assert set(greedy(election, EARLIER).winners) == {"p0", "p1", "p2"}
    assert set(equal_shares(election, EARLIER).winners) == {"p0", "p1", "p3"}


def test_a_round_is_explained_by_exact_figures() -> None:
    """ρ, supporters, the largest payment, who gave all, what is spent."""
    election = Election(Fraction(10), projects(7), approvals("0", "0", "0", ""))
    (step,) = equal_shares(election, EARLIER, utility=Utility.POINTS).rounds
    assert step.option == "p0"
    assert step.figures == {
        "cost": 7,
        "rho": Fraction(7, 3),
        "supporters": 3,
        "emptied": 0,
        "largest_payment": Fraction(7, 3),
        "share": Fraction(5, 2),
        "spent": 7,
    }


def test_completion_uses_money_that_equal_shares_cannot() -> None:
    """Nobody alone affords p0; greedy buys it, larger shares do as well."""
    election = Election(Fraction(12), projects(10, 1), approvals("0", "0", "1"))
    assert equal_shares(election, EARLIER).winners == ("p1",)
    for completion in (Completion.GREEDY, Completion.RAISE):
        found = equal_shares(election, EARLIER, completion=completion)
        assert set(found.winners) == {"p0", "p1"}


def test_raising_stops_before_the_budget_would_be_exceeded() -> None:
    """The last outcome within the budget stands, although money is left."""
    election = Election(Fraction(10), projects(6, 6), approvals("0", "1"))
    found = equal_shares(election, EARLIER, completion=Completion.RAISE)
    assert found.winners == ()
    assert found.left == 10


@pytest.mark.parametrize(
    ("ties", "first"), [(TieRule(), "p0"), (TieRule(TieBreak.LOWER_COST), "p1")]
)
def test_ties_between_projects_follow_the_rule(ties: TieRule, first: str) -> None:
    """Equal votes and equal ρ are decided alike."""
    election = Election(Fraction(100), projects(60, 50), approvals("01"))
    assert greedy(election, ties).winners == (first,)
    assert equal_shares(election, ties).winners == (first,)


def test_a_project_without_cost_is_funded_once_it_has_support() -> None:
    """At ρ 0 by points; by cost it is worth nothing and comes with the completion."""
    election = Election(Fraction(5), projects(0, 5, 0), approvals("01", "1"))
    assert equal_shares(election, EARLIER, utility=Utility.POINTS).winners == ("p0", "p1")
    assert equal_shares(election, EARLIER, utility=Utility.COST).winners == ("p1",)
    completed = equal_shares(election, EARLIER, utility=Utility.COST, completion=Completion.GREEDY)
    assert completed.winners == ("p1", "p0")


def test_impossible_elections_are_refused() -> None:
    """Unknown projects, points that are no points, negative money."""
    with pytest.raises(InvalidBallotError, match="unknown"):
        Election(Fraction(1), projects(1), ({"q": Fraction(1)},))
    with pytest.raises(InvalidBallotError, match="positive"):
        Election(Fraction(1), projects(1), ({"p0": Fraction(0)},))
    with pytest.raises(ValueError, match="negative"):
        Election(Fraction(-1), projects(1), ())
