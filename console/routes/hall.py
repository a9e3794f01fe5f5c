"""The routes of the deliberation hall: topics, ballots, register, processes, and what is public."""

from __future__ import annotations

from console.pages.hall import (
    after,
    ballots,
    paper,
    processes,
    proposals,
    public,
    register,
    table,
    topic,
    topics,
)
from console.routes.kinds import CODE, KEEP_TOPICS, N
from console.rules import Public, Route

HALL = "/console/hall"

ROUTES: tuple[Route, ...] = (
    Route("GET", HALL, topics.show, KEEP_TOPICS),
    Route("POST", HALL, topics.add, KEEP_TOPICS),
    Route("GET", f"{HALL}/proposals", proposals.show, KEEP_TOPICS),
    Route("GET", f"{HALL}/proposals/{N}", proposals.show_one, KEEP_TOPICS),
    Route("POST", f"{HALL}/proposals/{N}/adopt", proposals.adopt, KEEP_TOPICS),
    Route("GET", f"{HALL}/register", register.show, KEEP_TOPICS),
    Route("POST", f"{HALL}/register", register.take_in, KEEP_TOPICS),
    Route("POST", f"{HALL}/register/bind", register.bind, KEEP_TOPICS),
    Route("GET", f"{HALL}/processes", processes.show, KEEP_TOPICS),
    Route("POST", f"{HALL}/processes", processes.keep, KEEP_TOPICS),
    Route("POST", f"{HALL}/processes/form", processes.keep_form, KEEP_TOPICS),
    Route("GET", f"{HALL}/ballots/{N}", ballots.show, KEEP_TOPICS),
    Route("POST", f"{HALL}/ballots/{N}/extend", ballots.extend, KEEP_TOPICS),
    Route("POST", f"{HALL}/ballots/{N}/paper", paper.enter, KEEP_TOPICS),
    Route("POST", f"{HALL}/ballots/{N}/confirm", paper.confirm, KEEP_TOPICS),
    Route("GET", f"{HALL}/{N}", topic.show, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/stage", topic.advance, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/record", topic.record, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/publish", topic.publish, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/finish", topic.finish, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/end", topic.end, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/seats", table.add_seat, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/invite", table.invite, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/answer", table.answer, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/sign-in", table.sign_in, KEEP_TOPICS),
    Route("GET", f"{HALL}/{N}/sheet", table.sheet, KEEP_TOPICS),
    Route("GET", f"{HALL}/{N}/minutes.docx", after.minutes, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/decide", after.decide, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/tasks", after.add_task, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/progress", after.progress, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/statements", after.seed, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/ballots", ballots.plan, KEEP_TOPICS),
    Route("POST", f"{HALL}/{N}/surveys", ballots.plan_sheet, KEEP_TOPICS),
    Route("GET", f"/public/{CODE}/topics", public.show, Public()),
    Route("GET", f"/public/{CODE}/topics/{N}", public.show_one, Public()),
    Route("GET", f"/public/{CODE}/ballots/{N}.jsonl", public.log, Public()),
    Route("GET", f"/public/{CODE}/ballots/{N}.pb", public.budget, Public()),
)
