"""说事台: the command line. `python main.py COMMAND --help` tells about each command."""

from __future__ import annotations

import argparse
import sys

from commands import (
    account,
    chat,
    deliberation,
    demo,
    hotspots,
    intents,
    keep,
    knowledge,
    policies,
    report,
    serve,
    staff,
    train,
)
from settings import ConfigError

COMMANDS = (
    serve,
    chat,
    demo,
    keep,
    policies,
    staff,
    account,
    train,
    intents,
    knowledge,
    deliberation,
    hotspots,
    report,
)


def make_parser() -> argparse.ArgumentParser:
    """The parser with every command."""
    parser = argparse.ArgumentParser(prog="main.py", description="说事台 Shuoshitai")
    parser.add_argument(
        "--config", default="config.yaml", metavar="FILE", help="default: config.yaml"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.register(commands)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns the exit status: 0 done, 1 failed, 2 wrong usage."""
    args = make_parser().parse_args(argv)
    try:
        status: int = args.run(args)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
