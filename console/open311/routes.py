"""Every route of Open311, with the rule that opens it."""

from __future__ import annotations

from console.open311 import pages
from console.rules import Keyed, Public, Route

BASE = "/open311/v2"
_F = r".{format:xml|json}"

ROUTES: tuple[Route, ...] = (
    Route("GET", f"{BASE}/discovery{_F}", pages.discovery, Public()),
    Route("GET", f"{BASE}/services{_F}", pages.services, Public()),
    Route("GET", rf"{BASE}/services/{{code:[A-Za-z0-9_.-]{{1,64}}?}}{_F}", pages.service, Public()),
    Route("GET", f"{BASE}/requests{_F}", pages.requests, Public()),
    Route("POST", f"{BASE}/requests{_F}", pages.post_request, Keyed()),
    Route("GET", rf"{BASE}/requests/{{number:[0-9-]{{1,20}}}}{_F}", pages.one_request, Public()),
    Route("GET", rf"{BASE}/tokens/{{token:[A-Za-z0-9_-]{{1,64}}}}{_F}", pages.token, Public()),
    Route("GET", f"{BASE}/servicerequestupdates{_F}", pages.updates, Public()),
)
