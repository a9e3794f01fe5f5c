"""The routes of mutual help: partners, the board, wishes, the time bank, hardship, referrals."""

from __future__ import annotations

from console.pages import acting, aid, board, care, organisations, referrals, wishes
from console.routes.kinds import HANDLE, KEEP_HELP, SEE, SEE_PRIVATE, UNMASK, N
from console.rules import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/organisations", organisations.show, KEEP_HELP),
    Route("POST", "/console/organisations", organisations.add, KEEP_HELP),
    Route("GET", f"/console/organisations/{N}", organisations.show_one, KEEP_HELP),
    Route("POST", f"/console/organisations/{N}/change", organisations.change, KEEP_HELP),
    Route("POST", f"/console/organisations/{N}/active", organisations.set_active, KEEP_HELP),
    Route("POST", f"/console/organisations/{N}/services", organisations.add_service, KEEP_HELP),
    Route("POST", f"/console/organisations/{N}/people", organisations.assign, KEEP_HELP),
    Route("GET", f"/console/residents/{N}/acting", acting.show, HANDLE),
    Route("POST", f"/console/residents/{N}/acting", acting.record, HANDLE),
    Route("POST", f"/console/residents/{N}/acting/end", acting.end, HANDLE),
    Route("POST", f"/console/residents/{N}/acting/join", acting.join, HANDLE),
    Route("POST", f"/console/residents/{N}/acting/leave", acting.leave, HANDLE),
    Route("POST", f"/console/residents/{N}/acting/redeem", acting.redeem, HANDLE),
    Route("POST", f"/console/residents/{N}/acting/care", acting.ask, HANDLE),
    Route("GET", "/console/board", board.show, KEEP_HELP),
    Route("POST", f"/console/board/{N}/take-off", board.take_off, KEEP_HELP),
    Route("GET", "/console/wishes", wishes.show, SEE),
    Route("GET", f"/console/wishes/{N}", wishes.show_one, SEE),
    Route("POST", f"/console/wishes/{N}/take", wishes.take, HANDLE),
    Route("POST", f"/console/wishes/{N}/done", wishes.finish, HANDLE),
    Route("GET", "/console/care", care.show, KEEP_HELP),
    Route("POST", f"/console/care/givers/{N}/decide", care.decide_giver, KEEP_HELP),
    Route("GET", f"/console/care/{N}", care.show_one, KEEP_HELP),
    Route("POST", f"/console/care/{N}/match", care.match, KEEP_HELP),
    Route("POST", f"/console/care/{N}/settle", care.settle, KEEP_HELP),
    Route("POST", f"/console/care/{N}/cancel", care.cancel, KEEP_HELP),
    Route("GET", "/console/aid", aid.show, SEE_PRIVATE),
    Route("GET", f"/console/aid/{N}", aid.show_one, SEE_PRIVATE),
    Route("POST", f"/console/aid/{N}/take", aid.take, SEE_PRIVATE),
    Route("POST", f"/console/aid/{N}/note", aid.note, SEE_PRIVATE),
    Route("POST", f"/console/aid/{N}/refer", aid.refer, SEE_PRIVATE),
    Route("POST", f"/console/aid/{N}/close", aid.close, SEE_PRIVATE),
    Route("POST", f"/console/aid/{N}/unmask", aid.unmask, UNMASK),
    Route("GET", "/console/referrals", referrals.show, SEE),
    Route("GET", f"/console/referrals/{N}", referrals.show_one, SEE),
    Route("POST", f"/console/referrals/{N}/answer", referrals.answer, HANDLE),
    Route("POST", f"/console/organisations/{N}/rate", organisations.rate, KEEP_HELP),
)
