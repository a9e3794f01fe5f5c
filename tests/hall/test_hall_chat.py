"""The hall as residents meet it, through the real webhook: every word judged by the manners."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.definition import Method
from intents import Understander
from services import consents, hall, hall_seats, moderated, moderation, proposals, questionnaires
from services import statements as opinions
from services.consents import Scope
from services.processes import Electors, StageKind
from services.questionnaires import NewQuestionnaire
from storage.ballots import RollEntry
from storage.hall import Seat, Topic
from storage.messages import OutboxMessage
from storage.moderation import Submission
from storage.opinions import Proposal, StatementAnswer
from tests.desk import Desk, open_desk
from tests.hall.world import DAY, Hall, openid, people_the_hall
from tests.stories.manners import faults

QUESTIONS = (
    {
        "key": "a",
        "text": "您常去活动室吗？",
        "kind": "single",
        "options": ["常去", "偶尔", "不去"],
        "goto": {"不去": "c"},
    },
    {"key": "b", "text": "满意吗？", "kind": "scale"},
    {
        "key": "c",
        "text": "想添些什么？",
        "kind": "multiple",
        "options": ["棋牌", "书报", "健身"],
        "optional": True,
    },
    {"key": "d", "text": "还想说什么？", "kind": "text", "optional": True},
)


@dataclass
class Chat:
    """Neighbours who talk with the desk; every reply must keep the manners."""

    desk: Desk
    who: int = 1
    said: list[str] = field(default_factory=list)

    async def __call__(self, *texts: str) -> str:
        """Says one text after another; the last reply."""
        for text in texts:
            reply = await self.desk.say(openid(self.who), text)
            assert not faults(reply), (faults(reply), reply)
            self.said.append(reply)
        return self.said[-1]

    def do(self, work: object) -> None:
        """Something that staff or the clock do."""
        self.desk.do(lambda s: work(Hall(s, self.desk.clock())))  # type: ignore[operator]

    def stage(self, process: str, kind: StageKind, title: str) -> None:
        """A topic in its first stage of that kind."""

        def put(world: Hall) -> None:
            topic = world.topic(process, title)
            stage = next(s for s in hall.process_of(topic).stages if s.kind is kind)
            hall.enter(topic, stage, world.now)

        self.do(put)


@pytest.fixture
async def chat(
    sqlite_database_url: str, understander: Understander, tmp_path: Path
) -> AsyncIterator[Chat]:
    """A desk with six neighbours in the register."""
    async with open_desk(sqlite_database_url, understander, tmp_path) as desk:
        desk.do(lambda s: people_the_hall(s, 6))
        yield Chat(desk)


def _topic(session: Session) -> Topic:
    return session.scalars(select(Topic)).one()


def _ballot(chat: Chat, **how: object) -> None:
    chat.stage("3x", StageKind.BALLOT, "东门电梯")
    chat.do(lambda w: w.ballot(_topic(w.session), text="换新梯，28万元。", **how) and None)


async def test_a_vote_is_repeated_back_confirmed_checked_and_changed(chat: Chat) -> None:
    """Nothing is cast before 确认; the receipt tells whether it is counted; the last counts."""
    _ballot(chat)
    assert "1 同意" in await chat("表决")
    assert "换新梯" in await chat("看方案")
    assert "您选的是“同意”。\n尚未提交" in await chat("赞成")
    assert chat.desk.look(lambda s: s.scalars(select(RollEntry)).all()) == []
    receipt = (await chat("确认")).split("回执 ")[1][:8]
    assert "这一票已收到" in await chat(f"核对 {receipt.lower()}")
    assert "已投过" in await chat("我要改票")
    assert "已改投" in await chat("2", "确认")
    assert "没有等您确认的票" in await chat("确认")
    chat.desk.clock.forward(hours=25)
    chat.do(Hall.tick)
    assert "已计入" in await chat(f"核对{receipt}")
    assert "同意 0、不同意 1" in await chat("表决结果")
    assert "没有正在进行的表决" in await chat("投票")


async def _late(chat: Chat, text: str) -> list[str]:
    """Says something that is under way too long; what comes by itself afterwards."""
    push = chat.desk.side.compose_text(openid(chat.who), text)
    chat.desk.clock.forward(seconds=20)
    assert await chat.desk.send(push) is None
    return chat.desk.look(lambda s: list(s.scalars(select(OutboxMessage.text))))


async def test_a_vote_that_is_answered_late_is_told_as_it_is(chat: Chat) -> None:
    """A late choice is not repeated and nothing is cast; a late 确认 is cast, with its receipt."""
    _ballot(chat)
    await chat("表决")
    assert (await _late(chat, "1"))[-1].startswith("刚才回得慢了，您的选择没有投出")
    assert chat.desk.look(lambda s: s.scalars(select(RollEntry)).all()) == []
    entry = (await _late(chat, "确认"))[-1]
    (cast,) = chat.desk.look(lambda s: s.scalars(select(RollEntry.receipt)).all())
    assert f"已投出。回执 {cast}" in entry
    assert "同意" not in entry


async def test_before_the_end_a_choice_can_be_dropped(chat: Chat) -> None:
    """0 at the paper, 0 at the confirmation: nothing is cast."""
    _ballot(chat)
    assert "没有提交" in await chat("表决", "0")
    assert "没有提交" in await chat("表决", "1", "0")
    assert "1 同意" in await chat("表决", "1", "重选")
    assert chat.desk.look(lambda s: s.scalars(select(RollEntry)).all()) == []


async def test_a_question_in_the_middle_of_a_vote_is_answered_and_the_vote_goes_on(
    chat: Chat,
) -> None:
    """确认 still casts what was chosen before."""
    _ballot(chat)
    await chat("表决", "1", "我反映的事怎么样了")
    assert "已投出" in await chat("确认")


async def test_who_is_not_on_the_list_is_told_and_led_to_a_person(chat: Chat) -> None:
    """No dead end where the register does not know an account."""
    _ballot(chat)
    chat.who = 99
    assert "名单里没有您" in await chat("我想投票")
    assert "转给工作人员核对" in await chat("1")


async def test_a_daughter_votes_for_her_mother_with_leave(chat: Chat) -> None:
    """Whose vote it is stands above the paper; the mother hears of it, without the choice."""
    _ballot(chat)
    chat.do(
        lambda w: (
            consents.give(w.session, w.resident(2), w.resident(1), Scope.DELIBERATION, w.now)
            and None
        )
    )
    assert "（替委托人）" in await chat("表决")
    assert "（替委托人）" in await chat("2")
    assert "已投出" in await chat("反对", "确认")
    told = chat.desk.look(lambda s: s.scalars(select(OutboxMessage.text)).all())
    assert any("替您" in text and "回执" in text for text in told)
    assert not any("不同意" in text for text in told)


@pytest.mark.parametrize(
    ("how", "answer", "repeated"),
    [
        ({"method": Method.SINGLE}, "2", "“乙”"),
        ({"method": Method.APPROVAL, "most": 2}, "1 3", "“甲、丙”"),
        ({"method": Method.SCHULZE}, "3 1 2", "“丙 > 甲 > 乙”"),
        ({"method": Method.SCORE}, "5 0 3", "“甲 5 分、乙 0 分、丙 3 分”"),
        ({"method": Method.POINTS}, "6 4 0", "“甲 6 分、乙 4 分”"),
        ({"method": Method.EQUAL_SHARES, "budget": 100}, "1 2", "“甲、乙”"),
    ],
)
async def test_every_kind_of_paper_is_read_and_repeated(
    chat: Chat, how: dict[str, object], answer: str, repeated: str
) -> None:
    """Numbers as they are asked for; what cannot be read is asked again, with the reason."""
    options = (("甲", 10), ("乙", 20), ("丙", 30))
    _ballot(chat, options=options, rule="plain", **how)
    assert "请回复" in await chat("表决", "9 9") or "一共3项" in chat.said[-1]
    assert repeated in await chat(answer)
    assert "已投出" in await chat("确认")


async def test_an_open_poll_takes_everybody_and_says_so(chat: Chat) -> None:
    """Who is in no register votes once too; it stands for nobody else."""
    chat.stage("poll", StageKind.BALLOT, "树种")
    chat.do(lambda w: w.ballot(_topic(w.session), electorate=Electors.OPEN) and None)
    chat.who = 50
    assert "不代表全体居民" in await chat("投票")
    assert "已投出" in await chat("1", "确认")


async def test_opinions_are_asked_one_at_a_time(chat: Chat) -> None:
    """1 2 3 and on; a sentence of one's own goes to the reviewer; where people stand."""
    chat.stage("3x", StageKind.OPINIONS, "电梯怎么分摊")
    words = ("一楼不出钱", "先看采光", "按楼层分")

    def seed(world: Hall) -> None:
        for one in words:
            opinions.seed(world.session, world.staff(), _topic(world.session), one, world.now)

    chat.do(seed)
    assert "第1条，共3条" in await chat("表态")
    assert "记下了。【电梯怎么分摊】第2条" in await chat("1")
    assert "第3条" in await chat("反对")
    assert "一句话" in await chat("4")
    assert "收到：“物业先公开账目”" in await chat("物业先公开账目")
    assert "第3条" in await chat("1")
    assert "都看过了" in await chat("3")
    assert "有1人表态" in await chat("2")
    given = chat.desk.look(lambda s: sorted(s.scalars(select(StatementAnswer.answer))))
    assert given == [-1, 0, 1]

    def publish(world: Hall) -> None:
        one = world.session.scalars(select(Submission)).one()
        moderation.decide(
            world.session,
            world.staff("zhao"),
            one,
            1,
            publish=True,
            reason="",
            effects=moderated.EFFECTS,
            now=world.now,
        )

    chat.do(publish)
    chat.who = 2
    seen = await chat("表态", "1", "1", "1")
    assert any("物业先公开账目" in text for text in (seen, *chat.said))
    chat.who = 1
    assert "您说的“物业先公开账目”" in await chat("我的意见")


def _read_the_words(world: Hall) -> None:
    """The first comparison of a process loads its dictionaries."""
    proposals.similar(world.session, world.community.id, "在东侧装长椅")


async def test_a_proposal_shows_what_is_like_it_first(chat: Chat) -> None:
    """Somebody's own matter is supported; one of one's own is repeated before it is sent."""
    chat.do(_read_the_words)
    assert "提议社区做什么" in await chat("我要提议", "好")
    assert "1 提交" in await chat("在3栋旁边装两张带靠背的长椅")
    assert "收到" in await chat("1")
    assert "待审" in await chat("我的提议")

    def open_it(world: Hall) -> None:
        one = world.session.scalars(select(Proposal)).one()
        one.state, one.needed, one.base = "open", 5, 100

    chat.do(open_it)
    chat.who = 2
    assert "差不多的" in await chat("提议", "3栋边上能不能放两张长椅")
    assert "附议 0/5人" in await chat("1")
    assert "附议 1/5人" in await chat("1")
    assert "附议 0/5人" in await chat("撤回附议")


async def test_a_questionnaire_jumps_and_goes_on_where_one_stopped(chat: Chat) -> None:
    """不去 leads past the question on satisfaction; 0 keeps what was answered."""
    chat.stage("questionnaire", StageKind.QUESTIONNAIRE, "活动室")

    def plan(world: Hall) -> None:
        new = NewQuestionnaire("活动室问卷", QUESTIONS, world.now, world.now + DAY)
        topic = _topic(world.session)
        questionnaires.plan(world.session, world.staff(), topic, new, world.now)
        world.tick()

    chat.do(plan)
    assert "第1题" in await chat("问卷")
    assert "第3题：想添些什么" in await chat("不去")
    assert "填过的都留着" in await chat("0")
    assert "接着上次的填" in await chat("问卷")
    assert "第4题" in await chat("1 3")
    assert "填完了" in await chat("灯再亮一点")
    assert "没有要填的问卷" in await chat("问卷")


async def test_a_seat_is_answered_in_chat(chat: Chat) -> None:
    """Who is invited says yes or no."""
    chat.stage("3x", StageKind.AGENDA, "东门电梯")

    def invite(world: Hall) -> None:
        seat = hall_seats.seats_of(world.session, _topic(world.session))[-1]
        hall_seats.invite(world.session, world.staff(), seat, "刘某", world.resident(1), world.now)

    chat.do(invite)
    assert "席位：6栋居民" in await chat("议事邀请")
    assert "席位给您留着" in await chat("1")
    states = chat.desk.look(lambda s: sorted(s.scalars(select(Seat.state))))
    assert states == ["accepted", "empty", "empty", "empty"]


async def test_topics_are_listed_with_their_stage(chat: Chat) -> None:
    """What goes on, and a way to propose."""
    assert "现在没有议题" in await chat("社区有什么议题")
    chat.stage("3x", StageKind.HEARING, "东门电梯")
    assert "1 东门电梯（事前听证）" in await chat("议题")
    assert "现在：事前听证" in await chat("1")
