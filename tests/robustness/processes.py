"""Server processes for tests: started, spoken to, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import xmltodict

from commands.support import utc_now
from demo.community import open_community
from demo.fake.seal import unseal
from demo.wechat_side import SignedPush, WeChatSide
from settings import Settings
from storage import migrate
from storage.engine import Database
from tests.desk import demo_settings
from tests.shared_data import ROOT

PATIENCE = aiohttp.ClientTimeout(total=20)


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves the webhook at `url`."""

    pid: int
    url: str

    def kill(self) -> None:
        """Ends it at once; it can do nothing about it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def memory(self) -> int:
        """Bytes of memory in use."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def alive(self) -> bool:
        """Whether the process runs."""
        state = Path(f"/proc/{self.pid}/stat")
        return state.exists() and state.read_text(encoding="utf-8").split()[2] != "Z"


class Farm:
    """Starts servers on one database."""

    def __init__(self, mother: subprocess.Popen[str]) -> None:
        self._mother = mother
        self._servers: list[Server] = []

    def start(self) -> Server:
        """A new server that answers already."""
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write("start\n")
        self._mother.stdin.flush()
        pid, port = self._mother.stdout.readline().split()
        server = Server(int(pid), f"http://127.0.0.1:{port}/wechat")
        self._servers.append(server)
        return server

    def close(self) -> None:
        for server in self._servers:
            server.kill()
        self._mother.kill()
        self._mother.wait()


@contextmanager
def farm(url: str, folder: Path) -> Iterator[Farm]:
    """Servers on the database at `url`, which must have its schema."""
    command = [sys.executable, "-m", "tests.robustness.server", url, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with (folder / "server.log").open("wb") as log:
        mother = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with mother:
            servers = Farm(mother)
            try:
                yield servers
            finally:
                servers.close()


@contextmanager
def community(url: str, folder: Path) -> Iterator[tuple[Database, Settings]]:
    """A demo community on a new database, with the settings of its servers."""
    settings = demo_settings(url, folder)
    with Database(url, settings.security.secret_key, threads=2) as database:
        migrate.upgrade(database)
        database.write_now(lambda s: open_community(s, utc_now()))
        yield database, settings


def side_of(settings: Settings) -> WeChatSide:
    """WeChat's side of the account, by the machine's clock."""
    chat = settings.wechat
    return WeChatSide(appid=chat.appid, token=chat.token, aes_key=chat.aes_key, clock=utc_now)


async def post(session: aiohttp.ClientSession, url: str, push: SignedPush) -> tuple[int, bytes]:
    """Status and body of the answer to a push; raises aiohttp.ClientError where none came."""
    sending = session.post(url, params=push.query, data=push.body, timeout=PATIENCE)
    async with sending as response:
        return response.status, await response.read()


def opened(body: bytes, settings: Settings) -> Mapping[str, str]:
    """The fields of an encrypted passive reply; none for a plain acknowledgement."""
    if body in (b"", b"success"):
        return {}
    cipher_text = xmltodict.parse(body.decode())["xml"]["Encrypt"]
    chat = settings.wechat
    fields: Mapping[str, str] = xmltodict.parse(unseal(cipher_text, chat.aes_key, chat.appid))[
        "xml"
    ]
    return fields
