"""The menu from configuration, and the posters."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.wechat.menu import MenuError, build_menu
from services.posters import PosterError, find_font, poster_png, poster_svg

CLICK = {"name": "查进度", "key": "track"}


def test_a_menu_of_clicks_pages_and_children_becomes_what_wechat_takes() -> None:
    menu = build_menu(
        [
            {
                "name": "我要反映",
                "children": [CLICK, {"name": "扫码", "type": "scancode_waitmsg", "key": "s"}],
            },
            {"name": "议事厅", "url": "https://example.org/public"},
        ]
    )
    assert menu == {
        "button": [
            {
                "name": "我要反映",
                "sub_button": [
                    {"type": "click", "name": "查进度", "key": "track"},
                    {"type": "scancode_waitmsg", "name": "扫码", "key": "s"},
                ],
            },
            {"type": "view", "name": "议事厅", "url": "https://example.org/public"},
        ]
    }


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        ([], "menu:"),
        ([{**CLICK, "key": str(n)} for n in range(4)], "menu:"),
        (
            [{"name": "多", "children": [{**CLICK, "key": str(n)} for n in range(6)]}],
            r"menu\[0\].children",
        ),
        ([{"name": "空", "children": []}], r"menu\[0\].children"),
        ([{"name": "", "key": "a"}], r"menu\[0\].name"),
        ([{"name": "六个汉字太长", "key": "a"}], r"menu\[0\].name"),
        ([{"name": "好", "key": "键" * 43}], r"menu\[0\].key"),
        ([{"name": "好"}], r"menu\[0\].key"),
        ([{"name": "好", "url": "javascript:alert(1)"}], r"menu\[0\].url"),
        ([{"name": "好", "type": "fly", "key": "a"}], r"menu\[0\].type"),
        ([{"name": "好", "key": "a", "colour": "red"}], r"menu\[0\].colour"),
        ([{"name": "好", "children": ["a"]}], r"menu\[0\].children\[0\]"),
        (
            [{"name": "好", "children": [{"name": "深", "children": [CLICK]}]}],
            r"children\[0\].children",
        ),
        ([CLICK, {"name": "又", "children": [CLICK]}], "more than once"),
    ],
)
def test_a_menu_wechat_would_refuse_is_refused_by_place(
    entries: list[dict[str, object]], place: str
) -> None:
    with pytest.raises(MenuError, match=place):
        build_menu(entries)


def test_an_svg_poster_holds_code_heading_and_lines_and_nothing_foreign() -> None:
    svg = poster_svg("http://weixin.qq.com/q/abc", "扫码报修<急>", ["3栋2单元", "说事台"])
    root = ET.fromstring(svg)  # noqa: S314 # made here
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["扫码报修<急>", "3栋2单元", "说事台"]
    assert "href" not in svg


def test_a_png_poster_shows_the_same_code(tmp_path: Path) -> None:
    font = find_font()
    if font is None:
        with pytest.raises(PosterError, match="SVG"):
            poster_png("http://weixin.qq.com/q/abc", "扫码报修")
        return
    poster = Image.open(io.BytesIO(poster_png("http://weixin.qq.com/q/abc", "扫码报修", ["3栋"])))
    assert poster.size == (840, 1188)
    assert poster.getpixel((0, 0)) == 255
    dark = sum(poster.crop((0, 100, 840, 200)).histogram()[:100])
    assert dark > 1000


def test_without_a_font_for_chinese_the_png_says_so(tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"")
    assert find_font([tmp_path]) is None


@pytest.mark.parametrize(
    ("title", "lines"), [("", []), ("长" * 13, []), ("好", ["x" * 23]), ("好", ["a"] * 4)]
)
def test_a_poster_that_would_not_fit_is_refused(title: str, lines: list[str]) -> None:
    with pytest.raises(PosterError):
        poster_svg("http://x", title, lines)
