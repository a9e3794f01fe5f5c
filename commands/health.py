"""Whether the program lives, whether it is ready, and what it measures."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from intents.current import Classifier
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.migrate import is_current

log = structlog.get_logger(__name__)


def add_health(app: web.Application, database: Database, understander: Classifier) -> None:
    """Adds /healthz, /readyz and /metrics."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        faults = await _faults(database, understander)
        status = 503 if faults else 200
        return web.json_response({"ready": not faults, "faults": faults}, status=status)

    async def metrics(_: web.Request) -> web.Response:
        body = await database.read(_metrics)
        return web.Response(body=body, content_type="text/plain", charset="utf-8")

    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
        ]
    )


async def _faults(database: Database, understander: Classifier) -> list[str]:
    faults = []
    try:
        await database.read(lambda s: s.execute(text("SELECT 1")))
        if not await asyncio.to_thread(is_current, database):
            faults.append("migrations are missing: run `main.py migrate`")
    except Exception as error:  # noqa: BLE001 - any failure means not ready
        log.warning("database not reachable", error=type(error).__name__)
        faults.append("the database cannot be reached")
    if not understander.intents:
        faults.append("no model is loaded: run `main.py train`")
    return faults


def _metrics(session: Session) -> bytes:
    """Gauges read from the tables, so that every process tells the same."""
    registry = CollectorRegistry()
    for name, help_text, table in (
        ("shuoshi_outbox_messages", "Outbox messages by state", OutboxMessage),
        ("shuoshi_media", "Media by state", Media),
        ("shuoshi_queue_items", "Queue items by state", QueueItem),
    ):
        gauge = Gauge(name, help_text, ["state"], registry=registry)
        for state, count in session.execute(
            select(table.state, func.count()).group_by(table.state)
        ):
            gauge.labels(state).set(count)
    received = Gauge("shuoshi_inbound_messages", "Messages received", registry=registry)
    received.set(session.scalar(select(func.max(InboundMessage.id))) or 0)
    failed = Gauge("shuoshi_failed_turns", "Messages whose handling failed", registry=registry)
    failed.set(
        session.scalar(
            select(func.count()).where(
                InboundMessage.error.is_not(None),
            )
        )
        or 0
    )
    return generate_latest(registry)
