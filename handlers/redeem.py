"""积分兑换: what points buy, reserving a piece, the pick-up code, giving it back."""

from __future__ import annotations

import re

from dialogue.words import shorten
from handlers.kit import Choice, Request, Say, Service, Turn
from handlers.words import by_when, called_by
from services import (
    acting,
    consents,
    goods,
    ledger,
    redemption_lists,
    redemptions,
)
from services.consents import NoConsent, Scope
from services.ledger import LedgerRefusal, Unit
from services.pickup_codes import say_code
from storage.points import Goods, Redemption
from storage.residents import Resident

PAGE = 8
GONE = "这一件已经领了或退了。回复“积分”看您的分。"
_CODES = re.compile(r"取货码|领取码|兑换码|号码|我换的|换好的|去哪领|怎么领|还没领|没领")
_CANCEL = re.compile(r"不换了|不想换|退回|取消兑换|取消换")


_OTHERS = re.compile(r"[帮替给]我?(?!忙|们|个|一)[^，,。]{1,8}?(?:换|兑)")
NO_LEAVE = (
    "替别人换要先得到对方同意：请对方在自己微信里给我发“授权”，拿到6个数字念给您，"
    "您在这里回复就行。老人没有微信，请社区工作人员登记代办。\n不代办了，回复“菜单”。"
)


def redeem(turn: Turn, request: Request) -> Say:
    """The shelf, the goods that were named, or one's codes, as the words ask."""
    if not request.argument:
        if _OTHERS.search(request.text):
            return for_whom(turn, request)
        if _CODES.search(request.text) or _CANCEL.search(request.text):
            return codes(turn, request)
        named = _named(turn, request.text)
        if named is not None:
            return confirm(turn, Request(request.heard, str(named.id)))
    return _shelf(turn, turn.resident, int(request.argument or 0))


def for_whom(turn: Turn, request: Request) -> Say:
    """With whose points: those who gave leave; at once where there is only one."""
    people = consents.principals_of(turn.session, turn.resident, Scope.POINTS)
    if not people:
        return Say(NO_LEAVE)
    if len(people) == 1:
        named = _named(turn, request.text)
        if named is not None:
            return confirm(turn, Request(request.heard, f"{named.id}:{people[0].id}"))
        return _shelf(turn, people[0], 0)
    choices = tuple(
        Choice(called_by(turn, one.id), "redeem.for", f"0:{one.id}", request.text)
        for one in people[:7]
    )
    return Say("替谁换？", choices, way_out="不换了")


def shelf_for(turn: Turn, request: Request) -> Say:
    """The shelf for somebody who gave leave; the argument is how many to skip, and who."""
    skip, _, whom = request.argument.partition(":")
    person = _person(turn, whom)
    return _shelf(turn, person, int(skip)) if person else Say(NO_LEAVE)


def _person(turn: Turn, whom: str) -> Resident | None:
    """The resident themselves, or the one of that number who gave leave."""
    if not whom:
        return turn.resident
    people = consents.principals_of(turn.session, turn.resident, Scope.POINTS)
    return next((one for one in people if str(one.id) == whom), None)


def _tail(turn: Turn, person: Resident) -> str:
    """What an argument carries along about whose points they are; empty for one's own."""
    return "" if person.id == turn.resident.id else f":{person.id}"


def _whose(turn: Turn, person: Resident) -> str:
    return "您" if person.id == turn.resident.id else called_by(turn, person.id)


def _named(turn: Turn, text: str) -> Goods | None:
    """The only goods whose name is in the words."""
    shelf = goods.shelf(turn.session, turn.community.id)
    found = [row for row in shelf if row.name in text]
    return found[0] if len(found) == 1 else None


def _shelf(turn: Turn, person: Resident, skip: int) -> Say:
    shelf = goods.shelf(turn.session, turn.community.id)
    if not shelf:
        return Say("现在还没有可以换的东西，上架了会告诉大家。回复“积分”看您的分。")
    there = [row for row in shelf if row.stock]
    have, tail = ledger.balance(turn.session, person, Unit.POINTS), _tail(turn, person)
    lines = [f"{_whose(turn, person)}有 {have} 分，1 分当 1 元。"]
    gone = [row.name for row in shelf if not row.stock]
    if gone and not skip:
        lines.append(f"换完了：{shorten('、'.join(gone), 40)}")
    lines.append("想换哪一样？" if there else "现在都换完了，过些天再来看。")
    choices = [
        Choice(f"{row.name} {row.price}分 剩{row.stock}", "redeem.confirm", f"{row.id}{tail}")
        for row in there[skip : skip + PAGE]
    ]
    if len(there) > skip + PAGE:
        more = "redeem.for" if tail else "redeem"
        choices.append(Choice("还有", more, f"{skip + PAGE}{tail}"))
    if not tail and not skip and consents.principals_of(turn.session, person, Scope.POINTS):
        choices.append(Choice("替别人换", "redeem.whom"))
    return Say("\n".join(lines), tuple(choices), way_out="不换了")


def confirm(turn: Turn, request: Request) -> Say:
    """What it costs and what is left after it, before anything is reserved."""
    number, _, whom = request.argument.partition(":")
    row, person = _row(turn, number), _person(turn, whom)
    if person is None:
        return Say(NO_LEAVE)
    if row is None or not row.stock:
        return Say("这件刚刚换完了。回复“兑换”看别的。")
    have = ledger.balance(turn.session, person, Unit.POINTS)
    if have < row.price:
        return Say(
            f"“{row.name}”要 {row.price} 分，{_whose(turn, person)}现有 {have} 分，"
            f"还差 {row.price - have} 分。",
            (Choice("看别的", "redeem"), Choice("怎么挣分", "points.rules")),
            way_out="好了",
        )
    about = f"（{row.description}）" if row.description else ""
    tail = _tail(turn, person)
    lead = f"替{called_by(turn, person.id)}换" if tail else "换"
    others = Choice("看别的", "redeem.for", f"0{tail}") if tail else Choice("看别的", "redeem")
    return Say(
        f"{lead}“{row.name}”{about}，用 {row.price} 分，换后剩 {have - row.price} 分。",
        (Choice("确认换", "redeem.now", f"{row.id}{tail}"), others),
        way_out="不换了",
    )


def _row(turn: Turn, goods_id: str) -> Goods | None:
    shelf = goods.shelf(turn.session, turn.community.id)
    return next((row for row in shelf if str(row.id) == goods_id), None)


def redeem_now(turn: Turn, request: Request) -> Say:
    """Reserves points and goods together, and says the code."""
    number, _, whom = request.argument.partition(":")
    person = _person(turn, whom)
    if person is None:
        return Say(NO_LEAVE)
    try:
        made = _reserve(turn, person, int(number))
    except NoConsent:
        return Say(NO_LEAVE)
    except redemptions.SoldOut:
        mine = _whose(turn, person)
        return Say(f"对不住，就在刚才换完了，{mine}的分没有动。回复“兑换”看别的。")
    except LedgerRefusal as refusal:
        return Say(f"{refusal}。{_whose(turn, person)}的分没有动。\n回复“兑换”看别的。")
    row = turn.session.get_one(Goods, made.goods_id)
    have = ledger.balance(turn.session, person, Unit.POINTS)
    other = person.id != turn.resident.id
    lead = f"替{called_by(turn, person.id)}换好了" if other else "换好了"
    told = "本人也收到消息了。" if other else ""
    return Say(
        f"{lead}：{row.name}\n取货码 {say_code(made.code)}\n"
        f"请在{by_when(turn, made.until)}前到{_where(turn, row)}领，把号码说给工作人员就行。\n"
        f"过时没领会退回积分。现有 {have} 分。{told}"
    )


def _reserve(turn: Turn, person: Resident, goods_id: int) -> Redemption:
    source = f"chat:{turn.inbound.id}"
    if person.id == turn.resident.id:
        return redemptions.reserve(turn.session, person, goods_id, source, turn.now)
    return acting.redeem(turn.session, person, turn.resident, goods_id, source, turn.now)


def _where(turn: Turn, row: Goods) -> str:
    return row.place or turn.community.office or "社区服务大厅"


def codes(turn: Turn, _request: Request) -> Say:
    """What is reserved, each with its code; each may be given back."""
    found = redemption_lists.of_resident(turn.session, turn.resident)
    if not found:
        return Say("您没有等着领的东西。", (Choice("能换什么", "redeem"),), way_out="好了")
    lines = ["等您来领："]
    for made, row in found[:5]:
        until = by_when(turn, made.until)
        lines.append(f"{row.name}　取货码 {say_code(made.code)}\n{until}前，{_where(turn, row)}")
    choices = tuple(
        Choice(f"不要{row.name}了", "redeem.cancel", str(made.id)) for made, row in found[:5]
    )
    return Say("\n".join(lines), choices, way_out="好了")


def cancel(turn: Turn, request: Request) -> Say:
    """Asks once more before a piece is given back."""
    found = _own(turn, request.argument)
    if found is None:
        return Say(GONE)
    made, row = found
    return Say(
        f"不要“{row.name}”了，退回 {made.points} 分。",
        (Choice("确定退回", "redeem.cancel_now", request.argument),),
        way_out="留着",
    )


def cancel_now(turn: Turn, request: Request) -> Say:
    """Gives points and goods back."""
    found = _own(turn, request.argument)
    if found is None:
        return Say(GONE)
    made, row = found
    redemptions.cancel(turn.session, made, turn.now)
    have = ledger.balance(turn.session, turn.resident, Unit.POINTS)
    return Say(f"“{row.name}”退了，{made.points} 分回到账上，现有 {have} 分。")


def _own(turn: Turn, redemption_id: str) -> tuple[Redemption, Goods] | None:
    reserved = redemption_lists.of_resident(turn.session, turn.resident)
    return next((one for one in reserved if str(one[0].id) == redemption_id), None)


SERVICE = Service(
    name="redeem",
    actions={
        "redeem": redeem,
        "redeem.whom": for_whom,
        "redeem.for": shelf_for,
        "redeem.confirm": confirm,
        "redeem.now": redeem_now,
        "redeem.codes": codes,
        "redeem.cancel": cancel,
        "redeem.cancel_now": cancel_now,
    },
    intents={"redeem": "redeem"},
    titles={"redeem": "积分兑换"},
    commands={
        "兑换": "redeem",
        "积分兑换": "redeem",
        "换东西": "redeem",
        "取货码": "redeem.codes",
        "我的取货码": "redeem.codes",
    },
)
