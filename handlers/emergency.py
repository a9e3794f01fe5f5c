"""Danger: the right number at once, an urgent case, and no word that help is on its way.

The desk dispatches nobody. It says whom to call, keeps the message as an urgent case at the top
of the queue, and asks where.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dialogue.forms import Form, Heard, Misheard, Slot, Values, silent
from dialogue.words import numbered, shorten
from handlers.hearing import hear
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import has_words, phone_line
from intents.emergency import emergency as recognise
from services import cases
from services.places import community_place, place_by_code
from storage.cases import Case

SAME_DANGER = timedelta(hours=2)
LISTENING = timedelta(minutes=30)
"""After this what the resident writes is another matter."""
ADVICE = {
    "gas": "请马上：不开灯、不打电话（到室外再打）、开窗、到楼外去。\n{gas}火警119　急救120",
    "fire": "请马上：离开着火的地方，不坐电梯，打火警119。有人受伤打120。",
    "electric": "请别碰，离远一点，也别让别人靠近。有人触电或起火打120、119。",
    "violence": "请先到安全的地方，马上打110。有人受伤打120。",
    "self_harm": (
        "您的命最要紧。请现在就打心理援助热线 12356，让身边的人陪着您。\n危急时打120、110。"
    ),
    "trapped": "请别硬撬。按电梯里的报警按钮，或打119。有人不舒服打120。",
    "medical": "请马上打急救120，说清地址，先别搬动病人。",
    "unknown": "有危险请马上打电话：火警119　报警110　急救120。",
}
GONE = "这件事已经不在了。有危险马上打 119、110 或 120。"
CLOSE = ("violence", "self_harm")
"""Dangers among people: never public, and the person is asked gently."""
CATEGORIES = {
    "gas": "heating.gas",
    "fire": "fire.hazard",
    "electric": "lighting.wires",
    "violence": "neighbours.violence",
    "self_harm": "neighbours.mental",
    "trapped": "elevator.fault",
    "medical": "services.health",
    "unknown": "fire.hazard",
}


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
    said = f"{_advice(turn, kind)}\n已记为紧急事项，排在值班人员要办的最前面。"
    if case.place_text:
        return Say(f"{said}\n地点：{case.place_text}。", begin=_more(turn, case.number))
    return Say(said, begin=Begin(FORM.name, {"number": case.number, "kind": kind}))


def _more(turn: Turn, number: int) -> Begin | None:
    """Whatever is said next belongs to the danger, unless a person listens already."""
    return Begin(MORE.name, {"number": number}, text="") if turn.dialog.handover == "bot" else None


def _advice(turn: Turn, kind: str) -> str:
    gas = f"燃气抢修 {turn.community.gas_phone}　" if turn.community.gas_phone else ""
    advice = ADVICE[kind].format(gas=gas)
    duty = turn.community.duty_phone
    return f"{advice}\n社区值班 {duty}" if duty else advice


def _urgent_case(turn: Turn, kind: str, text: str) -> Case:
    """The urgent case of this danger; words that follow within two hours join it."""
    told = hear(turn, Heard(text), {}).found.get("place", {"code": "", "text": ""})
    for case in cases.cases_of(turn.session, turn.resident):
        if case.urgent and turn.now - case.created_at < SAME_DANGER:
            cases.add(turn.session, case, turn.resident, text, (), turn.now, hours=turn.world.hours)
            _locate(turn, case, told)
            return case
    place = place_by_code(turn.session, turn.community.id, told["code"]) if told["code"] else None
    where = place or community_place(turn.session, turn.community.id)
    new = cases.NewCase(
        community_id=turn.community.id,
        category=CATEGORIES[kind],
        title=shorten(text, 40),
        description=text,
        place_path=where.path,
        place_id=where.id,
        place_text=told["text"],
        urgent=True,
        private=kind in CLOSE,
    )
    return cases.submit(turn.session, new, turn.resident, turn.world.hours, turn.now)


def _locate(turn: Turn, case: Case, told: Values) -> None:
    """Puts the case where it was said to be, as far as that is a place we know."""
    place = place_by_code(turn.session, turn.community.id, told["code"]) if told["code"] else None
    if place is not None:
        cases.locate(turn.session, case, place, told["text"], turn.now)


def _ask_where(values: Values) -> str:
    lead = "愿意的话，告诉我" if values.get("kind") in CLOSE else "人安全了再回："
    return f"{lead}在哪栋哪单元？\n{numbered((), way_out='先不说')}"


def _read_where(heard: Heard, _values: Values) -> Any:
    if "place" in heard.found:
        return heard.found["place"]
    raise Misheard("请打字说在哪栋楼，或者发位置。")


def _take_where(heard: Heard, values: Values) -> Any:
    if not has_words(heard.text):
        return _read_where(heard, values)
    return {"code": "", "text": shorten(heard.text, 60)}


def _nod(heard: Heard, values: Values) -> str:
    return f"照片收到。\n{_ask_where(values)}" if "photo" in heard.found else ""


FORM = Form(
    name="emergency_place",
    version=1,
    slots=(
        silent("photo", many=True),
        silent("said"),
        Slot("where", _ask_where, _read_where, _take_where, entity="place", nod=_nod),
    ),
    context=frozenset({"number", "kind"}),
)


def prepare(turn: Turn, heard: Heard, values: Values) -> Heard:
    """Places as anywhere; the whole words are kept, for they may tell more than the place."""
    heard = hear(turn, heard, values)
    return replace(heard, found={**heard.found, "said": heard.text}, corrects=frozenset({"said"}))


def told_where(turn: Turn, values: Values) -> Say:
    """Adds the answer to the urgent case, and brings the case to the place."""
    case = cases.by_number(turn.session, turn.community.id, values["number"])
    if case is None:
        return Say(GONE)
    words = values.get("said") or values["where"]["text"]
    photos, hours = tuple(values.get("photo", ())), turn.world.hours
    cases.add(turn.session, case, turn.resident, words, photos, turn.now, hours=hours)
    _locate(turn, case, values["where"])
    told = "记下了，已加到紧急事项里。情况有变马上打 119、110 或 120。"
    return Say(told, begin=_more(turn, case.number))


def _ask_more(_values: Values) -> str:
    return f"还有什么情况，接着说就行。\n{numbered((), way_out='没有了')}"


def _read_more(heard: Heard, _values: Values) -> str:
    if "photo" in heard.found:
        return "（照片）"
    if "location" in heard.found:
        return str(heard.found["place"]["text"])
    raise Misheard("请打字说，或者发照片、发位置。")


def _take_more(heard: Heard, values: Values) -> str:
    return heard.text.strip() if has_words(heard.text) else _read_more(heard, values)


MORE = Form(
    name="emergency_more",
    version=1,
    slots=(silent("photo", many=True), Slot("text", _ask_more, _read_more, _take_more)),
    context=frozenset({"number"}),
)


def told_more(turn: Turn, values: Values) -> Say:
    """Adds what was said next to the urgent case, and goes on listening."""
    case = cases.by_number(turn.session, turn.community.id, values["number"])
    if case is None:
        return Say(GONE)
    photos, hours = tuple(values.get("photo", ())), turn.world.hours
    cases.add(turn.session, case, turn.resident, values["text"], photos, turn.now, hours=hours)
    return Say("记下了。", begin=_more(turn, case.number))


def said_no_more(turn: Turn, _values: Values) -> Say:
    """The resident does not say where: what is stored stays."""
    lines = ["好。刚才说的已记为紧急事项。有危险马上打 119、110 或 120。", phone_line(turn)]
    return Say("\n".join(filter(None, lines)))


SERVICE = Service(
    name="emergency",
    actions={"emergency": danger},
    intents={"emergency": "emergency"},
    forms=(
        FormService(
            FORM, told_where, prepare, said_no_more, LISTENING, open_ended=True, urgent=True
        ),
        FormService(MORE, told_more, hear, said_no_more, LISTENING, open_ended=True, urgent=True),
    ),
    alarm=alarm,
    interrupts=frozenset({"emergency"}),
)
