"""Photos of a neighbourhood, drawn: small, a little askew and out of focus, as phones take them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from demo.life.moments import spread

WIDTH, HEIGHT = 480, 640
QUALITY = 78

Pen: TypeAlias = ImageDraw.ImageDraw


def draw(name: str) -> bytes:
    """A JPEG of what `name` begins with, as `lamp-12`; the rest changes how it is taken."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#8f949a")
    DRAWINGS[name.partition("-")[0]](ImageDraw.Draw(picture))
    angle = spread(f"{name}:angle", 10) - 5
    fill = picture.getpixel((3, 3))
    picture = picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=fill)
    light = 0.82 + spread(f"{name}:light", 34) / 100
    picture = ImageEnhance.Brightness(picture).enhance(light)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _lamp(pen: Pen) -> None:
    """Dark stairs under a lamp that does not burn."""
    pen.rectangle((0, 0, 480, 640), fill="#1c2228")
    pen.polygon([(0, 0), (150, 90), (150, 430), (0, 640)], fill="#272f36")
    pen.polygon([(480, 0), (330, 90), (330, 430), (480, 640)], fill="#20272d")
    pen.rectangle((150, 90, 330, 430), fill="#303a42")
    for step in range(7):
        top, edge = 430 + step * 30, 150 - step * 22
        pen.rectangle((edge, top, 480 - edge, top + 22), fill=f"#{0x3A - step * 3:02x}444c")
    pen.line((240, 0, 240, 130), fill="#0e1215", width=5)
    pen.ellipse((216, 126, 264, 180), fill="#4b5258", outline="#15191c", width=4)


def _water(pen: Pen) -> None:
    """A garage with water on the floor."""
    pen.rectangle((0, 0, 480, 300), fill="#6d7477")
    pen.rectangle((0, 300, 480, 640), fill="#4d6672")
    for x in (50, 240, 410):
        pen.rectangle((x, 40, x + 36, 340), fill="#8b9296")
        pen.rectangle((x, 240, x + 36, 290), fill="#d9b53b")
    for y, width in ((360, 260), (420, 360), (490, 420), (560, 460)):
        pen.arc((240 - width // 2, y, 240 + width // 2, y + 50), 190, 340, fill="#9db9c4", width=5)
    pen.rounded_rectangle((120, 230, 340, 330), 26, fill="#8c2f2b")
    pen.polygon([(155, 236), (190, 180), (280, 180), (312, 236)], fill="#37424a")


def _clutter(pen: Pen) -> None:
    """A hallway full of boxes."""
    pen.rectangle((0, 0, 480, 640), fill="#cfc8b8")
    pen.polygon([(0, 640), (130, 400), (350, 400), (480, 640)], fill="#8f8676")
    pen.rectangle((175, 120, 305, 400), fill="#5b7a66", outline="#3d5345", width=6)
    for box in (
        (20, 380, 170, 570),
        (46, 262, 158, 388),
        (322, 400, 462, 600),
        (340, 300, 432, 404),
    ):
        pen.rectangle(box, fill="#b98a55", outline="#7a5730", width=5)
        middle = (box[0] + box[2]) // 2
        pen.line((middle, box[1], middle, box[3]), fill="#d8b483", width=10)


def _garbage(pen: Pen) -> None:
    """Bins that overflow, bags around them."""
    pen.rectangle((0, 0, 480, 300), fill="#b9c4c9")
    pen.rectangle((0, 300, 480, 640), fill="#8d8a82")
    for x, color in ((50, "#2f6fa8"), (190, "#3c7d49"), (330, "#8a3b38")):
        pen.polygon([(x, 250), (x + 105, 250), (x + 92, 470), (x + 13, 470)], fill=color)
        pen.rectangle((x - 6, 236, x + 111, 256), fill="#30363b")
    bags = ((70, 190, 150, 250), (210, 180, 285, 250), (30, 450, 140, 540), (150, 480, 270, 580))
    for bag in (*bags, (300, 460, 420, 560)):
        pen.ellipse(bag, fill="#23272b", outline="#0f1113", width=3)
    pen.ellipse((250, 520, 330, 590), fill="#d7d9d2", outline="#a8aaa2", width=3)


def _charging(pen: Pen) -> None:
    """A cable hanging from a window to an e-bike."""
    pen.rectangle((0, 0, 480, 640), fill="#c9bfae")
    pen.rectangle((0, 520, 480, 640), fill="#77746d")
    for x in (50, 290):
        pen.rectangle((x, 60, x + 140, 210), fill="#5d7686", outline="#e8e4da", width=10)
    pen.line([(330, 210), (318, 320), (340, 400), (300, 470)], fill="#c0392b", width=6)
    for x in (170, 330):
        pen.ellipse((x, 480, x + 90, 570), outline="#1d1f22", width=12)
    pen.line([(215, 525), (260, 430), (350, 430), (375, 525), (215, 525)], fill="#2c5b86", width=16)
    pen.line([(260, 430), (245, 390), (215, 390)], fill="#1d1f22", width=9)


def _road(pen: Pen) -> None:
    """A road with a hole in it."""
    pen.rectangle((0, 0, 480, 640), fill="#74777a")
    pen.polygon([(0, 0), (480, 0), (480, 120), (0, 170)], fill="#9aa58a")
    pen.line((0, 172, 480, 122), fill="#c9c7bd", width=14)
    pen.polygon(
        [(120, 380), (200, 320), (320, 330), (390, 400), (330, 470), (190, 480)], fill="#3e4042"
    )
    pen.polygon([(160, 390), (220, 350), (310, 360), (345, 405), (300, 445)], fill="#565049")
    for line in ((60, 300, 150, 350), (370, 470, 440, 540), (110, 470, 50, 540)):
        pen.line(line, fill="#4a4d50", width=4)


def _leak(pen: Pen) -> None:
    """A ceiling with a water stain."""
    pen.rectangle((0, 0, 480, 640), fill="#e7e3d8")
    pen.polygon([(0, 0), (480, 0), (400, 230), (80, 230)], fill="#f3f0e7")
    for size, color in ((100, "#c9b68f"), (76, "#b49b6c"), (48, "#8d7650")):
        pen.ellipse((250 - size, 110 - size // 2, 250 + size, 110 + size // 2), fill=color)
    for x in (215, 250, 284):
        pen.line((x, 150, x, 330 + x // 4), fill="#cbb98f", width=9)
    pen.rectangle((60, 430, 420, 600), fill="#9c7b5a", outline="#73583e", width=6)


def _parked(pen: Pen) -> None:
    """A car in front of a fire lane."""
    pen.rectangle((0, 0, 480, 330), fill="#b7a996")
    pen.rectangle((0, 330, 480, 640), fill="#6f7275")
    pen.rectangle((150, 90, 330, 330), fill="#7c8791", outline="#e8e4da", width=8)
    for x in range(-40, 480, 70):
        pen.polygon([(x, 560), (x + 36, 560), (x + 66, 620), (x + 30, 620)], fill="#d9b53b")
    pen.rounded_rectangle((50, 330, 430, 480), 40, fill="#dfe3e6", outline="#a9b0b5", width=4)
    pen.polygon([(120, 340), (165, 250), (320, 250), (372, 340)], fill="#3d4953")
    for x in (95, 320):
        pen.ellipse((x, 430, x + 78, 508), fill="#1d1f22", outline="#8d9296", width=9)


def _tree(pen: Pen) -> None:
    """A branch across a path."""
    pen.rectangle((0, 0, 480, 360), fill="#bcd3df")
    pen.rectangle((0, 360, 480, 640), fill="#87976f")
    pen.polygon([(160, 640), (220, 360), (300, 360), (400, 640)], fill="#b3aea2")
    pen.rectangle((60, 120, 104, 520), fill="#5f4a35")
    pen.line([(90, 240), (250, 400), (430, 470)], fill="#6d553d", width=26)
    for x, y in ((60, 80), (120, 60), (20, 130), (150, 140), (330, 430), (400, 450), (440, 500)):
        pen.ellipse((x - 56, y - 46, x + 56, y + 46), fill="#4d7a45")


def _slide(pen: Pen) -> None:
    """A slide with a crack."""
    pen.rectangle((0, 0, 480, 380), fill="#a9cbe0")
    pen.rectangle((0, 380, 480, 640), fill="#b97b5a")
    pen.polygon([(90, 150), (160, 150), (430, 520), (350, 540)], fill="#e0a62c")
    for y in (190, 250, 310, 370, 430):
        pen.line((40, y, 120, y), fill="#c0392b", width=10)
    pen.line((44, 140, 44, 500), fill="#c0392b", width=12)
    pen.line((118, 140, 118, 500), fill="#c0392b", width=12)
    pen.line([(240, 300), (262, 330), (252, 352), (282, 380)], fill="#2b2118", width=6)


def _repaired(pen: Pen) -> None:
    """The same stairs with the lamp burning."""
    pen.rectangle((0, 0, 480, 640), fill="#d8d0bd")
    pen.polygon([(0, 0), (150, 90), (150, 430), (0, 640)], fill="#c6bda8")
    pen.polygon([(480, 0), (330, 90), (330, 430), (480, 640)], fill="#cbc2ae")
    pen.rectangle((150, 90, 330, 430), fill="#e6dfcd")
    for step in range(7):
        top, edge = 430 + step * 30, 150 - step * 22
        pen.rectangle((edge, top, 480 - edge, top + 22), fill=f"#{0xB6 - step * 5:02x}b0a0")
    pen.line((240, 0, 240, 130), fill="#6d675c", width=5)
    pen.ellipse((200, 110, 280, 200), fill="#fff7d6", outline="#f0dc8a", width=8)


def _bill(pen: Pen) -> None:
    """A notice on a wall."""
    pen.rectangle((0, 0, 480, 640), fill="#b8b2a6")
    pen.rectangle((80, 70, 400, 560), fill="#f6f3ea", outline="#cfc9bb", width=4)
    pen.rectangle((130, 110, 350, 146), fill="#b4453c")
    for y in range(190, 500, 30):
        pen.rectangle((116, y, 364 - y % 70, y + 9), fill="#5b5a57")


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "lamp": _lamp,
    "water": _water,
    "clutter": _clutter,
    "garbage": _garbage,
    "charging": _charging,
    "road": _road,
    "leak": _leak,
    "parked": _parked,
    "tree": _tree,
    "slide": _slide,
    "repaired": _repaired,
    "bill": _bill,
}
