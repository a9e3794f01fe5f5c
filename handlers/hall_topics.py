"""议题 in chat: what is deliberated on, how far it is, the result, what became of one's opinion."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.words import shorten
from handlers.hall_words import GONE, topic_of
from handlers.kit import Choice, Request, Say, Turn
from handlers.words import by_when
from services import (
    ballot_reading,
    hall,
    hall_news,
    hall_outcome,
    hall_seats,
    questionnaires,
    result_words,
    statements,
    vote_receipts,
)
from services.hall_outcome import SCORES
from storage.hall import Topic

SHOWN = 160
ME = Choice("我来提议", "hall.propose")


def topics(turn: Turn, _request: Request) -> Say:
    """The topics of the community, those that go on first."""
    everything = hall.public_topics(turn.session, turn.community.id)
    running = [one for one in everything if one.state == "running"]
    over = [one for one in everything if one.state != "running"]
    shown = [*running, *over][:6]
    if not shown:
        return Say("社区现在没有议题。您有想法可以提。", (ME,), way_out="不用了")
    choices = [Choice(_line(one), "hall.topic", str(one.id)) for one in shown]
    return Say(
        "社区在议这些事，看哪一件？",
        (*choices, Choice("邻居的提议", "hall.proposals"), ME),
        way_out="不看了",
    )


def _line(one: Topic) -> str:
    state = hall.stage_of(one).name if one.state == "running" else hall.STATE_NAMES[one.state]
    return f"{shorten(one.title, 16)}（{state}）"


def topic(turn: Turn, request: Request) -> Say:
    """One topic: what it is about, how far it is, what one can do."""
    one = topic_of(turn, request.argument)
    if one is None:
        return Say(GONE)
    lines = [f"【{one.title}】", shorten(one.text, SHOWN)]
    if one.state == "running":
        until = f"，到{by_when(turn, one.stage_due)}" if one.stage_due else ""
        lines.append(f"现在：{hall.stage_of(one).name}{until}")
    else:
        lines.append(f"现在：{hall.STATE_NAMES[one.state]}")
    if one.outcome:
        lines.append(f"决议：{shorten(one.outcome, 80)}")
    elif one.state == "ended":
        lines.append(f"原因：{shorten(one.reasons, 80)}")
    return Say("\n".join(lines), tuple(_deeds(turn, one)), way_out="好了")


def _deeds(turn: Turn, one: Topic) -> Iterator[Choice]:
    key = str(one.id)
    votes = ballot_reading.ballots_of(turn.session, one)
    if any(vote.state == "open" and vote.closes_at > turn.now for vote in votes):
        yield Choice("投票", "hall.vote_of", key)
    if statements.takes_opinions(one):
        yield Choice("表态", "hall.ask", key)
    if any(sheet.state == "open" for sheet in questionnaires.sheets_of(turn.session, one)):
        yield Choice("填问卷", "hall.sheets")
    if any(vote.state == "closed" for vote in votes):
        yield Choice("看结果", "hall.result", key)
    if one.decided_at:
        yield Choice("决议和进度", "hall.decision", key)
    if hall_outcome.may_rate(one):
        yield Choice("评一评", "hall.rate", key)


def result(turn: Turn, request: Request) -> Say:
    """The result of a topic's newest ballot in plain words."""
    one = topic_of(turn, request.argument)
    closed = [
        vote
        for vote in (ballot_reading.ballots_of(turn.session, one) if one else ())
        if vote.state == "closed"
    ]
    if one is None or not closed:
        return Say("还没有结果，截止以后才公布。回复“议题”看到哪一步了。")
    words = "\n".join(result_words.lines(closed[-1]))
    return Say(words, (Choice("看议题", "hall.topic", str(one.id)),), way_out="好了")


def results(turn: Turn, request: Request) -> Say:
    """Topics with results to choose from; the newest where there is one only."""
    found = hall.public_topics(turn.session, turn.community.id)
    done = [
        one
        for one in found
        if any(vote.state == "closed" for vote in ballot_reading.ballots_of(turn.session, one))
    ]
    if not done:
        return Say("现在还没有公布的结果。回复“议题”看到哪一步了。")
    if len(done) == 1:
        return result(turn, Request(request.heard, str(done[0].id)))
    choices = tuple(Choice(shorten(one.title, 20), "hall.result", str(one.id)) for one in done[:8])
    return Say("看哪一件的结果？", choices, way_out="不看了")


def decision(turn: Turn, request: Request) -> Say:
    """The decision with its reasons, and how far the tasks are."""
    one = topic_of(turn, request.argument)
    if one is None or not one.decided_at:
        return Say("还没有决议。回复“议题”看到哪一步了。")
    lines = [f"【{one.title}】", f"决议：{shorten(one.outcome, 120)}"]
    lines.append(f"理由：{shorten(one.reasons, 120)}")
    for task in hall_outcome.tasks_of(turn.session, one)[:5]:
        state = "已完成" if task.done_at else f"完成{task.progress}%"
        due = f"{task.due.month}月{task.due.day}日"
        lines.append(f"·{shorten(task.title, 30)}：{task.owner}，{due}前，{state}")
    return Say("\n".join(lines))


def rate(turn: Turn, request: Request) -> Say:
    """Takes a rating, or asks for one."""
    number, _, score = request.argument.partition("/")
    one = topic_of(turn, number)
    if one is None or not hall_outcome.may_rate(one):
        return Say("还没到评议的时候。回复“议题”看到哪一步了。")
    if not score:
        choices = [Choice(words, "hall.rate", f"{one.id}/{n}") for n, words in SCORES.items()]
        return Say(f"“{one.title}”办得怎么样？", tuple(choices), way_out="不评了")
    hall_outcome.rate(turn.session, one, turn.resident, int(score), turn.now)
    return Say(f"记下了：{SCORES[int(score)]}。谢谢您。")


def mine(turn: Turn, _request: Request) -> Say:
    """What became of what the resident said: their statements and the topics they took part in."""
    everything = hall.public_topics(turn.session, turn.community.id)
    took_part = [
        one
        for one in everything
        if any(r.id == turn.resident.id for r in hall_news.participants(turn.session, one))
    ]
    if not took_part:
        return Say("您还没有参与过议题。回复“议题”看社区在议什么。")
    lines = list(_own_words(turn, took_part))
    choices = tuple(Choice(_line(one), "hall.topic", str(one.id)) for one in took_part[:5])
    return Say("\n".join(["您参与过的议题：", *lines]), choices, way_out="好了")


def _own_words(turn: Turn, took_part: list[Topic]) -> Iterator[str]:
    counted = (c for one in took_part[:5] for c in statements.counts_of(turn.session, one))
    own = [c for c in counted if c.statement.resident_id == turn.resident.id]
    for one in own[:3]:
        text = shorten(one.statement.text, 30)
        yield f"您说的“{text}”：{one.agree}人赞成，{one.disagree}人反对"


def check(turn: Turn, code: str) -> Say:
    """核对: whether the vote with this receipt is counted; never what it was."""
    found = vote_receipts.check_receipt(turn.session, turn.community.id, code)
    if found is None:
        return Say("没有这个回执，请再看看有没有抄错。回复“菜单”看别的。")
    if not found.counted:
        until = by_when(turn, found.ballot.closes_at)
        return Say(f"回执有效：“{found.ballot.title}”这一票已收到，{until}截止后计入。")
    return Say(f"已计入“{found.ballot.title}”的结果。公布的回执名单里也有这一条。")


def invitations(turn: Turn, request: Request) -> Say:
    """The seats that the resident is invited to; takes the answer."""
    number, _, word = request.argument.partition("/")
    waiting = hall_seats.invitations_of(turn.session, turn.resident)
    if word:
        seat = next((one for one in waiting if str(one.id) == number), None)
        if seat is None:
            return Say(GONE)
        hall_seats.answer(turn.session, seat, turn.now, accepts=word == "yes")
        return Say("好，席位给您留着，开会前会告诉您。" if word == "yes" else "好，这次不参加。")
    if not waiting:
        return Say("现在没有等您答复的邀请。")
    one = hall.topic_of(turn.session, turn.community.id, waiting[0].topic_id)
    title = one.title if one else ""
    return Say(
        f"社区请您参加议事：“{title}”\n席位：{waiting[0].title}",
        (
            Choice("参加", "hall.invitations", f"{waiting[0].id}/yes"),
            Choice("不参加", "hall.invitations", f"{waiting[0].id}/no"),
        ),
        way_out="再想想",
    )


ACTIONS = {
    "hall.topics": topics,
    "hall.topic": topic,
    "hall.result": result,
    "hall.results": results,
    "hall.decision": decision,
    "hall.rate": rate,
    "hall.mine": mine,
    "hall.invitations": invitations,
}
