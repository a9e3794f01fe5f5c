"""困难帮扶: a plain question is answered first; a need becomes a confidential application."""

from __future__ import annotations

import re

from dialogue.forms import Form, Heard, Values, silent
from dialogue.words import numbered, shorten
from handlers import policy, relief
from handlers.free_words import free
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.phone_slot import KNOWN, phone_slot
from handlers.picking import one_of, sure
from handlers.words import by_when, has_words
from services import aid, inbound, organisations, referrals
from services.aid import KIND_NAMES, WHOM_NAMES
from storage.aid import AidRequest

MINE = "回复“我的帮扶”随时看。"
GONE = "没有找到这件申请。回复“我的帮扶”看您的。"
_QUESTION = re.compile(
    r"怎么(?:办|申请|弄|领|才)|条件|材料|标准|多少钱|资格|手续|哪里(?:办|申请)|去哪|规定|政策|"
    r"能不能(?:申请|办)|[?？]|吗$|什么(?:人|情况).{0,4}(?:能|可以)"
)
_NEED = re.compile(
    r"[我俺咱](?:家|妈|爸|们|老伴|儿|女|丈夫|妻|奶|爷)|我(?:没|失业|得了|病|残)|想申请|求|救救|帮帮"
)
_PLAIN = re.compile(r"(?:我要?|想)?(?:申请)?(?:困难)?(?:帮扶|救助|补助|困难群众直通车)[吧呢]?")
_WHOM = (
    ("neighbour", re.compile(r"邻居|隔壁|楼[上下]|对门|楼里|小区里?有|那户|那家|孤寡老人")),
    ("family", re.compile(r"[我俺咱]?(?:妈|爸|母亲|父亲|老伴|丈夫|妻子|儿子|女儿|孩子|奶奶|爷爷)")),
    ("self", re.compile(r"我(?!家)|本人|自己")),
)
_KINDS = (
    ("illness", re.compile(r"病|癌|医|手术|药|透析|化疗|住院")),
    ("school", re.compile(r"上学|学费|大学|读书|助学")),
    ("housing", re.compile(r"房租|房子|住处|公租|没地方住|漏雨")),
    ("care", re.compile(r"没人(?:照|管)|照顾|瘫|自理|一个人住|孤寡|独居")),
    ("living", re.compile(r"困难|没(?:有)?收入|失业|低保|没钱|断粮|吃饭|生活")),
)


def hear(turn: Turn, request: Request) -> Say:
    """A question of conditions is answered from the documents; a need begins an application."""
    words = request.text.strip()
    if _PLAIN.fullmatch(words) or not has_words(words):
        return offer(turn, request)
    if _QUESTION.search(words) and not _NEED.search(words):
        return relief.with_offer(policy.ask(turn, request))
    inbound.conceal(turn.session, turn.inbound)
    values = {"need": words, "kind": _guess(_KINDS, words), "whom": _guess(_WHOM, words)}
    return _begin(turn, {name: value for name, value in values.items() if value})


def _guess(patterns: tuple[tuple[str, re.Pattern[str]], ...], words: str) -> str:
    return next((name for name, pattern in patterns if pattern.search(words)), "")


def offer(turn: Turn, _request: Request) -> Say:
    """What can be done here."""
    choices = [Choice("申请帮扶", "aid.begin"), Choice("问政策", "policy.how")]
    if aid.of_resident(turn.session, turn.resident):
        choices.insert(0, Choice("我的帮扶", "aid.mine"))
    return Say("家里有难处，说给我们听，只有负责帮扶的人看得到。", tuple(choices), way_out="好了")


def begin(turn: Turn, _request: Request) -> Say:
    """Begins an empty application."""
    return _begin(turn, {})


def _begin(turn: Turn, values: Values) -> Say:
    known = {**values, KNOWN: turn.resident.phone or ""}
    return Say("这件事保密，只有负责帮扶的人看得到。", begin=Begin(FORM.name, known, text=""))


def prepare(turn: Turn, heard: Heard, _values: Values) -> Heard:
    """Takes the words out of the conversation: they are kept in the application, for fewer eyes."""
    inbound.conceal(turn.session, turn.inbound)
    return heard


def applied(turn: Turn, values: Values) -> Say:
    """Keeps the application and says by when somebody is in touch."""
    new = aid.NewAid(
        values["whom"],
        values["kind"],
        values["need"],
        values["phone"] or None,
        tuple(values.get("photo", ())),
    )
    made = aid.apply(turn.session, turn.resident, new, turn.world.hours, turn.now)
    return Say(f"收到了。{by_when(turn, made.due_at)}前会有工作人员联系您。\n{MINE}")


def mine(turn: Turn, _request: Request) -> Say:
    """What one is asked to agree to, then one's applications with their state."""
    asked = referrals.asked_of(turn.session, turn.resident)
    if asked:
        return _ask_consent(turn, asked[0].id)
    found = aid.of_resident(turn.session, turn.resident)
    if not found:
        return Say("您没有帮扶申请。", (Choice("申请帮扶", "aid.begin"),), way_out="好了")
    lines = [_line(turn, one) for one in found]
    choices = tuple(
        Choice(f"撤回“{KIND_NAMES[one.kind]}”", "aid.withdraw", str(one.id))
        for one in found
        if one.state in aid.OPEN
    )
    return Say("\n".join(lines), choices, way_out="好了" if choices else "")


def _line(turn: Turn, one: AidRequest) -> str:
    lines = [f"【{KIND_NAMES[one.kind]}】为{WHOM_NAMES[one.whom]}，{aid.STATE_NAMES[one.state]}。"]
    told = aid.steps_of(turn.session, one, told_only=True)
    if told and told[-1].words:
        lines.append(f"“{shorten(told[-1].words, 110)}”")
    elif one.state in aid.OPEN:
        lines.append(f"最晚{by_when(turn, one.due_at)}前有下一步。")
    return "\n".join(lines)


def _ask_consent(turn: Turn, number: int) -> Say:
    referral = next(
        one for one in referrals.asked_of(turn.session, turn.resident) if one.id == number
    )
    name = organisations.name_of(turn.session, referral.organisation_id)
    words = f"“{shorten(referral.words or '', 200)}”"
    phone = "和您留的电话" if referral.with_phone else "，不给电话"
    return Say(
        f"社区想把下面的话{phone}告诉{name}，请他们一起帮忙：\n{words}",
        (
            Choice("同意", "aid.consent", f"{number}/1"),
            Choice("不同意", "aid.consent", f"{number}/0"),
        ),
        way_out="再想想",
    )


def consent(turn: Turn, request: Request) -> Say:
    """Keeps the applicant's word about a referral."""
    number, _, agreed = request.argument.partition("/")
    asked = referrals.asked_of(turn.session, turn.resident)
    referral = next((one for one in asked if one.id == int(number)), None)
    if referral is None:
        return Say(GONE)
    try:
        referrals.consent(turn.session, referral, agreed == "1", turn.now)
    except aid.BadAid as error:
        return Say(str(error))
    if agreed == "1":
        return Say(f"好，转过去了，只有您看到的这些话。有答复告诉您。\n{MINE}")
    return Say("好，不转。社区接着帮您想办法。")


def withdraw(turn: Turn, request: Request) -> Say:
    """Takes an application back, after a second thought."""
    one = _own(turn, request.argument)
    if one is None:
        return Say(GONE)
    sure_choice = Choice("确定撤回", "aid.withdraw_now", str(one.id))
    return Say(
        f"撤回“{KIND_NAMES[one.kind]}”的申请，工作人员就不再办了。",
        (sure_choice,),
        way_out="不撤了",
    )


def withdraw_now(turn: Turn, request: Request) -> Say:
    """Takes it back."""
    one = _own(turn, request.argument)
    if one is None:
        return Say(GONE)
    try:
        aid.withdraw(turn.session, one, turn.now)
    except aid.BadAid as error:
        return Say(str(error))
    return Say("撤回了。以后有难处随时说。")


def _own(turn: Turn, number: str) -> AidRequest | None:
    mine_all = aid.of_resident(turn.session, turn.resident, limit=50)
    return next((one for one in mine_all if str(one.id) == number), None)


def _ask_need(_values: Values) -> str:
    return f"请说说难处：出了什么事，最急的是什么。可以发照片。\n{numbered(())}"


def _summary(values: Values) -> str:
    pictures = len(values.get("photo", ()))
    more = f"，照片{pictures}张" if pictures else ""
    return (
        f"【{KIND_NAMES[values['kind']]}】为{WHOM_NAMES[values['whom']]}{more}\n"
        f"您说的难处记下了（{len(values['need'])}个字），不留在聊天记录里。\n"
        "同意社区负责帮扶的人为这件事查看、联系您，就提交。"
    )


FORM = Form(
    name="aid",
    version=1,
    slots=(
        silent("photo", many=True),
        one_of("whom", "为谁申请？", WHOM_NAMES),
        one_of("kind", "是哪方面的难处？", KIND_NAMES),
        free("need", _ask_need, "请用几句话说说难处。", longest=600),
        phone_slot("工作人员怎么联系您？可以直接发电话号码。", "就在这里说"),
        sure(_summary, "同意，提交", {"改内容": "need", "改种类": "kind", "改为谁": "whom"}),
    ),
    context=frozenset({KNOWN}),
)

SERVICE = Service(
    name="aid",
    actions={
        "aid": hear,
        "aid.offer": offer,
        "aid.begin": begin,
        "aid.mine": mine,
        "aid.consent": consent,
        "aid.withdraw": withdraw,
        "aid.withdraw_now": withdraw_now,
    },
    intents={"aid": "aid"},
    titles={"aid": "困难帮扶"},
    commands={
        **dict.fromkeys(("困难帮扶", "帮扶", "直通车"), "aid.offer"),
        "申请帮扶": "aid.begin",
        "我的帮扶": "aid.mine",
    },
    forms=(FormService(FORM, applied, open_ended=True, prepare=prepare),),
)
