"""The lottery and the receipts: anyone can repeat the one and mistype the other."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation import lottery, receipts

NAMES = ["丁", "甲", "乙", "丙"]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_draw_can_be_repeated_with_a_hash_tool() -> None:
    """The published recipe, written out, gives the same hashes and order."""
    found = lottery.draw(NAMES, "种子", "581")
    listed = sha("\n".join(["shuoshi-list-1", *sorted(NAMES)]))
    ticket = {n: sha(f"shuoshi-ticket-1\n种子\n581\n{listed}\n{n}") for n in NAMES}
    assert found.commitment == sha("shuoshi-seed-1\n种子")
    assert found.list_hash == listed
    assert list(found.order) == sorted(NAMES, key=lambda name: ticket[name])
    assert found.tickets == tuple(sorted(ticket.values()))
    assert found.winners(2) == found.order[:2]


@given(st.permutations(NAMES))
def test_the_order_of_the_list_does_not_matter(names: list[str]) -> None:
    """Only who is on it."""
    assert lottery.draw(names, "s") == lottery.draw(NAMES, "s")


def test_everything_published_is_checked_when_repeated() -> None:
    """Another seed, list or public number is not the published draw."""
    found = lottery.draw(NAMES, "s", "1")
    assert lottery.draw(NAMES, "s", "1") == found
    assert lottery.draw(NAMES, "t", "1") != found
    assert lottery.draw(NAMES[1:], "s", "1") != found
    assert lottery.draw(NAMES, "s", "2") != found


def test_ambiguous_lists_are_refused() -> None:
    """A name twice, or one that would look like two."""
    with pytest.raises(ValueError, match="twice"):
        lottery.draw(["甲", "甲"], "s")
    with pytest.raises(ValueError, match="line break"):
        lottery.draw(["甲\n乙"], "s")


def test_every_place_is_as_likely() -> None:
    """Over many seeds each of four names is first about a quarter of the time."""
    firsts = [lottery.draw(NAMES, str(seed)).order[0] for seed in range(2000)]
    assert all(430 < firsts.count(name) < 570 for name in NAMES)


@given(st.binary(min_size=4, max_size=8))
def test_a_receipt_is_read_however_it_is_typed(chance: bytes) -> None:
    """Lower case, spaces, a missing hyphen, O for 0 and L or I for 1."""
    code = receipts.receipt(chance)
    assert len(code) == 8
    assert code[4] == "-"
    assert receipts.parse(code) == code
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert receipts.parse(sloppy) == code


@given(st.binary(min_size=4, max_size=4), st.integers(0, 6), st.sampled_from(receipts.ALPHABET))
def test_one_wrong_character_is_noticed(chance: bytes, place: int, wrong: str) -> None:
    """At any place, the check character included."""
    code = receipts.receipt(chance).replace("-", "")
    typed = code[:place] + wrong + code[place + 1 :]
    assert (receipts.parse(typed) is None) is (typed != code)


@given(st.binary(min_size=4, max_size=4))
def test_two_swapped_neighbours_are_noticed(chance: bytes) -> None:
    """Unless they are the same character."""
    code = receipts.receipt(chance).replace("-", "")
    for place, (first, second) in enumerate(pairwise(code)):
        typed = code[:place] + second + first + code[place + 2 :]
        assert (receipts.parse(typed) is None) is (first != second)


@pytest.mark.parametrize("text", ["", "9F3A", "9F3A-7K2-1", "UUUU-UUU", "投票成功了吗?"])
def test_what_is_no_receipt_is_none(text: str) -> None:
    """Too short, too long, or with characters that no code has."""
    assert receipts.parse(text) is None


def test_a_receipt_needs_enough_chance() -> None:
    """Four bytes at least."""
    with pytest.raises(ValueError, match="four"):
        receipts.receipt(b"abc")
