"""The form engine: what is asked, how answers move a form on, and what holds for any form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.forms import (
    Ask,
    Done,
    Form,
    Heard,
    Misheard,
    NotAnAnswer,
    Progress,
    Redo,
    Slot,
    Step,
    Values,
    advance,
    ask_again,
    begin,
    resume,
    silent,
    step_back,
)


def _digits(heard: Heard, _values: Values) -> str:
    if not heard.text.isdigit():
        raise Misheard("digits, please")
    return heard.text


def _words(heard: Heard, _values: Values) -> str:
    if not heard.text:
        raise Misheard("words, please")
    return heard.text


def _never(_heard: Heard, _values: Values) -> str:
    raise Misheard("free words")


def _last(heard: Heard, _values: Values) -> Any:
    if heard.text == "ok":
        return "yes"
    if heard.text == "edit":
        return Redo(("last",), {"editing": True})
    if heard.text == "again":
        return Redo(("age",))
    raise Misheard("ok or edit")


def _choice(heard: Heard, _values: Values) -> Any:
    return Redo(("edit", "editing", "name"))


FORM = Form(
    name="test",
    version=1,
    slots=(
        silent("photo", many=True),
        silent("secret"),
        Slot("name", lambda v: "name?", _never, _words, nod=lambda h, v: "seen" if h.found else ""),
        Slot("age", lambda v: f"age of {v['name']}?", _digits, entity="age"),
        Slot("edit", lambda v: "what?", _choice, opened_by="editing"),
        Slot("last", lambda v: "right?", _last),
    ),
    context=frozenset({"ticket"}),
)


def _ask(step: Step) -> Ask:
    assert isinstance(step, Ask)
    return step


def _filled(**values: Any) -> Progress:
    return _ask(begin(FORM, values, Heard(""))).progress


def test_a_form_asks_its_slots_in_order() -> None:
    """One question after the other, each by the values so far; the last answer fills the form."""
    step = _ask(begin(FORM, {}, Heard("")))
    assert step.text == "name?"
    step = _ask(advance(FORM, step.progress, Heard("Li"), lenient=True))
    assert step.text == "age of Li?"
    step = _ask(advance(FORM, step.progress, Heard("70")))
    assert step.text == "right?"
    done = advance(FORM, step.progress, Heard("ok"))
    assert isinstance(done, Done)
    assert done.values == {"name": "Li", "age": "70", "last": "yes"}


def test_what_the_first_message_tells_is_not_asked() -> None:
    """Entities of the first message fill their slots; known values are not asked for."""
    step = _ask(begin(FORM, {"name": "Li"}, Heard("x", found={"age": "70"})))
    assert step.text == "right?"
    assert step.progress.values == {"name": "Li", "age": "70"}


def test_free_words_are_taken_only_leniently() -> None:
    """A slot for free words leaves the message to others first."""
    progress = _filled()
    assert advance(FORM, progress, Heard("Li")) == NotAnAnswer("free words")
    assert isinstance(advance(FORM, progress, Heard("Li"), lenient=True), Ask)


def test_words_beside_an_entity_are_not_lost() -> None:
    """An open slot for free words takes them from a message that also fills another slot."""
    progress = _filled()
    heard = Heard("Li, 70", found={"age": "70"})
    assert isinstance(advance(FORM, progress, heard), NotAnAnswer)
    step = _ask(advance(FORM, progress, heard, lenient=True))
    assert step.progress.values == {"name": "Li, 70", "age": "70"}


def test_an_offer_alone_moves_the_form_on() -> None:
    """A message without words that fills another slot is an answer; the open slot may nod."""
    step = _ask(advance(FORM, _filled(), Heard("", found={"photo": 7})))
    assert (step.text, step.progress.values) == ("seen", {"photo": [7]})
    step = _ask(advance(FORM, step.progress, Heard("", found={"photo": 8})))
    assert step.progress.values["photo"] == [7, 8]


def test_a_value_is_replaced_only_by_a_correction() -> None:
    """What was told stays, unless the message says that it corrects it."""
    progress = _filled(name="Li", age="70")
    told = Heard("x", found={"age": "71"})
    assert isinstance(advance(FORM, progress, told), Ask | NotAnAnswer)
    corrected = Heard("x", found={"age": "71"}, corrects=frozenset({"age"}))
    step = _ask(advance(FORM, progress, corrected))
    assert step.progress.values["age"] == "71"


def test_a_slot_behind_a_value_is_asked_only_then() -> None:
    """An edit opens a slot that is otherwise never asked."""
    step = _ask(advance(FORM, _filled(name="Li", age="70"), Heard("edit")))
    assert step.text == "what?"
    step = _ask(advance(FORM, step.progress, Heard("1")))
    assert (step.text, "editing" in step.progress.values) == ("name?", False)


def test_back_undoes_the_answer() -> None:
    """A step back restores the question before with the values of that moment."""
    start = _ask(begin(FORM, {}, Heard("")))
    step = _ask(advance(FORM, start.progress, Heard("Li"), lenient=True))
    step = _ask(advance(FORM, step.progress, Heard("70")))
    back = step_back(FORM, step.progress)
    assert (back.text, back.progress.values) == ("age of Li?", {"name": "Li"})
    back = step_back(FORM, back.progress)
    assert (back.text, back.progress.values) == ("name?", {})
    assert step_back(FORM, back.progress).text == "name?"


def test_back_from_an_edit_closes_it() -> None:
    """A step back from a slot that an edit opened leaves nothing of the edit."""
    step = _ask(advance(FORM, _filled(name="Li", age="70"), Heard("edit")))
    back = step_back(FORM, step.progress)
    assert back.text == "right?"
    assert isinstance(advance(FORM, back.progress, Heard("ok")), Done)


def test_back_keeps_pictures() -> None:
    """Pictures sent since are not thrown away by a step back."""
    step = _ask(advance(FORM, _filled(), Heard("Li"), lenient=True))
    step = _ask(advance(FORM, step.progress, Heard("", found={"photo": 7})))
    assert step_back(FORM, step.progress).progress.values == {"photo": [7]}


def test_misses_are_counted_until_an_answer() -> None:
    """Asking again for a reason counts; an interruption does not; an answer starts anew."""
    progress = _filled(name="Li")
    again = ask_again(FORM, progress, "digits, please")
    assert (again.progress.misses, again.problem) == (1, "digits, please")
    assert ask_again(FORM, again.progress).progress.misses == 1
    assert _ask(advance(FORM, again.progress, Heard("70"))).progress.misses == 0


def test_an_older_version_keeps_what_still_exists() -> None:
    """Values of slots and context that still exist stay; others are dropped."""
    step = _ask(resume(FORM, {"name": "Li", "gone": 1, "ticket": 1042}))
    assert step.progress.values == {"name": "Li", "ticket": 1042}
    assert step.text == "age of Li?"


def test_an_unknown_slot_is_an_error() -> None:
    """A form knows its slots by name."""
    with pytest.raises(KeyError):
        FORM.slot("nothing")


MESSAGES = st.builds(
    Heard,
    st.sampled_from(["", "Li", "70", "ok", "edit", "again", "1"]),
    found=st.dictionaries(st.sampled_from(["age", "photo", "secret"]), st.integers(1, 9)),
    corrects=st.sets(st.sampled_from(["age", "secret"])).map(frozenset),
)
MOVES = st.lists(st.tuples(MESSAGES, st.sampled_from(["strict", "lenient", "back", "resume"])))


@given(MOVES)
def test_any_talk_leaves_a_form_that_can_go_on(moves: list[tuple[Heard, str]]) -> None:
    """After any messages there is an open slot with a question, or the form is filled whole; what
    is silent is never asked, and steps back are bounded.
    """
    progress = _filled()
    for heard, move in moves:
        if move == "back":
            step: Step = step_back(FORM, progress)
        elif move == "resume":
            step = resume(FORM, progress.values)
        else:
            step = advance(FORM, progress, heard, lenient=move == "lenient")
        if isinstance(step, Done):
            assert {"name", "age", "last"} <= set(step.values)
            return
        if isinstance(step, NotAnAnswer):
            continue
        progress = step.progress
        assert step.text
        assert not FORM.slot(progress.asking).silent
        assert len(progress.past) <= 6


@given(MESSAGES)
def test_a_message_that_is_no_answer_changes_nothing(heard: Heard) -> None:
    """The strict reading of words that answer nothing leaves the progress as it was."""
    progress = _filled(name="Li")
    before = Progress(dict(progress.values), progress.asking, progress.past, progress.misses)
    advance(FORM, progress, heard)
    assert progress == before
