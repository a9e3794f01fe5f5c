"""Structured logs: for people on a console, as JSON in service; never a text or an address."""

from __future__ import annotations

import logging

import structlog

from settings import LogSettings


def configure_logs(settings: LogSettings) -> None:
    """Sets up structlog and lets the standard library's loggers through at warning and above."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    processors: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.format == "json":
        processors.append(structlog.processors.dict_tracebacks)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    logging.basicConfig(level=max(level, logging.WARNING), format="%(name)s: %(message)s")
