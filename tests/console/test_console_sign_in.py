"""Signing in: what it takes, what it withholds, and when it ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from console.visits import COOKIE
from services import passwords, sign_in
from services import staff as people
from storage.engine import Database
from storage.staff import StaffSession
from tests.console.seed import NOW, PASSWORD, Seeded
from tests.console.world import Answer, Console, hidden, open_console

RULES = sign_in.SignInRules()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def enter(console: Console, login: str, password: str, **more: str) -> Answer:
    form = {"login": login, "password": password} | more
    return await console.anonymous.post("/console/sign-in", form)


async def test_the_right_password_opens_the_queue(console: Console) -> None:
    """The cookie is out of reach for scripts and for other sites."""
    answer = await enter(console, " Worker ", PASSWORD)
    assert (answer.status, answer.location) == (303, "/console/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/console" in cookie


async def test_the_database_holds_no_token(console: Console) -> None:
    """Who reads the table cannot sign in with it."""
    token = console.visitor("worker").token
    rows = console.read(lambda session: list(session.scalars(select(StaffSession))))
    assert token not in {row.token_hash for row in rows}
    assert all(len(row.token_hash) == 64 for row in rows)


async def test_wrong_and_unknown_give_the_same_answer(console: Console) -> None:
    """Nobody learns which logins exist."""
    wrong = await enter(console, "worker", "not-the-password")
    unknown = await enter(console, "nobody", "not-the-password")
    assert wrong.status == unknown.status == 422
    assert wrong.text.replace("worker", "") == unknown.text.replace("nobody", "")


def test_an_unknown_login_costs_as_much_as_a_known_one() -> None:
    """The stand-in hash has the parameters of the real ones."""
    assert not passwords.HASHER.check_needs_rehash(passwords.NOBODY)
    assert not passwords.fits(None, "anything at all")


async def test_failures_lock_even_the_right_password_out_for_a_while(console: Console) -> None:
    for _ in range(RULES.failures):
        await enter(console, "worker", "not-the-password")
    assert (await enter(console, "worker", PASSWORD)).status == 422
    assert len(console.audited("staff.locked")) == 1
    console.clock.forward(minutes=15, seconds=1)
    assert (await enter(console, "worker", PASSWORD)).status == 303


async def test_a_success_forgives_earlier_failures(console: Console) -> None:
    for _ in range(3):
        for _ in range(RULES.failures - 1):
            await enter(console, "worker", "not-the-password")
        assert (await enter(console, "worker", PASSWORD)).status == 303


async def test_a_disabled_account_cannot_sign_in_and_is_out_at_once(console: Console) -> None:
    visitor = console.visitor("worker")
    console.write(
        lambda session: people.set_active(
            session, console.staff(session, "worker"), False, None, console.clock()
        )
    )
    assert (await visitor.get("/console/")).status == 303
    assert (await enter(console, "worker", PASSWORD)).status == 422


async def test_an_idle_session_ends(console: Console) -> None:
    """Requests keep it alive; the page's own live ones do not."""
    visitor = console.visitor("worker")
    console.clock.forward(minutes=29)
    assert (await visitor.get("/console/")).status == 200
    console.clock.forward(minutes=29)
    assert (await visitor.get("/console/", X_Live="1")).status == 200
    console.clock.forward(minutes=2)
    assert (await visitor.get("/console/")).status == 303


async def test_a_session_ends_however_busy_it_is(console: Console) -> None:
    visitor = console.visitor("worker")
    for _ in range(30):
        console.clock.forward(minutes=25)
        answer = await visitor.get("/console/help")
    assert answer.status == 303


async def test_signing_out_ends_the_session_itself(console: Console) -> None:
    """A copied cookie is worth nothing afterwards."""
    visitor = console.visitor("worker")
    assert (await visitor.post("/console/sign-out")).status == 303
    assert (await visitor.get("/console/")).status == 303


async def test_one_returns_to_where_one_wanted_to_go(console: Console) -> None:
    answer = await console.anonymous.get(f"/console/cases/{console.seeded.lamp}?canned=fixed")
    page = await console.anonymous.get(answer.location)
    where = hidden(page.text, "next")
    assert (await enter(console, "worker", PASSWORD, next=where)).location == where


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "/demo", ""]
)
async def test_nobody_is_led_elsewhere(console: Console, where: str) -> None:
    assert (await enter(console, "worker", PASSWORD, next=where)).location == "/console/"


async def test_the_second_factor_is_asked_for_and_taken_once(console: Console) -> None:
    """RFC 6238, section 5.2: the same code is not accepted twice."""
    console.write(
        lambda session: people.set_second_factor(
            session, console.staff(session, "worker"), SECRET, None, console.clock()
        )
    )
    code = pyotp.TOTP(SECRET).at(console.clock())
    assert (await enter(console, "worker", PASSWORD)).status == 422
    assert (await enter(console, "worker", PASSWORD, code="000000")).status == 422
    assert (await enter(console, "worker", PASSWORD, code=code)).status == 303
    assert (await enter(console, "worker", PASSWORD, code=code)).status == 422
    console.clock.forward(seconds=61)
    later = pyotp.TOTP(SECRET).at(console.clock())
    assert (await enter(console, "worker", PASSWORD, code=later)).status == 303


def test_a_code_is_valid_for_its_own_half_minute_and_the_next() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    fits = [sign_in.code_fits(SECRET, code, NOW + timedelta(seconds=s)) for s in (0, 29, 31, 61)]
    assert fits == [True, True, True, False]


async def test_enrolling_takes_a_code_of_the_shown_secret(console: Console) -> None:
    visitor = console.visitor("worker")
    secret = hidden((await visitor.get("/console/account")).text, "secret")
    wrong = await visitor.post("/console/account/second-factor", {"secret": secret, "code": "1"})
    assert wrong.status == 422
    assert hidden(wrong.text, "secret") == secret
    code = pyotp.TOTP(secret).at(console.clock())
    right = await visitor.post("/console/account/second-factor", {"secret": secret, "code": code})
    assert right.status == 303
    assert "已开启" in (await visitor.get("/console/account")).text
    off = "/console/account/second-factor/off"
    assert (await visitor.post(off, {"old": "not-the-password"})).status == 422
    assert (await visitor.post(off, {"old": PASSWORD})).status == 303


async def test_changing_the_password_ends_the_other_sessions(console: Console) -> None:
    mine, other = console.visitor("worker"), console.visitor("worker")
    form = {"old": PASSWORD, "password": "a longer sentence", "again": "a longer sentence"}
    for wrong in ({"old": "no"}, {"again": "different"}, {"password": "short", "again": "short"}):
        answer = await mine.post("/console/account/password", form | wrong)
        assert answer.status == 422
        assert 'aria-invalid="true"' in answer.text
    assert (await mine.post("/console/account/password", form)).status == 303
    assert (await mine.get("/console/")).status == 200
    assert (await other.get("/console/")).status == 303
    assert (await enter(console, "worker", "a longer sentence")).status == 303


async def test_the_demo_hint_is_shown_in_the_demo_only(console: Console) -> None:
    page = await console.anonymous.get("/console/sign-in")
    assert people.DEMO_PASSWORD not in page.text


async def test_an_old_cookie_is_no_error(console: Console) -> None:
    answer = await console.anonymous.get("/console/sign-in", Cookie=f"{COOKIE}=stale")
    assert answer.status == 200


async def test_the_demo_names_its_accounts_and_a_public_address_makes_cookies_secure(
    console_database: Database, template: tuple[Path, Seeded], tmp_path: Path
) -> None:
    """Behind https the cookie never travels in the clear."""
    changes = {"demo": True, "public_url": "https://desk.example"}
    async with open_console(console_database, template[1], tmp_path, **changes) as console:
        page = await console.anonymous.get("/console/sign-in")
        assert people.DEMO_PASSWORD in page.text
        assert "<code>reviewer</code>" in page.text
        assert "max-age" in page.headers["Strict-Transport-Security"]
        form = {"login": "worker", "password": PASSWORD}
        origin = "https://desk.example"
        answer = await console.anonymous.post("/console/sign-in", form, origin=origin)
        assert "Secure" in answer.headers["Set-Cookie"]
