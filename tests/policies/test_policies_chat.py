"""Policy questions as residents meet them, through the signed webhook."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import add_staff
from handlers.policy_follow import said_after
from handlers.policy_text import with_number
from intents import Understander
from knowledge.documents import Passage
from services import policies, replies
from services.replies import NewReply
from storage.desk import QueueItem
from storage.policies import PolicyQuestion
from storage.residents import Dialog, Resident
from storage.staff import Staff
from tests.desk import Desk
from tests.policies.papers import ALL, ALLOWANCE, SENIOR, bring_in, row
from tests.stories.manners import faults

WHO = "u1"
LAMP = "楼道灯坏了"
SENIOR_MATERIALS = (
    "【老年人优待证】材料：本人居民身份证；近期一寸免冠照片2张。\n"
    "地点：社区服务大厅2号窗口。\n"
    "时间：工作日9:00—17:00，当场受理。\n"
    "电话：社区服务大厅 0000-1234\n"
    "依据：《老年人权益保障法》，民政局，示例〔2025〕30号，2025年3月（示例文本）\n"
    "1 更多　2 有用　3 没答对，问工作人员"
)


@pytest.fixture
def hall(desk: Desk) -> Desk:
    """A desk whose community has published a few documents."""
    bring_in(desk.database, *ALL)
    return desk


async def hear(desk: Desk, text: str, who: str = WHO) -> str:
    """What the bot answers; its manners are held as everywhere."""
    reply = await desk.say(who, text)
    assert not faults(reply), (reply, faults(reply))
    return reply


def waiting(desk: Desk) -> list[tuple[str, str, str]]:
    """What waits in the queue."""
    query = select(QueueItem).where(QueueItem.state == "open")
    return desk.look(lambda s: [(q.kind, q.intent, q.title) for q in s.scalars(query)])


def questions(desk: Desk) -> list[tuple[str, str, str]]:
    """The questions kept, in order."""
    query = select(PolicyQuestion).order_by(PolicyQuestion.id)
    return desk.look(lambda s: [(q.text, q.state, q.feedback) for q in s.scalars(query)])


def topic(desk: Desk) -> str:
    """What the conversation is about."""
    return desk.look(lambda s: json.dumps(s.scalars(select(Dialog)).one().topic))


async def test_a_question_is_answered_with_its_source(hall: Desk) -> None:
    """Passage, place, time, phone, source with date, the mark of a sample; nobody is bothered."""
    assert await hear(hall, "老年证要带什么材料") == SENIOR_MATERIALS
    assert waiting(hall) == []
    assert questions(hall) == [("老年证要带什么材料", "answered", "")]


async def test_where_the_classifier_wavers_the_documents_decide(
    desk: Desk, understander: Understander
) -> None:
    """A story that names no service is answered where a document plainly fits, else asked about."""
    story = "我妈八十二了，听隔壁说每个月能领点钱，去哪里弄"
    assert understander.classify(story).unsure
    bring_in(desk.database, SENIOR)
    assert "您是想" in await hear(desk, story, "u2")
    bring_in(desk.database, replace(ALLOWANCE, asked=(story,)))
    assert (await hear(desk, story)).startswith("【高龄津贴】地点：")
    assert "每月100元" in await hear(desk, "那多少钱")


async def test_more_shows_the_rest(hall: Desk) -> None:
    """更多 goes on where the first screen ended, and says when there is no more."""
    await hear(hall, "老年证要带什么材料")
    assert await hear(hall, "更多") == (
        "【条件】年满六十周岁的老年人，本地户籍或者持本地居住证的均可办理。\n"
        "【办理流程】一、登记；二、制证；三、领取。\n"
        "1 有用　2 没答对，问工作人员"
    )


async def test_useful_is_noted(hall: Desk) -> None:
    """A thumb up is kept with the question."""
    await hear(hall, "老年证要带什么材料")
    assert await hear(hall, "2") == "好，记下了。有事随时说。"
    assert questions(hall) == [("老年证要带什么材料", "answered", "useful")]


async def test_a_wrong_answer_becomes_work_for_the_staff(hall: Desk) -> None:
    """没答对: the question goes into the queue with the deadline that is said."""
    await hear(hall, "老年证要带什么材料")
    reply = await hear(hall, "3")
    assert reply == "没答到点上，对不住。已转给工作人员，今天11:30前回复您。"
    assert waiting(hall) == [("request", "policy_question", "没答对：老年证要带什么材料")]
    assert questions(hall) == [("老年证要带什么材料", "waiting", "wrong")]


async def test_an_unclear_question_gets_choices_and_the_picked_one_answers(hall: Desk) -> None:
    """Unsure: titles to choose from; picking one answers from it."""
    reply = await hear(hall, "老年人养老怎么办理")
    assert reply.startswith("我拿不准您问的是哪一件。\n1 ")
    assert reply.endswith("都不是，问工作人员\n0 不问了")
    title = reply.splitlines()[1].removeprefix("1 ")
    assert questions(hall)[0][1] == "unsure"
    assert (await hear(hall, "1")).startswith(f"【{title}】")
    assert questions(hall)[0][1] == "answered"


async def test_none_of_the_choices_goes_to_a_person(hall: Desk) -> None:
    """都不是: the question as it was asked waits for the staff."""
    reply = await hear(hall, "老年人养老怎么办理")
    number = next(line[0] for line in reply.splitlines() if "都不是" in line)
    assert await hear(hall, number) == "好，已转给工作人员，今天11:30前回复您。"
    assert waiting(hall) == [("request", "policy_question", "老年人养老怎么办理")]


async def test_what_the_base_does_not_know_is_answered_by_a_person(hall: Desk) -> None:
    """Nothing is made up: the question waits with a deadline, and the asker hears the answer."""
    reply = await hear(hall, "公租房申请条件是什么")
    assert reply == "这个我答不准，不乱说。已转给工作人员，今天11:30前回复您。"
    assert waiting(hall) == [("request", "policy_question", "公租房申请条件是什么")]

    def answer(session: Session) -> None:
        add_staff(session, hall.clock())
        resident = session.scalars(select(Resident)).one()
        worker = session.scalars(select(Staff).where(Staff.login == "wang")).one()
        seen = replies.newest_inbound_id(session, resident)
        new = NewReply("公租房在街道二楼申请。", seen)
        replies.submit(session, worker, resident, new, "never", hall.clock())

    hall.do(answer)
    await hall.deliver()
    assert [sent.text for sent in hall.fake.sent] == ["公租房在街道二楼申请。"]


async def test_a_follow_up_stays_with_the_matter(hall: Desk) -> None:
    """去哪办: the last answer's document answers, without naming it again."""
    await hear(hall, "高龄津贴多少钱")
    assert (await hear(hall, "那要带什么材料？")).startswith("【高龄津贴】材料：")
    assert (await hear(hall, "去哪办")).startswith("【高龄津贴】地点：")
    assert (await hear(hall, "那老年证呢")).startswith("【老年人优待证】地点：")


@pytest.mark.parametrize(
    "words", ["那外地户口呢？", "我妈呢？", "那我妈代办行不行", "要自己去申请吗"]
)
async def test_the_same_for_somebody_else_stays_with_the_matter(hall: Desk, words: str) -> None:
    """For whom it is asked names no other matter."""
    await hear(hall, "老年证要带什么材料")
    assert (await hear(hall, words)).startswith("【老年人优待证】条件：")
    again = await hear(hall, "我爸呢")
    assert again.startswith("还是看这一条：\n【老年人优待证】条件：")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("外地的可以办吗", "stay"),
        ("能不能代办", "stay"),
        ("老公是外地户口行吗？", "stay"),
        ("没有结婚证的呢", "stay"),
        ("那我爸", "stay"),
        ("那残疾证呢", ""),
        ("我妈摔倒了怎么办", ""),
        ("怎么办", ""),
        ("孩子上学怎么办", ""),
        ("答非所问", "wrong"),
        ("有用的", "useful"),
    ],
)
def test_what_is_said_after_an_answer_is_told_apart(words: str, meant: str) -> None:
    """Another matter, or trouble with one of the family, is no question about the same."""
    assert said_after(words) == meant


@pytest.mark.parametrize("form", [False, True])
async def test_the_verdict_may_be_said_in_words_at_any_time(hall: Desk, form: bool) -> None:
    """没答对 goes to a person and 有用 is kept, after a follow-up and in the middle of a form."""
    if form:
        await hear(hall, LAMP)
    await hear(hall, "老年证要带什么材料")
    assert (await hear(hall, "没答对")).startswith("没答到点上，对不住。已转给工作人员，")
    assert waiting(hall)[0][2] == "没答对：老年证要带什么材料"
    await hear(hall, "老年证在哪办")
    assert (await hear(hall, "很有用")).startswith("好，记下了。")
    assert [kept[2] for kept in questions(hall)] == ["wrong", "useful"]


async def test_more_of_an_answer_that_is_told_says_so(hall: Desk) -> None:
    """The last screen is the last, whatever is asked for."""
    await hear(hall, "老年证要带什么材料")
    await hear(hall, "更多")
    assert (await hear(hall, "更多")).startswith("这一条说完了。")


async def test_of_two_questions_in_one_message_none_is_left_behind(hall: Desk) -> None:
    """The first is answered; the other is the first choice below."""
    reply = await hear(hall, "老年证怎么办？高龄津贴多少钱？")
    assert reply.startswith("您问了2件事，一件一件来。\n【老年人优待证】")
    assert "1 接着答：高龄津贴多少钱\n" in reply
    assert (await hear(hall, "1")).startswith("【高龄津贴】标准：")
    one = await hear(hall, "老年证要带什么？在哪办？")
    assert one.startswith("【老年人优待证】材料：")


def test_a_number_that_is_yet_to_be_filled_in_is_the_communitys() -> None:
    """No blank of a sample is read out to a resident."""
    blank = Passage("社区服务大厅（由本社区填写）。", ("电话",))
    told = with_number(blank, "0571-8800 1234").text
    assert told == "这一项还没写号码，可以打社区电话 0571-8800 1234。"
    with_other = replace(blank, text="派出所（由本社区填写）；12345。")
    assert with_number(with_other, "0571-8800 1234").text == "12345。"
    kept = Passage("社区服务大厅 0000-1234。", ("电话",))
    assert with_number(kept, "0571-8800 1234") == kept


async def test_the_topic_is_forgotten_after_half_an_hour(hall: Desk) -> None:
    """Then the bot asks for the matter instead of guessing, and bothers nobody."""
    await hear(hall, "高龄津贴多少钱")
    hall.clock.forward(minutes=31)
    reply = await hear(hall, "那要带什么材料？")
    assert reply == "没听出是哪件事。连着事一起问，比如“老年证要带什么材料”。"
    assert waiting(hall) == []


async def test_another_service_ends_the_topic(hall: Desk) -> None:
    """After a report has begun, nothing is left of what was asked before."""
    await hear(hall, "高龄津贴多少钱")
    assert json.loads(topic(hall))["service"] == "policy"
    await hear(hall, "查进度")
    assert topic(hall) == "{}"


async def test_a_question_in_the_middle_of_a_form_is_answered_and_the_form_goes_on(
    hall: Desk,
) -> None:
    """In one breath, without choices; the question of the form comes again, also after more."""
    asked = await hear(hall, LAMP)
    assert await hear(hall, "对了老年证要带什么材料") == (
        "【老年人优待证】材料：本人居民身份证；近期一寸免冠照片2张。地点：社区服务大厅2号窗口。"
        "时间：工作日9:00—17:00，当场受理。"
        "（依据：《老年人权益保障法》，民政局，示例〔2025〕30号，2025年3月，示例文本）\n"
        f"——刚才的还没填完：{asked}"
    )
    follow_up = await hear(hall, "那办理条件是什么？")
    assert follow_up.startswith("【老年人优待证】条件：")
    assert follow_up.endswith(f"——刚才的还没填完：{asked}")
    assert "3栋2单元" in await hear(hall, "3栋2单元")
    assert "编号" in await hear(hall, "1")


async def test_choices_in_the_middle_of_a_form_lead_back_to_it(hall: Desk) -> None:
    """Unsure there: the list has the way back to the form, and so has the answer."""
    asked = await hear(hall, LAMP)
    reply = await hear(hall, "老年人养老怎么办理")
    assert reply.endswith("0 接着填刚才的")
    assert (await hear(hall, "1")).endswith(f"——刚才的还没填完：{asked}")


async def test_a_question_beside_a_report_is_answered_and_the_report_begins(hall: Desk) -> None:
    """Two matters in one message: both are dealt with."""
    reply = await hear(hall, "3栋楼道灯坏了，另外问一下老年证要带什么材料")
    assert reply.startswith("【老年人优待证】材料：")
    assert "记下了，您看对不对" in reply


async def test_expired_and_withdrawn_documents_are_never_served(hall: Desk) -> None:
    """Neither as an answer nor as a choice, from the very next message on."""
    await hear(hall, "老年证要带什么材料")
    until = replace(SENIOR, valid_until=date(2026, 3, 4))
    (number,) = bring_in(hall.database, until)
    assert await hear(hall, "老年证要带什么材料") == SENIOR_MATERIALS
    hall.clock.forward(days=1)
    assert "老年人优待证" not in await hear(hall, "老年证要带什么材料")
    (number,) = bring_in(hall.database, SENIOR)
    assert await hear(hall, "老年证要带什么材料") == SENIOR_MATERIALS
    now = hall.clock()
    hall.do(lambda s: policies.withdraw(s, row(s, number), None, "过时", now))
    assert "老年人优待证" not in await hear(hall, "老年证要带什么材料")


async def test_more_of_a_document_that_has_changed_meanwhile_is_not_served(hall: Desk) -> None:
    """An old choice does not bring a withdrawn text back."""
    await hear(hall, "老年证要带什么材料")
    bring_in(hall.database, replace(SENIOR, sample=False))
    assert "刚刚有变动" in await hear(hall, "更多")


async def test_a_community_without_documents_hands_every_question_on(desk: Desk) -> None:
    """The empty base answers nothing."""
    assert "已转给工作人员" in await hear(desk, "老年证要带什么材料")


async def test_the_bare_word_says_how_to_ask(hall: Desk) -> None:
    """政策 is no question."""
    assert "直接问就行" in await hear(hall, "政策")
    assert questions(hall) == []
