"""What demo mode adds to a server: WeChat's API inside the process, and the chat page."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.wechat.menu import build_menu
from demo.chat_cards import AccountLook
from demo.chat_page import add_chat_page
from demo.community import PERSONAS
from demo.fake_wechat import FakeWeChat, make_fake_wechat
from demo.wechat_side import WeChatSide
from settings import Settings

API_PATH = "/demo/wechat-api"


def with_demo_api(settings: Settings) -> Settings:
    """In demo mode the settings with API calls turned to the WeChat inside; else unchanged."""
    if not settings.demo:
        return settings
    server = settings.server
    wechat = settings.wechat.model_copy(
        update={"api_base": f"http://{server.host}:{server.port}{API_PATH}"}
    )
    return settings.model_copy(update={"wechat": wechat})


def demo_extension(settings: Settings) -> Callable[[web.Application], None]:
    """Adds the chat page and the WeChat inside to an application."""

    def extend(app: web.Application) -> None:
        account = settings.wechat
        # who wrote before this process started has no window in the WeChat inside it
        fake = FakeWeChat(appid=account.appid, secret=account.secret, enforce_windows=False)
        side = demo_side(settings, fake)
        look = AccountLook("和平里社区说事台")
        add_chat_page(app, side, fake, PERSONAS, build_menu(account.menu), look=look)
        app.add_subapp(API_PATH, make_fake_wechat(fake))

    return extend


def demo_side(settings: Settings, fake: FakeWeChat | None = None) -> WeChatSide:
    """WeChat's side of the configured first account."""
    account = settings.wechat
    return WeChatSide(
        appid=account.appid,
        token=account.token,
        aes_key=account.aes_key,
        original_id=account.original_id or "gh_demo",
        fake=fake,
    )


def demo_qr(scene: str) -> str:
    """The content of a QR code in demo mode, where no WeChat hands out real ones."""
    return f"https://weixin.example/demo?scene={scene}"
