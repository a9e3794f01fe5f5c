"""What can be wrong with a document that is brought in."""

from __future__ import annotations


class UnreadableDocumentError(ValueError):
    """A file that cannot be taken in; `reason` is for staff, in Chinese."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}：{reason}")
        self.name = name
        self.reason = reason
