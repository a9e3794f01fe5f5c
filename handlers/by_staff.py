"""Services that people at the desk still do by hand: an honest hand-over, nothing pretended."""

from __future__ import annotations

from handlers.kit import Action, Request, Say, Service, Turn
from handlers.words import by_when
from services import handover

TITLES = {
    "public_info": "社区公开信息",
}


def _by_staff(intent: str) -> Action:
    def hand_on(turn: Turn, request: Request) -> Say:
        due = handover.leave_word(
            turn.session,
            turn.resident,
            request.text or TITLES[intent],
            turn.world.hours,
            turn.now,
            intent=intent,
            inbound_id=turn.inbound.id,
        )
        turn.inbound.intent = intent
        what = f"“{TITLES[intent]}”这类事由工作人员办"
        return Say(f"{what}，已经转过去，{by_when(turn, due)}前回复您。")

    return hand_on


def _action(intent: str) -> str:
    return f"by_staff.{intent}"


SERVICE = Service(
    name="by_staff",
    actions={_action(intent): _by_staff(intent) for intent in TITLES},
    intents={intent: _action(intent) for intent in TITLES},
    titles=TITLES,
    answers_in_between=frozenset(_action(intent) for intent in TITLES),
)
