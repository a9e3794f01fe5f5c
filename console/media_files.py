"""Files below the media folder, sent to a browser."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web


def inside(folder: Path, name: str) -> Path:
    """The file `name` below `folder`; 404 where it is not there or would lie elsewhere."""
    root = folder.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise web.HTTPNotFound
    return path


def picture(folder: Path, name: str, *, public: bool) -> web.FileResponse:
    """A picture of our own making, shown in the page."""
    response = web.FileResponse(inside(folder, name))
    response.content_type = "image/jpeg"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = f"{'public' if public else 'private'}, max-age=3600"
    return response
