"""The catalogue of issue categories: two levels, stable codes, department, deadline class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intents.categories import Category, read_categories

CATALOGUE_FILE = Path(__file__).resolve().parent / "data" / "categories.yaml"


class Catalogue:
    """Categories by code. An unknown code (an older catalogue's) reads as 其他."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self._by_code = {category.code: category for category in categories}

    @classmethod
    def shipped(cls) -> Catalogue:
        """The catalogue that comes with the program."""
        return cls(read_categories(CATALOGUE_FILE))

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Category | None:
        """The category with this code."""
        return self._by_code.get(code)

    def name(self, code: str) -> str:
        """What the category is called."""
        found = self._by_code.get(code)
        return found.name if found else "其他"

    def sla(self, code: str) -> str:
        """The deadline class of the category."""
        found = self._by_code.get(code)
        return found.sla if found else "normal"

    def is_private(self, code: str) -> bool:
        """Whether cases of the category are never shown in public."""
        found = self._by_code.get(code)
        return bool(found and found.private)

    def all(self) -> list[Category]:
        """Every category, in the order of the file."""
        return list(self._by_code.values())
