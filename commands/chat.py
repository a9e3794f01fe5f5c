"""`chat`: talk to the bot in the terminal or through a pipe, by the same door as WeChat.

A webhook of its own is opened on a free port of this machine, with a pretended WeChat behind it,
so no server need be running. What the bot sends by itself is delivered in demo mode only, and only
while no server does it: anywhere else the outbox belongs to real residents.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing, suppress
from typing import TextIO, cast

import aiohttp
import structlog
from aiohttp import web

from commands import Subcommands, assembly
from commands.demo_mode import demo_side
from commands.logs import configure_logs
from commands.server import Bell, Deployment, running_jobs
from commands.support import fail, open_database, settings_of, utc_now
from demo.chat_log import ChatLog
from demo.chat_phone import Deliver, Phone
from demo.chat_terminal import COMMANDS, Terminal
from demo.fake_wechat import FakeWeChat, make_fake_wechat
from demo.personas import Persona
from demo.wechat_side import Poster, SignedPush, WeChatSide
from intents import ensure_model
from settings import Settings
from storage.migrate import is_current

HOST = "127.0.0.1"
FAKE = "/fake-wechat"
OPENID = re.compile(r"[\w.@-]{1,64}", re.ASCII)
GREETING = f"像在微信里一样说话，一行一句；{'、'.join(COMMANDS)} 也可以用。Ctrl-D 结束。"


def register(commands: Subcommands) -> None:
    parser = commands.add_parser("chat", help="在终端里和机器人说话")
    parser.add_argument(
        "--as", dest="openid", metavar="OPENID", default="terminal", type=_openid, help="以谁的身份"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Talks until the input ends; 1 where a line could not be sent or was not answered properly."""
    settings = settings_of(args)
    configure_logs(settings.log.model_copy(update={"level": "warning"}))
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with open_database(settings) as database:
        if not is_current(database):
            return fail("数据库还没有建好：先运行 python main.py migrate（或 demo）")
        understander = ensure_model(settings.paths.model)
        deployment = Deployment(settings, database, understander, utc_now)
        with suppress(KeyboardInterrupt):
            return asyncio.run(_chat(deployment, args.openid, sys.stdin))
    return 0


def _openid(text: str) -> str:
    if not OPENID.fullmatch(text):
        raise argparse.ArgumentTypeError("最多 64 个字母、数字或 . @ - _")
    return text


async def _chat(given: Deployment, openid: str, stream: TextIO) -> int:
    fake = FakeWeChat(appid=given.settings.wechat.appid, secret=given.settings.wechat.secret)
    log = ChatLog()
    door = _free_port()
    origin = f"http://{HOST}:{door.getsockname()[1]}"
    deployment, bell = _pointed_at(given, origin + FAKE), Bell()
    async with AsyncExitStack() as stack:
        await _serve(stack, _application(deployment, fake, bell), door)
        if deployment.settings.demo and not _is_served(deployment.settings):
            bell.connect(await stack.enter_async_context(running_jobs(deployment)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        side = demo_side(deployment.settings, fake)
        phone = Phone(side, fake, [Persona(openid, "您")], log)
        deliver = _deliver_to(side, session, f"{origin}/wechat")
        terminal = Terminal(phone, log, deliver, openid, _write)
        await terminal.converse(_lines(stream))
    return int(terminal.failed)


def _pointed_at(given: Deployment, api_base: str) -> Deployment:
    """The deployment with the pretended WeChat in place of the real one."""
    chat = given.settings.wechat.model_copy(update={"api_base": api_base, "accounts": {}})
    settings = given.settings.model_copy(update={"wechat": chat})
    return Deployment(settings, given.database, given.understander, given.clock)


def _application(given: Deployment, fake: FakeWeChat, bell: Bell) -> web.Application:
    world = assembly.make_world(given.settings, given.understander)
    inbound = assembly.make_inbound(given.settings, given.database, world, given.clock, bell)
    app = web.Application()
    app.add_routes(inbound.webhook.routes())
    app.add_subapp(FAKE, make_fake_wechat(fake))

    async def drain(_: web.Application) -> None:
        await inbound.receiver.drain()

    app.on_shutdown.append(drain)
    return app


async def _serve(stack: AsyncExitStack, app: web.Application, door: socket.socket) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, door).start()


def _free_port() -> socket.socket:
    """A socket on a port that the system chose; whoever serves on it closes it."""
    door = socket.socket()
    door.bind((HOST, 0))
    return door


def _is_served(settings: Settings) -> bool:
    """Whether the configured server is running, which then delivers."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex((HOST, settings.server.port)) == 0


def _deliver_to(side: WeChatSide, session: aiohttp.ClientSession, url: str) -> Deliver:
    async def deliver(push: SignedPush) -> str | None:
        return await side.deliver(cast("Poster", session), url, push)

    return deliver


def _write(block: str) -> None:
    sys.stdout.write(block)
    sys.stdout.flush()


async def _lines(stream: TextIO) -> AsyncIterator[str]:
    """The lines of `stream` as they are typed, read beside the event loop."""
    if stream.isatty():
        print(GREETING, file=sys.stderr)
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    # a daemon: a read that waits for the keyboard must not keep the program from ending
    threading.Thread(target=_feed, args=(stream, loop, queue), daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _feed(
    stream: TextIO, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[str | None]
) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile
        for line in stream:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)
