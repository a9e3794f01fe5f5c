"""Pictures and voices of residents, for those who may see the case or the resident."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from console.visits import number_in_path, visit_of
from services import finding

SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg", "audio/amr")
"""Types that a page shows; everything else is offered as a file to be saved."""


async def serve(request: web.Request) -> web.StreamResponse:
    """The stored file of a medium in sight; 404 while it is not fetched."""
    visit = visit_of(request)
    medium = await visit.read(
        lambda session: finding.medium(session, visit.staff, number_in_path(request))
    )
    if medium is None or medium.state != "stored" or not medium.file:
        raise web.HTTPNotFound
    path = _inside(visit.deps.media_dir, medium.file)
    known = medium.content_type in SHOWN
    response = web.FileResponse(path)
    response.content_type = medium.content_type if known else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if known else "attachment"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _inside(folder: Path, name: str) -> Path:
    """The file `name` below `folder`; 404 where it is not there or would lie elsewhere."""
    root = folder.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise web.HTTPNotFound
    return path
