"""Our own style sheets and scripts, named with their digest so that browsers may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

from console.visits import or_404

FOLDER = Path(__file__).parent / "static"
PREFIX = "/console/static/"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ASSETS: web.AppKey[Mapping[str, bytes]] = web.AppKey("console_assets", Mapping)


def read_assets() -> Mapping[str, bytes]:
    """Every file of the folder by name."""
    files = (path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES)
    return MappingProxyType({path.name: path.read_bytes() for path in files})


def address_of(assets: Mapping[str, bytes]) -> Callable[[str], str]:
    """A function from the name of a file to its address; KeyError for one that is not there."""
    digests = {name: hashlib.sha256(data).hexdigest()[:12] for name, data in assets.items()}
    return lambda name: f"{PREFIX}{name}?v={digests[name]}"


async def serve(request: web.Request) -> web.Response:
    """A file by its name, kept by the browser for as long as its digest is asked for."""
    name = request.match_info["name"]
    data = or_404(request.app[ASSETS].get(name))
    keep = "public, max-age=31536000, immutable" if "v" in request.query else "no-cache"
    return web.Response(
        body=data,
        content_type=TYPES[Path(name).suffix],
        charset="utf-8",
        headers={"Cache-Control": keep},
    )
