"""邻里互助（社区集市）: post, look, answer; what follows between two is in `market_deals`."""

from __future__ import annotations

import re

from dialogue.words import shorten
from handlers import market_deals as deals
from handlers import market_forms as forms
from handlers import wishes
from handlers.kit import Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when, has_words
from services import board, board_claims, board_keeping
from services.board import KIND_NAMES, Unavailable
from storage.board import BoardPost

PAGE = 5
_WISH = re.compile(r"心愿|点菜|希望.{0,6}(?:开|引进|设|办)|想要社区")
_LOOK = re.compile(r"(?:邻里互助|社区?集市|互助|看看?(?:有什么|集市)|有什么(?:可以)?帮)[吧呢的]?")
_KINDS = (
    ("give", re.compile(r"免费|白送|送人|送给|送一|赠|自取|自提|来拿")),
    ("lend", re.compile(r"可以借|能借给|出借|借给")),
    ("ask", re.compile(r"求|帮我|帮忙|谁有|谁家|谁能|有没有|借|需要|找(?:个|人)|丢了|捎")),
    ("offer", re.compile(r"我(?:会|能|可以|来)|免费教|义务|帮(?:大家|邻居|您)")),
)


def hear(turn: Turn, request: Request) -> Say:
    """A message about mutual help: a wish, a look, or something to post."""
    words = request.text.strip()
    if _WISH.search(words):
        return wishes.hear(turn, request)
    if len(words) <= 3 or _LOOK.fullmatch(words) or not has_words(words):
        return menu(turn, request)
    values = {"text": words} if not forms.BARRED.search(words) else {}
    kind = next((kind for kind, pattern in _KINDS if pattern.search(words)), "")
    if kind:
        values["kind"] = kind
    return Say(begin=Begin(forms.POST.name, values, text=""))


def menu(turn: Turn, _request: Request) -> Say:
    """What can be done here."""
    count = len(board.open_posts(turn.session, turn.community.id, turn.now, limit=100))
    choices = (
        Choice(f"看看有什么（{count}条）", "market.look"),
        Choice("我要登一条", "market.new"),
        Choice("我的集市", "market.mine"),
        Choice("心愿单", "wishes"),
    )
    return Say("邻里互助：借东西、送东西、搭把手。", choices, way_out="好了")


def new(_turn: Turn, _request: Request) -> Say:
    """Begins an empty post."""
    return Say(begin=Begin(forms.POST.name, text=""))


def posted(turn: Turn, values: forms.Values) -> Say:
    """Puts the post before the reviewers."""
    new_post = board.NewPost(values["kind"], values["text"])
    try:
        board.publish(turn.session, turn.resident, new_post, turn.world.hours, turn.now)
    except Unavailable as error:
        return Say(str(error), (Choice("我的集市", "market.mine"),), way_out="好了")
    return Say("收到，审核后登出，结果告诉您。\n回复“我的集市”随时看。")


def look(turn: Turn, request: Request) -> Say:
    """What neighbours posted, a few at a time."""
    skip = int(request.argument or 0)
    found = board.open_posts(turn.session, turn.community.id, turn.now, offset=skip, limit=PAGE + 1)
    if not found:
        return Say(
            "现在没有在登的。您可以登一条：", (Choice("我要登一条", "market.new"),), way_out="好了"
        )
    choices = [Choice(deals.line_of(post), "market.see", str(post.id)) for post in found[:PAGE]]
    if len(found) > PAGE:
        choices.append(Choice("更多", "market.look", str(skip + PAGE)))
    return Say("看哪一条？", tuple(choices), way_out="不看了")


def see(turn: Turn, request: Request) -> Say:
    """One post in full."""
    post = board.find(turn.session, turn.community.id, int(request.argument))
    if post is None or post.state != "open" or post.expires_at is None:
        return Say(deals.GONE)
    if post.resident_id == turn.resident.id:
        return _own_post(turn, post)
    until = by_when(turn, post.expires_at).rpartition("日")[0]
    words = f"【{KIND_NAMES[post.kind]}】“{shorten(post.text, 200)}”\n登到{until}日。"
    choices = (
        Choice("我来回应", "market.answer", str(post.id)),
        Choice("看别的", "market.look"),
    )
    return Say(words, choices, way_out="不看了")


def answer(turn: Turn, request: Request) -> Say:
    """Begins the answer to a post."""
    values = {"post": int(request.argument), forms.KNOWN: turn.resident.phone or ""}
    return Say(begin=Begin(forms.ANSWER.name, values, text=""))


def answered(turn: Turn, values: forms.Values) -> Say:
    """Tells the author."""
    post = board.find(turn.session, turn.community.id, values["post"])
    if post is None:
        return Say(deals.GONE)
    phone = values["phone"] or None
    try:
        board_claims.answer(turn.session, post, turn.resident, values["words"], phone, turn.now)
    except Unavailable as error:
        return Say(f"{error}\n回复“集市”看别的。")
    return Say("转告对方了，对方答应了我告诉您。\n三天没有回，会自动放开。回复“我的集市”随时看。")


def mine(turn: Turn, _request: Request) -> Say:
    """One's own posts and answers, each with its state."""
    choices = [
        Choice(
            f"{deals.line_of(post)} {board.STATE_NAMES[post.state]}", "market.post", str(post.id)
        )
        for post in board.posts_of(turn.session, turn.resident)
    ]
    for claim in board_claims.claims_of(turn.session, turn.resident):
        post = board_claims.post_of(turn.session, claim)
        state = {"asked": "等对方回", "agreed": "对方答应了", "done": "办好了"}[claim.state]
        choices.append(Choice(f"我应的{deals.line_of(post)} {state}", "market.deal", str(claim.id)))
    if not choices:
        return Say(
            "您还没有登过，也没有应过。", (Choice("我要登一条", "market.new"),), way_out="好了"
        )
    return Say("您在集市的：", tuple(choices[:9]), way_out="好了")


def own_post(turn: Turn, request: Request) -> Say:
    """One of one's own posts."""
    post = board.find(turn.session, turn.community.id, int(request.argument))
    if post is None or post.resident_id != turn.resident.id:
        return Say(deals.GONE)
    return _own_post(turn, post)


def _own_post(turn: Turn, post: BoardPost) -> Say:
    claim = board_claims.claim_of(turn.session, post) if post.state in ("taken", "done") else None
    if claim is not None:
        return deals.show(turn, claim)
    number = str(post.id)
    choices = {
        "expired": (Choice("再登14天", "market.renew", number),),
        "done": (),
    }.get(post.state, (Choice("撤下", "market.withdraw", number),))
    words = f"{deals.line_of(post)}\n{board.STATE_NAMES[post.state]}。"
    return Say(words, choices, way_out="好了" if choices else "")


def renew(turn: Turn, request: Request) -> Say:
    """Puts an expired post on the board again."""
    return _with_post(turn, request, "好，又登了14天。", board_keeping.renew)


def withdraw(turn: Turn, request: Request) -> Say:
    """Takes a post off."""
    return _with_post(turn, request, "撤下了。", board_keeping.withdraw)


def _with_post(turn: Turn, request: Request, done: str, act: forms.PostAct) -> Say:
    post = board.find(turn.session, turn.community.id, int(request.argument))
    if post is None or post.resident_id != turn.resident.id:
        return Say(deals.GONE)
    try:
        act(turn.session, post, turn.now)
    except Unavailable as error:
        return Say(str(error))
    return Say(done)


SERVICE = Service(
    name="market",
    actions={
        "market": hear,
        "market.menu": menu,
        "market.new": new,
        "market.look": look,
        "market.see": see,
        "market.answer": answer,
        "market.mine": mine,
        "market.post": own_post,
        "market.renew": renew,
        "market.withdraw": withdraw,
        "market.deal": deals.deal,
        "market.agree": deals.agree,
        "market.decline": deals.decline,
        "market.relay": deals.relay,
        "market.finish": deals.finish,
        "market.rate": deals.rate,
        "market.stars": deals.starred,
    },
    intents={"mutual_help": "market"},
    titles={"mutual_help": "邻里互助"},
    commands={
        **dict.fromkeys(("集市", "社区集市", "邻里互助", "互助"), "market.menu"),
        "我的集市": "market.mine",
    },
    forms=(
        FormService(forms.POST, posted, open_ended=True),
        FormService(forms.ANSWER, answered, open_ended=True),
        FormService(forms.AGREE, deals.agreed),
        FormService(forms.RELAY, deals.relayed, open_ended=True),
    ),
)
