"""After an action: back to a page (POST, redirect, GET), with a word on what was done."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import web

DONE = {
    "claimed": "已领取，15 分钟内归您办理",
    "released": "已放回待办",
    "moved": "状态已更新，会告诉居民",
    "reassigned": "负责人已更换",
    "noted": "备注已保存，居民看不到",
    "proposed": "回复已提交，等另一位同事审核",
    "sent": "回复已发出",
    "approved": "已通过，正在发给居民",
    "rejected": "已退回给作者",
    "withdrawn": "回复已撤回",
    "ended": "人工对话已结束，机器人继续接待",
    "resent": "正在重新发送",
    "settled": "已了结",
    "learnt": "已改好，下次训练时会学到",
    "stepped-back": "已退回上一个模型，几秒内生效",
    "saved": "已保存",
    "added": "已添加",
    "stage": "已进入这个阶段",
    "published": "已公布，居民都能看到",
    "topic-closed": "议题已结束，会告诉参与的居民",
    "invited": "已记下邀请；绑定了微信的会收到消息",
    "decided": "决议已公布，会告诉参与的居民",
    "planned": "已安排，到时间自动开始和截止",
    "entered": "已录入，等另一位同事复录",
    "imported": "名册已导入",
    "password": "密码已更新，其他设备已退出",
    "signed-out": "已退出",
}
"""The words by their code: an address can choose among them, never bring its own."""


def see(path: str, done: str = "", *, anchor: str = "") -> web.Response:
    """A redirect to one of our pages, which will say what was done."""
    query = ("&" if "?" in path else "?") + urlencode({"done": done}) if done else ""
    where = f"{path}{query}{'#' + anchor if anchor else ''}"
    return web.Response(status=303, headers={"Location": where})


def own_path(value: str, otherwise: str) -> str:
    """`value` where it is a path of the console, else `otherwise`: nobody is led elsewhere."""
    parts = urlsplit(value)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/console")
    return value if ours and "\\" not in value and value.isprintable() else otherwise
