"""The catalogue of issue categories: two levels, stable codes, department, deadline class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import yaml

from intents.categories import Category, read_categories

CATALOGUE_FILE = Path(__file__).resolve().parent / "data" / "categories.yaml"
FORMER = {"emergency": "紧急情况"}
"""Codes that were in use once and are no category any more: cases may still have them."""


class Catalogue:
    """Categories by code. An unknown code (an older catalogue's) reads as 其他.

    `groups` names the groups by their codes.
    """

    def __init__(self, categories: Sequence[Category], groups: Mapping[str, str]) -> None:
        self._by_code = {category.code: category for category in categories}
        self._groups = groups

    @classmethod
    def shipped(cls) -> Catalogue:
        """The catalogue that comes with the program."""
        tree = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))
        groups = {group["code"]: group["name"] for group in tree["groups"]}
        return cls(read_categories(CATALOGUE_FILE), groups)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Category | None:
        """The category with this code."""
        return self._by_code.get(code)

    def name(self, code: str) -> str:
        """What the category is called."""
        found = self._by_code.get(code)
        return found.name if found else FORMER.get(code, "其他")

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

    def grouped(self) -> list[tuple[str, list[Category]]]:
        """The name of each group with its categories, in the order of the file."""
        groups = groupby(self.all(), key=lambda category: category.group)
        return [(self._groups[code], list(categories)) for code, categories in groups]
