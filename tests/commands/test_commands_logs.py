"""Logs hold no personal data: no texts of residents, no variables, no addresses."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from commands.logs import configure_logs, describe
from settings import LogSettings

SAID = "3栋2单元王秀兰 13900001234"


def _fail(said: str) -> None:
    raise ValueError(f"cannot read {said}")


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    """Other tests keep their own logging."""
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_exception_is_told_without_its_words(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The type and the line of code are enough to find the fault; what was said stays out."""
    configure_logs(LogSettings(format=form))  # type: ignore[arg-type]
    try:
        _fail(SAID)
    except ValueError:
        structlog.get_logger("test").exception("turn failed")
        logging.getLogger("library").exception("it failed")
    out, err = capsys.readouterr()
    assert SAID not in out + err
    assert "王秀兰" not in out + err
    assert "ValueError" in out
    assert "ValueError" in err


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    """In production each line is one object."""
    configure_logs(LogSettings(format="json"))
    structlog.get_logger("test").info("push refused", status=403)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["status"], line["level"]) == ("push refused", 403, "info")


def test_the_chain_of_causes_is_kept() -> None:
    """What led to the exception is told first."""
    try:
        try:
            _fail(SAID)
        except ValueError as error:
            raise KeyError("x") from error
    except KeyError as error:
        kinds = [line.split(" at ")[0] for line in describe(error)]
    assert kinds == ["ValueError", "KeyError"]
