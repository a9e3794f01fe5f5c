"""问政策: a question is answered from the community's documents, or handed to a person.

Sure: the passage with its source. Unsure: up to three documents to choose from. Else a person
answers; nothing is made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dialogue.words import shorten
from handlers import policy_follow, policy_text, relief, topics
from handlers.kit import Choice, Request, Say, Service, Turn
from handlers.passing_on import leave_with_staff
from knowledge.answers import Answer, Context
from knowledge.documents import Document
from knowledge.engine import KnowledgeBase
from services import policy_questions
from services.calendar import CHINA
from services.knowledge_bases import (
    answer_at,
    answer_from,
    document_of,
    goes_on,
    names_nothing,
    place_of,
)
from services.policy_questions import Found
from storage.policies import PolicyQuestion

NAME = "policy"
INTENT = "policy_question"
HOW = "政策、办事的手续，直接问就行，比如“老年证要带什么材料”。"
WHICH = "没听出是哪件事。连着事一起问，比如“老年证要带什么材料”。"
GONE = "这份文件刚刚有变动，请再问一遍，我按新的答。\n回复“菜单”看别的。"
ALL_TOLD = "这一条说完了。要问细的，接着问就行；想找人说，回复“人工”。"
NOT_APART = "还是看这一条：\n"
TITLE, NEXT, MOST_QUESTIONS = 22, 14, 3


def ask(turn: Turn, request: Request) -> Say:
    """Answers, offers what may be meant, or hands the question on. Who asks for somebody in need
    may apply for help at once, except in the middle of a form.
    """
    return _with_relief(turn, request.text, _ask(turn, request))


def ask_if_sure(turn: Turn, words: str) -> Say | None:
    """The same where the documents answer the words for themselves surely; else None."""
    base, today, context = _base(turn), _today(turn), _context(turn)
    answer = base.ask(words, today=today)
    if not answer.answered:
        return None
    turn.inbound.intent = INTENT
    if context is not None:
        answer = base.ask(words, context=context, today=today)
    return _with_relief(turn, words, _respond(turn, words, base, answer))


def _with_relief(turn: Turn, words: str, said: Say) -> Say:
    in_need = relief.is_about(words) and not turn.dialog.form
    return relief.with_offer(said) if in_need else said


def _ask(turn: Turn, request: Request) -> Say:
    turn.inbound.intent = INTENT
    words = request.text.strip()
    if request.argument:
        return _after(turn, request)
    if not words:
        return how(turn, request)
    parts = _apart(turn, words)
    return _one_by_one(turn, parts) if parts else _one(turn, words)


def _one(turn: Turn, words: str) -> Say:
    base = _base(turn)
    return _respond(turn, words, base, base.ask(words, context=_context(turn), today=_today(turn)))


def _respond(turn: Turn, words: str, base: KnowledgeBase, answer: Answer) -> Say:
    today = _today(turn)
    if not answer.answered and names_nothing(words):
        return Say(WHICH)
    question = policy_questions.record(turn.session, turn.resident, turn.inbound, words, turn.now)
    if answer.answered:
        document = document_of(base, today, key=answer.citations[0].document_id)
        if document is not None:
            return _tell(turn, question, document, answer)
    meant = [document_of(base, today, title=title) for title in answer.choices]
    found = [document for document in meant if document is not None]
    if found:
        return _offer(question, found)
    return _to_staff(turn, question, words, "这个我答不准，不乱说。")


def _after(turn: Turn, request: Request) -> Say:
    """What is said to the answer before: for whom else, whether it helped."""
    topic = topics.fresh(turn)
    about = topic[1] if topic else {}
    document = document_of(_base(turn), _today(turn), key=about.get("document", " "))
    if document is None:
        return Say(GONE)
    match request.argument:
        case policy_follow.STAY:
            words = request.text.strip()
            question = policy_questions.record(
                turn.session, turn.resident, turn.inbound, words, turn.now
            )
            answer = answer_from(_base(turn), document, words)
            before = policy_questions.own(turn.session, turn.resident, about.get("question", 0))
            again = before is not None and before.passage == place_of(document, answer)
            said = _tell(turn, question, document, answer)
            return replace(said, text=f"{NOT_APART}{said.text}") if again else said
        case policy_follow.MORE:
            return Say(ALL_TOLD)
    judge = useful if request.argument == policy_follow.USEFUL else wrong
    return judge(turn, replace(request, argument=str(about.get("question", 0))))


def _apart(turn: Turn, words: str) -> list[str]:
    """The questions of one message where each is surely about a document of its own."""
    parts = policy_follow.questions_in(words)
    if not 1 < len(parts) <= MOST_QUESTIONS or turn.dialog.form:
        return []
    base, today = _base(turn), _today(turn)
    answers = [base.ask(part, today=today) for part in parts]
    if not all(answer.answered for answer in answers):
        return []
    about = {answer.citations[0].document_id for answer in answers}
    return parts if len(about) == len(parts) else []


def _one_by_one(turn: Turn, parts: list[str]) -> Say:
    """The first question is answered, and the next is the first choice below."""
    said = _one(turn, parts[0])
    label = f"接着答：{shorten(parts[1], NEXT)}"
    onwards = Choice(label, NAME, "", "；".join(parts[1:]))
    lead = f"您问了{len(parts)}件事，一件一件来。\n"
    return replace(said, text=lead + said.text, choices=(onwards, *said.choices))


def how(_turn: Turn, _request: Request) -> Say:
    """How one asks."""
    return Say(HOW)


def entry(turn: Turn, request: Request) -> Say:
    """The resident has chosen a document: it answers the question that was asked."""
    number, _, key = request.argument.partition("/")
    question = policy_questions.own(turn.session, turn.resident, int(number))
    base = _base(turn)
    document = document_of(base, _today(turn), key=key)
    if question is None or document is None:
        return Say(GONE)
    return _tell(turn, question, document, answer_from(base, document, question.text))


def more(turn: Turn, request: Request) -> Say:
    """The next screen of an answer."""
    number, _, page = request.argument.partition("/")
    question = policy_questions.own(turn.session, turn.resident, int(number))
    if question is None or question.document_id is None or question.passage is None:
        return Say(GONE)
    document = document_of(_base(turn), _today(turn), key=str(question.document_id))
    if document is None:
        return Say(GONE)
    answer = answer_at(document, question.passage)
    passage = policy_text.with_number(document.passages[question.passage], turn.community.phone)
    return _screen(question, policy_text.screens(document, passage, answer), int(page))


def useful(turn: Turn, request: Request) -> Say:
    """The answer helped."""
    question = policy_questions.own(turn.session, turn.resident, int(request.argument))
    if question is not None:
        policy_questions.judge(question, useful=True)
    return Say("好，记下了。有事随时说。")


def wrong(turn: Turn, request: Request) -> Say:
    """The answer was not what was asked, or none of the documents was meant: a person answers."""
    question = policy_questions.own(turn.session, turn.resident, int(request.argument))
    if question is None:
        return Say(GONE)
    offered = question.document_id is None
    if not offered:
        policy_questions.judge(question, useful=False)
    if offered:
        return _to_staff(turn, question, question.text, "好，")
    return _to_staff(turn, question, f"没答对：{question.text}", "没答到点上，对不住。")


def follow(turn: Turn, text: str) -> str | None:
    """Whether a message asks for more of the matter that was just answered: it names no other,
    or is not clearly anything else; or says what the answer was worth.
    """
    context = _context(turn)
    if context is None:
        return None
    said = policy_follow.said_after(text)
    if said:
        return said
    meant = turn.world.understander.classify(text)
    nothing = names_nothing(text)
    if (nothing or meant.unsure) and goes_on(_base(turn), text, context, _today(turn)):
        return ""
    return policy_follow.STAY if nothing and meant.intent == INTENT and not meant.unsure else None


def _tell(turn: Turn, question: PolicyQuestion, document: Document, answer: Answer) -> Say:
    place = place_of(document, answer)
    passage = policy_text.with_number(document.passages[place], turn.community.phone)
    policy_questions.answered(question, Found(int(document.id), place, answer.confidence))
    aspect = answer.context.aspect if answer.context else None
    about = {"document": document.id, "question": question.id}
    topics.keep(turn, NAME, {**about, "aspect": aspect})
    if turn.dialog.form:
        return Say(policy_text.in_one_breath(document, passage, answer))
    return _screen(question, policy_text.screens(document, passage, answer), 0)


def _screen(question: PolicyQuestion, pages: tuple[str, ...], page: int) -> Say:
    page = min(page, len(pages) - 1)
    number = str(question.id)
    choices = [Choice("有用", "policy.useful", number)]
    choices.append(Choice("没答对，问工作人员", "policy.wrong", number))
    if page + 1 < len(pages):
        choices.insert(0, Choice("更多", "policy.more", f"{number}/{page + 1}"))
    return Say(pages[page], tuple(choices), way_out="")


def _offer(question: PolicyQuestion, documents: list[Document]) -> Say:
    choices = [
        Choice(shorten(document.title, TITLE), "policy.entry", f"{question.id}/{document.id}")
        for document in documents
    ]
    choices.append(Choice("都不是，问工作人员", "policy.wrong", str(question.id)))
    lead = "我拿不准您问的是哪一件。" if len(documents) > 1 else "您问的是不是这件？"
    return Say(lead, tuple(choices), way_out="不问了")


def _to_staff(turn: Turn, question: PolicyQuestion, title: str, lead: str) -> Say:
    due = leave_with_staff(turn, title, INTENT)
    policy_questions.left_to_staff(question)
    return Say(f"{lead}已转给工作人员，{due}前回复您。")


def _base(turn: Turn) -> KnowledgeBase:
    return turn.world.knowledge(turn.session, turn.community.id, _today(turn))


def _today(turn: Turn) -> date:
    return turn.now.astimezone(CHINA).date()


def _context(turn: Turn) -> Context | None:
    topic = topics.fresh(turn)
    if topic is None or topic[0] != NAME:
        return None
    return Context(topic[1]["document"], topic[1]["aspect"])


SERVICE = Service(
    name=NAME,
    actions={
        NAME: ask,
        "policy.how": how,
        "policy.entry": entry,
        "policy.more": more,
        "policy.useful": useful,
        "policy.wrong": wrong,
    },
    intents={INTENT: NAME},
    titles={INTENT: "问政策、怎么办事"},
    commands=dict.fromkeys(("问政策", "政策", "办事指南"), "policy.how"),
    follow=follow,
    if_sure=ask_if_sure,
    answers_in_between=frozenset({NAME}),
)
