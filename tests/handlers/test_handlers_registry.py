"""Services put together: a fault in the wiring shows at the start, by name."""

from __future__ import annotations

import pytest

from dialogue.forms import Form
from dialogue.messages import Kind
from handlers.kit import FormService, Request, Say, Service, Turn
from handlers.registry import Registry, WiringError


def _hello(_turn: Turn, _request: Request) -> Say:
    return Say("hello")


def _finish(_turn: Turn, _values: object) -> Say:
    return Say("done")


FORM = FormService(Form("form", 1, ()), _finish)
ONE = Service("one", {"hello": _hello}, intents={"help": "hello"}, forms=(FORM,))


def test_services_are_found_by_what_calls_them() -> None:
    """Actions, intents and forms of all services are in one place."""
    registry = Registry((ONE, Service("two", {"bye": _hello}, kinds={Kind.LINK: "bye"})))
    assert set(registry.actions) == {"hello", "bye"}
    assert registry.same_service("form", "hello")
    assert not registry.same_service("form", "bye")
    assert registry.missing(["help", "human"]) == ["human"]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (Service("two", {"hello": _hello}), "action 'hello' is claimed by 'one' and by 'two'"),
        (Service("two", {"x": _hello}, intents={"help": "x"}), "intent 'help' is claimed"),
        (Service("two", {}, intents={"human": "nobody"}), "'human' calls 'nobody'"),
        (Service("two", {}, commands={"人工": "nobody"}), "'人工' calls 'nobody'"),
        (Service("two", {}, kinds={Kind.LINK: "nobody"}), "calls 'nobody'"),
        (Service("two", {}, scenes={"place": "nobody"}), "'place' calls 'nobody'"),
        (Service("two", {}, answers_in_between=frozenset({"nobody"})), "'two' calls 'nobody'"),
        (Service("two", {}, interrupts=frozenset({"nobody"})), "'two' calls 'nobody'"),
        (Service("two", {}, titles={"redeem": "x"}), "title for 'redeem'"),
        (Service("two", {}, forms=(FORM,)), "form 'form' is claimed by 'one' and by 'two'"),
    ],
)
def test_faults_in_the_wiring(second: Service, message: str) -> None:
    """Two services that claim one name, or a name that calls nothing, fail when put together."""
    with pytest.raises(WiringError, match=message):
        Registry((ONE, second))
