"""The public pages: what everybody may read about a community, without sign-in and without cookies.

A section is a page below `/public/{community}`; what it shows is redacted by the service that
reads it, never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.rendering import render
from console.visits import deps_of, or_404
from services import communities
from storage.communities import Community


@dataclass(frozen=True, slots=True)
class Section:
    """A public page of a community: its last path segment, name and what it is about."""

    path: str
    name: str
    about: str


SECTIONS: tuple[Section, ...] = (
    Section("cases", "公开事项", "邻居们反映的事办到哪一步了，和本月的三率"),
    Section("hot-topics", "热点", "最近许多人在同一个地方说的同一类事"),
    Section("points", "积分公示", "每个月发了多少分、换了多少、到期多少、大家手里还有多少"),
    Section("activities", "活动日历", "最近的志愿活动：时间、地点、名额"),
    Section("certificates", "证明核验", "核对志愿服务证明的真假"),
    Section("neighbours", "邻里互助", "邻居在找什么、能帮什么"),
    Section("topics", "议事", "正在商量的事、表决结果和后来怎样了"),
    Section("wishes", "心愿单", "居民想要的服务，谁接了，办得怎样"),
    Section("notices", "通知", "最近的通知：停水停电、义诊、活动、安全提醒"),
    Section("lists", "清单", "社区能办哪些事、找谁、带什么"),
    Section("funds", "惠民资金", "每个项目安排了多少、用了多少"),
    Section("policies", "政策问答", "居民常问的政策，附出处和日期"),
)


async def home(request: web.Request) -> web.Response:
    """The communities; where there is one only, its page."""
    found = await deps_of(request).database.read(communities.listed)
    if len(found) == 1:
        return see(f"/public/{found[0].code}")
    return render(request, "public/communities.html", {"communities": found, "community": None})


async def show(request: web.Request) -> web.Response:
    """The sections of a community."""
    community = await deps_of(request).database.read(lambda s: community_of(request, s))
    return render_public(request, "public/home.html", community, {})


def render_public(
    request: web.Request, template: str, community: Community, context: Mapping[str, Any]
) -> web.Response:
    """A public page; its template extends `public/base.html`."""
    common = {"community": community, "sections": SECTIONS}
    return render(request, template, common | dict(context))


def community_of(request: web.Request, session: Session) -> Community:
    """The community named in the address; 404 for one that does not exist."""
    return or_404(communities.by_code(session, request.match_info["community"]))
