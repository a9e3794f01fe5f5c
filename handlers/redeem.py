"""积分兑换: what points buy, reserving a piece, the pick-up code, giving it back."""

from __future__ import annotations

import re

from dialogue.words import shorten
from handlers.kit import Choice, Request, Say, Service, Turn
from handlers.words import by_when
from services import goods, ledger, redemption_lists, redemptions
from services.ledger import LedgerRefusal, Unit
from services.pickup_codes import say_code
from storage.points import Goods, Redemption

PAGE = 8
_CODES = re.compile(r"取货码|领取码|兑换码|号码|我换的|换好的|去哪领|怎么领|还没领|没领")
_CANCEL = re.compile(r"不换了|不想换|退回|取消兑换|取消换")


def redeem(turn: Turn, request: Request) -> Say:
    """The shelf, the goods that were named, or one's codes, as the words ask."""
    if not request.argument:
        if _CODES.search(request.text) or _CANCEL.search(request.text):
            return codes(turn, request)
        named = _named(turn, request.text)
        if named is not None:
            return confirm(turn, Request(request.heard, str(named.id)))
    return _shelf(turn, int(request.argument or 0))


def _named(turn: Turn, text: str) -> Goods | None:
    """The only goods whose name is in the words."""
    shelf = goods.shelf(turn.session, turn.community.id)
    found = [row for row in shelf if row.name in text]
    return found[0] if len(found) == 1 else None


def _shelf(turn: Turn, skip: int) -> Say:
    shelf = goods.shelf(turn.session, turn.community.id)
    if not shelf:
        return Say("现在还没有可以换的东西，上架了会告诉大家。回复“积分”看您的分。")
    there = [row for row in shelf if row.stock]
    have = ledger.balance(turn.session, turn.resident, Unit.POINTS)
    lines = [f"您有 {have} 分，1 分当 1 元。"]
    gone = [row.name for row in shelf if not row.stock]
    if gone and not skip:
        lines.append(f"换完了：{shorten('、'.join(gone), 40)}")
    lines.append("想换哪一样？" if there else "现在都换完了，过些天再来看。")
    choices = [
        Choice(f"{row.name} {row.price}分 剩{row.stock}", "redeem.confirm", str(row.id))
        for row in there[skip : skip + PAGE]
    ]
    if len(there) > skip + PAGE:
        choices.append(Choice("还有", "redeem", str(skip + PAGE)))
    return Say("\n".join(lines), tuple(choices), way_out="不换了")


def confirm(turn: Turn, request: Request) -> Say:
    """What it costs and what is left after it, before anything is reserved."""
    row = _row(turn, request.argument)
    if row is None or not row.stock:
        return Say("这件刚刚换完了。回复“兑换”看别的。")
    have = ledger.balance(turn.session, turn.resident, Unit.POINTS)
    if have < row.price:
        return Say(
            f"“{row.name}”要 {row.price} 分，您现有 {have} 分，还差 {row.price - have} 分。",
            (Choice("看别的", "redeem"), Choice("怎么挣分", "points.rules")),
            way_out="好了",
        )
    about = f"（{row.description}）" if row.description else ""
    return Say(
        f"换“{row.name}”{about}，用 {row.price} 分，换后剩 {have - row.price} 分。",
        (Choice("确认换", "redeem.now", str(row.id)), Choice("看别的", "redeem")),
        way_out="不换了",
    )


def _row(turn: Turn, goods_id: str) -> Goods | None:
    shelf = goods.shelf(turn.session, turn.community.id)
    return next((row for row in shelf if str(row.id) == goods_id), None)


def redeem_now(turn: Turn, request: Request) -> Say:
    """Reserves points and goods together, and says the code."""
    try:
        made = redemptions.reserve(
            turn.session,
            turn.resident,
            int(request.argument),
            f"chat:{turn.inbound.id}",
            turn.now,
        )
    except redemptions.SoldOut:
        return Say("对不住，就在刚才换完了，您的分没有动。回复“兑换”看别的。")
    except LedgerRefusal as refusal:
        return Say(f"{refusal}。您的分没有动。\n回复“兑换”看别的。")
    row = turn.session.get_one(Goods, made.goods_id)
    have = ledger.balance(turn.session, turn.resident, Unit.POINTS)
    return Say(
        f"换好了：{row.name}\n取货码 {say_code(made.code)}\n"
        f"请在{by_when(turn, made.until)}前到{_where(turn, row)}领，把号码说给工作人员就行。\n"
        f"过时没领会退回积分。现有 {have} 分。"
    )


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
        return Say("这一件已经领了或退了。回复“积分”看您的分。")
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
        return Say("这一件已经领了或退了。回复“积分”看您的分。")
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
