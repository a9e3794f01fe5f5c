"""What holds for every page: headers, escaping, words for errors, no script or style inside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from console.routes import ROUTES
from services import canned, failed_sends
from storage import migrate
from storage.cases import Case
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import OutboxMessage
from tests.console.seed import fill
from tests.console.world import SECRET, Console, open_console

PAGES = [
    "/console/",
    "/console/cases",
    "/console/cases/1",
    "/console/residents/1",
    "/console/replies/1",
    "/console/sends/1",
    "/console/figures",
    "/console/audit",
    "/console/staff",
    "/console/staff/1",
    "/console/talks",
    "/console/model",
    "/console/account",
    "/console/help",
    "/console/cases/987654",
]
TEMPLATES = Path(__file__).parents[2] / "console" / "templates"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_nobody_else_for_anything(console: Console, path: str) -> None:
    """No inline script or style, which the policy forbids, and no other host."""
    answer = await console.visitor("admin").get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_every_field_has_a_label(console: Console, path: str) -> None:
    """WCAG 2.2, 1.3.1 and 4.1.2."""
    page = (await console.visitor("admin").get(path)).text
    for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
        if 'type="hidden"' in field or " hidden " in field:
            continue
        number = re.search(r'id="([^"]+)"', field)
        labelled = number and f'for="{number[1]}"' in page
        before = page[: page.index(field)]
        inside = before.rfind("<label") > before.rfind("</label>")
        assert labelled or inside, field
    assert page.count("<h1") == 1


async def test_what_residents_write_is_never_markup(console: Console) -> None:
    def write(session: Session) -> None:
        case = session.get_one(Case, console.seeded.lamp)
        case.title = case.description = "<script>alert(1)</script>"

    console.write(write)
    for path in ("/console/cases", f"/console/cases/{console.seeded.lamp}"):
        page = (await console.visitor("admin").get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


async def test_an_error_is_told_in_plain_words(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 says that it is noted, shows nothing of the inside and keeps the headers."""

    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(failed_sends, "resend", fail)
    answer = await console.visitor("worker").post(f"/console/sends/{console.seeded.failed}/resend")
    assert answer.status == 500
    assert "程序出错了" in answer.text
    assert "secret inside" not in answer.text
    assert "Content-Security-Policy" in answer.headers
    state = console.read(
        lambda session: session.get_one(OutboxMessage, console.seeded.failed).state
    )
    assert state == "dead"


async def test_style_sheets_are_kept_by_their_digest(console: Console) -> None:
    page = (await console.anonymous.get("/console/sign-in")).text
    for address in re.findall(r'"(/console/static/[^"]+)"', page):
        answer = await console.anonymous.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert (await console.anonymous.get("/console/static/..%2fapp.py")).status == 404


def test_every_template_is_used_and_every_route_has_its_own_handler() -> None:
    handlers = [route.handler for route in ROUTES]
    assert len(set(handlers)) == len(handlers)
    source = "".join(path.read_text() for path in TEMPLATES.parent.rglob("*.py"))
    for template in TEMPLATES.glob("*.html"):
        assert template.name == "base.html" or f'"{template.name}"' in source, template.name


def test_colours_live_in_the_tokens_alone() -> None:
    """A colour named elsewhere would not turn with the theme."""
    for sheet in (TEMPLATES.parent / "static").glob("*.css"):
        if sheet.name != "tokens.css":
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb\(", sheet.read_text())
            assert not found, (sheet.name, found)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_texts_and_borders_stand_out_in_both_themes(theme: int) -> None:
    """4.5:1 for texts, 3:1 for the borders of controls (WCAG 2.2, 1.4.3 and 1.4.11)."""
    blocks = re.split(
        r"color-scheme: (?:light|dark);", (TEMPLATES.parent / "static/tokens.css").read_text()
    )
    token = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[theme + 1].split("}")[0]))
    texts = [(ink, ground) for ink in ("ink", "soft") for ground in ("paper", "surface", "sunken")]
    texts += [(n, f"{n}-soft") for n in ("alarm", "warn", "ok")]
    texts += [(n, "surface") for n in ("alarm", "warn", "ok", "accent-ink")]
    texts += [("on-accent", "accent"), ("accent-ink", "accent-soft"), ("surface", "alarm")]
    texts += [("soft", "accent-soft")]
    for ink, ground in texts:
        assert contrast(token[ink], token[ground]) >= 4.5, (ink, ground)
    for edge in ("edge", "focus", "accent"):
        assert contrast(token[edge], token["surface"]) >= 3, edge


def test_the_shipped_canned_replies_are_well_made() -> None:
    """Every blank is known, and none is left over once all are filled."""
    found = canned.read()
    assert len({reply.code for reply in found}) == len(found)
    for reply in found:
        values = dict.fromkeys([*canned.FILLED, *reply.blanks], "好")
        assert "{" not in canned.fill(reply, values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {code: a, title: b, text: '{谁}'}", "没有说明的空格 谁"),
        ("- {code: a, title: b, text: '{谁}', blanks: {谁: colour}}", "没有这种空格 colour"),
        ("- {code: a, title: b}", "缺少 text"),
        ("- {code: a, title: b, text: c, states: x}", "states 是列表"),
    ],
)
def test_a_wrong_file_of_canned_replies_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "canned.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(canned.BadCannedReply, match=words):
        canned.read(path)


async def test_every_page_works_on_postgresql(postgres_database_url: str, tmp_path: Path) -> None:
    """Queries, claims and marks are the same there."""
    with Database(postgres_database_url, SECRET, threads=4) as database:
        migrate.upgrade(database)
        seeded = database.write_now(fill)
        async with open_console(database, seeded, tmp_path) as console:
            visitor = console.visitor("admin")
            for path in (*PAGES[:-1], "/console/audit.csv", "/console/?overdue=1&words=灯"):
                assert (await visitor.get(path)).status == 200, path
            limited, talk = (
                console.visitor("grid2"),
                f"/console/residents/{seeded.private_resident}",
            )
            for path in (f"/console/cases/{seeded.far}", talk, "/console/talks", "/console/"):
                assert (await limited.get(path)).status == 200, path
            for path in (f"/console/sends/{seeded.failed}", f"/console/media/{seeded.picture}"):
                assert (await limited.get(path)).status == 404, path
            item = console.read(lambda s: s.get_one(QueueItem, seeded.lamp_item))
            claim = {"version": str(item.version)}
            path = f"/console/items/{seeded.lamp_item}/claim"
            assert (await visitor.post(path, claim)).status == 303
            assert (await visitor.post(path, claim)).status == 409
            reply = f"/console/replies/{seeded.reply}/approve"
            assert (await visitor.post(reply, {"version": "1"})).status == 303
