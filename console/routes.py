"""Every route of the console with the rule that opens it.

`app.add_console` registers exactly these, and the guard refuses whatever else appears below
/console or /public; a test walks the table and tries each rule.
"""

from __future__ import annotations

from console import assets
from console.pages import (
    account,
    audit,
    case,
    cases,
    events,
    figures,
    guide,
    learning,
    media,
    model,
    people,
    queue,
    replies,
    residents,
    sends,
    signing,
    talks,
)
from console.rules import Needs, Public, Route, SignedIn
from services.access import Permission

SEE = Needs(Permission.SEE)
HANDLE = Needs(Permission.HANDLE)
APPROVE = Needs(Permission.APPROVE)
UNMASK = Needs(Permission.UNMASK)
AUDIT = Needs(Permission.SEE_AUDIT)
KEEP_STAFF = Needs(Permission.KEEP_STAFF)
KEEP_MODEL = Needs(Permission.KEEP_MODEL)

N = r"{id:\d{1,15}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/static/{name}", assets.serve, Public()),
    Route("GET", "/console/sign-in", signing.show, Public()),
    Route("POST", "/console/sign-in", signing.enter, Public()),
    Route("POST", "/console/sign-out", signing.leave, SignedIn()),
    Route("GET", "/console", queue.home, SignedIn()),
    Route("GET", "/console/", queue.show, SEE),
    Route("GET", "/console/queue/events", events.queue, SEE),
    Route("GET", "/console/talks", talks.show, SEE),
    Route("GET", "/console/talks/events", events.talks, SEE),
    Route("GET", f"/console/items/{N}", queue.show_item, SEE),
    Route("POST", f"/console/items/{N}/claim", queue.claim, HANDLE),
    Route("POST", f"/console/items/{N}/release", queue.release, HANDLE),
    Route("POST", f"/console/items/{N}/done", queue.finish, HANDLE),
    Route("GET", "/console/cases", cases.show, SEE),
    Route("GET", f"/console/cases/{N}", case.show, SEE),
    Route("GET", f"/console/cases/{N}/events", events.case, SEE),
    Route("POST", f"/console/cases/{N}/move", case.move, HANDLE),
    Route("POST", f"/console/cases/{N}/assign", case.assign, HANDLE),
    Route("POST", f"/console/cases/{N}/note", case.note, HANDLE),
    Route("POST", f"/console/cases/{N}/reply", case.reply, HANDLE),
    Route("POST", f"/console/cases/{N}/category", learning.set_category, HANDLE),
    Route("POST", f"/console/cases/{N}/unmask", case.unmask, UNMASK),
    Route("POST", f"/console/messages/{N}/intent", learning.set_intent, HANDLE),
    Route("GET", f"/console/residents/{N}", residents.show, SEE),
    Route("GET", f"/console/residents/{N}/events", events.resident, SEE),
    Route("POST", f"/console/residents/{N}/reply", residents.reply, HANDLE),
    Route("POST", f"/console/residents/{N}/end", residents.end, HANDLE),
    Route("POST", f"/console/residents/{N}/unmask", residents.unmask, UNMASK),
    Route("GET", f"/console/replies/{N}", replies.show, SEE),
    Route("POST", f"/console/replies/{N}/approve", replies.approve, APPROVE),
    Route("POST", f"/console/replies/{N}/reject", replies.reject, APPROVE),
    Route("POST", f"/console/replies/{N}/withdraw", replies.withdraw, HANDLE),
    Route("GET", f"/console/sends/{N}", sends.show, SEE),
    Route("POST", f"/console/sends/{N}/resend", sends.resend, HANDLE),
    Route("POST", f"/console/sends/{N}/settle", sends.settle, HANDLE),
    Route("GET", f"/console/media/{N}", media.serve, SEE),
    Route("GET", "/console/figures", figures.show, SEE),
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
    Route("GET", "/console/account", account.show, SignedIn()),
    Route("POST", "/console/account/password", account.set_password, SignedIn()),
    Route("POST", "/console/account/second-factor", account.second_factor_on, SignedIn()),
    Route("POST", "/console/account/second-factor/off", account.second_factor_off, SignedIn()),
    Route("POST", "/console/account/view", account.set_view, SignedIn()),
    Route("GET", "/console/help", guide.show, SignedIn()),
)
