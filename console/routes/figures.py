"""The routes of the figures: reports and hot topics."""

from __future__ import annotations

from console.pages import hot_topics, reports
from console.routes.kinds import HANDLE, REPORT, SEE, N
from console.rules import Route

FILE = "report.{kind:html|xlsx}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/reports", reports.show, REPORT),
    Route("POST", "/console/reports", reports.make, REPORT),
    Route("GET", "/console/reports/live", reports.live, REPORT),
    Route("GET", f"/console/reports/{N}", reports.show_one, REPORT),
    Route("GET", f"/console/reports/{N}/{FILE}", reports.download, REPORT),
    Route("POST", f"/console/reports/{N}/read", reports.read, REPORT),
    Route("GET", "/console/hot-topics", hot_topics.show, SEE),
    Route("POST", "/console/hot-topics", hot_topics.refresh, REPORT),
    Route("GET", f"/console/hot-topics/{N}", hot_topics.show_one, SEE),
    Route("POST", f"/console/hot-topics/{N}/propose", hot_topics.propose, HANDLE),
)
