"""Whatever both sides, staff and repeats do in whatever order: no hour is lost, none is doubled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import care, care_givers, care_settling, ledger
from services.ledger import Unit
from storage.care import CareRequest
from storage.ledger import LedgerAccount, LedgerEntry
from tests.neighbours.test_neighbours_care import welcome
from tests.neighbours.village import HOURS, NOW, Village, staff, who

ACTS = ("match", "giver", "elder", "settle", "giver off", "elder off", "staff off")
STEP = st.tuples(st.sampled_from(ACTS), st.sampled_from((0, 1)), st.sampled_from((30, 60, 90)))


def act(session: Session, what: str, care_id: int, minutes: int) -> None:
    """One step of a history on one of its requests."""
    one = session.get_one(CareRequest, care_id)
    elder, helper = who(session, "wang"), who(session, "li")
    giver = care_givers.giver_of(session, helper)
    worker = staff(session, "wang")
    assert giver is not None
    acts: dict[str, Callable[[], object]] = {
        "match": lambda: care.match(session, one, giver, None, NOW),
        "giver": lambda: care_settling.confirm(session, one, helper, minutes, HOURS, NOW),
        "elder": lambda: care_settling.confirm(session, one, elder, minutes, HOURS, NOW),
        "settle": lambda: care_settling.settle(session, worker, one, minutes, "问过两边", NOW),
        "giver off": lambda: care.cancel(session, one, helper, NOW),
        "elder off": lambda: care.cancel(session, one, elder, NOW),
        "staff off": lambda: care.cancel(session, one, worker, NOW),
    }
    acts[what]()


def open_two(session: Session, saved: int) -> list[int]:
    """Two new requests of an elder who has saved so many minutes."""
    elder = who(session, "wang")
    if care_givers.giver_of(session, who(session, "li")) is None:
        welcome(session)
    if saved:
        count = session.scalar(select(func.count(LedgerEntry.id)))
        ledger.credit(session, elder, Unit.HOURS, saved, f"saved:{count}", "存的", NOW)
    new = care.NewCare("chat", "下午", 60)
    return [care.request(session, elder, elder, new, HOURS, NOW).id for _ in range(2)]


def balances(session: Session) -> tuple[int, int]:
    pair = [ledger.balance(session, who(session, name), Unit.HOURS) for name in ("wang", "li")]
    return pair[0], pair[1]


def check(session: Session, ids: list[int], before: tuple[int, int]) -> None:
    """The hours are those of the requests that are done, each once, each paid by somebody."""
    done = [session.get_one(CareRequest, number) for number in ids]
    done = [one for one in done if one.state == "done"]
    given_now = sum(one.settled_minutes or 0 for one in done)
    paid = sum(one.settled_minutes or 0 for one in done if one.paid_by == "own")
    assert balances(session) == (before[0] - paid, before[1] + given_now)
    sources = [care.source_of(session.get_one(CareRequest, number)) for number in ids]
    posted = session.scalars(
        select(LedgerEntry.source).where(LedgerEntry.source.in_(sources))
    ).all()
    assert sorted(posted) == sorted(care.source_of(one) for one in done)
    total = session.scalar(
        select(func.sum(LedgerAccount.balance)).where(LedgerAccount.unit == Unit.HOURS.value)
    )
    assert total in (0, None)
    assert min(balances(session)) >= 0


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(STEP, max_size=12), saved=st.sampled_from((0, 60, 90)))
def test_no_hour_is_lost_or_doubled(
    village: Village, history: list[tuple[str, int, int]], saved: int
) -> None:
    """Random histories on two requests at a time; what is refused changes nothing."""
    ids = village.do(lambda s: open_two(s, saved))
    before = village.see(balances)
    for what, which, minutes in history:
        with suppress(care.BadCare):
            village.do(
                lambda s, w=what, n=ids[which], m=minutes: act(s, w, n, m)  # type: ignore[misc]
            )
    village.see(lambda s: check(s, ids, before))
