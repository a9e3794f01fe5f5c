"""The command line, one module for a group of commands; `main.py` collects them.

Every module has `register(commands)`, which adds its sub-parsers and sets `run` to a function
that takes the parsed arguments and returns the exit status: 0 done, 1 the work failed, 2 wrong
usage.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, TypeAlias

# Only readings of single characters are asked of pypinyin; its dictionary of phrases would cost
# every command half a second.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

if TYPE_CHECKING:
    Subcommands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subcommands = argparse._SubParsersAction
