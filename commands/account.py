"""The WeChat account: push its menu, make QR codes and posters."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.wechat.client import WeChatClient
from bot.wechat.errors import ApiError
from bot.wechat.menu import MenuError, build_menu
from commands import Subcommands
from commands.assembly import make_clients
from commands.demo_mode import demo_qr
from commands.support import fail, open_database, settings_of, utc_now
from handlers import SERVICES
from handlers.registry import Registry
from services import communities
from services.posters import PosterError, poster_png, poster_svg
from settings import Settings
from storage.communities import Place
from storage.engine import Database


def register(commands: Subcommands) -> None:
    """Adds `menu push` and `qr`."""
    menu = commands.add_parser("menu", help="the menu of the WeChat account")
    actions = menu.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("push", help="push the configured menu").set_defaults(run=_push_menu)
    qr = commands.add_parser("qr", help="a poster with a QR code (.svg or .png)")
    qr.add_argument("kind", metavar="KIND", help="what the code stands for, e.g. place")
    qr.add_argument("code", metavar="CODE", help="the code of the place")
    qr.add_argument("--out", type=Path, required=True, metavar="FILE")
    qr.set_defaults(run=_qr)


def _push_menu(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    registry = Registry(SERVICES)
    try:
        menu = build_menu(settings.wechat.menu)
    except MenuError as error:
        return fail(f"{args.config}: wechat.{error}")
    unknown = [key for key in _keys(settings.wechat.menu) if key not in registry.actions]
    if unknown:
        return fail(f"{args.config}: wechat.menu: no service answers the key {unknown[0]!r}")
    with open_database(settings) as database:
        try:
            asyncio.run(_with_client(settings, database, lambda c: c.create_menu(menu)))
        except ApiError as error:
            return fail(f"WeChat refused the menu: {error}")
    print("the menu is pushed; residents see it within a few minutes")
    return 0


def _keys(entries: list[dict[str, Any]]) -> list[str]:
    keys = []
    for entry in entries:
        keys += [entry["key"]] if "key" in entry else []
        keys += _keys(entry.get("children", []))
    return keys


async def _with_client(settings: Settings, database: Database, work: Any) -> Any:
    async with aiohttp.ClientSession() as session:
        client: WeChatClient = make_clients(settings, database, session, utc_now)[""]
        return await work(client)


def _qr(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    if args.kind not in Registry(SERVICES).scenes:
        return fail(f"no service answers QR codes of the kind {args.kind!r}")
    if args.out.suffix not in (".svg", ".png"):
        return fail(f"{args.out}: the poster is .svg or .png")
    scene = f"{args.kind}:{args.code}"
    with open_database(settings) as database:
        place = database.read_now(lambda s: s.scalar(select(Place).where(Place.code == args.code)))
        if args.kind in ("place", "grid") and place is None:
            return fail(f"there is no place with the code {args.code!r}")
        community = database.read_now(lambda s: communities.by_code(s, settings.wechat.community))
        try:
            content = (
                demo_qr(scene)
                if settings.demo
                else asyncio.run(_with_client(settings, database, lambda c: c.create_qr(scene))).url
            )
        except ApiError as error:
            return fail(f"WeChat gave no QR code: {error}")
    title = community.name if community else "说事台"
    lines = [place.name if place else args.code, "微信扫一扫，有事就说"]
    return _write_poster(args.out, content, title, lines)


def _write_poster(out: Path, content: str, title: str, lines: list[str]) -> int:
    try:
        if out.suffix == ".svg":
            out.write_text(poster_svg(content, title, lines), encoding="utf-8")
        else:
            out.write_bytes(poster_png(content, title, lines))
    except (PosterError, OSError) as error:
        return fail(f"{out}: {error}")
    print(f"{out}: written")
    return 0
