"""Pictures of residents: fetched, cleaned, kept outside, tried again, erased with their owner."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from demo.fake_wechat import Fault
from services import media
from services.media import StoredFile
from storage.messages import Media
from tests.desk import Desk

GET, MAKER, SECRET = "media/get", 0x010F, "SECRET-PHONE"


def photo() -> bytes:
    """A photograph with the name of the telephone in its metadata."""
    exif = Image.Exif()
    exif[MAKER] = SECRET
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", exif=exif, comment=b"SECRET-NOTE")
    return out.getvalue()


def rows(desk: Desk) -> list[Media]:
    return list(desk.look(lambda s: s.scalars(select(Media).order_by(Media.id)).all()))


def files(desk: Desk) -> list[Path]:
    return [path for path in desk.settings.paths.media.rglob("*") if path.is_file()]


async def send_picture(desk: Desk, data: bytes, kind: str = "image/jpeg") -> Media:
    """Ann sends a picture; the row that waits for it to be fetched."""
    media_id = desk.fake.add_media(data, kind)
    await desk.send(desk.side.compose_image("oAnn", media_id))
    return rows(desk)[-1]


async def test_a_picture_is_kept_outside_without_its_metadata(desk: Desk) -> None:
    await send_picture(desk, photo())
    assert await desk.workers.fetcher.run() == 1
    (row,), (path,) = rows(desk), files(desk)
    assert (row.state, row.content_type, row.error) == ("stored", "image/jpeg", "")
    assert path == desk.settings.paths.media / row.file
    assert SECRET.encode() not in path.read_bytes()
    assert b"SECRET-NOTE" not in path.read_bytes()
    with Image.open(path) as picture:
        assert picture.size == (64, 48)
    assert await desk.workers.fetcher.run() == 0


@pytest.mark.parametrize(
    "fault", [Fault.BAD_CREDENTIAL, Fault.BUSY, Fault.HTTP_500, Fault.HTML, Fault.RESET_AFTER]
)
async def test_a_fetch_that_fails_is_tried_again_until_it_works(fault: Fault, desk: Desk) -> None:
    """40001 twice is a refused token that the renewal did not mend."""
    await send_picture(desk, photo())
    desk.fake.inject(GET, fault, times=2)
    await desk.workers.fetcher.run()
    desk.clock.forward(hours=1)
    await desk.workers.fetcher.run()
    desk.clock.forward(hours=1)
    await desk.workers.fetcher.run()
    (row,) = rows(desk)
    assert (row.state, len(files(desk))) == ("stored", 1)


async def test_a_token_refused_once_costs_nothing(desk: Desk) -> None:
    await send_picture(desk, photo())
    desk.fake.inject(GET, Fault.BAD_CREDENTIAL)
    await desk.workers.fetcher.run()
    assert [row.state for row in rows(desk)] == ["stored"]


@pytest.mark.parametrize("data", [b"no picture at all", b"", photo()[:80]])
async def test_what_is_no_picture_is_given_up_at_once(data: bytes, desk: Desk) -> None:
    await send_picture(desk, data)
    await desk.workers.fetcher.run()
    desk.clock.forward(hours=2)
    assert await desk.workers.fetcher.run() == 0
    assert [row.state for row in rows(desk)] == ["failed"]
    assert files(desk) == []


async def test_a_medium_that_wechat_does_not_know_is_given_up_at_once(desk: Desk) -> None:
    await desk.send(desk.side.compose_image("oAnn", "unknown-media"))
    await desk.workers.fetcher.run()
    (row,) = rows(desk)
    assert (row.state, "40007" in row.error) == ("failed", True)


async def test_after_three_days_wechat_has_it_no_more_and_it_is_given_up(desk: Desk) -> None:
    await send_picture(desk, photo())
    desk.fake.inject(GET, Fault.BUSY, times=None)
    for _ in range(5):
        await desk.workers.fetcher.run()
        desk.clock.forward(days=1)
    assert [row.state for row in rows(desk)] == ["failed"]


async def test_two_workers_that_fetched_the_same_picture_keep_it(desk: Desk) -> None:
    """The first took longer than its claim holds; the second must not take the file away."""
    await send_picture(desk, photo())
    desk.fake.inject(GET, Fault.HANG_BEFORE)
    slow = asyncio.create_task(desk.workers.fetcher.run())
    async with asyncio.timeout(10):
        while not desk.fake.calls[GET]:
            await asyncio.sleep(0.001)
    desk.clock.forward(minutes=3)
    await desk.workers.fetcher.run()
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    (row,) = rows(desk)
    file = StoredFile(row.file, row.sha256, row.content_type)
    assert desk.do(lambda s: media.stored(s, row.id, file))
    assert len(files(desk)) == 1


async def test_the_files_of_a_resident_who_left_are_erased(desk: Desk) -> None:
    await send_picture(desk, photo())
    await desk.workers.fetcher.run()
    await desk.send(desk.side.compose_unsubscribe("oAnn"))
    assert await desk.workers.fetcher.erase() == 1
    (row,) = rows(desk)
    assert (row.state, row.file, row.wechat_id, row.sha256) == ("gone", "", "", "")
    assert files(desk) == []


async def test_a_picture_that_arrives_after_its_owner_left_is_not_kept(desk: Desk) -> None:
    row = await send_picture(desk, photo())
    claimed = desk.do(lambda s: media.claim(s, desk.clock()))
    await desk.send(desk.side.compose_unsubscribe("oAnn"))
    file = StoredFile("1/aa/late.jpg", "aa", "image/jpeg")
    assert [one.id for one in claimed] == [row.id]
    assert not desk.do(lambda s: media.stored(s, row.id, file))
    assert await desk.workers.fetcher.run() == 0
