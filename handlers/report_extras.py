"""The extra questions of a category in a report: one at a time, each may be skipped."""

from __future__ import annotations

import re
from typing import Any

import cn2an

from dialogue.forms import Heard, Misheard, Redo, Slot, Values
from dialogue.words import numbered, tapped
from handlers.words import has_words, without_phone
from intents.tickets import parse_ticket

SKIP = re.compile(r"跳过|不(?:知道|清楚|晓得|填|说|记得)了?|没有?|略过?|下一[个步]")
_NUMBER = re.compile(r"(?:大概|大约|约|有|是)?(\d{1,6}|[一二两三四五六七八九十百]{1,6})\D{0,3}")
_CODE = re.compile(r"(?=.*\d)[\w·.#-]{3,12}")
LONGEST_ANSWER = 60
SHORTEST_MORE = 6
"""Characters from which words that are no option tell more of the matter."""
NOTED = "记下了。\n"


def open_question(values: Values) -> dict[str, Any] | None:
    """The next question of the category that was neither answered nor skipped."""
    code = (values.get("category") or {}).get("code", "")
    asked = values.get("answers", {})
    questions = values.get("questions", {}).get(code, ())
    return next((one for one in questions if f"{code}:{one['code']}" not in asked), None)


def answered(values: Values) -> list[tuple[str, str]]:
    """The questions of the category with their answers, without those that were skipped."""
    code = (values.get("category") or {}).get("code", "")
    answers = values.get("answers", {})
    told = [
        (one["text"], answers.get(f"{code}:{one['code']}", ""))
        for one in values.get("questions", {}).get(code, ())
    ]
    return [(text, answer) for text, answer in told if answer]


def _open(values: Values) -> dict[str, Any]:
    question = open_question(values)
    if question is None:
        raise LookupError("no question is open")
    return question


def _ask(values: Values) -> str:
    question, lead = _open(values), NOTED if values.get("noted") else ""
    names = [name for _, name in question["options"]]
    if question["kind"] == "number":
        return f"{lead}{question['text']}请回复数字。\n说“跳过”也行。\n{numbered(())}"
    hint = "可以选几个，比如“1 3”。\n" if question["kind"] == "several" else ""
    return f"{lead}{question['text']}\n{hint}{numbered([*names, '跳过'])}"


def _read(heard: Heard, values: Values) -> Redo:
    question, names = _open(values), [name for _, name in _open(values)["options"]]
    kind = question["kind"]
    if SKIP.fullmatch(heard.word) or (kind != "number" and tapped(heard.word) == len(names) + 1):
        return _kept(values, question, "")
    if kind == "number":
        return _kept(values, question, _number(heard.word))
    chosen = _chosen(heard.word, names, several=kind == "several")
    if chosen:
        return _kept(values, question, "、".join(chosen))
    if not names and _is_code(heard.word):
        return _kept(values, question, heard.text.strip())
    if names:
        raise Misheard(f"请回复 1 到 {len(names) + 1} 中的一个数字。")
    raise Misheard("" if heard.found else "请用几个字说，或者回复 1 跳过。")


def _is_code(word: str) -> bool:
    """A number plate or the number on a post; never the number of a case, nor a digit to tap."""
    return bool(_CODE.fullmatch(word)) and tapped(word) is None and parse_ticket(word) is None


def _number(word: str) -> str:
    found = _NUMBER.fullmatch(word)
    if found is None:
        raise Misheard("没听出是几。")
    numeral = found[1].replace("两", "二")
    if numeral.isdecimal():
        return numeral
    try:
        return str(cn2an.cn2an(numeral, "smart"))
    except ValueError:
        raise Misheard("没听出是几。") from None


def _chosen(word: str, names: list[str], *, several: bool) -> list[str]:
    """The options that a message picks, by digit or by name."""
    parts = [part for part in re.split(r"[\s,，、和.]+", word) if part] if several else [word]
    if several and len(parts) == 1 and parts[0].isdecimal():
        parts = list(parts[0])
    found = [_one(part, names) for part in parts]
    return list(dict.fromkeys(name for name in found if name)) if all(found) else []


def _one(word: str, names: list[str]) -> str:
    picked = tapped(word)
    if picked is not None:
        return names[picked - 1] if 1 <= picked <= len(names) else ""
    return word if word in names else ""


def _take(heard: Heard, values: Values) -> Redo:
    """Free words answer a question that wants words; else they are more of the matter, or another
    one where they name another place.
    """
    question = _open(values)
    words = without_phone(heard.text, heard.found)
    if not has_words(words):
        return _read(heard, values)
    if "elsewhere" in heard.found and len(words) >= SHORTEST_MORE:
        return Redo(("other",), {"maybe_other": words})
    if question["kind"] != "text":
        if len(words) < SHORTEST_MORE:
            return _read(heard, values)
        return Redo((), {"description": f"{values['description']}；{words}", "noted": True})
    if len(words) > LONGEST_ANSWER:
        raise Misheard(f"请用 {LONGEST_ANSWER} 个字以内说。")
    return _kept(values, question, words)


def _kept(values: Values, question: dict[str, Any], answer: str) -> Redo:
    key = f"{values['category']['code']}:{question['code']}"
    return Redo((), {"answers": {**values.get("answers", {}), key: answer}, "noted": False})


def _nod(heard: Heard, values: Values) -> str:
    return f"照片收到。\n{_ask(values)}" if "photo" in heard.found else ""


SLOT = Slot("extra", _ask, _read, _take, nod=_nod, asked_if=lambda v: open_question(v) is not None)
