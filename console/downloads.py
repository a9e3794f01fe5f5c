"""Files that a browser saves."""

from __future__ import annotations

from aiohttp import web

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(
    body: bytes, content_type: str, name: str, charset: str | None = None
) -> web.Response:
    """A file to be saved under `name`; of a text, `charset` says how it is written."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)
