"""The two servers that are compared, each a process of its own on one core.

`echo` is what the two libraries need at the least: aiohttp takes the push, wechatpy checks the
signature, decrypts, parses, renders a text reply and encrypts it; nothing is stored. `desk` is the
whole program as `serve --no-jobs` runs it, on a new SQLite file.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import os
import pstats
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from commands.logs import configure_logs
from commands.server import Deployment, make_server
from commands.support import utc_now
from demo.community import open_community
from intents import ensure_model
from settings import DatabaseSettings, LogSettings, PathSettings, Settings, WeChatSettings
from storage import migrate
from storage.engine import Database

SERVER_CORE = 0
LINES = 45


def settings_for(folder: Path) -> Settings:
    """A deployment in demo mode, so that no secret has to be given, quiet in its logs."""
    return Settings(
        demo=True,
        database=DatabaseSettings(url=f"sqlite:///{folder}/bench.db"),
        paths=PathSettings(media=folder / "media"),
        log=LogSettings(level="warning"),
        wechat=WeChatSettings(original_id="gh_demo"),
    )


def echo(settings: Settings) -> web.Application:
    """The bare minimum: decrypt, parse, reply, encrypt."""
    account = settings.wechat
    crypto = WeChatCrypto(account.token, account.aes_key, account.appid)

    async def push(request: web.Request) -> web.Response:
        query = request.query
        nonce, stamp = query["nonce"], query["timestamp"]
        plain = crypto.decrypt_message(await request.read(), query["msg_signature"], stamp, nonce)
        message = parse_message(plain)
        reply = TextReply(message=message, content="您好").render()
        return web.Response(
            body=crypto.encrypt_message(reply, nonce, stamp), content_type="application/xml"
        )

    app = web.Application()
    app.router.add_post("/wechat", push)
    return app


class ProfiledDatabase(Database):
    """A database whose writing thread is profiled from its first breath."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.profile = cProfile.Profile()
        self._writers.submit(self.profile.enable).result()

    def finish(self) -> float:
        """Ends the profile; the processor time of the writing thread (seconds)."""
        self._writers.submit(self.profile.disable).result()
        return self._writers.submit(time.thread_time).result()


async def _serve(app: web.Application) -> None:
    runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await runner.cleanup()


def _desk(settings: Settings, *, profiled: bool) -> None:
    kind: Callable[..., Database] = ProfiledDatabase if profiled else Database
    account, secret = settings.database, settings.security.secret_key
    with kind(account.url, secret, threads=account.threads) as database:
        migrate.upgrade(database)
        database.write_now(lambda s: open_community(s, utc_now()))
        understander = ensure_model(settings.paths.model)
        deployment = Deployment(settings, database, understander, utc_now, with_jobs=False)
        server = make_server(deployment)
        gc.freeze()  # as `serve` does
        asyncio.run(_serve(server))
        if isinstance(database, ProfiledDatabase):
            turns = database.finish()
            print(f"loop {time.thread_time():.2f}s, turns {turns:.2f}s", file=sys.stderr)
            pstats.Stats(database.profile, stream=sys.stderr).sort_stats("tottime").print_stats(
                LINES
            ).sort_stats("cumtime").print_stats(LINES)


def main(argv: list[str]) -> None:
    """`targets.py echo|desk|profile FOLDER`: prints its port, serves until it is told to end."""
    name, folder = argv
    os.sched_setaffinity(0, {SERVER_CORE})
    settings = settings_for(Path(folder))
    configure_logs(settings.log)
    if name == "echo":
        asyncio.run(_serve(echo(settings)))
    else:
        _desk(settings, profiled=name == "profile")


if __name__ == "__main__":
    main(sys.argv[1:])
