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
    "reported": "报表已做好，存下来了",
    "read": "记下了，已从待办里拿走",
    "listed": "本周的热点已重新排好",
    "topic": "已建议成为议题，等负责议事的同事处理",
    "activity-published": "已发布，居民可以报名了",
    "called-off": "已取消，报名的人会收到消息",
    "confirmed": "已确认，时长已记入",
    "settled-line": "已核实",
    "backfilled": "已补录，本人会收到消息",
    "backfill-proposed": "已提交，等另一位同事复核",
    "corrected": "已更正，本人会收到消息",
    "decided": "已处理",
    "published": "已公开",
    "refused": "没有公开，原因会告诉作者",
    "taken": "已接下，支持的居民会收到消息",
    "taken-off": "已撤下，原因会告诉登的人",
    "told": "已办结，会告诉居民",
    "taken-over": "已接手，会告诉申请人",
    "consent-asked": "已请申请人同意，同意后单位才看得到",
    "referral-answered": "已答复，会告诉申请人和社区",
    "matched": "已牵线，两边都会收到消息",
    "minutes": "时间已记账，两边都会收到消息",
    "leave-recorded": "授权已登记，本人会收到消息",
    "leave-ended": "授权已收回，本人会收到消息",
    "acted": "已替本人办好，本人会收到消息",
    "cancelled": "已取消，两边都会收到消息",
    "saved": "已保存",
    "added": "已添加",
    "handed": "已交给居民，积分已结清",
    "given-back": "已退回，积分和库存都回来了",
    "imported": "已导入为草稿，看过后提交审核",
    "unchanged": "和已有的版本一样，没有新建",
    "submitted": "已提交，等另一位同事审核",
    "returned": "已退回给作者",
    "retired": "已撤下",
    "dismissed": "已从清单拿掉",
    "gap-answered": "答复已写成草稿，提交审核后发布并告诉提问的居民",
    "moved-on": "进度已更新",
    "removed": "已删除",
    "stage": "已进入这个阶段",
    "topic-closed": "议题已结束，会告诉参与的居民",
    "invited": "已记下邀请；绑定了微信的会收到消息",
    "planned": "已安排，到时间自动开始和截止",
    "entered": "已录入，等另一位同事复录",
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
