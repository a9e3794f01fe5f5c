"""Pictures and voices of residents, for those who may see the case or the resident."""

from __future__ import annotations

from aiohttp import web

from console.media_files import inside
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
    path = inside(visit.deps.media_dir, medium.file)
    known = medium.content_type in SHOWN
    response = web.FileResponse(path)
    response.content_type = medium.content_type if known else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if known else "attachment"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
