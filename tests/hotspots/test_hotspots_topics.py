"""Hot topics: properties that hold for any messages, small examples, and the labelled topics."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.hotspots import read_messages
from hotspots.heat import heat
from hotspots.records import Message
from hotspots.summary import common_place, summary
from hotspots.topics import hot_topics
from tests.hotspots.labelled import MIXER, PARKING, members, pairwise
from tests.shared_data import shared_data

DAY = datetime(2025, 6, 2, 9, tzinfo=UTC)

LIFT = (
    "桂花苑3栋电梯又坏了，老人上不了楼，请尽快维修",
    "桂花苑电梯坏了三天没有人维修，老人下不了楼",
    "请维修桂花苑小区的电梯，坏了好几天，老人爬楼很困难",
    "桂花苑电梯老是坏，困住老人，何时维修？",
)
NOISE = (
    "和平路烧烤摊深夜噪音扰民，油烟也大",
    "和平路的烧烤摊半夜噪音太大，油烟熏人，无法睡觉",
    "投诉和平路烧烤摊油烟和噪音扰民",
)
OTHERS = ("幼儿园什么时候报名", "图书角的开放时间能不能延长", "桂花苑的快递柜不够用")


def sent(text: str, number: int, days: float = 0, **more: int | str) -> Message:
    return Message(str(number), DAY + timedelta(days=days), text, **more)  # type: ignore[arg-type]


def board() -> list[Message]:
    texts = [*LIFT, *NOISE, *OTHERS]
    return [sent(text, number, number * 0.7) for number, text in enumerate(texts)]


messages = st.lists(
    st.builds(
        Message,
        id=st.uuids().map(str),
        time=st.datetimes(
            min_value=datetime(2024, 1, 1),  # noqa: DTZ001 – hypothesis adds the zone
            max_value=datetime(2025, 12, 31),  # noqa: DTZ001
            timezones=st.just(UTC),
        ),
        text=st.one_of(st.sampled_from([*LIFT, *NOISE, *OTHERS]), st.text(max_size=30)),
        place=st.sampled_from(["", "桂花苑", "和平路"]),
        up=st.integers(0, 3000),
        down=st.integers(0, 50),
    ),
    max_size=14,
    unique_by=lambda message: message.id,
)


@settings(deadline=None, max_examples=60)
@given(messages, st.randoms(use_true_random=False))
def test_the_order_of_the_messages_does_not_matter(
    given_messages: list[Message], draw: object
) -> None:
    """Shuffled, the same messages give the same topics; twice the same, too."""
    shuffled = list(given_messages)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hot_topics(shuffled) == hot_topics(given_messages)


@settings(deadline=None, max_examples=60)
@given(messages)
def test_every_message_is_in_one_topic_at_most(given_messages: list[Message]) -> None:
    """Topics share no id, hold known ids only, at least two, and are ranked by falling heat."""
    topics = hot_topics(given_messages)
    ids = [id_ for topic in topics for id_ in topic.ids]
    by_id = {message.id: message for message in given_messages}
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(by_id)
    assert [topic.rank for topic in topics] == list(range(1, len(topics) + 1))
    assert [t.heat for t in topics] == sorted((t.heat for t in topics), reverse=True)
    for topic in topics:
        times = [by_id[id_].time for id_ in topic.ids]
        assert topic.size == len(topic.ids) >= 2
        assert (topic.start, topic.end) == (min(times), max(times))


def test_two_matters_are_two_topics_and_single_messages_none() -> None:
    first, second = hot_topics(board())
    assert set(first.ids) == {"0", "1", "2", "3"}
    assert set(second.ids) == {"4", "5", "6"}
    assert (first.place, second.place) == ("桂花苑", "和平路")
    assert "电梯" in first.summary
    assert "烧烤" in second.summary


def test_the_same_words_at_another_place_or_time_are_less_alike() -> None:
    """What makes one topic at one place within days is none at two places a year apart."""
    first, second = "电梯坏了没有人修，老人下不了楼", "电梯停了，维修的人还没有来，老人出不了门"
    near = [sent(first, 1, place="桂花苑"), sent(second, 2, 2, place="桂花苑")]
    apart = [sent(first, 1, place="桂花苑"), sent(second, 2, 400, place="和平里")]
    assert len(hot_topics(near)) == 1
    assert hot_topics(apart) == []


def test_too_few_messages_have_no_topics() -> None:
    assert hot_topics([]) == []
    assert hot_topics([sent(LIFT[0], 1)]) == []


def test_an_id_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        hot_topics([sent(LIFT[0], 1), sent(LIFT[1], 1)])


def test_one_persistent_writer_is_one_person() -> None:
    """Ten letters of one resident are less hot than ten residents."""
    one = [sent("电梯", number, person="甲") for number in range(10)]
    ten = [sent("电梯", number) for number in range(10)]
    assert heat(one) < heat(ten) / 5


def test_heat_grows_with_density_and_support() -> None:
    month = [sent("电梯", number, number * 3) for number in range(10)]
    year = [sent("电梯", number, number * 36) for number in range(10)]
    clicked = [sent("电梯", number, number * 3, up=20) for number in range(10)]
    assert heat(year) < heat(month) < heat(clicked)


def test_clicks_do_not_outweigh_letters() -> None:
    """Two thousand clicks on one message count less than three more letters."""
    assert heat([sent("学校", 1, up=2000)]) < heat([sent("学校", n) for n in range(4)])


def test_with_a_clock_what_ended_long_ago_fades() -> None:
    old = [sent("电梯", number, number) for number in range(8)]
    assert heat(old, DAY + timedelta(days=368)) < 0.01 * heat(old)
    assert heat(old, DAY - timedelta(days=1)) == heat(old)


@pytest.mark.parametrize(
    ("place", "title", "line"),
    [
        ("桂花苑", "投诉桂花苑电梯坏了的问题！", "桂花苑电梯坏了"),
        ("桂花苑", "电梯坏了", "桂花苑：电梯坏了"),
        ("", "关于路灯不亮的投诉", "路灯不亮"),
        ("", "投诉", "投诉"),
    ],
)
def test_a_summary_tells_place_and_matter(place: str, title: str, line: str) -> None:
    assert summary(place, title) == line


def test_a_place_that_few_of_the_messages_name_is_not_the_topics() -> None:
    assert common_place([["甲园"], [], [], []], ["a", "b", "c", "d"]) == ""
    assert common_place([["甲园"], ["甲园", "乙路"], ["乙路"]], ["乙路吵", "", ""]) == "乙路"


def test_topics_on_which_independent_teams_agree() -> None:
    """Both among the first five, pairwise precision ≥ .85 and recall ≥ .75, within 60 seconds."""
    told = read_messages(shared_data("messages/hot.csv"))
    started = time.process_time()
    topics = hot_topics(told)
    assert time.process_time() - started < 60
    truth = members(told)
    for matter, place in ((MIXER, "丽发新城"), (PARKING, "伊景园滨河苑")):
        topic = max(topics, key=lambda found: len(truth[matter] & set(found.ids)))
        precision, recall = pairwise(topic.ids, truth[matter])
        assert topic.rank <= 5
        assert precision >= 0.85
        assert recall >= 0.75
        assert topic.place == place
