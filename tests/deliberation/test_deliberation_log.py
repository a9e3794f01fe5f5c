"""The hash chain, the ballot log and the offline verifier."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation import ballot_log, chain
from deliberation.ballot_log import Cast
from deliberation.chain import Event
from deliberation.definition import Ballot, Definition, Method
from deliberation.equal_shares import Completion
from deliberation.presets import PLAIN, PRESETS
from deliberation.quorum import Amount, Rule
from deliberation.receipts import receipt
from deliberation.ties import Option, TieBreak, TieRule
from deliberation.verify import verify

OPTIONS = (
    Option("a", Fraction(30), "长椅"),
    Option("b", Fraction("45.5")),
    Option("c", Fraction(9)),
)
CODES = [option.code for option in OPTIONS]
PEOPLE = Amount(50, 50, 50)
MARKS = st.lists(st.sampled_from(CODES), unique=True)
NUMBERS = st.dictionaries(st.sampled_from(CODES), st.integers(1, 3))
CHOICES: dict[Method, st.SearchStrategy[Any]] = {
    Method.YES_NO: st.sampled_from(["yes", "no", "abstain"]),
    Method.SINGLE: st.sampled_from([*CODES, None]),
    Method.APPROVAL: MARKS,
    Method.SCORE: NUMBERS,
    Method.POINTS: NUMBERS,
    Method.SCHULZE: MARKS,
    Method.IRV: MARKS,
    Method.GREEDY: MARKS,
    Method.EQUAL_SHARES: MARKS,
}


def definition(method: Method = Method.YES_NO, **fields: Any) -> Definition:
    options = () if method is Method.YES_NO else OPTIONS
    settled: dict[str, Any] = {
        "budget": Fraction("60.5"),
        "quorum": PLAIN,
        "eligible": PEOPLE,
    } | fields
    return Definition(method, options, **settled)


def logged(
    settled: Definition, choices: Sequence[Any], *, secret: bool, changes: Sequence[int] = ()
) -> str:
    """An exported log of a ballot in which some voters change to the choice of the first."""
    events = [ballot_log.opened("B-1", settled, secret=secret, electorate="0" * 64)]
    ballots = [Ballot(choice) for choice in choices]
    for number, ballot in enumerate(ballots):
        events.append(ballot_log.cast(events[-1], vote(number, ballot, secret)))
    for number in changes:
        ballots[number] = ballots[0]
        events.append(ballot_log.changed(events[-1], vote(number, ballots[0], secret)))
    events += ballot_log.closed(events[-1], settled, ballots, secret=secret)
    return chain.export(events)


def vote(number: int, ballot: Ballot, secret: bool) -> Cast:
    code = receipt(hashlib.sha256(str(number).encode()).digest())
    return Cast(code) if secret else Cast(code, f"voter {number}", ballot)


YES_NO = ["yes", "no", "yes", "abstain", "yes"]


@pytest.fixture(params=[True, False], ids=["secret", "named"])
def secret(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_whole_log_verifies_and_lists_its_receipts(secret: bool) -> None:
    """Entries, head and receipts are what was exported."""
    text = logged(definition(), YES_NO, secret=secret, changes=[1])
    found = verify(text)
    assert found.whole
    assert found.entries == len(text.splitlines())
    assert found.head == json.loads(text.splitlines()[-1])["hash"]
    assert len(found.receipts) == 5
    assert list(found.receipts) == sorted(found.receipts)


@pytest.mark.parametrize("method", CHOICES)
@given(data=st.data(), is_secret=st.booleans())
@settings(max_examples=25)
def test_the_recount_equals_the_result(
    method: Method, data: st.DataObject, is_secret: bool
) -> None:
    """For every rule, secret and named, with changes, whatever the votes."""
    choices = data.draw(st.lists(CHOICES[method], min_size=1, max_size=8))
    changes = data.draw(st.lists(st.integers(0, len(choices) - 1), max_size=3))
    assert verify(logged(definition(method), choices, secret=is_secret, changes=changes)).whole


@given(st.data())
def test_any_changed_character_is_noticed(data: st.DataObject) -> None:
    """One character anywhere in the log, and the entry it is in is the first broken one."""
    text = logged(definition(), YES_NO, secret=data.draw(st.booleans()))
    place = data.draw(st.integers(0, len(text) - 2).filter(lambda i: text[i] != "\n"))
    other = data.draw(st.sampled_from("0aA9 \"'{,é").filter(lambda c: c != text[place]))
    found = verify(text[:place] + other + text[place + 1 :])
    assert not found.whole
    assert found.broken_entry == text[:place].count("\n") + 1


def entries(text: str, kind: str) -> list[int]:
    """Places (from 0) of the entries of a kind."""
    lines = text.splitlines()
    return [i for i, line in enumerate(lines) if json.loads(line)["kind"] == kind]


def joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("kind", ["cast", "ballot"])
@pytest.mark.parametrize("what", ["changed", "added", "removed", "reordered"])
def test_a_tampered_export_is_detected_at_the_entry(kind: str, what: str) -> None:
    """One vote changed, added, removed, or two exchanged; the first broken entry is named."""
    text = logged(definition(), YES_NO, secret=True)
    lines = text.splitlines()
    place = entries(text, kind)[1]
    if what == "changed":
        lines[place] = lines[place].replace('"no"', '"yes"').replace('"receipt":"', '"receipt":"1')
    elif what == "added":
        lines.insert(place, lines[place])
    elif what == "removed":
        del lines[place]
    else:
        lines[place : place + 2] = lines[place + 1 : place - 1 : -1]
    found = verify(joined(lines))
    assert not found.whole
    broken = place + (2 if what == "added" else 1)
    assert found.broken_entry == broken
    assert found.reason


Payloads = list[tuple[str, dict[str, Any]]]


def rechained(text: str, tamper: Callable[[Payloads], None]) -> str:
    """A forger's log: the content is changed and all numbers and hashes are made anew."""
    parsed = [json.loads(line) for line in text.splitlines()]
    content = [(entry["kind"], entry["payload"]) for entry in parsed]
    tamper(content)
    events: list[Event] = []
    for kind, payload in content:
        events.append(chain.append(events[-1] if events else None, kind, payload))
    return chain.export(events)


def change_one(content: Payloads) -> None:
    payload = next(p for kind, p in content if p.get("choice") == "no")
    payload["choice"] = "yes"


def add_one(content: Payloads) -> None:
    place = next(i for i, (kind, p) in enumerate(content) if p.get("choice") == "yes")
    content.insert(place, content[place])


def remove_one(content: Payloads) -> None:
    content.remove(next(entry for entry in content if entry[1].get("choice") == "no"))


def reverse_ballots(content: Payloads) -> None:
    places = [i for i, (kind, p) in enumerate(content) if kind in {"ballot", "cast"}]
    first, last = places[0], places[-1]
    content[first], content[last] = content[last], content[first]


@pytest.mark.parametrize("tamper", [change_one, add_one, remove_one, reverse_ballots])
def test_a_log_hashed_anew_is_detected_by_the_recount_or_the_published_head(
    tamper: Callable[[Payloads], None], secret: bool
) -> None:
    """Who forges all hashes as well still meets the result, the receipts or the known head."""
    text = logged(definition(), YES_NO, secret=secret)
    head = verify(text).head
    forged = rechained(text, tamper)
    assert not verify(forged, [head]).whole
    if tamper is not reverse_ballots:
        assert not verify(forged).whole


def test_the_heads_published_at_opening_and_closing_must_be_in_the_log(secret: bool) -> None:
    """Both are found in the whole log; a foreign one is not."""
    text = logged(definition(), YES_NO, secret=secret)
    hashes = [json.loads(line)["hash"] for line in text.splitlines()]
    assert verify(text, [hashes[0], hashes[-1]]).whole
    assert "published hash" in verify(text, ["f" * 64]).reason


def second_extension(content: Payloads) -> None:
    for _ in range(2):
        content.insert(2, ("extend", {"until": "2026-03-02T10:00:00Z", "reason": "雨天"}))


def foreign_change(content: Payloads) -> None:
    content.insert(3, ("change", {"receipt": "0000-000", "voter": "voter 0", "choice": "no"}))


def bad_receipt(content: Payloads) -> None:
    content[1][1]["receipt"] = "0000-001"


def twice_the_receipt(content: Payloads) -> None:
    content[2][1]["receipt"] = content[1][1]["receipt"]


def vote_after_closing(content: Payloads) -> None:
    content.append(content[1])


def wrong_number(content: Payloads) -> None:
    next(p for kind, p in content if kind == "close")["ballots"] = 6


def no_result(content: Payloads) -> None:
    content.pop()


def other_winner(content: Payloads) -> None:
    content[-1][1]["outcome"] = "reject"


def unknown_rule(content: Payloads) -> None:
    content[0][1]["definition"]["method"] = "acclamation"


def strange_choice(content: Payloads) -> None:
    next(p for kind, p in content if "choice" in p)["choice"] = "maybe"


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (second_extension, "second time"),
        (foreign_change, "never cast"),
        (bad_receipt, "well-formed"),
        (twice_the_receipt, "twice"),
        (vote_after_closing, "cannot follow 'result'"),
        (wrong_number, "as many ballots"),
        (no_result, "before the result"),
        (other_winner, "recount"),
        (unknown_rule, "acclamation"),
        (strange_choice, "sorted order|yes, no or abstain"),
    ],
)
def test_a_log_that_breaks_the_rules_of_a_ballot_is_detected(
    tamper: Callable[[Payloads], None], reason: str, secret: bool
) -> None:
    """Although its hashes are right."""
    found = verify(rechained(logged(definition(), YES_NO, secret=secret), tamper))
    assert not found.whole
    assert found.broken_entry
    assert re.search(reason, found.reason)


def test_a_voter_votes_once_in_a_named_ballot() -> None:
    """A second vote of the same voter under a new receipt is broken."""

    def again(content: Payloads) -> None:
        content[2][1]["voter"] = content[1][1]["voter"]

    found = verify(rechained(logged(definition(), YES_NO, secret=False), again))
    assert found.reason == "the voter has voted already"
    assert found.broken_entry == 3


def test_nobody_changes_the_vote_of_another() -> None:
    """A change names the voter whose receipt it is."""

    def under_anothers(content: Payloads) -> None:
        receipt_code = content[1][1]["receipt"]
        content.insert(6, ("change", {"receipt": receipt_code, "voter": "voter 1", "choice": "no"}))

    found = verify(rechained(logged(definition(), YES_NO, secret=False), under_anothers))
    assert found.reason == "a change under another's receipt"


def test_a_secret_log_shows_no_choice_before_closing_and_no_voter_ever() -> None:
    """Receipts in the order of voting, choices sorted after closing; nothing joins the two."""
    text = logged(definition(), YES_NO, secret=True, changes=[1, 3])
    parsed = [json.loads(line) for line in text.splitlines()]
    for entry in parsed:
        if entry["kind"] in {"cast", "change"}:
            assert set(entry["payload"]) == {"receipt"}
    choices = [e["payload"]["choice"] for e in parsed if e["kind"] == "ballot"]
    assert choices == sorted(choices)
    assert "voter" not in text


def test_a_secret_log_that_shows_a_choice_is_broken() -> None:
    """The verifier refuses a secret ballot whose log tells more than the receipt."""

    def telling(content: Payloads) -> None:
        content[1][1]["choice"] = "yes"

    found = verify(rechained(logged(definition(), YES_NO, secret=True), telling))
    assert found.reason == "a secret vote shows more"


@pytest.mark.parametrize("text", ["", "\n", "{}\n", "nonsense\n", "[1]\n", '{"hash":NaN}\n'])
def test_what_is_no_log_is_broken_at_its_first_entry(text: str) -> None:
    """Without a traceback."""
    assert verify(text).broken_entry == 1


def test_canonical_json_is_one_text_for_one_value() -> None:
    """Sorted keys, no space, no escapes but the needed ones; exact values only."""
    value: dict[str, chain.Json] = {"b": [1, None, True], "a": "说\n事\u2028"}
    assert chain.canonical(value) == '{"a":"说\\n事\u2028","b":[1,null,true]}'
    assert chain.canonical({"x": 10**30}) == '{"x":1000000000000000000000000000000}'
    for inexact in (1.5, {"a": [0.1]}, {1: "a"}):
        with pytest.raises(TypeError):
            chain.canonical(inexact)  # type: ignore[arg-type]


def test_line_separators_within_texts_do_not_break_the_log() -> None:
    """U+2028 and the like may stand in a name; only a line feed ends an entry."""
    first = chain.append(None, "note", {"text": "甲\u2028乙\x85丙"})
    events = (first, chain.append(first, "note", {"text": "丁"}))
    assert chain.load(chain.export(events)) == events


@pytest.mark.parametrize("method", CHOICES)
def test_a_definition_survives_its_json_form(method: Method) -> None:
    """Exact money, tie rule with seed, electorate: all that a recount needs."""
    settled = definition(
        method,
        ties=TieRule(TieBreak.LOT, "种子"),
        completion=Completion.RAISE,
        seats=2,
        most=2,
    )
    plain = json.loads(chain.canonical(settled.to_json()))
    assert Definition.from_json(plain) == settled


@pytest.mark.parametrize("fields", [{"seats": 0}, {"points": 0}, {"most": 0}, {"low": 6}])
def test_senseless_definitions_are_refused(fields: dict[str, Any]) -> None:
    """Before a ballot opens, not when it is counted."""
    with pytest.raises(ValueError, match=r"least|above"):
        definition(**fields)


@pytest.mark.parametrize("name", PRESETS)
def test_a_rule_survives_its_json_form(name: str) -> None:
    """A rule edited by staff is logged with the ballot as it was at opening."""
    rule = PRESETS[name]
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule
