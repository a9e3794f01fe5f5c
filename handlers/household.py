"""家庭账户: a home shares its points; the head invites, each member agrees by themselves."""

from __future__ import annotations

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when
from services import households, ledger
from services.households import HouseholdRefusal
from services.ledger import Unit
from services.pickup_codes import read_code, say_code
from services.residents import display_name
from storage.households import Household

SEE = "。回复“我家”查看。"


def household(turn: Turn, _request: Request) -> Say:
    """Who is in the household, or how to have one."""
    home = households.household_of(turn.session, turn.resident)
    if home is None:
        return Say(
            "家庭账户：一家人的积分合在一起用，各人看得到往来。",
            (
                Choice("建一个，我来当户主", "household.create"),
                Choice("我有家里给的加入码", "household.join"),
            ),
            way_out="先不用",
        )
    people = households.members(turn.session, home)
    lines = [f"您家 {len(people)} 人，共 {_balance(turn)} 分："]
    for number, one in enumerate(people):
        name = "您" if one.id == turn.resident.id else display_name(one)
        lines.append(f"{name}{'（户主）' if not number else ''}")
    choices = [Choice("退出家庭账户", "household.leave")]
    if people[0].id == turn.resident.id:
        choices.insert(0, Choice("请家里人加入", "household.invite"))
    return Say("\n".join(lines), tuple(choices), way_out="好了")


def _balance(turn: Turn) -> int:
    return ledger.balance(turn.session, turn.resident, Unit.POINTS)


def create(turn: Turn, _request: Request) -> Say:
    """Opens a household; one's points go with it."""
    try:
        households.create(turn.session, turn.resident, "", turn.now)
    except HouseholdRefusal as refusal:
        return Say(f"{refusal}{SEE}")
    return Say(
        f"建好了，您是户主，账上 {_balance(turn)} 分。",
        (Choice("请家里人加入", "household.invite"),),
        way_out="好了",
    )


def invite(turn: Turn, _request: Request) -> Say:
    """A code to pass on."""
    try:
        code, until = households.invite(turn.session, turn.resident, turn.now)
    except HouseholdRefusal as refusal:
        return Say(f"{refusal}{SEE}")
    return Say(
        f"加入码 {say_code(code)}\n请家里人关注本号，回复“加入家庭”，再发这个码。\n"
        f"{by_when(turn, until)}前有效，只告诉家里人。"
    )


def join(turn: Turn, request: Request) -> Say:
    """Asks for the code, unless it was said."""
    if households.membership(turn.session, turn.resident):
        return Say(f"您已经在一个家庭账户里了{SEE}")
    return Say(begin=Begin("household_join"))


def _ask_code(_values: Values) -> str:
    return f"请发户主给您的 6 位加入码：\n{numbered((), way_out='先不加入')}"


def _read_code(heard: Heard, _values: Values) -> str:
    code = read_code(heard.text)
    if code is None:
        raise Misheard("这个码不对，是 6 位数字，请再看一下。")
    return code


JOIN_FORM = Form("household_join", 1, (Slot("code", _ask_code, _read_code),))


def coded(turn: Turn, values: Values) -> Say:
    """Whose household it is and what joining means, before anything moves."""
    home = _invited(turn, values["code"])
    if home is None:
        return Say("这个加入码没有找到，或者过期了。请户主再发一个：回复“我家”。")
    head = households.members(turn.session, home)[0]
    return Say(
        f"加入{display_name(head)}家：您的 {_balance(turn)} 分并进去，一家人都能用；"
        "以后退出，分留在家里。",
        (Choice("同意加入", "household.join_now", values["code"]),),
        way_out="先不加入",
    )


def _invited(turn: Turn, code: str) -> Household | None:
    found = households.by_invitation(turn.session, turn.community.id, code, turn.now)
    return found if found and households.members(turn.session, found) else None


def join_now(turn: Turn, request: Request) -> Say:
    """Joins, with one's own yes."""
    home = _invited(turn, request.argument)
    if home is None:
        return Say("这个加入码过期了，请户主再发一个。")
    try:
        households.join(turn.session, turn.resident, home, turn.now)
    except HouseholdRefusal as refusal:
        return Say(f"{refusal}{SEE}")
    return Say(f"加入了，您家现有 {_balance(turn)} 分。回复“我家”看成员。")


def leave(turn: Turn, _request: Request) -> Say:
    """What leaving means, before it is done."""
    home = households.household_of(turn.session, turn.resident)
    if home is None:
        return Say("您没有加入家庭账户。")
    alone = len(households.members(turn.session, home)) == 1
    what = "家里的分转回您自己的账上" if alone else "分留在家里，您从 0 分重新攒"
    return Say(
        f"退出后，{what}。",
        (Choice("确定退出", "household.leave_now"),),
        way_out="不退了",
    )


def leave_now(turn: Turn, _request: Request) -> Say:
    """Leaves."""
    households.leave(turn.session, turn.resident, turn.now)
    return Say(f"已退出家庭账户，您自己现有 {_balance(turn)} 分。")


SERVICE = Service(
    name="household",
    actions={
        "household": household,
        "household.create": create,
        "household.invite": invite,
        "household.join": join,
        "household.join_now": join_now,
        "household.leave": leave,
        "household.leave_now": leave_now,
    },
    commands={"我家": "household", "家庭账户": "household", "加入家庭": "household.join"},
    forms=(FormService(JOIN_FORM, coded),),
)
