"""Danger: the right number at once, an urgent case, and no word that help is on its way.

The desk dispatches nobody. It says whom to call, keeps the message as an urgent case at the top
of the queue, and asks where.
"""

from __future__ import annotations

from datetime import timedelta

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import shorten
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.report import prepare
from intents.emergency import emergency as recognise
from services import cases
from services.places import community_place, place_by_code
from storage.cases import Case

SAME_DANGER = timedelta(hours=2)
ADVICE = {
    "gas": "请马上：不开灯、不打电话（到室外再打）、开窗、到楼外去。\n{gas}火警119　急救120",
    "fire": "请马上：离开着火的地方，不坐电梯，打火警119。有人受伤打120。",
    "electric": "请别碰，离远一点，也别让别人靠近。有人触电或起火打120、119。",
    "violence": "请先到安全的地方，马上打110。有人受伤打120。",
    "self_harm": "您的命最要紧。请现在就打心理援助热线 12356，或让身边的人陪着您。危急时打120、110。",
    "trapped": "请别硬撬。按电梯里的报警按钮，或打119。有人不舒服打120。",
    "medical": "请马上打急救120，说清地址，先别搬动病人。",
    "unknown": "有危险请马上打电话：火警119　报警110　急救120。",
}
CATEGORIES = {"violence": "domestic_violence"}


def alarm(text: str) -> str | None:
    """The kind of danger that a message reports as present."""
    found = recognise(text)
    return found.kind if found else None


def danger(turn: Turn, request: Request) -> Say:
    """Numbers first; the urgent case is stored before it is said to be."""
    kind = request.argument or "unknown"
    if not request.argument:
        return Say(
            f"{ADVICE['unknown']}\n您现在有危险吗？",
            (
                Choice("有，请马上记下", "emergency", "unknown", request.text),
                Choice("没有，是反映问题", "report", "", request.text),
            ),
            way_out="没事了",
        )
    case = _urgent_case(turn, kind, request.text)
    return Say(
        f"{_advice(turn, kind)}\n您的消息已记为紧急事项，正在提醒值班人员。", begin=_where(case)
    )


def _advice(turn: Turn, kind: str) -> str:
    gas = f"燃气抢修 {turn.community.gas_phone}　" if turn.community.gas_phone else ""
    advice = ADVICE.get(kind, ADVICE["unknown"]).format(gas=gas)
    duty = turn.community.duty_phone
    return f"{advice}\n社区值班 {duty}" if duty else advice


def _where(case: Case) -> Begin:
    return Begin("emergency_place", {"number": case.number})


def _urgent_case(turn: Turn, kind: str, text: str) -> Case:
    """The urgent case of this danger; words that follow within two hours join it."""
    for case in cases.cases_of(turn.session, turn.resident):
        if case.urgent and turn.now - case.created_at < SAME_DANGER:
            cases.add(turn.session, case, turn.resident, text, (), turn.now)
            return case
    heard = prepare(turn, Heard(text))
    told = heard.found.get("place", {"code": "", "text": ""})
    place = place_by_code(turn.session, turn.community.id, told["code"]) if told["code"] else None
    where = place or community_place(turn.session, turn.community.id)
    new = cases.NewCase(
        community_id=turn.community.id,
        category=CATEGORIES.get(kind, "emergency"),
        title=shorten(text, 40),
        description=text,
        place_path=where.path,
        place_id=where.id,
        place_text=told["text"],
        urgent=True,
        private=kind in ("violence", "self_harm"),
    )
    return cases.submit(turn.session, new, turn.resident, turn.world.hours, turn.now)


def _ask_where(_values: Values) -> str:
    return "您现在安全吗？在哪栋楼？"


def _take_where(heard: Heard, _values: Values) -> str:
    if heard.found.get("photo"):
        return "（照片）"
    if "location" in heard.found:
        label: str = heard.found["location"].get("label") or "所发位置"
        return label
    if not heard.text.strip():
        raise Misheard("请打字说您在哪栋楼。")
    return heard.text.strip()


FORM = Form(
    name="emergency_place",
    version=1,
    slots=(
        Slot("photos", _ask_where, _take_where, entity="photo", many=True),
        Slot("where", _ask_where, _take_where),
    ),
)


def told_where(turn: Turn, values: Values) -> Say:
    """Adds the answer to the urgent case."""
    case = cases.by_number(turn.session, turn.community.id, values["number"])
    if case is not None:
        photos = tuple(values.get("photos", ()))
        cases.add(turn.session, case, turn.resident, values["where"], photos, turn.now)
    return Say("记下了，已加到紧急事项里。情况有变马上打 119、110 或 120，也可以接着发给我。")


SERVICE = Service(
    name="emergency",
    actions={"emergency": danger},
    intents={"emergency": "emergency"},
    forms=(FormService(FORM, told_where),),
    alarm=alarm,
)
