"""The routes of the public pages."""

from __future__ import annotations

from console import public
from console.pages import public_cases, public_help, solvency
from console.routes.kinds import CODE
from console.rules import Public, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/public/", public.home, Public()),
    Route("GET", f"/public/{CODE}", public.show, Public()),
    Route("GET", f"/public/{CODE}/cases", public_cases.show, Public()),
    Route("GET", f"/public/{CODE}/hot-topics", public_cases.hot, Public()),
    Route("GET", f"/public/{CODE}/points", solvency.show, Public()),
    Route("GET", f"/public/{CODE}/points/{{ticket:[0-9a-f-]{{20,200}}}}", solvency.own, Public()),
    Route("GET", f"/public/{CODE}/neighbours", public_help.neighbours, Public()),
    Route("GET", f"/public/{CODE}/wishes", public_help.wish_list, Public()),
)
