"""A report as one HTML file that needs nothing beside it: printable, charts and styles inside."""

from __future__ import annotations

import jinja2

from console import assets, words
from console.rendering import FOLDER
from console.report_view import ReportView

STYLES = ("tokens.css", "base.css", "parts.css", "report.css")


def to_html(view: ReportView) -> str:
    """The text of the file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.FILTERS
    files = assets.read_assets()
    style = "\n".join(files[name].decode() for name in STYLES)
    return environment.get_template("reports/file.html").render(view=view, style=style)
