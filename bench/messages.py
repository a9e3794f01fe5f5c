"""Encrypted messages a second through the whole program, beside a bare echo in the same run.

    python bench/messages.py [--messages N] [--connections N] [--rounds N] [--json] [--profile]

Both servers run pinned to one core, the load comes from the other one over kept connections, each
sending its next push when the last was answered (closed loop). The pushes are signed and encrypted
beforehand; a first word of everybody who is known and a fifth more warm up and are not counted.
The program runs as `serve --no-jobs` on a new
SQLite file with full durability (WAL, synchronous=FULL). Echo and program take turns, and the round
with the middle ratio counts; `cpu_ms` is what the server itself computed for a message, whatever
else the machine was doing. Exit status 1 where an answer was not
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script from anywhere

from bench.load import Tally, drive  # noqa: E402
from bench.mix import acquaintance, requests  # noqa: E402
from bench.targets import SERVER_CORE, settings_for  # noqa: E402

LEAST_RATIO = 0.10
MOST_P99 = 300.0
LEAST_REPLIES = 0.95


ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """A tally, and the processor time that the server spent on it (seconds)."""

    tally: Tally
    cpu: float

    def told(self) -> dict[str, object]:
        """The figures as they are printed."""
        count = len(self.tally.seconds)
        return {
            "messages": count,
            "per_second": round(self.tally.rate(), 1),
            "p50_ms": round(self.tally.percentile(0.5), 1),
            "p99_ms": round(self.tally.percentile(0.99), 1),
            "cpu_ms": round(1000 * self.cpu / count, 3),
            "statuses": self.tally.statuses,
            "replies": self.tally.replies,
        }


@contextmanager
def server(name: str, folder: Path) -> Iterator[tuple[int, int]]:
    """A target in a process of its own; yields its number and its port."""
    command = [sys.executable, "-m", "bench.targets", name, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(30)


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process has used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, connections: int, messages: int) -> Measured:
    """Starts a target on a new database, warms it up, measures it."""
    with tempfile.TemporaryDirectory() as folder, server(name, Path(folder)) as (pid, port):
        account = settings_for(Path(folder)).wechat
        each = max(messages // connections, 1)
        warm = requests(account, connections, max(each // 5, 1), seed=1)
        queues = requests(account, connections, each, seed=2)
        asyncio.run(drive(port, acquaintance(account, connections)))
        asyncio.run(drive(port, warm))
        before = cpu_of(pid)
        tally = asyncio.run(drive(port, queues))
        return Measured(tally, cpu_of(pid) - before)


def ratio(pair: tuple[Measured, Measured]) -> float:
    """How much of the echo's throughput the desk reaches."""
    echo, desk = pair
    return desk.tally.rate() / echo.tally.rate()


def faults(echo: Measured, desk: Measured) -> list[str]:
    """What keeps the result from being good, in words."""
    tally = desk.tally
    replied, reached = tally.replies / len(tally.seconds), ratio((echo, desk))
    checks = (
        (set(tally.statuses) == {200} == set(echo.tally.statuses), "an answer was not 200"),
        (replied >= LEAST_REPLIES, f"only {replied:.2f} of the messages got a reply"),
        (reached >= LEAST_RATIO, f"the ratio {reached:.3f} is below {LEAST_RATIO}"),
        (tally.percentile(0.99) < MOST_P99, f"p99 is not below {MOST_P99} ms"),
    )
    return [fault for good, fault in checks if not good]


def main(argv: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 where the result is not good."""
    parser = argparse.ArgumentParser(description="messages a second, beside a bare echo")
    parser.add_argument("--messages", type=int, default=4000, help="pushes counted in a round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="the middle one counts")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true", help="only profile the turns")
    args = parser.parse_args(argv)
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {SERVER_CORE} or {SERVER_CORE})
    if args.profile:
        print(json.dumps(measure("profile", args.connections, args.messages).told()))
        return 0
    pairs = [
        (
            measure("echo", args.connections, 2 * args.messages),
            measure("desk", args.connections, args.messages),
        )
        for _ in range(args.rounds)
    ]
    echo, desk = sorted(pairs, key=ratio)[len(pairs) // 2]
    found = {
        "echo": echo.told(),
        "desk": desk.told(),
        "ratio": round(ratio((echo, desk)), 3),
        "ratios": [round(ratio(pair), 3) for pair in pairs],
        "cpu_ratio": round(
            echo.cpu / len(echo.tally.seconds) / desk.cpu * len(desk.tally.seconds), 3
        ),
    }
    print(json.dumps(found) if args.json else _text(found))
    wrong = faults(echo, desk)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _text(found: dict[str, object]) -> str:
    return "\n".join(f"{name:9} {figures}" for name, figures in found.items())


if __name__ == "__main__":
    sys.exit(main())
