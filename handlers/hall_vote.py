"""表决 in chat: the ballot paper, the choice repeated back, 确认, the receipt, changing.

Of what is said to the paper neither the words nor the answer are kept: the form is sealed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from deliberation.chain import Json
from deliberation.tally import InvalidBallotError
from dialogue.forms import Form, Heard, Misheard, Redo, Slot, Values
from dialogue.words import numbered, shorten, tapped
from handlers import hall_marks, topics
from handlers.hall_words import NO_BALLOT, NOT_LISTED, voice_name
from handlers.kit import Begin, Choice, FormService, Request, Say, Turn
from handlers.passing_on import leave_with_staff
from handlers.words import by_when
from services import ballot_reading, ballots, consents, hall_news, result_words, voting
from services.consents import Scope
from services.processes import Electors
from storage.ballots import Ballot, Elector
from storage.residents import Resident

PLAN_SHOWN = 200


def vote(turn: Turn, _request: Request) -> Say:
    """The ballots in which the resident may vote, for themselves or for somebody else."""
    running = ballot_reading.open_ballots(turn.session, turn.community.id, turn.now)
    mine = [(ballot, *voice) for ballot in running for voice in _voices(turn, ballot)]
    if not mine:
        return (
            Say(NOT_LISTED, (Choice("请工作人员核对", "hall.unlisted"),)) if running else NO_BALLOT
        )
    if len(mine) == 1:
        return _paper(turn, *mine[0])
    choices = tuple(Choice(_line(turn, *one), "hall.ballot", _argument(*one)) for one in mine[:8])
    return Say("现在可以投的票，投哪一张？", choices, way_out="先不投")


def ballot(turn: Turn, request: Request) -> Say:
    """One ballot paper, as chosen; with the number of a topic, that topic's."""
    found = _found(turn, request.argument)
    return _paper(turn, *found) if found else vote(turn, request)


def of_topic(turn: Turn, request: Request) -> Say:
    """The ballots of one topic."""
    running = ballot_reading.open_ballots(turn.session, turn.community.id, turn.now)
    wanted = [one for one in running if str(one.topic_id) == request.argument]
    mine = [(one, *voice) for one in wanted for voice in _voices(turn, one)]
    return _paper(turn, *mine[0]) if len(mine) == 1 else vote(turn, request)


def unlisted(turn: Turn, _request: Request) -> Say:
    """Staff look at the register for somebody who is not on the list."""
    due = leave_with_staff(turn, "居民要投票，名册里还没有：请核对身份并绑定账号", "deliberate")
    return Say(f"已转给工作人员核对名册，{due}前回复您。")


def _voices(turn: Turn, one: Ballot) -> list[tuple[Elector, Resident]]:
    """The votes that the resident may cast: their own, and those of who gave them leave."""
    people = [
        turn.resident,
        *consents.principals_of(turn.session, turn.resident, Scope.DELIBERATION),
    ]
    return [
        (elector, person)
        for person in people
        for elector in voting.electors_of(turn.session, one, person)
    ]


def _paper(turn: Turn, one: Ballot, elector: Elector, voter: Resident) -> Say:
    entry = voting.roll_entry(turn.session, elector)
    if entry is not None and (entry.voter_id != voter.id or not one.changeable):
        return Say(f"这一票已经投过了（回执 {entry.receipt}），不能再投。回复“议题”看别的。")
    values = {
        "ballot": one.id,
        "elector": elector.id,
        "voter": voter.id,
        "head": _head(turn, one, elector, voter),
        "plan": shorten(one.text, PLAN_SHOWN),
        "paper": hall_marks.paper(ballots.definition_of(one)),
    }
    again = f"已投过（回执 {entry.receipt}），再选就换成新的。" if entry else ""
    return Say(again, begin=Begin(FORM.name, values, text=""))


def _head(turn: Turn, one: Ballot, elector: Elector, voter: Resident) -> str:
    area = f"（{result_words.square_metres(elector.area)}）" if elector.area else ""
    change = "截止前可以改，" if one.changeable else "投出后不能改，"
    how = "不记名，谁投了什么不留记录。" if one.secret else "实名记录，结果公示到户。"
    eligible = ballots.definition_of(one).eligible
    of_all = f"/{eligible.persons}" if eligible else ""
    whose = f"您代表：{voice_name(turn, elector, voter)}{area}。"
    if one.electorate == Electors.OPEN:
        whose = "谁都可以投，一人一票，不代表全体居民。"
    return (
        f"【表决】{one.title}\n{whose}"
        f"截止{by_when(turn, one.closes_at)}，{change}公布前谁也看不到票数。{how}"
        f"已投{ballot_reading.voted(turn.session, one)}{of_all}票。"
    )


def _line(turn: Turn, one: Ballot, elector: Elector, voter: Resident) -> str:
    done = "（已投，可改）" if voting.roll_entry(turn.session, elector) else ""
    return f"{shorten(one.title, 14)} {voice_name(turn, elector, voter)}{done}"


def _argument(one: Ballot, elector: Elector, voter: Resident) -> str:
    return f"{one.id}/{elector.id}/{voter.id}"


def _found(turn: Turn, argument: str) -> tuple[Ballot, Elector, Resident] | None:
    """What a stored argument names, if the resident may still cast it."""
    number, elector_id, voter_id = (int(part) for part in argument.split("/"))
    one = ballot_reading.ballot_of(turn.session, turn.community.id, number)
    if one is None or one.state != "open" or turn.now >= one.closes_at:
        return None
    elector = voting.elector_of(turn.session, one, elector_id)
    voter = turn.resident
    if voter_id != voter.id:
        agreed = consents.principals_of(turn.session, turn.resident, Scope.DELIBERATION)
        voter = next((person for person in agreed if person.id == voter_id), voter)
    return (one, elector, voter) if elector and voter.id == voter_id else None


def _read(heard: Heard, values: Values) -> Json | Redo:
    if hall_marks.wants_detail(heard, values):
        return Redo(("choice",), {"detail": True})
    return hall_marks.read(heard, values)


FORM = Form(
    name="hall_vote",
    version=1,
    slots=(Slot("choice", hall_marks.question, _read),),
    context=frozenset({"ballot", "elector", "voter", "head", "plan", "paper"}),
)


def chosen(turn: Turn, values: Values) -> Say:
    """Repeats the choice in plain words; nothing is cast before 确认."""
    argument = f"{values['ballot']}/{values['elector']}/{values['voter']}"
    found = _found(turn, argument)
    if found is None:
        return Say("这次表决已经截止，没有投出。回复“议题”看结果。")
    one, elector, voter = found
    choice: Any = values["choice"]
    try:
        voting.choose(turn.session, one, elector, turn.resident, choice, turn.now)
    except InvalidBallotError:
        return replace(_paper(turn, one, elector, voter), text="这样选不算数，请再选一次。")
    words = result_words.choice_words(ballots.definition_of(one), choice)
    return Say(f"您选的是“{words}”。", begin=Begin(CONFIRM.name, {"vote": argument}, text=""))


def _ask_to_confirm(_values: Values) -> str:
    return f"尚未提交，回复“确认”投出。\n{numbered(('确认', '重选'), way_out='不投了')}"


def _read_confirmed(heard: Heard, _values: Values) -> bool:
    number = tapped(heard.word)
    if number == 1 or _YES.fullmatch(heard.word):
        return True
    if number == 2 or heard.word in ("重选", "改", "改选", "选错了", "不对"):
        return False
    raise Misheard("要投出请回复 1，要改请回复 2。")


_YES = re.compile(r"确[认定](?:投出|提交|了)?|投出|提交|是的?|对的?|好的?")
CONFIRM = Form(
    name="hall_confirm",
    version=1,
    slots=(Slot("confirmed", _ask_to_confirm, _read_confirmed),),
    context=frozenset({"vote"}),
)


def confirmed(turn: Turn, values: Values) -> Say:
    """Casts, or lets choose again."""
    if values["confirmed"]:
        return cast(turn, values["vote"])
    return ballot(turn, Request(Heard(""), values["vote"]))


def cast(turn: Turn, argument: str) -> Say:
    """Casts what was chosen, and gives the receipt."""
    found = _found(turn, argument)
    if found is None:
        return Say("这次表决已经截止，这一票没有投出。回复“议题”看结果。")
    one, elector, voter = found
    try:
        done = voting.confirm(turn.session, one.id, elector, turn.resident, voter, turn.now)
    except voting.AlreadyVoted as error:
        return Say(f"{error}，没有重复计票。")
    except voting.NoVoice as error:
        return Say(f"{error}，没有投出。回复“议题”看别的。")
    if done is None:
        return _paper(turn, one, elector, voter)
    topics.keep(turn, "hall", {})
    if voter.id != turn.resident.id:
        _tell(turn, one, voter, done.receipt)
    lead = "已改投，以这次为准。" if done.changed else "已投出。"
    change = "截止前想改，回复“表决”。" if one.changeable else ""
    words = f"{lead}回执 {done.receipt}\n回复“核对 {done.receipt}”可查是否计入。\n{change}"
    return Say(words.strip(), harmless=True)


def _tell(turn: Turn, one: Ballot, voter: Resident, receipt: str) -> None:
    """The one voted for hears of it, without the choice."""
    text = (
        f"您委托的人刚替您在“{one.title}”里投了票，回执 {receipt}。\n想自己改，截止前回复“表决”。"
    )
    cause = f"ballot:{one.id}:for:{int(turn.now.timestamp())}"
    hall_news.post(turn.session, voter, cause, text, turn.now)


def given_up(_turn: Turn, _values: Values) -> Say:
    """Nothing was cast."""
    return Say("好，先不投，没有提交。截止前回复“表决”都可以投。")


def dropped(turn: Turn, values: Values) -> Say:
    """What was chosen is forgotten; nothing was cast."""
    found = _found(turn, values["vote"])
    if found is not None:
        voting.drop(turn.session, found[0], found[1], turn.resident)
    return given_up(turn, values)


ACTIONS = {
    "hall.vote": vote,
    "hall.ballot": ballot,
    "hall.vote_of": of_topic,
    "hall.unlisted": unlisted,
}
FORMS = (
    FormService(FORM, chosen, given_up=given_up, sealed=True),
    FormService(CONFIRM, confirmed, given_up=dropped, sealed=True),
)
