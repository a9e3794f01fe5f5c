"""My account: password, second factor, and how the pages look."""

from __future__ import annotations

import asyncio
import io

import pyotp
import segno
from aiohttp import web
from sqlalchemy.orm import Session

from console import view as views
from console.done import see
from console.forms import Entered, read_form
from console.pages.signing import CHECKS
from console.rendering import render
from console.visits import visit_of
from services import passwords, place_names, sign_in
from services import staff as people
from storage.staff import Staff

ADDRESS = "/console/account"
ISSUER = "说事台"
SECRET_LENGTH = 32


async def show(request: web.Request) -> web.Response:
    """Everything on one page."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    secret = entered.value("totp_on", "secret") or pyotp.random_base32(SECRET_LENGTH)
    scope = await visit.read(lambda session: place_names.name_of(session, visit.staff.scope_path))
    context = {
        "entered": entered,
        "themes": views.THEMES,
        "scope": scope,
        "secret": secret,
        "qr": _qr(visit.staff, secret),
        "base": ADDRESS,
    }
    return render(request, "account.html", context, status=status)


def _qr(staff: Staff, secret: str) -> str:
    """The enrolment address (Key URI of RFC 6238 apps) as an SVG image."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=staff.login, issuer_name=ISSUER)
    image = io.BytesIO()
    segno.make(uri, error="m").save(
        image,
        kind="svg",
        scale=4,
        border=3,
        xmldecl=False,
        svgns=True,
        light="#fff",
        title="动态码二维码",
        omitsize=False,
    )
    return image.getvalue().decode()


async def _knows_password(request: web.Request, password: str) -> bool:
    """Whether the one at the keyboard knows the password of the account."""
    stored = visit_of(request).staff.password_hash
    async with request.app[CHECKS]:
        return await asyncio.to_thread(passwords.fits, stored, password[: passwords.LONGEST])


async def set_password(request: web.Request) -> web.Response:
    """Changes one's own password; other devices are signed out."""
    visit, form = visit_of(request), await read_form(request)
    if not await _knows_password(request, form.get("old", "")):
        return await _page(request, Entered("password", {}, {"old": "现在的密码不对"}), 422)
    if form.get("password") != form.get("again"):
        return await _page(request, Entered("password", {}, {"again": "两次输入的不一样"}), 422)

    def work(session: Session) -> None:
        staff = session.get_one(Staff, visit.staff.id)
        keep = visit.signed_in.session.id
        password = form.get("password", "")
        people.set_password(session, staff, password, staff, visit.now, keep_session=keep)

    try:
        await visit.write(work)
    except people.BadStaff as error:
        return await _page(request, Entered("password", {}, {"password": str(error)}), 422)
    return see(ADDRESS, "password")


async def second_factor_on(request: web.Request) -> web.Response:
    """Switches the second factor on, once a code shows that the app has the secret."""
    visit, form = visit_of(request), await read_form(request)
    secret = form.get("secret", "")
    well_made = len(secret) == SECRET_LENGTH and secret.isalnum()
    if not well_made or not sign_in.code_fits(secret, form.get("code", ""), visit.now):
        errors = {"code": "动态码不对，请看手机上最新的 6 位数字"}
        values = {"secret": secret} if well_made else {}
        return await _page(request, Entered("totp_on", values, errors), 422)
    await visit.write(
        lambda session: people.set_second_factor(
            session,
            session.get_one(Staff, visit.staff.id),
            secret,
            visit.staff,
            visit.now,
        )
    )
    return see(ADDRESS, "saved")


async def second_factor_off(request: web.Request) -> web.Response:
    """Switches the second factor off for somebody who knows the password."""
    visit, form = visit_of(request), await read_form(request)
    if not await _knows_password(request, form.get("old", "")):
        return await _page(request, Entered("totp_off", {}, {"old": "现在的密码不对"}), 422)
    await visit.write(
        lambda session: people.set_second_factor(
            session, session.get_one(Staff, visit.staff.id), None, visit.staff, visit.now
        )
    )
    return see(ADDRESS, "saved")


async def set_view(request: web.Request) -> web.Response:
    """Remembers theme, type size and keys in this browser."""
    visit, form = visit_of(request), await read_form(request)
    theme = form.get("theme", "auto")
    wanted = views.View(
        theme=theme if theme in views.THEMES else "auto",
        large=form.get("large") == "1",
        keys=form.get("keys") == "1",
    )
    response = see(ADDRESS, "saved")
    views.remember(response, wanted, secure=visit.deps.secure)
    return response
