"""Structured logs: for people on a console, as JSON in service; never what a resident wrote.

An exception is logged by its type and the lines of code it passed. Its message and the variables
are left out: both can hold personal data.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog
from structlog.types import EventDict, WrappedLogger

from settings import LogSettings

FRAMES = 12


def configure_logs(settings: LogSettings) -> None:
    """Sets up structlog and lets the standard library's loggers through at warning and above."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            bare_exceptions,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_BareFormatter("%(name)s: %(message)s"))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


def bare_exceptions(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Puts the types and code lines of an exception where its text would be."""
    given = event.pop("exc_info", None)
    if given:
        error = given if isinstance(given, BaseException) else sys.exc_info()[1]
        if error is not None:
            event["trace"] = describe(error)
    return event


def describe(error: BaseException) -> list[str]:
    """The chain of an exception, outermost last: its types, each with the lines it passed."""
    earlier = error.__cause__ or error.__context__
    chain = describe(earlier) if earlier is not None else []
    return [*chain, f"{type(error).__name__} at {' < '.join(_frames(error.__traceback__))}"]


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames)]


class _BareFormatter(logging.Formatter):
    """The same for what libraries log through the standard library."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name it overrides
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(describe(error)) if isinstance(error, BaseException) else ""
