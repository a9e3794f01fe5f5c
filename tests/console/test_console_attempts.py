"""How often an address may try to sign in, whichever accounts it tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from console.attempts import EVERY, SIZE, Attempts, address_of
from tests.console.seed import PASSWORD
from tests.console.world import Answer, Clock, Console

NOTHING = timedelta()


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    attempts = Attempts(clock, size=3, every=timedelta(seconds=10))
    assert [attempts.take("a") for _ in range(4)] == [NOTHING] * 3 + [timedelta(seconds=10)]
    clock.forward(seconds=4)
    assert attempts.take("a") == timedelta(seconds=6)
    clock.forward(seconds=6)
    assert [attempts.take("a"), attempts.take("a")] == [NOTHING, timedelta(seconds=10)]
    assert attempts.take("b") == NOTHING


def test_a_bucket_never_holds_more_than_it_can() -> None:
    clock = Clock()
    attempts = Attempts(clock, size=2, every=timedelta(seconds=10))
    attempts.take("a")
    clock.forward(days=1)
    attempts.give_back("a")
    assert [bool(attempts.take("a")) for _ in range(3)] == [False, False, True]


def test_what_is_given_back_costs_nothing() -> None:
    attempts = Attempts(Clock(), size=1)
    for _ in range(50):
        assert attempts.take("office") == NOTHING
        attempts.give_back("office")


def test_the_memory_is_bounded_and_keeps_those_who_try_now() -> None:
    attempts = Attempts(Clock(), size=1, most=100)
    for number in range(1000):
        attempts.take(f"address {number}")
        attempts.take("the persistent one")
    assert len(attempts) == 100
    assert attempts.take("address 999")
    assert attempts.take("address 0") == NOTHING


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.9", "203.0.113.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.9", "198.51.100.9"),
        ("::1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "not an address", "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(peer: str, forwarded: str, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("POST", "/console/sign-in", headers=headers)
    assert address_of(request.clone(remote=peer)) == address


async def enter(console: Console, login: str, password: str) -> Answer:
    form = {"login": login, "password": password}
    return await console.anonymous.post("/console/sign-in", form)


async def test_an_address_that_guesses_at_many_accounts_is_slowed_down(console: Console) -> None:
    """No account is locked by it, and even the right password has to wait its turn."""
    for number in range(SIZE):
        assert (await enter(console, f"nobody{number}", "not-the-password")).status == 422
    answer = await enter(console, "worker", PASSWORD)
    assert answer.status == 429
    assert "30 秒后再试" in answer.text
    assert answer.headers["Retry-After"] == "30"
    assert console.audited("staff.locked") == []
    console.clock.forward(seconds=EVERY.total_seconds())
    assert (await enter(console, "worker", PASSWORD)).status == 303


async def test_signing_in_rightly_is_never_too_often(console: Console) -> None:
    """An office signs in behind one address."""
    for _ in range(SIZE + 3):
        assert (await enter(console, "worker", PASSWORD)).status == 303
