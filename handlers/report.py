"""说事: a resident reports an issue in a few turns, most of it from the first message."""

from __future__ import annotations

from typing import Any

from dialogue.forms import Form, Heard, Misheard, Redo, Slot, Values
from dialogue.messages import Kind
from dialogue.words import numbered, shorten
from handlers.kit import Begin, FormService, Request, Say, Service, Turn
from handlers.words import responsible_words, ticket
from intents.entities import extract
from services import cases
from services.places import community_place, full_name, nearest_place, place_by_code

YES = frozenset(
    {"1", "提交", "确认", "确定", "对", "对的", "是", "是的", "好", "好的", "没错", "可以"}
)
EDIT = frozenset({"2", "修改", "不对", "错了", "改一下"})
ANONYMOUS_WORDS = ("匿名", "不要说是我", "别说是我", "不留名")
EDITS = ("内容", "地点", "类别", "留电话", "匿名")
SURE = 0.35
"""Above this the first category is shown to the resident; below it reads 待分类."""


def _ask_description(values: Values) -> str:
    if values.get("photos"):
        return "照片收到。请用一两句话说说是什么事。"
    return "请说说是什么事、在哪里。发照片、发位置也行。"


def _read_description(heard: Heard, _values: Values) -> str:
    raise Misheard("请用一两句话说说是什么事。")


def _take_description(heard: Heard, values: Values) -> str:
    if len(heard.text.strip()) < 2:
        return _read_description(heard, values)
    return heard.text.strip()


def _ask_place(_values: Values) -> str:
    return "请问在哪栋哪单元？（也可以发位置）"


def _read_place(heard: Heard, _values: Values) -> dict[str, Any]:
    found: dict[str, Any] | None = heard.found.get("place")
    if found is None:
        raise Misheard("没找到这个地方。说楼栋、单元或旁边的地方都行。")
    return found


def _take_place(heard: Heard, _values: Values) -> dict[str, Any]:
    words = heard.text.strip()
    if heard.kind is not Kind.TEXT or not 2 <= len(words) <= 60:
        raise Misheard("请说一下在哪里，比如“3栋2单元”或“东门口”。")
    return {"code": "", "text": words}


def _ask_edit(_values: Values) -> str:
    return "要改哪一项？\n" + numbered(EDITS, way_out="取消")


def _read_edit(heard: Heard, values: Values) -> Redo:
    word = heard.text.strip()
    number = int(word) if word in {"1", "2", "3", "4", "5"} else 0
    number = number or next((i for i, name in enumerate(EDITS, 1) if name in word), 0)
    match number:
        case 1:
            return Redo(("description", "editing"))
        case 2:
            return Redo(("place", "editing"))
        case 3:
            return Redo(("category", "editing"), {"choose_category": True})
        case 4:
            return Redo(("phone", "editing"), {"want_phone": True})
        case 5:
            return Redo(("editing",), {"anonymous": not values.get("anonymous", False)})
    raise Misheard("请回复 1 到 5 中的一个数字。")


def _ask_category(values: Values) -> str:
    names = [name for _, name in values.get("category_options", [])]
    return "这件事属于：\n" + numbered([*names, "其他"], way_out="取消")


def _read_category(heard: Heard, values: Values) -> Any:
    options = values.get("category_options", [])
    word = heard.text.strip()
    for number, (code, name) in enumerate(options, 1):
        if word in (str(number), name):
            return {"code": code, "name": name}
    if word in (str(len(options) + 1), "其他"):
        return {"code": "other", "name": "其他"}
    raise Misheard(f"请回复 1 到 {len(options) + 1} 中的一个数字。")


def _ask_phone(_values: Values) -> str:
    return "请发您的电话，只有办事的工作人员看得到。"


def _read_phone(heard: Heard, _values: Values) -> str:
    found: str | None = heard.found.get("phone")
    if found is None:
        raise Misheard("这个号码好像不对，请再发一次。")
    return found


def _ask_confirm(values: Values) -> str:
    category = values.get("category") or {"name": "待分类"}
    place = values["place"]["text"]
    description = values["description"]
    where = "" if place in description else f"{place}，"
    lines = ["记下了，您看对不对：", f"【{category['name']}】{where}{shorten(description, 120)}"]
    extras = []
    if values.get("photos"):
        extras.append(f"照片{len(values['photos'])}张")
    if values.get("phone"):
        extras.append(f"电话 {values['phone']}")
    if values.get("anonymous"):
        extras.append("匿名")
    if extras:
        lines.append("（" + "，".join(extras) + "）")
    if not values.get("photos"):
        lines.append("加一张照片师傅更好找（可跳过）")
    lines.append(numbered(("提交", "修改")))
    return "\n".join(lines)


def _read_confirm(heard: Heard, _values: Values) -> Any:
    word = heard.text.strip().strip("。.!！")
    if word in YES:
        return "submit"
    if word in EDIT:
        return Redo(("confirm",), {"editing": True})
    raise Misheard("")


def _take_confirm(heard: Heard, values: Values) -> Redo:
    """Further words at the summary belong to the description."""
    words = heard.text.strip()
    if len(words) < 2:
        raise Misheard("请回复 1 提交，2 修改，0 取消。")
    return Redo(("confirm",), {"description": f"{values['description']}；{words}"})


FORM = Form(
    name="report",
    version=1,
    slots=(
        Slot("photos", _ask_description, _read_description, entity="photo", many=True),
        Slot("description", _ask_description, _read_description, _take_description),
        Slot("place", _ask_place, _read_place, _take_place, entity="place"),
        Slot(
            "phone",
            _ask_phone,
            _read_phone,
            entity="phone",
            needed=lambda values: bool(values.get("want_phone")),
        ),
        Slot(
            "category",
            _ask_category,
            _read_category,
            needed=lambda values: bool(values.get("choose_category")),
        ),
        Slot(
            "anonymous",
            _ask_edit,
            _read_edit,
            entity="anonymous",
            needed=lambda _values: False,
        ),
        Slot(
            "edit",
            _ask_edit,
            _read_edit,
            needed=lambda values: bool(values.get("editing")),
        ),
        Slot("confirm", _ask_confirm, _read_confirm, _take_confirm),
    ),
)


def prepare(turn: Turn, heard: Heard) -> Heard:
    """Recognises places, phone numbers and the wish for anonymity in a message."""
    found = dict(heard.found)
    if heard.text:
        gazetteer = turn.world.gazetteer(turn.session, turn.community.id)
        entities = extract(heard.text, gazetteer=gazetteer, now=turn.now)
        if entities.places:
            best = max(entities.places, key=lambda match: match.score)
            found["place"] = {"code": best.code, "text": best.text + best.detail}
        if entities.phones:
            found["phone"] = entities.phones[0]
        if any(word in heard.text for word in ANONYMOUS_WORDS):
            found["anonymous"] = True
    if "location" in found:
        found["place"] = _from_location(turn, found["location"])
    return Heard(heard.text, heard.kind, found)


def _from_location(turn: Turn, location: Values) -> dict[str, Any]:
    latitude, longitude = location["latitude"], location["longitude"]
    place = nearest_place(turn.session, turn.community.id, latitude, longitude)
    name = full_name(turn.session, place) if place else ""
    label = location.get("label") or name or "所发位置"
    text = f"{name}（{label}）" if name and name not in label else label
    return {
        "code": place.code if place else "",
        "text": text,
        "latitude": latitude,
        "longitude": longitude,
    }


def report(turn: Turn, request: Request) -> Say:
    """Begins a report with what the first message says."""
    text = request.text.strip()
    if len(text) < 5 or request.heard.kind is not Kind.TEXT:
        return Say(begin=Begin(FORM.name, _places_of_scene(turn, request.argument)))
    values = {"description": text} | _guess(turn, text)
    return Say(begin=Begin(FORM.name, values | _places_of_scene(turn, request.argument)))


def report_new(turn: Turn, request: Request) -> Say:
    """Begins an empty report: from the menu, or after scanning the code of a place."""
    return Say(begin=Begin(FORM.name, _places_of_scene(turn, request.argument)))


def report_beginning_with(turn: Turn, request: Request) -> Say:
    """Begins a report with a picture or a place; the words are asked for."""
    return Say(begin=Begin(FORM.name))


def _places_of_scene(turn: Turn, code: str) -> dict[str, Any]:
    place = place_by_code(turn.session, turn.community.id, code) if code else None
    if place is None:
        return {}
    return {"place": {"code": place.code, "text": full_name(turn.session, place)}}


def _guess(turn: Turn, text: str) -> dict[str, Any]:
    guess = turn.world.understander.categorise(text)
    catalogue = turn.world.catalogue
    options = [[code, catalogue.name(code)] for code, _ in guess.ranking[:3]]
    values: dict[str, Any] = {"category_options": options}
    if guess.confidence >= SURE:
        values["category"] = {"code": guess.category, "name": catalogue.name(guess.category)}
    return values


def submit(turn: Turn, values: Values) -> Say:
    """Opens the case and gives the receipt."""
    if "category_options" not in values:
        values = dict(values) | _guess(turn, values["description"])
    code = (values.get("category") or {"code": "other"})["code"]
    told = values["place"]
    place = place_by_code(turn.session, turn.community.id, told["code"]) if told["code"] else None
    where = place or community_place(turn.session, turn.community.id)
    catalogue = turn.world.catalogue
    new = cases.NewCase(
        community_id=turn.community.id,
        category=code,
        title=shorten(values["description"], 40),
        description=values["description"],
        place_path=where.path,
        place_id=where.id,
        place_text=told["text"],
        latitude=told.get("latitude"),
        longitude=told.get("longitude"),
        sla=catalogue.sla(code),
        contact_phone=values.get("phone"),
        anonymous=bool(values.get("anonymous")),
        private=catalogue.is_private(code),
        media=tuple(values.get("photos", ())),
    )
    case = cases.submit(turn.session, new, turn.resident, turn.world.hours, turn.now)
    return Say(
        f"已收到，编号 {ticket(case)}。\n{responsible_words(turn, case)}\n随时回复“进度”查看。"
    )


SERVICE = Service(
    name="report",
    actions={
        "report": report,
        "report.new": report_new,
        "report.begin": report_beginning_with,
    },
    intents={"report_issue": "report"},
    titles={"report_issue": "反映问题"},
    commands={
        "反映": "report.new",
        "反映问题": "report.new",
        "我要反映": "report.new",
        "报修": "report.new",
    },
    kinds={Kind.IMAGE: "report.begin", Kind.LOCATION: "report.begin"},
    scenes={"place": "report.new"},
    forms=(FormService(FORM, submit, prepare),),
)
