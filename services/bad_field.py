"""What was entered in a form cannot be taken: the base of the services' own errors of this kind."""

from __future__ import annotations


class BadField(Exception):
    """`field` names the value at fault as the form does, the message says why, in plain words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
