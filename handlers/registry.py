"""The services put together; a fault in the wiring shows when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from dialogue.messages import Kind
from handlers.kit import Action, FormService, IfSure, Service, no_rule

K = TypeVar("K")
V = TypeVar("V")


class WiringError(Exception):
    """Two services claim the same name, or one names an action that does not exist."""


class Registry:
    """All services by what calls them."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = tuple(services)
        self.alarms = tuple(one for one in services if one.alarm is not no_rule)
        self.rules = tuple(one for one in services if one.rule is not no_rule)
        self.actions: Mapping[str, Action] = _merge(services, "action", lambda s: s.actions)
        self.intents: Mapping[str, str] = _merge(services, "intent", lambda s: s.intents)
        self.titles: Mapping[str, str] = _merge(services, "title", lambda s: s.titles)
        self.commands: Mapping[str, str] = _merge(services, "command", lambda s: s.commands)
        self.kinds: Mapping[Kind, str] = _merge(services, "kind", lambda s: s.kinds)
        self.scenes: Mapping[str, str] = _merge(services, "scene", lambda s: s.scenes)
        self.forms: Mapping[str, FormService] = _merge(
            services, "form", lambda s: {entry.form.name: entry for entry in s.forms}
        )
        self._owners = {action: one for one in services for action in one.actions}
        self._check_targets()

    def _check_targets(self) -> None:
        for where in (self.intents, self.commands, self.kinds, self.scenes):
            for key, action in where.items():
                self._check(key, action)
        for service in self.services:
            for action in service.answers_in_between | service.interrupts:
                self._check(service.name, action)
        for intent in self.titles:
            if intent not in self.intents:
                raise WiringError(f"title for {intent!r}, which no service serves")

    def _check(self, key: object, action: str) -> None:
        if action not in self.actions:
            raise WiringError(f"{key!r} calls {action!r}, which no service offers")

    def missing(self, labels: Iterable[str]) -> list[str]:
        """The labels of the classifier that no service serves."""
        return sorted(set(labels) - set(self.intents))

    def answers_in_between(self, action: str) -> bool:
        """Whether an action may be answered in the middle of a form, which then goes on."""
        return any(action in service.answers_in_between for service in self.services)

    def interrupts(self, action: str) -> bool:
        """Whether an action breaks into a form without asking."""
        return any(action in service.interrupts for service in self.services)

    def owner(self, action: str) -> str:
        """The name of the service that offers an action."""
        return self._owners[action].name

    def if_sure(self, action: str) -> IfSure:
        """What answers words for the service of an action, only where it plainly can."""
        return self._owners[action].if_sure

    def same_service(self, form: str, action: str) -> bool:
        """Whether a form and an action are of one service: then the words are for the form."""
        return any(
            action in service.actions and form in {entry.form.name for entry in service.forms}
            for service in self.services
        )


def _merge(
    services: Sequence[Service], what: str, part: Callable[[Service], Mapping[K, V]]
) -> Mapping[K, V]:
    merged: dict[K, V] = {}
    owner: dict[K, str] = {}
    for service in services:
        for key, value in part(service).items():
            if key in merged:
                raise WiringError(
                    f"{what} {key!r} is claimed by {owner[key]!r} and by {service.name!r}"
                )
            merged[key], owner[key] = value, service.name
    return merged
