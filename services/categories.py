"""The catalogue of issue categories: two levels, stable codes, department, deadline class.

The shipped tree is the start; what a community keeps of its own lies over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import yaml
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intents.categories import Category, read_categories
from services.access import visible_to
from services.questions import Question, from_json, read_lines
from storage.city import CategorySetting
from storage.communities import Place
from storage.staff import Staff

CATALOGUE_FILE = Path(__file__).resolve().parent / "data" / "categories.yaml"
QUESTIONS_FILE = CATALOGUE_FILE.with_name("questions.yaml")
FORMER = {"emergency": "紧急情况"}
"""Codes that were in use once and are no category any more: cases may still have them."""


class Catalogue:
    """Categories by code. An unknown code (an older catalogue's) reads as 其他.

    `groups` names the groups by their codes, in their order; `questions` are the extra questions
    by category. What is not active has a name still, but is offered to nobody.
    """

    def __init__(
        self,
        categories: Sequence[Category],
        groups: Mapping[str, str],
        questions: Mapping[str, tuple[Question, ...]] | None = None,
    ) -> None:
        self._by_code = {category.code: category for category in categories}
        self._groups = groups
        self._questions = questions or {}

    @classmethod
    def shipped(cls) -> Catalogue:
        """The catalogue that comes with the program."""
        tree = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))
        groups = {group["code"]: group["name"] for group in tree["groups"]}
        return cls(read_categories(CATALOGUE_FILE), groups, _shipped_questions())

    def with_settings(self, settings: Sequence[CategorySetting]) -> Catalogue:
        """This catalogue with what was set over it and added to it."""
        categories = dict(self._by_code)
        for one in settings:
            categories[one.code] = _over(categories.get(one.code), one)
        own = {one.code: from_json(one.questions) for one in settings}
        return Catalogue(list(categories.values()), self._groups, {**self._questions, **own})

    def __contains__(self, code: object) -> bool:
        return code in self._by_code and self._by_code[str(code)].active

    def get(self, code: str) -> Category | None:
        """The category with this code, active or not."""
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

    def questions(self, code: str) -> tuple[Question, ...]:
        """The extra questions of the category."""
        return self._questions.get(code, ())

    def all(self) -> list[Category]:
        """Every active category, in the order of the tree."""
        return [category for category in self._by_code.values() if category.active]

    def everything(self) -> list[tuple[str, list[Category]]]:
        """As `grouped`, with those that are not active."""
        return self._in_groups(list(self._by_code.values()))

    def grouped(self) -> list[tuple[str, list[Category]]]:
        """The name of each group with its active categories, in the order of the tree."""
        return self._in_groups(self.all())

    def private_codes(self) -> list[str]:
        """The categories whose cases are never shown in public."""
        return [category.code for category in self._by_code.values() if category.private]

    @property
    def groups(self) -> Mapping[str, str]:
        """The names of the groups by their codes."""
        return self._groups

    def _in_groups(self, categories: Sequence[Category]) -> list[tuple[str, list[Category]]]:
        found = [
            (name, [category for category in categories if category.group == code])
            for code, name in self._groups.items()
        ]
        return [(name, members) for name, members in found if members]


def _over(before: Category | None, setting: CategorySetting) -> Category:
    return Category(
        code=setting.code,
        name=setting.name,
        group=setting.group,
        department=setting.department,
        sla=setting.sla,
        keywords=before.keywords if before else (),
        examples=before.examples if before else (),
        private=setting.private,
        active=setting.active,
        national=setting.national,
        national_minor=setting.national_minor,
    )


def _shipped_questions() -> dict[str, tuple[Question, ...]]:
    """The questions of `services/data/questions.yaml`, written there as staff write them."""
    tree = yaml.safe_load(QUESTIONS_FILE.read_text(encoding="utf-8"))
    found: dict[str, tuple[Question, ...]] = {}
    for entry in tree["questions"]:
        read = tuple(replace(one, told=entry.get("told", "")) for one in read_lines(entry["ask"]))
        found |= {code: (*found.get(code, ()), *read) for code in entry["categories"]}
    return found


_KEPT = (
    select(CategorySetting)
    .where(CategorySetting.community_id == bindparam("community"))
    .order_by(CategorySetting.id)
    .execution_options(autoflush=False)  # nothing that a turn leaves to be written is a category
)
_ANY = select(CategorySetting.id).where(CategorySetting.community_id == bindparam("community"))


class Catalogues:
    """The catalogue of each community, read anew whenever it is asked for."""

    @cached_property
    def shipped(self) -> Catalogue:
        """The tree that all begin with."""
        return Catalogue.shipped()

    def __call__(self, session: Session, community_id: int) -> Catalogue:
        """The catalogue of one community."""
        which = {"community": community_id}
        if session.connection().execute(_ANY, which).first() is None:
            return self.shipped
        return self.shipped.with_settings(session.scalars(_KEPT, which).all())

    def in_scope(self, session: Session, staff: Staff) -> Catalogue:
        """That of the community of `staff`; over several, the shipped tree with what each added
        of its own, for what one renamed the others did not.
        """
        mine = list(
            session.scalars(
                select(Place.community_id)
                .where(visible_to(staff, Place.path), Place.community_id.is_not(None))
                .distinct()
            )
        )
        if len(mine) == 1 and mine[0] is not None:
            return self(session, mine[0])
        query = select(CategorySetting).where(CategorySetting.community_id.in_(mine))
        kept = session.scalars(query.order_by(CategorySetting.id))
        added = [one for one in kept if one.code not in self.shipped]
        return self.shipped.with_settings(added)
