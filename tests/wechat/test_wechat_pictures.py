"""Pictures from residents: what is kept, and what is refused."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageOps

from services.pictures import BadImage, clean_image

GPS, ORIENTATION, MODEL = 0x8825, 0x0112, 0x0110


def photo(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture.convert(mode)


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL] = orientation, "SECRET-PHONE"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 16.0, 34.3), 3: "E", 4: (120.0, 9.0, 19.1)})
    return encoded(photo(), "JPEG", exif=exif, comment=b"SECRET-NOTE")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_place_telephone_and_comment_are_gone() -> None:
    source = with_exif()
    assert opened(source).getexif().get_ifd(GPS)
    clean = clean_image(source)
    assert not opened(clean.data).getexif()
    assert not any(mark in clean.data for mark in (b"SECRET", b"Exif", b"http://ns.adobe", b"ICC_"))


def test_a_photo_taken_sideways_stands_upright() -> None:
    clean = clean_image(with_exif(orientation=6))
    assert (clean.width, clean.height) == (300, 400)
    top = opened(clean.data).convert("RGB").getpixel((150, 20))
    assert isinstance(top, tuple)
    assert top[0] > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(orientation: int) -> None:
    source = with_exif(orientation)
    expected = ImageOps.exif_transpose(opened(source)).convert("RGB")
    clean = opened(clean_image(source).data).convert("RGB")
    assert clean.size == expected.size
    for place in ((20, 20), (20, clean.height - 20), (clean.width - 20, 20)):
        assert (clean.getpixel(place) > (128,)) == (expected.getpixel(place) > (128,))  # type: ignore[operator]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_damaged_exif_part_is_dropped_and_the_picture_kept() -> None:
    source = (
        with_exif()
        .replace(b"Exif\x00\x00MM", b"Exif\x00\x00??")
        .replace(b"Exif\x00\x00II", b"Exif\x00\x00??")
    )
    assert source != with_exif()
    assert clean_image(source).width == 400


def test_size_and_digest_are_those_of_the_data() -> None:
    clean = clean_image(encoded(photo(), "PNG"))
    assert opened(clean.data).size == (clean.width, clean.height) == (400, 300)
    assert opened(clean.data).format == "JPEG"
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("MPO", "RGB"),
    ],
)
def test_every_usual_kind_of_picture_becomes_a_jpeg(form: str, mode: str) -> None:
    clean = clean_image(encoded(photo(mode=mode), form))
    assert opened(clean.data).mode == "RGB"


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    pixel = opened(clean_image(data).data).convert("RGB").getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200


def test_what_was_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert opened(clean_image(encoded(clear, "PNG")).data).getpixel((5, 5)) == (255, 255, 255)


def test_no_side_is_longer_than_asked_for() -> None:
    clean = clean_image(encoded(photo((3000, 1000)), "JPEG"), max_side=600)
    assert (clean.width, clean.height) == (600, 200)


def test_a_busy_picture_is_pressed_below_the_limit_or_refused() -> None:
    noise = Image.frombytes("RGB", (400, 400), random.Random(1).randbytes(480_000))
    data = encoded(noise, "PNG")
    assert len(clean_image(data, max_bytes=120_000).data) <= 120_000
    with pytest.raises(BadImage, match="太大"):
        clean_image(data, max_bytes=1000)


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_decompression_bomb_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage):
        clean_image(bomb(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        b"MZ" + b"\x00" * 200,
        encoded(photo(), "BMP"),
        encoded(photo(), "TIFF"),
        encoded(photo(), "JPEG")[:400],
        bomb(30, 30)[:60],
    ],
    ids=["empty", "head", "svg", "pdf", "exe", "bmp", "tiff", "cut", "cut-png"],
)
def test_what_is_no_picture_of_a_usual_kind_is_refused_in_chinese(data: bytes) -> None:
    with pytest.raises(BadImage, match="图片"):
        clean_image(data)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_files_are_refused_or_cleaned_and_never_break() -> None:
    dice = random.Random(11)
    sources = [encoded(photo(), form) for form in ("JPEG", "PNG", "WEBP", "GIF")] + [with_exif(6)]
    for index in range(400):
        damaged = bytearray(sources[index % len(sources)])
        for _ in range(dice.randint(1, 12)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            assert clean_image(bytes(damaged)).data.startswith(b"\xff\xd8")
        except BadImage as refused:
            assert str(refused)  # noqa: PT017


def test_a_file_above_the_limit_is_not_even_opened() -> None:
    with pytest.raises(BadImage, match="20 MB"):
        clean_image(b"\xff\xd8" + b"\x00" * (20 * 1024 * 1024))
