"""What is done with one thing by a form on its page; the page again with what was wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.visits import Find, Visit, number_in_path, one_in_path, visit_of
from services.bad_field import BadField

Row = TypeVar("Row")
Form: TypeAlias = dict[str, str]
Work: TypeAlias = Callable[[Session, Visit, Row, Form], object]
Page: TypeAlias = Callable[[web.Request, Entered, int], Awaitable[web.Response]]


def wrong(form_name: str, form: Form, error: Exception, field: str) -> Entered:
    """The form as it was entered; the words of the refusal stand beside the field that it names,
    beside `field` where it names none.
    """
    named = error.field if isinstance(error, BadField) else field
    return Entered(form_name, form, {named: str(error)})


@dataclass(frozen=True, slots=True)
class Deeds(Generic[Row]):
    """The forms on the page of one thing below `address`.

    `find` is the service that finds the thing, `page` shows it with what was entered, `refusals`
    are what services raise for staff to read, `field` is for those that name no field.
    """

    address: str
    find: Find[Row]
    page: Page
    refusals: tuple[type[Exception], ...] = (BadField,)
    field: str = ""

    async def do(
        self, request: web.Request, form_name: str, work: Work[Row], done: str = "saved"
    ) -> web.Response:
        """Does `work` with the thing in the address and goes back to it, with the word `done`;
        422 where it is refused, with the form `form_name` as it was entered.
        """
        visit, form = visit_of(request), await read_form(request)
        try:
            await visit.write(lambda s: work(s, visit, one_in_path(s, request, self.find), form))
        except self.refusals as error:
            return await self.page(request, wrong(form_name, form, error, self.field), 422)
        visit.deps.notify_outbox()
        return see(f"{self.address}/{number_in_path(request)}", done)
