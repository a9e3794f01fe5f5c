"""The form of a report as data: what is asked, how answers are read, the summary at the end."""

from __future__ import annotations

import re
from typing import Any

from dialogue.forms import Form, Heard, Misheard, Redo, Slot, Values, silent
from dialogue.words import numbered, shorten, tapped
from handlers import report_extras, report_same
from handlers.report_summary import OPTIONS, summary
from handlers.words import has_words, same_words, without_phone

YES = re.compile(
    r"提交吧?|确[认定]|[对是好](?:的|吧)?|没错|可以|行|嗯+|中|要得|ok|没问题|就这样|发吧"
)
EDIT = re.compile(r"修改|要?改(?:一下)?|不对|有?错了?")
FIELDS = (
    ("description", ("内容", "描述")),
    ("place", ("地点", "地址", "位置", "楼栋")),
    ("category", ("类别", "类型", "分类")),
    ("phone", ("电话", "手机", "号码")),
    ("anonymous", ("匿名",)),
)
_EDIT_OF = re.compile(r"改|换|不对|错")
_TROUBLE = re.compile(r"坏|漏|堵|臭|吵|脏|没人|不亮|断了|裂|掉了|停电|停水|好几天|好久")
_SPOT = re.compile(r"[栋幢楼元门路街旁边口前后院区园场棚库店面里上下底角梯道房池亭]|附近")
_NOWHERE = re.compile(r"不(?:知道|清楚|晓得)|说不(?:清|上来)|记不[得清]")
LONGEST_PLACE = 60
GUESSED = ("category_options", "questions")
SAME = ("similar", "same")


def _ask_description(values: Values) -> str:
    what = "是什么事" if "place" in values else "是什么事、在哪里"
    more = "" if values.get("photo") else "可以发照片。"
    return f"请说说{what}。{more}\n{numbered(())}"


def _nod_description(heard: Heard, values: Values) -> str:
    return f"照片收到。\n{_ask_description(values)}" if "photo" in heard.found else ""


def _read_description(heard: Heard, _values: Values) -> str:
    raise Misheard("" if heard.found else "请用一两句话说。")


def _take_description(heard: Heard, values: Values) -> Redo:
    if "bare" in heard.found or not has_words(heard.text):
        _read_description(heard, values)
    words = without_phone(heard.text, heard.found)
    keep = {"description": words, "said_place": heard.found.get("said_place", "")}
    return Redo((), keep | {name: heard.found[name] for name in ("place",) if name in heard.found})


def _ask_place(values: Values) -> str:
    options = values.get("place_options", ())
    if options:
        names = [option["text"] for option in options]
        return f"这里有好几处，是哪一处？\n{numbered([*names, '别的地方'])}"
    return f"请问在哪栋哪单元？发位置也行。\n{numbered(())}"


def _read_place(heard: Heard, values: Values) -> Any:
    options = values.get("place_options", ())
    picked = tapped(heard.word)
    if picked and picked <= len(options):
        return options[picked - 1]
    if options and (picked == len(options) + 1 or heard.word == "别的地方"):
        return Redo(("place",), {"place_options": []})
    found: dict[str, Any] | None = heard.found.get("place")
    if found is None:
        raise Misheard("没找到这个地方。说楼栋、单元，或者旁边有什么。")
    words = heard.text.strip()
    if "bare" not in heard.found and _TROUBLE.search(words):
        return Redo((), {"place": found, "description": f"{values['description']}；{words}"})
    return found


def _take_place(heard: Heard, values: Values) -> Any:
    words = heard.text.strip()
    if _NOWHERE.fullmatch(heard.word):
        return {"code": "", "text": "地点待问"}
    if not has_words(words) or len(words) > LONGEST_PLACE:
        raise Misheard("请说在哪里，比如“3栋2单元”或“东门口”。")
    if _TROUBLE.search(words) and not _SPOT.search(words):
        return Redo(("place",), {"description": f"{values['description']}；{words}"})
    return {"code": "", "text": words}


def _nod_place(heard: Heard, values: Values) -> str:
    return f"照片收到。\n{_ask_place(values)}" if "photo" in heard.found else ""


def _edits(values: Values) -> tuple[str, ...]:
    phone = "改电话" if values.get("phone") else "留电话"
    return ("内容", "地点", "类别", phone, "不匿名" if values.get("anonymous") else "匿名")


def _ask_edit(values: Values) -> str:
    return "要改哪一项？\n" + numbered(_edits(values), way_out="不改了")


def _read_edit(heard: Heard, values: Values) -> Redo:
    number = tapped(heard.word) or _field_in(heard.word)
    if number not in range(1, len(FIELDS) + 1):
        raise Misheard(f"请回复 1 到 {len(FIELDS)} 中的一个数字。")
    return _edit(FIELDS[number - 1][0], values)


def _field_in(word: str) -> int:
    """The number of the field that a message names; 0 for none."""
    numbered_fields = enumerate(FIELDS, 1)
    return next((n for n, (_, names) in numbered_fields if any(x in word for x in names)), 0)


def _edit(field: str, values: Values) -> Redo:
    match field:
        case "description":
            return Redo(("description", "said_place", "category", *GUESSED, *SAME, "editing"))
        case "place":
            return Redo(("place", "editing", *SAME))
        case "category":
            return Redo(("category", "editing"), {"choose_category": True})
        case "phone":
            return Redo(("phone", "editing"), {"want_phone": True})
        case _:
            return Redo(("editing",), {"anonymous": not values.get("anonymous", False)})


def _ask_category(values: Values) -> str:
    names = [name for _, name in values.get("category_options", ())]
    return "这件事属于：\n" + numbered([*names, "其他"], way_out="不改了")


def _read_category(heard: Heard, values: Values) -> Any:
    options = [*values.get("category_options", ()), ["other", "其他"]]
    names = [name for _, name in options]
    picked = tapped(heard.word) or (names.index(heard.word) + 1 if heard.word in names else 0)
    if picked not in range(1, len(options) + 1):
        raise Misheard(f"请回复 1 到 {len(options)} 中的一个数字。")
    code, name = options[picked - 1]
    return {"code": code, "name": name}


def _ask_phone(_values: Values) -> str:
    return "请发您的电话，只有办事的工作人员看得到。\n" + numbered((), way_out="不留了")


def _read_phone(heard: Heard, _values: Values) -> str:
    found: str | None = heard.found.get("phone")
    if found is None:
        raise Misheard("这个号码好像不对，请再发一次。")
    return found


def _nod_confirm(heard: Heard, values: Values) -> str:
    if "photo" not in heard.found:
        return ""
    count = len(values["photo"])
    together = f"一共{count}张。" if count > 1 else ""
    return f"照片收到。{together}\n{numbered(OPTIONS)}"


def _read_confirm(heard: Heard, values: Values) -> Any:
    word = heard.word
    if YES.fullmatch(word) or tapped(word) == 1:
        return "submit"
    if EDIT.fullmatch(word) or tapped(word) == 2:
        return Redo(("confirm",), {"editing": True})
    if "bare" in heard.found:
        return Redo(("confirm",))
    field = _field_in(word) if _EDIT_OF.search(word) else 0
    if field:
        return _edit(FIELDS[field - 1][0], values)
    raise Misheard("")


def _take_confirm(heard: Heard, values: Values) -> Redo:
    """Further words at the summary belong to the description, unless they name another place."""
    words = without_phone(heard.text, heard.found)
    if not has_words(words):
        raise Misheard("请回复 1 提交，2 修改，0 取消。")
    if same_words(words, values["description"]):
        return Redo(("confirm",))
    if "elsewhere" in heard.found:
        return Redo(("confirm", "other"), {"maybe_other": words})
    return _added(values, words)


def _added(values: Values, words: str) -> Redo:
    both = f"{values['description']}；{words}"
    return Redo(("confirm", "other"), {"description": both, "maybe_other": ""})


def _ask_other(values: Values) -> str:
    words = shorten(values["maybe_other"], 40)
    return f"“{words}”\n这是另一件事吗？\n" + numbered(("是，另记一件", "不是，加到刚才那件"))


def _read_other(heard: Heard, values: Values) -> Redo:
    picked = tapped(heard.word)
    words = values["maybe_other"]
    if picked == 1 or YES.fullmatch(heard.word) or heard.word.startswith("另"):
        more = [*values.get("more", ()), words]
        return Redo(("other",), {"more": more, "maybe_other": ""})
    if picked == 2 or heard.word in {"不是", "不", "否"} or heard.word.startswith("加"):
        return _added(values, words)
    raise Misheard("请回复 1 或 2。")


def _take_other(heard: Heard, values: Values) -> Redo:
    """More words in place of an answer belong to the words that are asked about."""
    words = without_phone(heard.text, heard.found)
    if not has_words(words):
        return _read_other(heard, values)
    return Redo(("other",), {"maybe_other": f"{values['maybe_other']}；{words}"})


FORM = Form(
    name="report",
    version=2,
    slots=(
        silent("photo", many=True),
        silent("anonymous"),
        silent("place_options"),
        silent("said_place"),
        silent("category_options"),
        silent("questions"),
        silent("similar"),
        Slot(
            "description",
            _ask_description,
            _read_description,
            _take_description,
            nod=_nod_description,
        ),
        Slot("place", _ask_place, _read_place, _take_place, entity="place", nod=_nod_place),
        report_same.SLOT,
        Slot("phone", _ask_phone, _read_phone, entity="phone", opened_by="want_phone"),
        Slot(
            "category",
            _ask_category,
            _read_category,
            entity="category",
            opened_by="choose_category",
        ),
        Slot("other", _ask_other, _read_other, _take_other, opened_by="maybe_other"),
        report_extras.SLOT,
        Slot("edit", _ask_edit, _read_edit, opened_by="editing"),
        Slot("confirm", summary, _read_confirm, _take_confirm, nod=_nod_confirm),
    ),
    context=frozenset({"more", "answers", "confidential"}),
)
