"""Every sample push of other projects through the real webhook, in secure mode."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import xmltodict
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import events
from storage.messages import InboundMessage, Media
from storage.residents import Dialog, Resident
from tests.desk import WORKDAY_MORNING, Desk
from tests.robustness.processes import post
from tests.shared_data import shared_data

SAMPLES = sorted(shared_data("wechat").glob("*.xml"))
RECORDED = {"image": "image", "voice": "voice", "video": "video", "shortvideo": "video"}
KNOWN = {"text", "location", "link", "event", *RECORDED}
ANSWERED = {"subscribe", "scan", "click", "scancode_waitmsg"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as sent just now by a resident who wrote nothing before."""

    name: str
    xml: str
    fields: Mapping[str, object]
    openid: str

    @property
    def kind(self) -> str:
        return str(self.fields.get("MsgType", "")).lower()

    @property
    def event(self) -> str:
        """The event as the desk names it: a follow by QR code is a follow."""
        return str(self.fields.get("Event", "")).lower() if self.kind == "event" else ""


def fresh(name: str, xml: str) -> Sample:
    """The sample with sender, time and number of its own; all else as it came."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    openid, seconds = f"o{digest[:20]}", int(WORKDAY_MORNING.timestamp())
    replaced = {
        **dict.fromkeys(("FromUserName", "OpenID"), openid),
        "ToUserName": "gh_demo",
        "CreateTime": str(seconds),
        "MsgId": str(int(digest[:12], 16) + 1),
    }
    for tag, value in replaced.items():
        xml = re.sub(f"<{tag}>.*?</{tag}>", f"<{tag}>{value}</{tag}>", xml, flags=re.DOTALL)
    return Sample(name, xml, xmltodict.parse(xml)["xml"], openid)


def resident_of(session: Session, openid: str) -> Resident | None:
    return session.scalar(select(Resident).where(Resident.openid == openid))


def rows_of(session: Session, resident: int) -> list[InboundMessage]:
    query = select(InboundMessage).where(InboundMessage.resident_id == resident)
    return list(session.scalars(query))


def resident_by_number(session: Session, number: int) -> Resident:
    return session.get_one(Resident, number)


def medium_of(session: Session, inbound: int) -> Media:
    return session.scalars(select(Media).where(Media.inbound_id == inbound)).one()


def dialog_of(session: Session, resident: int | None) -> Dialog:
    return session.get_one(Dialog, resident)


def chosen(wanted: Callable[[Sample], object]) -> list[Sample]:
    """The samples whose message is wanted; some there must be."""
    samples = [fresh(path.name, path.read_text(encoding="utf-8")) for path in SAMPLES]
    found = [sample for sample in samples if wanted(sample)]
    assert found
    return found


async def send(desk: Desk, sample: Sample) -> tuple[str, InboundMessage]:
    """What the sample is answered with, and the row that was stored for it."""
    reply = await desk.send(desk.side.compose_xml(sample.xml, openid=sample.openid))
    newest = select(InboundMessage).order_by(InboundMessage.id.desc()).limit(1)
    return reply or "", desk.look(lambda s: s.scalars(newest).one())


async def test_every_sample_as_it_came_is_acknowledged(desk: Desk) -> None:
    """Old, undated, in others' names: 200 for each."""
    for path in SAMPLES:
        push = desk.side.compose_xml(path.read_text(encoding="utf-8"))
        status, _ = await post(desk.session, f"{desk.url}/wechat", push)
        assert status == 200, path.name
    assert len(SAMPLES) >= 125


async def test_a_text_is_stored_and_answered(desk: Desk) -> None:
    for sample in chosen(lambda s: s.kind == "text"):
        reply, row = await send(desk, sample)
        words = sample.fields.get("Content") or ""
        assert reply, sample.name
        assert (row.kind, row.text, row.reply) == ("text", words, reply), sample.name


async def test_a_picture_voice_or_video_is_noted_to_be_fetched_and_answered(desk: Desk) -> None:
    for sample in chosen(lambda s: s.kind in RECORDED and "MediaId" in s.fields):
        reply, row = await send(desk, sample)
        medium = desk.look(partial(medium_of, inbound=row.id))
        assert reply, sample.name
        assert (medium.state, medium.kind, medium.wechat_id) == (
            "pending",
            RECORDED[sample.kind],
            sample.fields["MediaId"],
        )


async def test_a_recording_that_does_not_say_where_it_is_is_answered_all_the_same(
    desk: Desk,
) -> None:
    for sample in chosen(lambda s: s.kind in RECORDED and "MediaId" not in s.fields):
        reply, row = await send(desk, sample)
        assert reply, sample.name
        assert row.kind == RECORDED[sample.kind]


async def test_a_picture_or_a_place_begins_a_report(desk: Desk) -> None:
    for sample in chosen(lambda s: s.kind in ("image", "location")):
        reply, row = await send(desk, sample)
        dialog = desk.look(partial(dialog_of, resident=row.resident_id))
        assert reply, sample.name
        assert dialog.form == "report", sample.name


async def test_a_link_and_kinds_that_the_desk_does_not_know_are_answered_politely(
    desk: Desk,
) -> None:
    for sample in chosen(lambda s: s.kind == "link" or (s.kind and s.kind not in KNOWN)):
        reply, row = await send(desk, sample)
        assert reply, sample.name
        assert row.kind == ("link" if sample.kind == "link" else "other")


async def test_a_follow_a_scan_and_a_menu_click_are_answered(desk: Desk) -> None:
    for sample in chosen(lambda s: s.event in ANSWERED):
        reply, _ = await send(desk, sample)
        resident = desk.look(partial(resident_of, openid=sample.openid))
        assert reply, sample.name
        assert resident is not None
        assert (resident.following, resident.last_touch_at) == (True, desk.clock())


async def test_a_farewell_removes_the_personal_data(desk: Desk) -> None:
    """Also where WeChat repeats the push: nobody is met anew."""
    for sample in chosen(lambda s: s.event in events.FAREWELLS):
        await desk.say(sample.openid, "我家在3栋，我叫王秀兰")
        before = desk.look(partial(resident_of, openid=sample.openid))
        assert before is not None
        for _ in range(2):
            reply, _ = await send(desk, sample)
            assert reply == "", sample.name
        after = desk.look(partial(resident_by_number, number=before.id))
        rows = desk.look(partial(rows_of, resident=before.id))
        assert (after.following, after.openid[:5]) == (False, "gone-"), sample.name
        assert {(row.text, row.reply) for row in rows} == {("", None)}
        assert desk.look(partial(resident_of, openid=sample.openid)) is None


async def test_a_notice_of_the_platform_is_stored_and_makes_no_resident(desk: Desk) -> None:
    for sample in chosen(lambda s: s.event and not events.is_of_resident(s.event)):
        reply, row = await send(desk, sample)
        assert reply == "", sample.name
        assert (row.kind, row.event, row.resident_id) == ("event", sample.event, None)
        assert desk.look(partial(resident_of, openid=sample.openid)) is None


async def test_what_a_resident_merely_did_is_stored_in_silence(desk: Desk) -> None:
    done = events.OF_RESIDENTS - ANSWERED - events.FAREWELLS
    for sample in chosen(lambda s: s.event in done):
        reply, row = await send(desk, sample)
        assert reply == "", sample.name
        assert row.event == sample.event


async def test_what_is_no_message_is_kept_raw(desk: Desk) -> None:
    """An envelope inside the envelope, and the like: for the engineer to look at."""
    for sample in chosen(lambda s: not s.kind):
        reply, row = await send(desk, sample)
        assert reply == "", sample.name
        assert (row.kind, row.resident_id, row.raw) == ("other", None, sample.xml)
