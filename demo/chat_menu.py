"""The account's menu as the simulator shows it, from the object that WeChat's menu API takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def menu_buttons(menu: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`{"button": [...]}` as a list of name, type, key, url and items (one level down)."""
    return [_button(button) for button in menu.get("button", ())]


def _button(button: Mapping[str, Any]) -> dict[str, Any]:
    url = str(button.get("url", ""))
    return {
        "name": str(button.get("name", "")),
        "type": str(button.get("type", "")),
        "key": str(button.get("key", "") or url),
        "url": url,
        "items": [_button(item) for item in button.get("sub_button", ())],
    }
