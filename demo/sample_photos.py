"""Photos to send from the simulator, drawn here: dark stairs, a flooded garage, a full hallway.

Like a phone's they carry the place they were taken at in their EXIF part, so that one can see it
gone from what is stored.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter

SIZE = 900
GPS = 0x8825
MADE_WITH = 0x0110
SHARPNESS = 3

Pen: TypeAlias = ImageDraw.ImageDraw


@dataclass(frozen=True, slots=True)
class SamplePhoto:
    """A picture to send; `jpeg` is the file."""

    id: str
    label: str
    jpeg: bytes


def sample_photos(latitude: float, longitude: float) -> tuple[SamplePhoto, ...]:
    """The photos, taken at the given place (degrees, north and east)."""
    exif = _exif(latitude, longitude)
    drawn = (
        ("lamp", "楼道灯不亮", _stairwell),
        ("water", "车库积水", _garage),
        ("clutter", "楼道堆物", _hallway),
    )
    return tuple(SamplePhoto(name, label, _jpeg(draw, exif)) for name, label, draw in drawn)


def _exif(latitude: float, longitude: float) -> Image.Exif:
    exif = Image.Exif()
    exif[MADE_WITH] = "simulated phone"
    exif.get_ifd(GPS).update(
        {1: "N", 2: _sexagesimal(latitude), 3: "E", 4: _sexagesimal(longitude)}
    )
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(degrees, 1)
    minutes, seconds = divmod(rest * 60, 1)
    return whole, minutes, round(seconds * 60, 2)


def _jpeg(draw: Callable[[Pen], None], exif: Image.Exif) -> bytes:
    image = Image.new("RGB", (SIZE, SIZE), "#20262b")
    draw(ImageDraw.Draw(image))
    image = image.filter(ImageFilter.GaussianBlur(SHARPNESS))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _stairwell(pen: Pen) -> None:
    pen.rectangle((0, 0, 900, 900), fill="#1b2127")
    pen.polygon([(0, 0), (300, 120), (300, 640), (0, 900)], fill="#262e35")
    pen.polygon([(900, 0), (600, 120), (600, 640), (900, 900)], fill="#20272d")
    pen.rectangle((300, 120, 600, 640), fill="#2d363e")
    for step in range(7):
        top = 640 + step * 37
        edge = 300 - step * 43
        pen.polygon([(edge, top), (900 - edge, top), (935 - edge, top + 37), (edge - 35, top + 37)])
        pen.rectangle((edge, top, 900 - edge, top + 26), fill=f"#{0x38 - step * 3:02x}424a")
    pen.line((450, 0, 450, 190), fill="#0e1215", width=7)
    pen.ellipse((415, 185, 485, 262), fill="#4b5258", outline="#15191c", width=5)
    pen.rectangle((350, 330, 545, 640), fill="#3b2f29", outline="#171210", width=6)
    pen.ellipse((510, 480, 530, 500), fill="#8a7a55")


def _garage(pen: Pen) -> None:
    pen.rectangle((0, 0, 900, 430), fill="#6d7477")
    pen.polygon([(0, 430), (900, 430), (900, 900), (0, 900)], fill="#4d6672")
    for x in (110, 450, 760):
        pen.rectangle((x, 60, x + 66, 470), fill="#8b9296")
        pen.rectangle((x, 330, x + 66, 400), fill="#d9b53b")
    for y, width in ((520, 500), (590, 680), (680, 800), (790, 860)):
        pen.arc((450 - width // 2, y, 450 + width // 2, y + 70), 190, 340, fill="#9db9c4", width=8)
    pen.rounded_rectangle((250, 320, 640, 470), 40, fill="#8c2f2b")
    pen.polygon([(310, 330), (370, 245), (540, 245), (600, 330)], fill="#37424a")
    pen.rectangle((230, 460, 660, 560), fill="#47606c")
    pen.rectangle((0, 40, 900, 66), fill="#e9ead9")


def _hallway(pen: Pen) -> None:
    pen.rectangle((0, 0, 900, 900), fill="#cfc8b8")
    pen.polygon([(0, 900), (250, 560), (650, 560), (900, 900)], fill="#8f8676")
    pen.rectangle((330, 170, 570, 560), fill="#5b7a66", outline="#3d5345", width=8)
    pen.polygon([(0, 0), (250, 120), (250, 560), (0, 900)], fill="#bdb5a3")
    boxes = ((40, 520, 330, 800), (90, 360, 300, 530), (600, 560, 860, 840), (640, 420, 810, 565))
    for left, top, right, bottom in boxes:
        pen.rectangle((left, top, right, bottom), fill="#b98a55", outline="#7a5730", width=7)
        middle = (left + right) // 2
        pen.line((middle, top, middle, bottom), fill="#d8b483", width=16)
    pen.ellipse((380, 660, 520, 800), outline="#22262a", width=12)
    pen.ellipse((500, 660, 640, 800), outline="#22262a", width=12)
    pen.line((450, 730, 510, 640, 570, 730, 450, 730), fill="#a8312a", width=10)
