"""After an action: back to a page (POST, redirect, GET), with a word on what was done."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import web

DONE = {
    "claimed": "已领取，15 分钟内归您办理",
    "released": "已放回待办",
    "moved": "状态已更新，会告诉居民",
    "reassigned": "负责人已更换",
    "merged": "已合并，居民会收到通知",
    "split": "已拆出，居民会收到通知",
    "confided": "保密范围已改",
    "mediator": "调解员已指定",
    "supervised": "已督办，进了待办",
    "answered": "督办已答复",
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
    "training": "已经开始训练，大约半分钟，请过一会儿再看",
    "stepped-back": "已退回上一个模型，几秒内生效",
    "published": "已公开",
    "refused": "没有公开，原因会告诉作者",
    "saved": "已保存",
    "added": "已添加",
    "removed": "已删除",
    "password": "密码已更新，其他设备已退出",
    "revoked": "密钥已停用，马上失效",
    "asked": "已申请，几秒后刷新就能看到",
    "again": "正在重新发送",
    "opened": "事项已新建",
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
