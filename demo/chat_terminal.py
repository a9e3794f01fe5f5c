"""Talking to the bot in a terminal or through a pipe: one message a line, one reply a block.

Besides words a line may be `/photo FILE`, `/location LAT LNG NAME`, `/scan SCENE`, `/menu KEY`,
`/voice WORDS`, `/follow` or `/unfollow`; `//` begins words that themselves begin with a slash.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from demo.chat_log import ChatLog, Entry, Listener
from demo.chat_phone import Deliver, Phone, PhoneError

Deed: TypeAlias = dict[str, Any]
Write: TypeAlias = Callable[[str], None]
SILENCE = "（没有回复）"


class LineError(ValueError):
    """A command in a line cannot be read; the message says how it is written."""


def read_line(line: str) -> Deed:
    """What a line asks the phone to do, as `Phone.act` takes it; raises `LineError`."""
    if not line.startswith("/") or line.startswith("//"):
        return {"kind": "text", "text": line.removeprefix("/") if line[:2] == "//" else line}
    command, _, rest = line.partition(" ")
    reader = COMMANDS.get(command)
    if reader is None:
        raise LineError(f"没有 {command}；可以用 {'、'.join(COMMANDS)}，以 / 开头的话写成 //…")
    return reader(rest.strip())


def _photo(rest: str) -> Deed:
    path = Path(rest).expanduser()
    try:
        return {"kind": "photo", "content": path.read_bytes()}
    except OSError as error:
        raise LineError(f"/photo 文件：{path}：{error.strerror}") from error


def _location(rest: str) -> Deed:
    parts = rest.split(maxsplit=2)
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except (IndexError, ValueError) as error:
        raise LineError(
            "/location 纬度 经度 地名，例如 /location 30.2762 120.1553 3栋门口"
        ) from error
    name = parts[2] if len(parts) > 2 else ""
    return {"kind": "location", "latitude": latitude, "longitude": longitude, "name": name}


def _worded(kind: str, name: str, usage: str) -> Callable[[str], Deed]:
    def read(rest: str) -> Deed:
        if not rest:
            raise LineError(usage)
        return {"kind": kind, name: rest}

    return read


def _bare(kind: str) -> Callable[[str], Deed]:
    def read(rest: str) -> Deed:
        if rest:
            raise LineError(f"/{kind} 后面不写别的")
        return {"kind": kind}

    return read


COMMANDS: Mapping[str, Callable[[str], Deed]] = {
    "/photo": _photo,
    "/location": _location,
    "/scan": _worded("scan", "scene", "/scan 场景值，例如 /scan place:B3U2"),
    "/menu": _worded("menu", "key", "/menu 菜单键值"),
    "/voice": _worded("voice", "text", "/voice 说的话"),
    "/follow": _bare("follow"),
    "/unfollow": _bare("unfollow"),
}


class Terminal:
    """One resident's conversation, line by line; `write` gets each block with its last newline.

    A block is one message of the bot and an empty line. What the bot sends later is written as it
    comes. `failed` tells whether a line could not be sent or the bot's answer was faulty.
    """

    def __init__(
        self, phone: Phone, log: ChatLog, deliver: Deliver, openid: str, write: Write
    ) -> None:
        self._phone, self._log, self._deliver = phone, log, deliver
        self._openid, self._write = openid, write
        self._written = 0
        self.failed = False

    async def converse(self, lines: AsyncIterator[str]) -> None:
        """Sends each of `lines`, one after the answer to the other; empty ones are left out."""
        with self._log.listening(self._log.last) as heard:
            writing = asyncio.create_task(self._write_all(heard))
            async for line in lines:
                if line.strip():
                    await self._say(line.strip(), heard)
            writing.cancel()

    async def _say(self, line: str, heard: Listener) -> None:
        before = self._written
        try:
            await self._phone.act(self._openid, read_line(line), self._deliver)
        except (LineError, PhoneError) as error:
            self.failed = True
            self._block(f"！{error}")
        await heard.join()
        if self._written == before:
            self._block(SILENCE)

    async def _write_all(self, heard: Listener) -> None:
        while (entry := await heard.get()) is not None:
            if entry.body.get("openid") == self._openid:
                self._show(entry)
            heard.task_done()

    def _show(self, entry: Entry) -> None:
        if entry.event == "message" and not entry.body["mine"]:
            self._block(block_of(entry.body))
        if entry.event == "trace" and entry.body["failed"]:
            self.failed = True

    def _block(self, text: str) -> None:
        self._written += 1
        self._write(f"{text}\n\n")


def block_of(message: Mapping[str, Any]) -> str:
    """A message of the bot as lines of plain text."""
    if message["kind"] != "card":
        return str(message["text"]) or f"［{message['kind']}］"
    rows = [f"{label}：{value}" for label, value in message["rows"]]
    return "\n".join(part for part in (f"【{message['title']}】", message["text"], *rows) if part)
