"""One content in the two formats of GeoReport v2.

A document is plain data: a list is a container whose elements have the singular of its name, an
absent value is empty in XML and null in JSON, and in JSON the outermost name is left away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from xml.etree import ElementTree

from aiohttp import web

from services.calendar import CHINA

Content: TypeAlias = Mapping[str, Any] | Sequence[Any]

FORMATS = {"xml": "text/xml", "json": "application/json"}
SINGULAR = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0, 2.2)."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is answered: the name of the root, and what is in it."""

    root: str
    content: Content


class Fault(Exception):
    """What goes back as an error of the standard, one or several at once."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__("; ".join(descriptions))
        self.status = status
        self.descriptions = descriptions


def respond(document: Document, kind: str, *, status: int = 200) -> web.Response:
    """The document as `xml` or `json`. Other sites may read it: everything here is public."""
    text = to_json(document) if kind == "json" else to_xml(document)
    return web.Response(
        body=text.encode(),
        status=status,
        content_type=FORMATS[kind],
        charset="utf-8",
        headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"},
    )


def refuse(fault: Fault, kind: str) -> web.Response:
    """The answer to a request with something wrong in it."""
    errors = [{"code": fault.status, "description": text} for text in fault.descriptions]
    return respond(Document("errors", errors), kind, status=fault.status)


def to_json(document: Document) -> str:
    """The content as JSON, containers as bare arrays."""
    return json.dumps(document.content, ensure_ascii=False)


def to_xml(document: Document) -> str:
    """The content as XML with its declaration."""
    root = ElementTree.Element(document.root)
    _fill(root, document.content)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _fill(element: ElementTree.Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            _fill(ElementTree.SubElement(element, SINGULAR[element.tag]), value)
    elif content is not None:
        element.text = _text(content)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))


def moment(value: datetime) -> str:
    """A moment in ISO 8601 with the zone of the place, to the second."""
    return value.astimezone(CHINA).isoformat(timespec="seconds")
