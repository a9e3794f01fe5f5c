"""A WeChat platform to run against without WeChat: the API side of `FakeWeChat`.

It keeps tokens, windows and allowances as the real one does and meets scripted faults, so that the
demonstration and the tests drive the same client that production does.
"""

from __future__ import annotations

from aiohttp import web

from demo.fake.routes import FakeApi
from demo.fake.state import FakeWeChat, Fault, Sent

__all__ = ["FakeWeChat", "Fault", "Sent", "make_fake_wechat"]

UPLOAD_LIMIT = 20 * 1024 * 1024


def make_fake_wechat(state: FakeWeChat) -> web.Application:
    """An application that answers /cgi-bin/… for `state`; its address is an `api_base`."""
    api = FakeApi(state)
    app = web.Application(client_max_size=UPLOAD_LIMIT)
    app.router.add_route("*", "/cgi-bin/{path:.+}", api.answer)
    app.router.add_get("/files/{media_id}", api.file)
    return app
