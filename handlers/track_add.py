"""补充 and 更正: words, pictures and a place put right, added to a case of one's own."""

from __future__ import annotations

from dialogue.forms import Form, Heard, Misheard, Slot, Values, silent
from dialogue.words import numbered
from handlers.hearing import hear
from handlers.kit import Begin, FormService, Say, Turn
from handlers.words import has_words, ticket
from services import cases
from services.places import place_by_code
from storage.cases import Case

GONE = "没有查到这个编号，请再看一下。回复“进度”可以看您反映的事。"


def begin(number: str, *, correcting: bool = False) -> Begin:
    """The form that asks what is to be added to a case, or put right in it."""
    values = {"number": number, "correcting": True} if correcting else {"number": number}
    return Begin(FORM.name, values)


def _ask(values: Values) -> str:
    if values.get("correcting"):
        return f"请说要补充什么，或者哪里要改。\n{numbered(())}"
    return f"请说要补充什么，也可以发照片。\n{numbered(())}"


def _read(heard: Heard, _values: Values) -> str:
    if heard.found.get("photo"):
        return "（补充照片）"
    raise Misheard("请打字说，或发照片。")


def _take(heard: Heard, values: Values) -> str:
    return heard.text.strip() if has_words(heard.text) else _read(heard, values)


FORM = Form(
    name="add_to_case",
    version=2,
    slots=(
        silent("photo", many=True),
        silent("place"),
        Slot("text", _ask, _read, _take),
    ),
    context=frozenset({"number", "correcting"}),
)


def prepare(turn: Turn, heard: Heard, values: Values) -> Heard:
    """The place that is named, where something is put right; else the words alone."""
    return hear(turn, heard, values) if values.get("correcting") else heard


def added(turn: Turn, values: Values) -> Say:
    """Puts the words and pictures to the case."""
    case = cases.by_number(turn.session, turn.community.id, int(values["number"]))
    if case is None or case.resident_id != turn.resident.id:
        return Say(GONE)
    hours, text = turn.world.hours, values["text"]
    if values.get("correcting") and "photo" not in values:
        moved = _locate(turn, case, values)
        cases.correct(turn.session, case, turn.resident, text, turn.now, hours=hours)
        return Say(f"已加到〔{ticket(case)}〕{moved}，工作人员会看到。")
    photos = tuple(values.get("photo", ()))
    cases.add(turn.session, case, turn.resident, text, photos, turn.now, hours=hours)
    return Say(f"已加到〔{ticket(case)}〕，工作人员会看到。")


def _locate(turn: Turn, case: Case, values: Values) -> str:
    """Brings the case to the place that was put right; says so."""
    told = values.get("place")
    if not told or not told["code"]:
        return ""
    place = place_by_code(turn.session, turn.community.id, told["code"])
    if place is None or place.path == case.place_path:
        return ""
    cases.locate(turn.session, case, place, told["text"], turn.now)
    return f"，地点改为{told['text']}"


FORM_SERVICE = FormService(FORM, added, prepare, open_ended=True)
