"""Encrypted messages a second through the whole program, beside a bare echo in the same run.

    python bench/messages.py [--messages N] [--connections N] [--json] [--profile]

Both servers run pinned to one core, the load comes from the other one over kept connections, each
sending its next push when the last was answered (closed loop). The pushes are signed and encrypted
beforehand; the first tenth warms up and is not counted. The program runs as `serve --no-jobs` on a
new SQLite file with full durability (WAL, synchronous=FULL). Exit status 1 where an answer was not
200, a share of replies is missing, the ratio is below 0.10 or p99 is not below 300 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script from anywhere

from bench.load import Tally, drive  # noqa: E402
from bench.mix import requests  # noqa: E402
from bench.targets import SERVER_CORE, settings_for  # noqa: E402

LEAST_RATIO = 0.10
MOST_P99 = 300.0
LEAST_REPLIES = 0.95


@contextmanager
def server(name: str, folder: Path) -> Iterator[int]:
    """A target in a process of its own; yields its port."""
    command = [sys.executable, "-m", "bench.targets", name, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(30)


def measure(name: str, connections: int, messages: int) -> Tally:
    """Starts a target on a new database, warms it up, measures it."""
    with tempfile.TemporaryDirectory() as folder, server(name, Path(folder)) as port:
        account = settings_for(Path(folder)).wechat
        side = {"appid": account.appid, "token": account.token, "aes_key": account.aes_key}
        each = max(messages // connections, 1)
        warm = requests(side, connections, max(each // 10, 1), seed=1)
        queues = requests(side, connections, each, seed=2)
        asyncio.run(drive(port, warm))
        return asyncio.run(drive(port, queues))


def told(tally: Tally) -> dict[str, object]:
    """The figures of one target."""
    return {
        "messages": len(tally.seconds),
        "per_second": round(tally.rate(), 1),
        "p50_ms": round(tally.percentile(0.5), 1),
        "p99_ms": round(tally.percentile(0.99), 1),
        "statuses": tally.statuses,
        "replies": tally.replies,
    }


def faults(echo: Tally, desk: Tally) -> list[str]:
    """What keeps the result from being good, in words."""
    replied = desk.replies / len(desk.seconds)
    ratio = desk.rate() / echo.rate()
    checks = (
        (set(desk.statuses) == {200} == set(echo.statuses), "an answer was not 200"),
        (replied >= LEAST_REPLIES, f"only {replied:.2f} of the messages got a reply"),
        (ratio >= LEAST_RATIO, f"the ratio {ratio:.3f} is below {LEAST_RATIO}"),
        (desk.percentile(0.99) < MOST_P99, f"p99 is not below {MOST_P99} ms"),
    )
    return [fault for good, fault in checks if not good]


def main(argv: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 where the result is not good."""
    parser = argparse.ArgumentParser(description="messages a second, beside a bare echo")
    parser.add_argument("--messages", type=int, default=6000, help="pushes that are counted")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true", help="only profile the turns")
    args = parser.parse_args(argv)
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {SERVER_CORE} or {SERVER_CORE})
    if args.profile:
        print(json.dumps(told(measure("profile", args.connections, args.messages))))
        return 0
    echo = measure("echo", args.connections, 3 * args.messages)
    desk = measure("desk", args.connections, args.messages)
    found = {"echo": told(echo), "desk": told(desk), "ratio": round(desk.rate() / echo.rate(), 3)}
    print(json.dumps(found) if args.json else _text(found))
    wrong = faults(echo, desk)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _text(found: dict[str, object]) -> str:
    return "\n".join(f"{name:6} {figures}" for name, figures in found.items())


if __name__ == "__main__":
    sys.exit(main())
