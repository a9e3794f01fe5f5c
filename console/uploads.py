"""Files that staff send with a form."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_request import FileField


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: the last part of its name, its bytes."""

    name: str
    data: bytes


async def uploads(request: web.Request, field: str) -> list[Upload]:
    """The files of a field, in their order; an empty field sends none."""
    form = await request.post()
    found = [value for value in form.getall(field, []) if isinstance(value, FileField)]
    return [_read(one) for one in found if one.filename]


def _read(field: FileField) -> Upload:
    name = field.filename.replace("\\", "/").rsplit("/", 1)[-1]
    with field.file:
        return Upload(name[:200], field.file.read())
