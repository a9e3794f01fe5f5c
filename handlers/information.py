"""社区公开信息: notices, lists, use of funds and contacts, answered in a few lines with a link.

What is published is searched first, then the policy documents; what neither has, people answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers import information_says as says
from handlers import policy, topics
from handlers.kit import Choice, Request, Say, Service, Turn
from handlers.passing_on import leave_with_staff
from intents.normalise import normalise

NAME = "information"
INTENT = "public_info"
MONEY = "money"
NOT_PUBLIC = "这一项社区还没有公开。\n想知道的话直接问，我转给工作人员；回复“菜单”看别的。"
_FUNDS = re.compile(
    r"资金|经费|财务|账目|账本|拨款|公开的?账|钱.{0,6}(?:花|用|去|哪)|花.{0,4}钱|花哪|用到哪"
)
_PHONE = re.compile(r"电话|号码|联系方式|怎么联系|打给谁|热线|网格员")
_HOURS = re.compile(
    r"几点|上班|下班|开门|地址|(?:居委会|社区|大厅|办公室|服务中心)(?:办公室|大厅)?(?:在哪|在什么|怎么走)"
)
_LIST = re.compile(
    r"清单|事项|自治|协助|证明|盖章|(?:哪些|什么|啥)(?:便民)?(?:服务|事项)|服务项目|"
    r"(?:能|可以)(?:办|开)(?:什么|哪些|啥)"
)
_HERE = "(?:你们|社区|居委会?|服务大厅|社区大厅|大厅)(?:办公室|大厅|那里|这里|那边|这边|的)*"
_WEEKEND = "(?:周末|(?:周|星期|礼拜)[一二三四五六日天]|节假日)"
_SURELY = re.compile(
    r"(?:请问|想问|问)?(?:一下)?(?:今年|去年|这两年|20\d\d年)?(?:的|我们|咱们?|社区|居委会)*"
    r"(?:惠民|公共|社区)*(?:资金|经费|钱)(?:都|是|到底|主要)*(?:花|用)(?:到|在|去|给)*(?:了)?(?:哪|什么|啥).{0,5}"
    r"|(?:请问|想问)?(?:社区|居委会|你们|大厅)(?:都|这里|那里|大厅)*(?:能|可以|给)(?:帮忙|帮)?"
    r"(?:开|办)(?:些)?(?:什么|哪些|啥)(?:样的)?(?:证明|事情?|手续|服务|业务)?.{0,2}"
    rf"|(?:请问|想问|那)*{_HERE}(?:今天|明天|中午|晚上|{_WEEKEND}|都|是)*(?:几点|什么时候|啥时候|上不|还)*钟?"
    r"(?:上班|下班|开门|关门).{0,2}"
    rf"|(?:请问|想问|那)*{_WEEKEND}(?:{_HERE})?(?:也|还)?(?:上班|开门|上不上班|开不开门|有人)(?:吗|不|么|没)?"
    rf"|(?:请问|想问)?{_HERE}(?:值班|服务|办公|联系)*(?:电话|号码|联系方式|地址)(?:是|有)?(?:多少|几|什么|啥|哪个)?.{{0,2}}"
    rf"|(?:请问|想问)?{_HERE}(?:在哪|在什么地方|怎么走).{{0,2}}"
    r"|(?:社区)?最近(?:社区)?有?(?:什么|啥|哪些)(?:新的?)?(?:新鲜事|通知|公告|消息|新闻).{0,2}"
)
_OTHER_YEAR = re.compile(
    r"那?(?:今年|去年|前年|20\d\d年?)(?:的|度)*(?:资金|钱|经费)?(?:呢|怎么花的|花了多少|用了多少)?"
)
_CALENDAR = re.compile(r"活动|日历")
_NOTICE = re.compile(r"通知|公告|告示|启事|新鲜事|消息|公示|停水|停电|停气|停暖|最近有(?:什么|啥)")


def rule(text: str) -> str | None:
    """Questions about public money and about what can be had here, in words that mean no other."""
    plain = normalise(text).strip("。.!?")
    return "" if _SURELY.fullmatch(plain) and "维修资金" not in plain else None


def ask(turn: Turn, request: Request) -> Say:
    """Answers what a resident wants to know about the community."""
    turn.inbound.intent = INTENT
    words = request.text.strip()
    if request.argument == MONEY:
        return _funds(turn, words) or Say(NOT_PUBLIC)
    if not words:
        return overview(turn, request)
    for cue, answer in _ANSWERS:
        if cue.search(words) and (said := answer(turn, words)) is not None:
            return said
    return says.anything(turn, words) or _elsewhere(turn, words)


def overview(turn: Turn, _request: Request) -> Say:
    """What there is, to choose from."""
    return Say(
        f"{turn.community.name}公开的信息，您想看哪样？",
        (
            Choice("最近的通知", "information.notices"),
            Choice("能办哪些事", "information.lists"),
            Choice("惠民资金", "information.funds"),
            Choice("电话和地址", "information.contact"),
            Choice("订阅通知", "subscribing"),
        ),
        way_out="不看了",
    )


def notices(turn: Turn, _request: Request) -> Say:
    """The newest notices."""
    return says.notices(turn, "") or Say("眼下没有新通知。想第一时间知道，回复“订阅通知”。")


def read(turn: Turn, request: Request) -> Say:
    """One notice, or what it says now that it is over."""
    return says.notice(turn, int(request.argument))


def lists(turn: Turn, _request: Request) -> Say:
    """The lists that are published, and how to ask."""
    return says.services(turn, "") or Say(NOT_PUBLIC)


def funds(turn: Turn, _request: Request) -> Say:
    """The use of funds in the newest year."""
    return _funds(turn, "") or Say(NOT_PUBLIC)


def follow(turn: Turn, text: str) -> str | None:
    """After an answer about money: another year (去年的呢), or another project by its name."""
    topic = topics.fresh(turn)
    if topic is None or topic[1].get("about") != MONEY:
        return None
    plain = normalise(text).strip("。.!?")
    other = _OTHER_YEAR.fullmatch(plain) or says.names_project(turn, plain)
    return MONEY if other else None


def _funds(turn: Turn, words: str) -> Say | None:
    said = says.funds(turn, words)
    if said is not None:
        topics.keep(turn, NAME, {"about": MONEY})
    return said


def contact(turn: Turn, _request: Request) -> Say:
    """Whom to call, where to go."""
    return says.contact(turn, "") or Say(NOT_PUBLIC)


def _elsewhere(turn: Turn, words: str) -> Say:
    """What is not published may stand in a policy document; else a person answers."""
    said = policy.ask_if_sure(turn, words)
    if said is not None:
        return said
    due = leave_with_staff(turn, words, INTENT)
    return Say(f"公开的信息里没找到，已转给工作人员，{due}前回复您。")


_Answer = Callable[[Turn, str], Say | None]
_ANSWERS: tuple[tuple[re.Pattern[str], _Answer], ...] = (
    (_FUNDS, _funds),
    (_PHONE, says.contact),
    (_NOTICE, says.notices),
    (_LIST, says.services),
    (_HOURS, says.hours),
    (_CALENDAR, says.calendar),
)
"""What is asked for, by words that say so; the first that has an answer answers."""

SERVICE = Service(
    name=NAME,
    actions={
        NAME: ask,
        "information.overview": overview,
        "information.notices": notices,
        "information.read": read,
        "information.lists": lists,
        "information.funds": funds,
        "information.contact": contact,
    },
    intents={INTENT: NAME},
    titles={INTENT: "社区公开信息"},
    commands={
        "公开信息": "information.overview",
        "社区公开信息": "information.overview",
        "通知": "information.notices",
        "最新通知": "information.notices",
        "最近通知": "information.notices",
        "清单": "information.lists",
        "惠民资金": "information.funds",
        "社区电话": "information.contact",
    },
    answers_in_between=frozenset({NAME}),
    rule=rule,
    follow=follow,
)
