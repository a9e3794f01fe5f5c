"""The routes of the issue desk: the queue, cases, conversations, replies, figures."""

from __future__ import annotations

from console.pages import (
    case,
    cases,
    events,
    figures,
    learning,
    media,
    queue,
    replies,
    residents,
    sends,
    talks,
)
from console.routes.kinds import APPROVE, HANDLE, SEE, UNMASK, N
from console.rules import Route, SignedIn

ROUTES: tuple[Route, ...] = (
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
)
