"""Posters with a QR code and a Chinese heading, to hang in a stairwell.

An SVG can always be made, a PNG where a font with Chinese characters is installed. Sizes are in
pixels; A4 upright when printed to fit the page.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 840, 1188
CODE_SIDE = 680
CODE_TOP = 240
TITLE_TOP, TITLE_SIZE = 170, 64
LINE_TOP, LINE_SIZE, LINE_STEP = 990, 36, 56
TITLE_LIMIT, LINE_LIMIT, LINES = 12, 22, 3
INK, PAPER = "#111111", "#ffffff"
FAMILIES = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
FONT_MARKS = ("cjk", "sourcehansans", "wqy", "simhei", "msyh", "pingfang", "droidsansfallback")


class PosterError(ValueError):
    """The poster cannot be drawn; the message says why."""


def poster_svg(content: str, title: str, lines: Sequence[str] = ()) -> str:
    """An SVG poster: `title` (up to 12 characters), the code of `content`, up to 3 `lines`."""
    _check(title, lines)
    modules = [list(row) for row in segno.make_qr(content, error="m").matrix_iter(border=4)]
    texts = [_svg_text(title, TITLE_TOP, TITLE_SIZE, "bold")]
    texts += [
        _svg_text(line, LINE_TOP + index * LINE_STEP, LINE_SIZE, "normal")
        for index, line in enumerate(lines)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<path fill="{INK}" shape-rendering="crispEdges" transform="translate('
        f'{(WIDTH - CODE_SIDE) // 2} {CODE_TOP}) scale({CODE_SIDE / len(modules):.4f})" '
        f'd="{_dark(modules)}"/>{"".join(texts)}</svg>\n'
    )


def poster_png(
    content: str, title: str, lines: Sequence[str] = (), *, font: Path | None = None
) -> bytes:
    """The same as a PNG. Raises `PosterError` where no font with Chinese characters is found."""
    _check(title, lines)
    face = font or find_font()
    if face is None:
        raise PosterError("no font with Chinese characters is installed; use the SVG poster")
    poster = Image.new("L", (WIDTH, HEIGHT), PAPER)
    poster.paste(_code(content), ((WIDTH - CODE_SIDE) // 2, CODE_TOP))
    draw = ImageDraw.Draw(poster)
    _png_text(draw, title, TITLE_TOP, ImageFont.truetype(face, TITLE_SIZE))
    for index, line in enumerate(lines):
        _png_text(draw, line, LINE_TOP + index * LINE_STEP, ImageFont.truetype(face, LINE_SIZE))
    buffer = io.BytesIO()
    poster.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def find_font(folders: Sequence[Path] = FONT_FOLDERS) -> Path | None:
    """A font file with Chinese characters, judged by its name, from the system's folders."""
    for folder in folders:
        files = [*folder.rglob("*.tt[cf]"), *folder.rglob("*.otf")]
        for path in sorted(files, key=lambda file: ("regular" not in file.name.lower(), file)):
            if any(mark in path.name.lower().replace("-", "") for mark in FONT_MARKS):
                return path
    return None


def _check(title: str, lines: Sequence[str]) -> None:
    if not 1 <= len(title) <= TITLE_LIMIT:
        raise PosterError(f"the title has 1 to {TITLE_LIMIT} characters, not {len(title)}")
    if len(lines) > LINES or any(len(line) > LINE_LIMIT for line in lines):
        raise PosterError(f"at most {LINES} lines of {LINE_LIMIT} characters each")


def _dark(modules: Sequence[Sequence[int]]) -> str:
    """An SVG path over the runs of dark modules, one unit a module."""
    path = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                path.append(f"M{start} {y}h{x - start}v1h{start - x}z")
            x += 1
    return "".join(path)


def _svg_text(text: str, y: int, size: int, weight: str) -> str:
    return (
        f'<text x="{WIDTH // 2}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle" fill="{INK}" font-family="{FAMILIES}">{escape(text)}</text>'
    )


def _code(content: str) -> Image.Image:
    buffer = io.BytesIO()
    segno.make_qr(content, error="m").save(buffer, kind="png", scale=10, border=4)
    return Image.open(buffer).convert("L").resize((CODE_SIDE, CODE_SIDE), Image.Resampling.NEAREST)


def _png_text(draw: ImageDraw.ImageDraw, text: str, y: int, font: ImageFont.FreeTypeFont) -> None:
    draw.text((WIDTH // 2, y), text, fill=INK, font=font, anchor="ms")
