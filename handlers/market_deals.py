"""邻里互助, between two neighbours: what stands between them, 答应, 传话, 办好了, 评价."""

from __future__ import annotations

from dialogue.words import shorten
from handlers import market_forms as forms
from handlers.kit import Begin, Choice, Request, Say, Turn
from services import board_claims
from services.board import KIND_NAMES, Unavailable
from services.residents import neighbour_name
from storage.board import BoardClaim, BoardPost

GONE = "这条刚刚有了变化。回复“集市”看现在有什么。"


def line_of(post: BoardPost) -> str:
    """A post in one line."""
    return f"【{KIND_NAMES[post.kind]}】{shorten(post.text, 18)}"


def deal(turn: Turn, request: Request) -> Say:
    """What stands between two neighbours."""
    claim = board_claims.own_claim(turn.session, turn.resident, int(request.argument))
    return show(turn, claim) if claim else Say(GONE)


def show(turn: Turn, claim: BoardClaim) -> Say:
    """A claim as one of its sides reads it, with what they may do."""
    post, number = board_claims.post_of(turn.session, claim), str(claim.id)
    author = post.resident_id == turn.resident.id
    other = board_claims.other_side(turn.session, claim, turn.resident)
    count, good = board_claims.reputation(turn.session, other)
    known = f"（互助过{count}次，{good}次好评）" if count else ""
    lines = [
        line_of(post),
        f"{'应的邻居' if author else '登的邻居'}：{neighbour_name(other)}{known}",
    ]
    if claim.words and author:
        lines.append(f"说：“{shorten(claim.words, 100)}”")
    choices: tuple[Choice, ...]
    match claim.state:
        case "asked" if author:
            choices = (
                Choice("答应", "market.agree", number),
                Choice("婉拒", "market.decline", number),
            )
        case "asked":
            lines.append("在等对方回。")
            choices = (Choice("不去了", "market.decline", number),)
        case "agreed":
            lines.append(_phone_line(claim, author=author))
            choices = (
                Choice("传话", "market.relay", number),
                Choice("办好了", "market.finish", number),
                Choice("不用了" if author else "去不了了", "market.decline", number),
            )
        case "done" if not board_claims.rated_by(turn.session, claim, turn.resident):
            choices = (Choice("评价", "market.rate", number),)
        case _:
            choices = ()
            lines.append("办好了，也评过了。")
    return Say("\n".join(lines), choices, way_out="好了" if choices else "")


def _phone_line(claim: BoardClaim, *, author: bool) -> str:
    both = board_claims.phones(claim)
    if both is None:
        return "电话没有互相留，可以在这里传话。"
    return f"对方电话：{both[1] if author else both[0]}"


def agree(turn: Turn, request: Request) -> Say:
    """Begins to accept a neighbour's answer."""
    values = {"claim": int(request.argument), forms.KNOWN: turn.resident.phone or ""}
    return Say(begin=Begin(forms.AGREE.name, values, text=""))


def agreed(turn: Turn, values: forms.Values) -> Say:
    """Tells the neighbour; where both gave a phone the author sees theirs at once."""
    claim = board_claims.own_claim(turn.session, turn.resident, values["claim"])
    if claim is None or board_claims.post_of(turn.session, claim).resident_id != turn.resident.id:
        return Say(GONE)
    try:
        board_claims.agree(turn.session, claim, values["phone"] or None, turn.now)
    except Unavailable as error:
        return Say(str(error))
    return Say(f"好，已经告诉对方。{_phone_line(claim, author=True)}\n办完了回复“我的集市”说一声。")


def decline(turn: Turn, request: Request) -> Say:
    """Either side steps back."""
    claim = board_claims.own_claim(turn.session, turn.resident, int(request.argument))
    if claim is None:
        return Say(GONE)
    author = board_claims.post_of(turn.session, claim).resident_id == turn.resident.id
    try:
        (board_claims.decline if author else board_claims.give_up)(turn.session, claim, turn.now)
    except Unavailable as error:
        return Say(str(error))
    return Say("好，告诉对方了。" + ("这条重新登出了。" if author else ""))


def relay(_turn: Turn, request: Request) -> Say:
    """Begins to carry words to the other side."""
    return Say(begin=Begin(forms.RELAY.name, {"claim": int(request.argument)}, text=""))


def relayed(turn: Turn, values: forms.Values) -> Say:
    """Carries them."""
    claim = board_claims.own_claim(turn.session, turn.resident, values["claim"])
    if claim is None:
        return Say(GONE)
    try:
        board_claims.relay(
            turn.session, claim, turn.resident, values["words"], turn.inbound.id, turn.now
        )
    except Unavailable as error:
        return Say(str(error))
    return Say("传过去了，对方回话我转给您。")


def finish(turn: Turn, request: Request) -> Say:
    """One side says that it is done, and may rate."""
    claim = board_claims.own_claim(turn.session, turn.resident, int(request.argument))
    if claim is None:
        return Say(GONE)
    try:
        board_claims.finish(turn.session, claim, turn.resident, turn.now)
    except Unavailable as error:
        return Say(str(error))
    return Say(f"好，记下了。{forms.HOW}", forms.stars("market.stars", claim.id), way_out="先不评")


def rate(turn: Turn, request: Request) -> Say:
    """Asks how it was."""
    return Say(forms.HOW, forms.stars("market.stars", int(request.argument)), way_out="先不评")


def starred(turn: Turn, request: Request) -> Say:
    """Keeps the rating."""
    number, _, stars = request.argument.partition("/")
    claim = board_claims.own_claim(turn.session, turn.resident, int(number))
    if claim is None:
        return Say(GONE)
    try:
        board_claims.rate(turn.session, claim, turn.resident, int(stars), turn.now)
    except Unavailable as error:
        return Say(str(error))
    return Say("谢谢，评价记下了。远亲不如近邻。")
