"""Fetches the pictures and voices that residents sent, and erases those of the forgotten.

Pictures are re-encoded without metadata; files lie outside everything that is served, under the
digest of their content.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import structlog

from bot.wechat.client import DownloadedMedia, WeChatClient
from bot.wechat.errors import ApiError, Invalid
from services import media
from services.media import StoredFile, Wanted
from services.pictures import BadImage, clean_image
from storage.engine import Database

log = structlog.get_logger(__name__)

RECORDING_LIMIT = 10 * 1024 * 1024
RECORDINGS = {
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/speex": ".speex",
    "voice/speex": ".speex",
    "video/mp4": ".mp4",
    "video/mpeg4": ".mp4",
}


class Fetcher:
    """Brings media from WeChat into the media folder."""

    def __init__(
        self,
        database: Database,
        clients: Mapping[str, WeChatClient],
        folder: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clients = clients
        self._folder = folder
        self._clock = clock

    async def run(self) -> int:
        """Fetches what is due; returns how many were tried."""
        wanted = await self._database.write(lambda s: media.claim(s, self._clock()))
        await asyncio.gather(*(self._fetch(one) for one in wanted))
        return len(wanted)

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            got = await self._clients[wanted.account].get_media(wanted.wechat_id)
            file = await asyncio.to_thread(self._keep, wanted, got)
        except (BadImage, Invalid) as error:
            await self._fail(wanted, error, final=True)
        except (ApiError, OSError) as error:
            await self._fail(wanted, error, final=False)
        else:
            if not await self._database.write(lambda s: media.stored(s, wanted.id, file)):
                self._remove(file.name)

    async def _fail(self, wanted: Wanted, error: Exception, *, final: bool) -> None:
        log.warning("media not fetched", media=wanted.id, error=type(error).__name__)
        reason = f"{type(error).__name__}: {error}"
        await self._database.write(
            lambda s: media.failed(s, wanted.id, reason, final=final, now=self._clock())
        )

    def _keep(self, wanted: Wanted, got: DownloadedMedia) -> StoredFile:
        if wanted.kind == "image":
            data, suffix, kind = clean_image(got.data).data, ".jpg", "image/jpeg"
        else:
            data, suffix, kind = _recording(got)
        digest = hashlib.sha256(data).hexdigest()
        name = f"{wanted.community_id}/{digest[:2]}/{wanted.id}-{digest[:24]}{suffix}"
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.replace(target)
        return StoredFile(name, digest, kind)

    async def erase(self) -> int:
        """Deletes the files of residents who are forgotten; returns how many."""
        files = await self._database.read(media.to_erase)
        for media_id, name in files.items():
            self._remove(name)
            await self._database.write(lambda s, m=media_id: media.erased(s, m))  # type: ignore[misc]
        return len(files)

    def _remove(self, name: str) -> None:
        if name:
            (self._folder / name).unlink(missing_ok=True)


def _recording(got: DownloadedMedia) -> tuple[bytes, str, str]:
    kind = got.content_type.partition(";")[0].strip().lower()
    if kind not in RECORDINGS:
        raise BadImage(f"不支持的格式：{kind}")
    if len(got.data) > RECORDING_LIMIT:
        raise BadImage("录音或视频太大")
    return got.data, RECORDINGS[kind], kind
