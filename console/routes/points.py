"""The routes of points: awards, rules, goods, the counter, households."""

from __future__ import annotations

from console.pages import goods, households, ledger, pickup, point_rules, points
from console.routes.kinds import KEEP_POINTS, N
from console.rules import Route

_AT = "/console/points"

ROUTES: tuple[Route, ...] = (
    Route("GET", _AT, points.show, KEEP_POINTS),
    Route("POST", f"{_AT}/awards", points.add, KEEP_POINTS),
    Route("GET", f"{_AT}/awards/{N}", points.show_one, KEEP_POINTS),
    Route("POST", f"{_AT}/awards/{N}/decide", points.decide, KEEP_POINTS),
    Route("POST", f"{_AT}/awards/{N}/appeal", points.settle_appeal, KEEP_POINTS),
    Route("POST", f"{_AT}/awards/{N}/back", points.take_back, KEEP_POINTS),
    Route("POST", f"{_AT}/terms", points.set_terms, KEEP_POINTS),
    Route("GET", f"{_AT}/rules", point_rules.show, KEEP_POINTS),
    Route("POST", f"{_AT}/rules", point_rules.add, KEEP_POINTS),
    Route("GET", f"{_AT}/rules/{N}", point_rules.show_one, KEEP_POINTS),
    Route("POST", f"{_AT}/rules/{N}/change", point_rules.change, KEEP_POINTS),
    Route("POST", f"{_AT}/rules/{N}/active", point_rules.set_active, KEEP_POINTS),
    Route("GET", f"{_AT}/goods", goods.show, KEEP_POINTS),
    Route("POST", f"{_AT}/goods", goods.add, KEEP_POINTS),
    Route("GET", f"{_AT}/goods/{N}", goods.show_one, KEEP_POINTS),
    Route("POST", f"{_AT}/goods/{N}/change", goods.change, KEEP_POINTS),
    Route("POST", f"{_AT}/goods/{N}/active", goods.set_active, KEEP_POINTS),
    Route("GET", f"{_AT}/pickup", pickup.show, KEEP_POINTS),
    Route("POST", f"{_AT}/redemptions/{N}/hand-over", pickup.hand_over, KEEP_POINTS),
    Route("POST", f"{_AT}/redemptions/{N}/cancel", pickup.cancel, KEEP_POINTS),
    Route("GET", f"{_AT}/households", households.show, KEEP_POINTS),
    Route("POST", f"{_AT}/households", households.add, KEEP_POINTS),
    Route("GET", f"{_AT}/households/{N}", households.show_one, KEEP_POINTS),
    Route("POST", f"{_AT}/households/{N}/members", households.add_member, KEEP_POINTS),
    Route("GET", f"{_AT}/residents/{N}", households.show_person, KEEP_POINTS),
    Route("GET", f"{_AT}/residents/{N}/proof.json", households.proof, KEEP_POINTS),
    Route("GET", f"{_AT}/ledger", ledger.show, KEEP_POINTS),
    Route("POST", f"{_AT}/ledger", ledger.check, KEEP_POINTS),
    Route("GET", f"{_AT}/points.xlsx", households.export, KEEP_POINTS),
)
