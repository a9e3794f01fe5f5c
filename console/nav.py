"""The main pages of the console: what stands in the bar, and what behind 更多."""

from __future__ import annotations

from dataclasses import dataclass

from services.access import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation; `first` stands in the bar itself."""

    href: str
    name: str
    permission: Permission
    first: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("/console/", "待办", Permission.SEE, first=True),
    Entry("/console/cases", "事项", Permission.SEE, first=True),
    Entry("/console/figures", "概况", Permission.SEE, first=True),
    Entry("/console/hall", "议事", Permission.KEEP_TOPICS),
    Entry("/console/audit", "审计", Permission.SEE_AUDIT),
    Entry("/console/staff", "人员", Permission.KEEP_STAFF),
    Entry("/console/model", "模型", Permission.KEEP_MODEL),
)


def current(entry: Entry, path: str) -> bool:
    """Whether the page at `path` belongs to this entry."""
    if entry.href == "/console/":
        return path == entry.href
    return path == entry.href or path.startswith(entry.href + "/")
