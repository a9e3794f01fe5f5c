"""The menu at the foot of the chat, from configuration to what WeChat takes.

An entry has a `name` and either `children` or an action: `key` (a click), `url` (a page), or
`type` with `key` for one of the other actions, or `type: miniprogram` with `url`, `appid` and
`pagepath`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Entry = Mapping[str, object]

TOP, CHILDREN = 3, 5
TOP_NAME_BYTES, CHILD_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
FIELDS_OF = {
    "click": ("key",),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
}
LIMITS = {"key": KEY_BYTES, "url": URL_BYTES, "appid": 64, "pagepath": URL_BYTES}


class MenuError(ValueError):
    """The menu cannot be made; the message names the entry, as `menu[0].children[2]`."""


def build_menu(entries: Sequence[Entry]) -> dict[str, object]:
    """The body of menu/create for `entries`; raises `MenuError`."""
    if not 1 <= len(entries) <= TOP:
        raise MenuError(f"menu: 1 to {TOP} entries, not {len(entries)}")
    buttons = [_top(entry, f"menu[{index}]") for index, entry in enumerate(entries)]
    keys = [key for entry in entries for key in _keys(entry)]
    for key in keys:
        if keys.count(key) > 1:
            raise MenuError(f"menu: the key {key!r} is used more than once")
    return {"button": buttons}


def _top(entry: Entry, path: str) -> dict[str, object]:
    children = entry.get("children")
    if children is None:
        return _button(entry, path, TOP_NAME_BYTES)
    if not isinstance(children, list) or not 1 <= len(children) <= CHILDREN:
        raise MenuError(f"{path}.children: a list of 1 to {CHILDREN} entries")
    _only(entry, ("name", "children"), path)
    return {
        "name": _field(entry, "name", path, TOP_NAME_BYTES),
        "sub_button": [
            _button(child, f"{path}.children[{index}]", CHILD_NAME_BYTES)
            for index, child in enumerate(children)
        ],
    }


def _button(entry: object, path: str, name_bytes: int) -> dict[str, object]:
    if not isinstance(entry, dict):
        raise MenuError(f"{path}: name and action expected")
    kind = str(entry.get("type") or ("view" if "url" in entry else "click"))
    if kind not in FIELDS_OF:
        raise MenuError(f"{path}.type: {kind!r} is none of {', '.join(FIELDS_OF)}")
    _only(entry, ("name", "type", *FIELDS_OF[kind]), path)
    fields = {name: _field(entry, name, path, LIMITS[name]) for name in FIELDS_OF[kind]}
    return {"type": kind, "name": _field(entry, "name", path, name_bytes), **fields}


def _only(entry: Entry, known: Sequence[str], path: str) -> None:
    for name in entry:
        if name not in known:
            raise MenuError(f"{path}.{name}: unknown here; known {', '.join(known)}")


def _field(entry: Entry, name: str, path: str, limit: int) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MenuError(f"{path}.{name}: a text is missing")
    if len(value.encode()) > limit:
        raise MenuError(
            f"{path}.{name}: at most {limit} bytes, {value!r} has {len(value.encode())}"
        )
    if name == "url" and not value.startswith(("http://", "https://")):
        raise MenuError(f"{path}.url: must begin with http:// or https://")
    return value


def _keys(entry: Entry) -> list[str]:
    children = entry.get("children")
    several = children if isinstance(children, list) else [entry]
    return [str(one["key"]) for one in several if isinstance(one, dict) and "key" in one]
