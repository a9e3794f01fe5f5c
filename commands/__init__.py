"""The command line, one module for a group of commands; `main.py` collects them.

Every module has `register(commands)`, which adds its sub-parsers and sets `run` to a function
that takes the parsed arguments and returns the exit status: 0 done, 1 the work failed, 2 wrong
usage.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Subcommands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subcommands = argparse._SubParsersAction
