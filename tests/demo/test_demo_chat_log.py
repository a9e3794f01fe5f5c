"""The simulator's log: numbered, bounded, live."""

from __future__ import annotations

from demo.chat_log import ChatLog, Entry


def test_entries_are_numbered_without_gaps_and_asked_for_by_number() -> None:
    log = ChatLog()
    for text in ("一", "二", "三"):
        log.add("message", openid="wang", text=text)
    assert [entry.number for entry in log.since(1)] == [2, 3]
    assert [body["text"] for body in log.bodies("message")] == ["一", "二", "三"]


def test_a_listener_first_gets_what_it_missed_and_then_what_comes() -> None:
    log = ChatLog()
    log.add("message", openid="wang", text="早")
    with log.listening(0) as queue:
        log.pass_on("typing", openid="wang", on=True)
        log.close()
        heard = [queue.get_nowait() for _ in range(3)]
    assert [entry.event for entry in heard if entry] == ["message", "typing"]
    assert heard[-1] is None


def test_who_stopped_listening_is_not_told_any_more() -> None:
    log = ChatLog()
    with log.listening(0) as queue:
        pass
    log.add("message", openid="wang", text="晚了")
    assert queue.empty()


def test_only_the_newest_entries_are_kept() -> None:
    log = ChatLog(kept=2)
    for number in range(5):
        log.add("trace", openid="wang", what=str(number))
    assert [entry.number for entry in log.since(0)] == [4, 5]


def test_an_entry_is_one_server_sent_event_whatever_lines_its_text_has() -> None:
    entry = Entry(7, "message", {"text": "一\n二"})
    assert entry.as_sse() == 'id: 7\nevent: message\ndata: {"text": "一\\n二"}\n\n'.encode()


def test_a_passing_event_leaves_the_place_in_the_stream_alone() -> None:
    assert b"id:" not in Entry(0, "typing", {"on": True}).as_sse()
