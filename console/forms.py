"""What a form brought, and how it is shown again when something in it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Entered:
    """One form of a page as it was entered, with what is wrong field by field.

    `form` is the name of the form on the page; a page with several shows each its own.
    """

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """What was entered in a field; `otherwise` where this form was not the one."""
        return self.values.get(name, otherwise) if form == self.form else otherwise

    def error(self, form: str, name: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        return self.errors.get(name, "") if form == self.form else ""


async def read_form(request: web.Request) -> dict[str, str]:
    """The text fields of a form, each cut at `LONGEST`, with plain line ends."""
    form = await request.post()
    return {
        name: value[:LONGEST].replace("\r\n", "\n")
        for name, value in form.items()
        if isinstance(value, str)
    }


def number_or_none(value: str | None) -> int | None:
    """A whole number as entered; None where it is none."""
    return int(value) if value and value.isdecimal() and len(value) < 16 else None


def day_or_none(value: str | None) -> date | None:
    """A day as a date field sends it; None where it is none."""
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
