"""Bases shared by the tests of the knowledge engine; they are immutable, so one build serves."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries

TODAY = date(2025, 11, 1)


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def shipped() -> KnowledgeBase:
    """The shipped sample base."""
    return KnowledgeBase.build(read_entries())
