"""The routes of the house itself: the door, the account, staff, audit, model."""

from __future__ import annotations

from console import assets
from console.pages import account, audit, guide, model, people, signing
from console.routes.kinds import AUDIT, KEEP_MODEL, KEEP_STAFF, N
from console.rules import Public, Route, SignedIn

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/static/{name}", assets.serve, Public()),
    Route("GET", "/console/sign-in", signing.show, Public()),
    Route("POST", "/console/sign-in", signing.enter, Public()),
    Route("POST", "/console/sign-out", signing.leave, SignedIn()),
    Route("GET", "/console/audit", audit.show, AUDIT),
    Route("GET", "/console/audit.csv", audit.export, AUDIT),
    Route("GET", "/console/staff", people.show, KEEP_STAFF),
    Route("POST", "/console/staff", people.add, KEEP_STAFF),
    Route("GET", f"/console/staff/{N}", people.show_one, KEEP_STAFF),
    Route("POST", f"/console/staff/{N}/change", people.change, KEEP_STAFF),
    Route("POST", f"/console/staff/{N}/active", people.set_active, KEEP_STAFF),
    Route("POST", f"/console/staff/{N}/reset", people.reset, KEEP_STAFF),
    Route("GET", "/console/model", model.show, KEEP_MODEL),
    Route("POST", "/console/model/back", model.step_back, KEEP_MODEL),
    Route("POST", "/console/model/train", model.train, KEEP_MODEL),
    Route("GET", "/console/account", account.show, SignedIn()),
    Route("POST", "/console/account/password", account.set_password, SignedIn()),
    Route("POST", "/console/account/second-factor", account.second_factor_on, SignedIn()),
    Route("POST", "/console/account/second-factor/off", account.second_factor_off, SignedIn()),
    Route("POST", "/console/account/view", account.set_view, SignedIn()),
    Route("GET", "/console/help", guide.show, SignedIn()),
)
