"""The tree of issue categories as kept in `services/data/categories.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from intents.examples import Example


@dataclass(frozen=True)
class Category:
    """A leaf of the tree; `code` is stable and begins with its group (`lighting.street`).

    `private` cases are never shown in public; one that is not `active` takes no new cases.
    `national` is the class of GB/T 30428.2-2013, see `services.national`; empty where none fits.
    `national_minor` is the finer class by its name, or as the city writes it.
    """

    code: str
    name: str
    group: str
    department: str
    sla: str
    keywords: tuple[str, ...]
    examples: tuple[str, ...]
    private: bool = False
    active: bool = True
    national: str = ""
    national_minor: str = ""


def read_categories(path: Path) -> list[Category]:
    """The leaves in the order of the file; KeyError names a missing field."""
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Category(
            code=leaf["code"],
            name=leaf["name"],
            group=group["code"],
            department=leaf.get("department", group["department"]),
            sla=leaf["sla"],
            keywords=tuple(leaf["keywords"]),
            examples=tuple(leaf["examples"]),
            private=bool(leaf.get("private", False)),
            national=leaf.get("national", ""),
            national_minor=leaf.get("minor", ""),
        )
        for group in tree["groups"]
        for leaf in group["categories"]
    ]


def category_examples(categories: list[Category]) -> list[Example]:
    """Names, keywords and example texts of each leaf as training examples."""
    return [
        Example(text, leaf.code)
        for leaf in categories
        for text in (leaf.name, *leaf.keywords, *leaf.examples)
    ]
