"""What went wrong, in plain words, with a way on."""

from __future__ import annotations

from aiohttp import web

from console.rendering import render

WORDS = {
    400: ("没看懂这个请求", "返回上一页再试一次。"),
    403: ("没有权限", "这一页或这个操作不在您的权限里。"),
    404: ("没有找到", "它可能不存在，也可能不在您负责的范围内。"),
    405: ("不能这样打开", "请从页面上的按钮进入。"),
    409: ("刚刚有了变化", "请看过最新情况再继续。"),
    413: ("内容太大", "文件请控制在 20 MB 以内，文字请缩短后再提交。"),
    500: ("程序出错了", "已经记下，我们会查。您刚才填的内容没有保存，请稍后再试。"),
}


def page(request: web.Request, status: int, message: str) -> web.Response:
    """The page for an error; `message` says more than the standing words where it is ours."""
    title, advice = WORDS.get(status, WORDS[400 if status < 500 else 500])
    ours = message and status != 413 and not message.startswith(f"{status}: ")
    context = {"code": status, "title": title, "advice": message if ours else advice}
    return render(request, "error.html", context, status=status)


def refused(request: web.Request, message: str, back: str) -> web.Response:
    """The page for a form that cannot be taken and has no page to be shown on again."""
    context = {"code": 422, "title": "没有保存", "advice": message, "back": back}
    return render(request, "error.html", context, status=422)


def stale(request: web.Request, message: str, back: str) -> web.Response:
    """The page for an action on something that has changed meanwhile; `back` shows it anew."""
    context = {"code": 409, "title": WORDS[409][0], "advice": message, "back": back}
    return render(request, "error.html", context, status=409)
