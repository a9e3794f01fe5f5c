"""Where the third-party data for measuring lies: beside the project, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_data(name: str) -> Path:
    """Path of `name` in the shared data; the test is skipped, saying so, where it is not there."""
    path = ROOT.parent / "shared" / "data" / name
    if not path.exists():
        pytest.skip(
            f"third-party data {name} is not beside the project (../shared/data)",
            allow_module_level=True,
        )
    return path
