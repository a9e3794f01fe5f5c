"""Where things are shown."""

from __future__ import annotations

from storage.desk import QueueItem, Reply

QUEUE = "/console/"


def case(number: int) -> str:
    return f"/console/cases/{number}"


def resident(number: int) -> str:
    return f"/console/residents/{number}"


def about(reply: Reply) -> str:
    """The page of what a reply is about: its case, or the conversation."""
    return case(reply.case_id) if reply.case_id else resident(reply.resident_id)


def item(row: QueueItem) -> str:
    """The page on which something in the queue is dealt with."""
    if row.link:
        return row.link
    if row.reply_id is not None:
        return f"/console/replies/{row.reply_id}"
    if row.outbox_id is not None:
        return f"/console/sends/{row.outbox_id}"
    if row.case_id is not None:
        return case(row.case_id)
    if row.resident_id is not None:
        return f"{resident(row.resident_id)}?item={row.id}"
    return f"/console/items/{row.id}"
