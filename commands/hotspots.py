"""`hotspots`: the hot topics among messages of a CSV file."""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from commands import Subcommands
from commands.support import fail
from hotspots.records import Message, Topic
from hotspots.topics import hot_topics

_ZONE = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_REQUIRED = ("id", "time", "text")
_LISTED = 20


def register(commands: Subcommands) -> None:
    """Add `hotspots`."""
    parser = commands.add_parser("hotspots", help="hot topics among messages, by heat")
    parser.add_argument(
        "--messages",
        type=Path,
        required=True,
        help="CSV id,time,text; title, place, up, down and person where known",
    )
    parser.add_argument("--json", action="store_true", help="all topics as one JSON list")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the topics, the hottest first."""
    try:
        topics = hot_topics(read_messages(args.messages))
    except (OSError, ValueError) as error:
        return fail(f"{args.messages}: {error}")
    if args.json:
        print(json.dumps([_plain(topic) for topic in topics], ensure_ascii=False))
    else:
        print(as_table(topics[:_LISTED]))
    return 0


def read_messages(path: Path) -> list[Message]:
    """The messages of a CSV file; times without a zone are Beijing time.

    Raises ValueError, which tells the line, for missing columns and unreadable values.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in _REQUIRED if name not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"columns missing: {', '.join(missing)}")
        return [_message(row, rows.line_num) for row in rows]


def _message(row: dict[str, str | None], line: int) -> Message:
    given = {name: (value or "").strip() for name, value in row.items() if name}
    try:
        return Message(
            id=given["id"],
            time=_time(given["time"]),
            text=given["text"],
            title=given.get("title", ""),
            place=given.get("place", ""),
            up=int(given.get("up") or 0),
            down=int(given.get("down") or 0),
            person=given.get("person", ""),
        )
    except ValueError as error:
        raise ValueError(f"line {line}: {error}") from None


def _time(written: str) -> datetime:
    """ISO 8601, or 2019/7/3 8:05:00 as spreadsheets write it."""
    if found := _DATE.fullmatch(written):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=_ZONE)
    time = datetime.fromisoformat(written)
    return time if time.tzinfo else time.replace(tzinfo=_ZONE)


def as_table(topics: Sequence[Topic]) -> str:
    """A line for each topic: rank, heat, number of messages, days, place, summary."""
    lines = [
        f"{t.rank:>3} {t.heat:>7.1f} {t.size:>4}  {_day(t.start)} – {_day(t.end)}  "
        f"{t.place or '—'}  {t.summary}"
        for t in topics
    ]
    return "\n".join([" 名次  热度  件数  起止  地点  事项", *lines])


def _day(time: datetime) -> str:
    return time.astimezone(_ZONE).date().isoformat()


def _plain(topic: Topic) -> dict[str, object]:
    return {
        "rank": topic.rank,
        "heat": topic.heat,
        "place": topic.place,
        "start": topic.start.astimezone(_ZONE).isoformat(),
        "end": topic.end.astimezone(_ZONE).isoformat(),
        "size": topic.size,
        "ids": list(topic.ids),
        "summary": topic.summary,
    }
