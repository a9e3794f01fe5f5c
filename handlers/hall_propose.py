"""提议 and 附议 in chat: what is like it comes first; support; one's own proposals."""

from __future__ import annotations

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten
from handlers.hall_words import GONE, told
from handlers.kit import Begin, Choice, FormService, Request, Say, Turn
from handlers.words import by_when, has_words
from services import proposals
from services.proposals import STATE_NAMES, Alike, NotNow
from storage.opinions import Proposal

NONE_OPEN = "现在没有征集附议的提议。"
SHOWN = 160
ME = Choice("我来提议", "hall.propose")


def propose(_turn: Turn, _request: Request) -> Say:
    """Asks what is proposed."""
    return Say(begin=Begin(FORM.name, {}, text=""))


def _ask(_values: Values) -> str:
    return f"您想提议社区做什么？一两句话说清楚就行。\n{numbered((), way_out='不提了')}"


def _read(heard: Heard, values: Values) -> str:
    if told(heard):
        return _take(heard, values)
    raise Misheard("请打字说您的提议。")


def _take(heard: Heard, values: Values) -> str:
    words = heard.text.strip()
    if len(words) < 6 or not has_words(words):
        raise Misheard("再说具体一点，比如“在3栋旁边加个晾衣架”。")
    return words


FORM = Form(name="hall_proposal", version=1, slots=(Slot("words", _ask, _read, _take),))


def proposed(turn: Turn, values: Values) -> Say:
    """What is like it is shown first; else it is repeated before it is sent."""
    words = values["words"]
    alike = proposals.similar(turn.session, turn.community.id, words)
    if not alike:
        return Say(
            f"您的提议：“{shorten(words, SHOWN)}”",
            (Choice("提交", "hall.propose_now", "", words),),
            way_out="不提了",
        )
    choices = (*map(_alike, alike), Choice("都不一样，提交我的", "hall.propose_now", "", words))
    return Say("邻居提过差不多的，您看是不是一回事：", choices, way_out="不提了")


def _alike(found: Alike) -> Choice:
    if found.topic is not None:
        return Choice(
            f"〔议题〕{shorten(found.topic.title, 18)}", "hall.topic", str(found.topic.id)
        )
    assert found.proposal is not None  # noqa: S101 - it is one of the two
    title = shorten(found.proposal.title, 18)
    return Choice(f"〔提议〕{title}", "hall.proposal", str(found.proposal.id))


def propose_now(turn: Turn, request: Request) -> Say:
    """Sends the proposal to the reviewers."""
    proposals.propose(turn.session, turn.resident, request.text, turn.world.hours, turn.now)
    return Say("收到。工作人员看过后公开，征集附议，到时告诉您要多少人。\n回复“我的提议”随时看。")


def listed(turn: Turn, _request: Request) -> Say:
    """The proposals that can be supported."""
    found = proposals.public_proposals(turn.session, turn.community.id)
    if not found:
        return Say(NONE_OPEN, (ME,), way_out="不用了")
    choices = [Choice(shorten(one.title, 20), "hall.proposal", str(one.id)) for one in found[:7]]
    return Say("邻居的提议，看哪一条？", (*choices, ME), way_out="不看了")


def mine(turn: Turn, _request: Request) -> Say:
    """One's own proposals with what became of them."""
    found = proposals.proposals_of(turn.session, turn.resident)
    if not found:
        return Say("您还没有提过议。", (ME,), way_out="不用了")
    choices = [
        Choice(f"{shorten(one.title, 14)} {STATE_NAMES[one.state]}", "hall.proposal", str(one.id))
        for one in found[:8]
    ]
    return Say("您的提议：", tuple(choices), way_out="好了")


def show(turn: Turn, request: Request) -> Say:
    """One proposal, and what the resident can do with it."""
    one = _proposal(turn, request.argument)
    return _show(turn, one) if one else Say(GONE)


def _show(turn: Turn, one: Proposal, lead: str = "") -> Say:
    own = one.resident_id == turn.resident.id
    number = proposals.supporters(turn.session, one)
    lines = [lead, f"【{one.title}】", shorten(one.text, SHOWN)]
    if one.needed:
        lines.append(f"附议 {number}/{one.needed}人（{STATE_NAMES[one.state]}）")
    elif own:
        lines.append(f"现在：{STATE_NAMES[one.state]}")
    if one.until and one.state == "open":
        lines.append(f"截止{by_when(turn, one.until)}")
    return Say("\n".join(filter(None, lines)), _deeds(turn, one, own=own), way_out="好了")


def _deeds(turn: Turn, one: Proposal, *, own: bool) -> tuple[Choice, ...]:
    key = str(one.id)
    if one.state == "adopted":
        return (Choice("看议题", "hall.topic", str(one.topic_id)),)
    if own:
        open_still = one.state in ("waiting", "open", "reached")
        return (Choice("撤回提议", "hall.withdraw", key),) if open_still else ()
    if one.state not in ("open", "reached"):
        return ()
    if proposals.supports(turn.session, one, turn.resident):
        return (Choice("撤回附议", "hall.unsupport", key),)
    return (Choice("附议", "hall.support", key),)


def support(turn: Turn, request: Request) -> Say:
    """Supports a proposal."""
    one = _proposal(turn, request.argument)
    if one is None:
        return Say(GONE)
    try:
        proposals.support(turn.session, one, turn.resident, turn.now)
    except NotNow as error:
        return Say(f"{error}。回复“附议”看别的。")
    return _show(turn, one, "已附议，成了议题会告诉您。")


def unsupport(turn: Turn, request: Request) -> Say:
    """Takes support back."""
    one = _proposal(turn, request.argument)
    if one is None:
        return Say(GONE)
    proposals.take_back(turn.session, one, turn.resident)
    return _show(turn, one, "附议已撤回。")


def withdraw(turn: Turn, request: Request) -> Say:
    """The author takes the proposal back."""
    one = _proposal(turn, request.argument)
    if one is None:
        return Say(GONE)
    try:
        proposals.withdraw(turn.session, one, turn.resident, turn.now)
    except NotNow as error:
        return Say(f"{error}。回复“我的提议”看。")
    return Say(f"提议“{one.title}”已撤回。")


def _proposal(turn: Turn, argument: str) -> Proposal | None:
    """A proposal that the resident may see: public ones, and their own."""
    one = proposals.proposal_of(turn.session, turn.community.id, int(argument))
    shown = one is not None and (
        one.resident_id == turn.resident.id or one.state in ("open", "reached", "adopted")
    )
    return one if shown else None


ACTIONS = {
    "hall.propose": propose,
    "hall.propose_now": propose_now,
    "hall.proposals": listed,
    "hall.my_proposals": mine,
    "hall.proposal": show,
    "hall.support": support,
    "hall.unsupport": unsupport,
    "hall.withdraw": withdraw,
}
FORMS = (FormService(FORM, proposed, open_ended=True),)
