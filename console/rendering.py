"""Templates: the environment, and what every page knows without being told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from console import assets, words
from console.done import DONE
from console.nav import ENTRIES, current
from console.view import view_of
from console.visits import deps_of, visitor
from services.access import Permission, may
from services.intent_names import INTENT_NAMES

FOLDER = Path(__file__).parent / "templates"
TEMPLATES: web.AppKey[jinja2.Environment] = web.AppKey("console_templates", jinja2.Environment)


def set_up(app: web.Application) -> None:
    """Prepares the templates of `app`; everything is escaped, every unknown name an error."""
    files = assets.read_assets()
    app[assets.ASSETS] = files
    environment = aiohttp_jinja2.setup(
        app,
        app_key=TEMPLATES,
        loader=jinja2.FileSystemLoader(FOLDER),
        filters=words.FILTERS,
        default_helpers=False,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.address_of(files)
    environment.globals["Permission"] = Permission
    environment.globals["community_options"] = words.community_options


def render(
    request: web.Request, template: str, context: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """A page; on top of `context` it knows the visit, the view and what may be done."""
    visit, deps = visitor(request), deps_of(request)
    common = {
        "visit": visit,
        "staff": visit.staff if visit else None,
        "csrf": visit.csrf if visit else "",
        "now": visit.now if visit else deps.clock(),
        "can": lambda permission: visit is not None and may(visit.staff, permission),
        "category": (visit.catalogue if visit else deps.catalogues.shipped).name,
        "view": view_of(request),
        "nav": [entry for entry in ENTRIES if visit and may(visit.staff, entry.permission)],
        "is_current": current,
        "demo": deps.demo,
        "approval": deps.approval,
        "intents": INTENT_NAMES,
        "path": request.path,
        "here": request.path_qs,
        "done": DONE.get(request.query.get("done", ""), ""),
    }
    return aiohttp_jinja2.render_template(
        template, request, common | dict(context), app_key=TEMPLATES, status=status
    )
