"""积分: what one has, the statement, how points are earned, the ranking, an appeal."""

from __future__ import annotations

import re
from datetime import datetime

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten
from handlers.kit import Action, Begin, Choice, FormService, Request, Say, Service, Turn
from handlers.words import by_when, has_words
from services import (
    award_appeals,
    awards,
    households,
    ledger,
    ledger_export,
    point_rules,
    ranking,
)
from services.calendar import CHINA
from services.ledger import Line, Unit
from services.ledger_lots import ending
from services.points_terms import terms_of

PAGE = 6
RULES = 8
MENU = (
    Choice("明细", "points.statement"),
    Choice("能换什么", "redeem"),
    Choice("怎么挣分", "points.rules"),
    Choice("更多", "points.more"),
)
_STATEMENT = re.compile(r"明细|记录|流水|怎么少|少了|哪来|清单|账")
_RULES = re.compile(r"怎么(?:挣|赚|得|攒|加|拿|才能)|规则|加分|得分|怎样")
_RANKING = re.compile(r"排行|排名|第几|榜")
_APPEAL = re.compile(r"申诉|不服|扣错|乱扣|凭什么扣|为什么扣")


def points(turn: Turn, request: Request) -> Say:
    """The balance with what ends next and the last lines, or what the words ask for."""
    meant = _meant(request.text)
    if meant is not None:
        return meant(turn, request)
    last = ledger.statement(turn.session, turn.resident, Unit.POINTS, 2)
    lines = [f"{_whose(turn)}现有 {_balance(turn)} 分{_ending(turn)}。"]
    if last:
        lines.append("最近：" + "；".join(_said(line) for line in last))
    else:
        lines.append("参加志愿活动、做好邻里的事都能攒分，1 分当 1 元换东西。")
    return Say("\n".join(lines), MENU, way_out="好了")


def _meant(text: str) -> Action | None:
    """What a sentence about points asks for, beside the balance."""
    wishes: tuple[tuple[re.Pattern[str], Action], ...] = (
        (_APPEAL, appeal),
        (_RANKING, show_ranking),
        (_RULES, rules),
        (_STATEMENT, statement),
    )
    return next((action for pattern, action in wishes if pattern.search(text)), None)


def _whose(turn: Turn) -> str:
    return "您家" if households.membership(turn.session, turn.resident) else "您"


def _balance(turn: Turn) -> int:
    return ledger.balance(turn.session, turn.resident, Unit.POINTS)


def _ending(turn: Turn) -> str:
    purse = ledger.purse(turn.session, turn.resident, Unit.POINTS)
    portion = ending(turn.session, purse) if purse else None
    if portion is None or portion.expires_at is None:
        return ""
    return f"（其中 {portion.amount} 分 {_last_day(portion.expires_at, turn.now)}到期）"


def _last_day(end: datetime, now: datetime) -> str:
    """The day that ends at that moment."""
    last = datetime.fromtimestamp(end.timestamp() - 1, CHINA)
    year = f"{last.year}年" if last.year != now.astimezone(CHINA).year else ""
    return f"{year}{last.month}月{last.day}日"


def _said(line: Line) -> str:
    at = line.entry.at.astimezone(CHINA)
    return f"{at.month}月{at.day}日 {shorten(line.entry.reason, 14)} {_signed(line.change)}"


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}"


def statement(turn: Turn, request: Request) -> Say:
    """The lines of the statement, page by page; the total stands first."""
    before = int(request.argument) if request.argument else None
    found = ledger.statement(turn.session, turn.resident, Unit.POINTS, PAGE + 1, before)
    if not found:
        return Say("还没有积分往来。", MENU[1:3], way_out="好了")
    page = found[:PAGE]
    lines = [f"{_whose(turn)}现有 {_balance(turn)} 分。"]
    lines += [f"{_said(line)}，余 {line.balance}" for line in page]
    older = (Choice("更早的", "points.statement", str(page[-1].entry.number)),)
    return Say("\n".join(lines), older if len(found) > PAGE else (), way_out="好了")


def rules(turn: Turn, request: Request) -> Say:
    """How points are earned, and what costs some."""
    skip = int(request.argument) if request.argument else 0
    found = point_rules.listed(turn.session, turn.community.id)
    if not found:
        return Say("社区还没有定积分规则，定了会告诉大家。", MENU[:2], way_out="好了")
    lines = ["这样攒分："]
    for _, rule in found[skip : skip + RULES]:
        most = f"，一天最多 {rule.cap_day}" if rule.cap_day else ""
        lines.append(f"{shorten(rule.name, 16)} {_signed(rule.amount)}{most}")
    months = terms_of(turn.session, turn.community.id).life_months
    if months:
        lines.append(f"积分到满 {months} 个月的那个月底有效。")
    more = (Choice("还有", "points.rules", str(skip + RULES)),)
    choices = more if len(found) > skip + RULES else ()
    return Say("\n".join(lines), choices, way_out="好了")


def more(turn: Turn, _request: Request) -> Say:
    """What is asked for less often."""
    choices = [Choice("家庭账户", "household"), Choice("排行榜", "points.ranking")]
    if award_appeals.appealable(turn.session, turn.resident):
        choices.append(Choice("对扣分有意见", "points.appeal"))
    choices.append(Choice("签名凭证", "points.proof"))
    return Say("积分还可以：", tuple(choices), way_out="好了")


def proof(turn: Turn, _request: Request) -> Say:
    """A link to one's own entries with the signature of the community, for half an hour."""
    ticket = ledger_export.ticket(turn.session, turn.resident, turn.now)
    where = f"{turn.world.public_url}/public/{turn.community.code}/points"
    return Say(
        "您自己的每一笔积分、时间和志愿时长，带签名，谁也改不了：\n"
        f"{where}/{ticket}\n"
        f"{by_when(turn, turn.now + ledger_export.LIFE)}前能打开，别转给别人。\n"
        f"每月公示和核对办法：{where}"
    )


def show_ranking(turn: Turn, _request: Request) -> Say:
    """Who earned most this year, of those who want to be seen."""
    found = ranking.top(turn.session, turn.resident, turn.now)
    lines = ["今年攒分榜（自愿上榜）："] if found else ["榜上还没有人。"]
    for number, place in enumerate(found, 1):
        own = "（您）" if place.mine else ""
        lines.append(f"第{number}名　{place.name}：{place.points} 分{own}")
    if ranking.opted_in(turn.session, turn.resident):
        choice = Choice("我不上榜了", "points.ranking_out")
    else:
        choice = Choice("我也上榜", "points.ranking_in")
    return Say("\n".join(lines), (choice,), way_out="好了")


def ranking_in(turn: Turn, request: Request) -> Say:
    """On the ranking, with the family name and stars."""
    ranking.opt_in(turn.session, turn.resident, turn.now)
    return Say("您上榜了，只显示姓。随时可以退出：回复“积分排行”。")


def ranking_out(turn: Turn, request: Request) -> Say:
    """Off the ranking."""
    ranking.opt_out(turn.session, turn.resident)
    return Say("好，榜上不再显示您。")


def appeal(turn: Turn, request: Request) -> Say:
    """Which deduction is meant, then the words."""
    found = award_appeals.appealable(turn.session, turn.resident)
    chosen = [one for one in found if request.argument in ("", str(one.id))]
    if not chosen:
        return Say("您没有可以申诉的扣分。回复“积分”看明细。")
    if len(chosen) == 1:
        one = chosen[0]
        return Say(
            f"扣 {-one.amount} 分，原因：{one.reason}",
            begin=Begin("points_appeal", {"award": one.id}),
        )
    choices = tuple(
        Choice(
            f"{one.day[5:]} −{-one.amount} {shorten(one.reason, 12)}", "points.appeal", str(one.id)
        )
        for one in chosen
    )
    return Say("对哪一笔有意见？", choices, way_out="不提了")


def _ask_words(_values: Values) -> str:
    return f"请说说您的理由：\n{numbered((), way_out='不提了')}"


def _read_words(heard: Heard, _values: Values) -> str:
    raise Misheard("请打字说一句理由。")


def _take_words(heard: Heard, values: Values) -> str:
    return heard.text.strip() if has_words(heard.text) else _read_words(heard, values)


APPEAL_FORM = Form(
    name="points_appeal",
    version=1,
    slots=(Slot("text", _ask_words, _read_words, _take_words),),
    context=frozenset({"award"}),
)


def appealed(turn: Turn, values: Values) -> Say:
    """Puts the appeal before somebody who had nothing to do with it."""
    try:
        due = award_appeals.appeal(
            turn.session,
            turn.resident,
            int(values["award"]),
            values["text"],
            turn.world.hours,
            turn.now,
        )
    except awards.AwardRefusal as refusal:
        return Say(f"{refusal}。")
    return Say(f"申诉记下了，由没经手过的同事来看，{by_when(turn, due)}前告诉您结果。")


SERVICE = Service(
    name="points",
    actions={
        "points": points,
        "points.statement": statement,
        "points.rules": rules,
        "points.more": more,
        "points.proof": proof,
        "points.ranking": show_ranking,
        "points.ranking_in": ranking_in,
        "points.ranking_out": ranking_out,
        "points.appeal": appeal,
    },
    intents={"points": "points"},
    titles={"points": "积分"},
    commands={
        "积分": "points",
        "我的积分": "points",
        "积分明细": "points.statement",
        "积分规则": "points.rules",
        "积分排行": "points.ranking",
        "积分申诉": "points.appeal",
        "积分凭证": "points.proof",
        "签名凭证": "points.proof",
    },
    forms=(FormService(APPEAL_FORM, appealed, open_ended=True),),
    answers_in_between=frozenset({"points", "points.statement", "points.rules"}),
)
