"""Pictures made safe to keep: re-encoded, turned upright, without metadata.

A photograph tells where and when it was taken and with which telephone; none of that is kept.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass

from PIL import Image
from PIL.Image import Transpose

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # MPO, as some telephones make it, is read as JPEG
PIXEL_LIMIT = 50_000_000
INPUT_LIMIT = 20 * 1024 * 1024
QUALITIES = (85, 75, 60, 45, 30)
DECODE_FAULTS = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError)
MORE_FAULTS = (struct.error, OverflowError, AttributeError, ZeroDivisionError, MemoryError)

ORIENTATION = 0x0112  # EXIF 2.32, 4.6.4
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class BadImage(ValueError):
    """The data is not a picture that can be kept; the message may be shown to the resident."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A JPEG without metadata; sides in pixels, `sha256` of `data` in hexadecimal."""

    data: bytes
    width: int
    height: int
    sha256: str


def clean_image(
    data: bytes, *, max_side: int = 2048, max_bytes: int = 2 * 1024 * 1024
) -> CleanImage:
    """The picture in `data` (JPEG, PNG, WEBP, first frame of a GIF) as a JPEG of bounded size.

    Its real type is looked at, not its name. Raises `BadImage`.
    """
    if len(data) > INPUT_LIMIT:
        raise BadImage("图片太大，请发送 20 MB 以内的图片。")
    picture = _upright(data, max_side)
    encoded = _encode(picture, max_bytes)
    return CleanImage(encoded, *picture.size, hashlib.sha256(encoded).hexdigest())


def _upright(data: bytes, max_side: int) -> Image.Image:
    """RGB pixels in viewing position, no side above `max_side`."""
    try:
        source = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the head only
        if source.width * source.height <= PIXEL_LIMIT:
            turn = _turn(source)
            source.thumbnail((max_side, max_side))
            small = _on_white(source)
            return small if turn is None else small.transpose(turn)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass  # told below
    except (*DECODE_FAULTS, *MORE_FAULTS):
        raise BadImage("图片无法打开，请换一张再发。") from None
    raise BadImage("图片的尺寸过大，无法处理。")


def _turn(picture: Image.Image) -> Transpose | None:
    """How to turn the pixels upright; a damaged EXIF part is no reason to refuse the picture."""
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except (*DECODE_FAULTS, *MORE_FAULTS):
        return None


def _on_white(picture: Image.Image) -> Image.Image:
    """A copy that shares nothing with the file; what was transparent becomes white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _encode(picture: Image.Image, max_bytes: int) -> bytes:
    for quality in QUALITIES:
        buffer = io.BytesIO()
        # a fresh picture: PIL would write the source's comment and profile along
        plain = Image.new("RGB", picture.size)
        plain.paste(picture)
        plain.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= max_bytes:
            return buffer.getvalue()
    raise BadImage("图片太大，请压缩后再发。")
