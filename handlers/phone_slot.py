"""A slot that asks for leave to show a phone number to the other side; nothing is shown unasked."""

from __future__ import annotations

from dialogue.forms import Heard, Misheard, Slot, Values
from dialogue.words import numbered, tapped
from intents.amounts import find_phones
from services.residents import mask_phone

KNOWN = "known_phone"
"""The form's value with the number that the resident told before; empty where there is none."""


def phone_slot(question: str, none_label: str) -> Slot:
    """The slot `phone`: a number, or empty words where the resident would rather show none."""

    def ask(values: Values) -> str:
        labels = [none_label]
        if values.get(KNOWN):
            labels.append(f"用{mask_phone(values[KNOWN])}")
        return f"{question}\n{numbered(labels)}"

    return Slot("phone", ask, _read)


def _read(heard: Heard, values: Values) -> str:
    found = find_phones(heard.text)
    if found:
        return found[0]
    match tapped(heard.word):
        case 1:
            return ""
        case 2 if values.get(KNOWN):
            known: str = values[KNOWN]
            return known
    raise Misheard("请回复选项前的数字，或者直接发电话号码。")
