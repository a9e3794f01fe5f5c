"""Search in the texts of cases: right on both databases, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services import case_search
from services.case_search import CaseFilter
from storage.engine import Database
from tests.figures.world import NOW, Spec, add, clear, found

TEXTS = (
    "3栋电梯又停了",
    "化粪池满了，臭气熏天",
    "WiFi 信号差，5G 也没有",
    "物业费涨了100%",
    "东门a_b道闸",
    "三棟電梯",
)


def look(session: Session, words: str, **more: int) -> tuple[list[str], int]:
    rows, total = case_search.search(
        session, found(session)["supervisor"], CaseFilter(words=words), NOW, **more
    )
    return sorted(row.title for row in rows), total


def fill(session: Session) -> None:
    found(session)
    clear(session)
    for text in TEXTS:
        add(session, Spec(title=text, description=f"{text}，请派人看看"))


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("电梯", [0]),
        ("电梯 3栋", [0]),
        ("3栋　电梯", [0]),
        ("电梯 化粪池", []),
        ("臭气", [1]),
        ("wifi", [2]),
        ("WIFI 5g", [2]),
        ("%", [3]),
        ("100%", [3]),
        ("_", [4]),
        ("派人看看", [0, 1, 2, 3, 4, 5]),
        ("没有这样的词", []),
        ("'; DROP TABLE cases", []),
    ],
)
def test_all_words_must_occur_somewhere(database: Database, words: str, hits: list[int]) -> None:
    """In title, description or place, in any order; signs stand for themselves."""
    database.write_now(fill)
    assert database.read_now(lambda s: look(s, words)) == (
        sorted(TEXTS[at] for at in hits),
        len(hits),
    )


def test_pages_of_what_was_found_follow_each_other(database: Database) -> None:
    """The total is that of all pages."""
    database.write_now(fill)
    pages = database.read_now(lambda s: [look(s, "派人", offset=at, limit=4) for at in (0, 4, 8)])
    assert [total for _, total in pages] == [6, 6, 6]
    assert [len(titles) for titles, _ in pages] == [4, 2, 0]
    assert sorted(title for titles, _ in pages for title in titles) == sorted(TEXTS)


@settings(max_examples=30)
@given(st.text("电梯化粪池%_\\a 1", max_size=4))
def test_search_is_looking_for_each_word(shared_sqlite: Database, words: str) -> None:
    """As if one read every text oneself."""

    def work(session: Session) -> None:
        fill(session)
        if words.strip() and not words.strip().isdecimal():
            expected = [
                text
                for text in TEXTS
                if all(word.lower() in f"{text}第一网格".lower() for word in words.split())
            ]
            assert look(session, words.strip())[0] == sorted(expected)

    shared_sqlite.write_now(work)
