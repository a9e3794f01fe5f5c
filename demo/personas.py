"""Who sits at the simulator's phone: a few residents of the demo community."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """A resident one can talk as; `age` in years, 0 where it is nobody's business.

    `following` says whether this resident has subscribed to the account when the page starts.
    """

    openid: str
    name: str
    age: int = 0
    about: str = ""
    following: bool = True
