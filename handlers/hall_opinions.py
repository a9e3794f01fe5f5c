"""表态 in chat: statements one at a time, 1 2 3; a sentence of one's own; where people stand."""

from __future__ import annotations

import random

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten
from handlers.hall_words import GONE, told, topic_of
from handlers.kit import Begin, Choice, FormService, Request, Say, Turn
from handlers.words import has_words
from services import opinion_maps, statements
from services.statements import ANSWERS
from storage.hall import Topic
from storage.opinions import Statement

NONE_ASKED = "现在没有在征求意见的议题。回复“议题”看都有什么。"
FEW = 15
"""Below so many answers a statement is not put forward as shared or divided."""


def opinions(turn: Turn, _request: Request) -> Say:
    """The topics that ask for opinions; the only one at once."""
    asking = statements.topics_asking(turn.session, turn.community.id)
    if not asking:
        return Say(NONE_ASKED)
    if len(asking) == 1:
        return _next(turn, asking[0])
    choices = tuple(Choice(shorten(one.title, 20), "hall.ask", str(one.id)) for one in asking[:8])
    return Say("这些议题在听大家的意见，看哪一个？", choices, way_out="不看了")


def ask(turn: Turn, request: Request) -> Say:
    """The next statement of a topic."""
    topic = topic_of(turn, request.argument)
    return _next(turn, topic) if topic else Say(GONE)


def answer(turn: Turn, request: Request) -> Say:
    """Takes one answer and goes on to the next statement."""
    number, _, given = request.argument.partition("/")
    statement = statements.statement_of(turn.session, turn.community.id, int(number))
    if statement is None:
        return Say(GONE)
    topic = topic_of(turn, str(statement.topic_id))
    try:
        statements.answer(turn.session, statement, turn.resident, int(given), turn.now)
    except statements.NotTaken as error:
        return Say(f"{error}。回复“议题”看到哪一步了。")
    return _next(turn, topic, "记下了。") if topic else Say(GONE)


def _next(turn: Turn, topic: Topic, lead: str = "") -> Say:
    chance = random.random()  # noqa: S311 - which statement comes next is no secret
    statement = statements.next_for(turn.session, topic, turn.resident, chance)
    done, number = statements.progress(turn.session, topic, turn.resident)
    if statement is None:
        return _all_seen(turn, topic, lead, done)
    return Say(
        f"{lead}【{topic.title}】第{done + 1}条，共{number}条：\n“{statement.text}”",
        (*_answers(statement), Choice("我来说一句", "hall.say", str(topic.id))),
        way_out="先到这里",
    )


def _answers(statement: Statement) -> tuple[Choice, ...]:
    return tuple(
        Choice(words, "hall.answer", f"{statement.id}/{given}") for given, words in ANSWERS.items()
    )


def _all_seen(turn: Turn, topic: Topic, lead: str, done: int) -> Say:
    words = f"{lead}【{topic.title}】" + ("您都看过了，谢谢。" if done else "还没有人说话。")
    choices = [Choice("我来说一句", "hall.say", str(topic.id))]
    if done:
        choices.append(Choice("大家怎么看", "hall.stand", str(topic.id)))
    return Say(words, tuple(choices), way_out="先到这里")


def stand(turn: Turn, request: Request) -> Say:
    """Where people stand: how many, what is shared, what divides; nothing from few answers."""
    topic = topic_of(turn, request.argument)
    if topic is None:
        return Say(GONE)
    people = statements.number_of_participants(turn.session, topic)
    counted = [one for one in statements.counts_of(turn.session, topic) if one.seen >= FEW]
    lines = [f"【{topic.title}】有{people}人表态。"]
    if not counted:
        lines.append("人还不多，先不下结论。")
    else:
        shared = max(counted, key=lambda one: one.agree / one.seen)
        divided = min(counted, key=lambda one: abs(one.agree - one.disagree) / one.seen)
        share = 100 * shared.agree // shared.seen
        lines.append(f"赞成最多的：“{shared.statement.text}”（{share}%）")
        if divided.statement.id != shared.statement.id:
            lines.append(f"看法最不一的：“{divided.statement.text}”")
    if opinion_maps.snapshot(turn.session, topic) and turn.world.public_url:
        lines.append(
            f"看图：{turn.world.public_url}/public/{turn.community.code}/topics/{topic.id}"
        )
    return Say("\n".join(lines), (Choice("接着表态", "hall.ask", str(topic.id)),), way_out="好了")


def say(turn: Turn, request: Request) -> Say:
    """Asks for a sentence of one's own."""
    if topic_of(turn, request.argument) is None:
        return Say(GONE)
    return Say(begin=Begin(FORM.name, {"topic": request.argument}, text=""))


def _ask_words(_values: Values) -> str:
    return f"请用一句话说，{statements.LONGEST}个字以内。\n{numbered((), way_out='不说了')}"


def _read(heard: Heard, values: Values) -> str:
    if told(heard):
        return _take(heard, values)
    raise Misheard("请打字说一句。")


def _take(heard: Heard, _values: Values) -> str:
    words = " ".join(heard.text.split())
    if not has_words(words):
        raise Misheard("请打字说一句。")
    if len(words) > statements.LONGEST:
        raise Misheard(f"太长了，请说在{statements.LONGEST}个字以内。")
    return words


FORM = Form(
    name="hall_statement",
    version=1,
    slots=(Slot("words", _ask_words, _read, _take),),
    context=frozenset({"topic"}),
)


def said(turn: Turn, values: Values) -> Say:
    """Takes the sentence to the reviewers."""
    topic = topic_of(turn, values["topic"])
    if topic is None:
        return Say(GONE)
    try:
        statements.add(
            turn.session, topic, turn.resident, values["words"], turn.world.hours, turn.now
        )
    except statements.NotTaken as error:
        return Say(f"{error}。回复“议题”看到哪一步了。")
    return Say(
        f"收到：“{values['words']}”\n工作人员看过后公开，请大家表态，不会写您的名字。",
        (Choice("接着表态", "hall.ask", str(topic.id)),),
        way_out="先到这里",
    )


ACTIONS = {
    "hall.opinions": opinions,
    "hall.ask": ask,
    "hall.answer": answer,
    "hall.stand": stand,
    "hall.say": say,
}
FORMS = (FormService(FORM, said, open_ended=True),)
