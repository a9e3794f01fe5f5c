"""PDF with text: lines put back into paragraphs, page numbers and running heads left out."""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.errors import UnreadableDocumentError
from knowledge.importing.blocks import Block, Read

MAX_PAGES = 500
_PAGE_NUMBER = re.compile(
    r"^[-—–\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*\d+\s*页?)?[-—–\s]*$"
)
_HAN_NUMBER = "[零一二三四五六七八九十百千]"
_STARTS = re.compile(
    rf"^(第\s*(?:{_HAN_NUMBER}|\d)+\s*[编章节条篇]|{_HAN_NUMBER}+、|"
    rf"[（(](?:{_HAN_NUMBER}|\d)+[）)]|\d+[、.．]|附件)"
)
_RADICAL = re.compile("[\u2f00-\u2fd5]")
_SUPPLEMENT = str.maketrans(
    "⺟⺠⺴⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
    "母民网虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
)
_BEFORE, _AFTER = "[年月日〔〕自至到第]", "[年月日〔〕号条款元]"
_GAP = re.compile(rf"(?<={_BEFORE})[ \u00a0]+(?=[\d〔〕])|(?<=\d)[ \u00a0]+(?={_AFTER})")
_STOPS = ("。", "；", "：", "！", "？", ":", ";", "”", "）")
_FULL_LINE = 0.75  # a line shorter than this share of the longest ends its paragraph
_FAULTS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError)
_DEEP_FAULTS = (RecursionError, NotImplementedError, AssertionError, zlib.error)


def read_pdf(name: str, data: bytes) -> Read:
    """Raises UnreadableDocumentError for broken, encrypted, over-long and scanned files."""
    try:
        reader = PdfReader(io.BytesIO(data))
        reason = _refused(reader)
        texts = [] if reason else [_readable(page.extract_text()) for page in reader.pages]
        title = "" if reason else str((reader.metadata and reader.metadata.title) or "")
    except (*_FAULTS, *_DEEP_FAULTS) as error:
        raise UnreadableDocumentError(name, "PDF 文件已损坏，打不开") from error
    lines = _body([text.splitlines() for text in texts])
    if reason or not lines:
        raise UnreadableDocumentError(name, reason or "PDF 里没有文字，可能是扫描件，请换成文字版")
    return Read(tuple(Block("text", text) for text in _paragraphs(lines)), title)


def _refused(reader: PdfReader) -> str:
    """Why the file is not read any further, or nothing."""
    if reader.is_encrypted and not reader.decrypt(""):
        return "文件已加密，请去掉密码后再导入"
    if len(reader.pages) > MAX_PAGES:
        return f"页数太多（超过 {MAX_PAGES} 页），请拆分后再导入"
    return ""


def _readable(text: str) -> str:
    """`text` with characters for radicals; many PDFs map the glyph of 民 to the radical ⺠."""
    plain = _RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return _GAP.sub("", plain.translate(_SUPPLEMENT))


def _body(pages: Sequence[Sequence[str]]) -> list[str]:
    """All lines without page numbers and without lines that stand on most pages."""
    counted = Counter(line.strip() for page in pages for line in set(page))
    often = max(3, len(pages) // 2 + 1)
    lines = (line.strip() for page in pages for line in page)
    return [
        line for line in lines if line and not _PAGE_NUMBER.match(line) and counted[line] < often
    ]


def _paragraphs(lines: Sequence[str]) -> Iterable[str]:
    """Lines joined while the line before ran to the margin in the middle of a sentence."""
    width = max(map(len, lines))
    paragraph = ""
    for before, line in zip(("", *lines), lines, strict=False):
        ended = before.endswith(_STOPS) or len(before) < _FULL_LINE * width
        if paragraph and (ended or _STARTS.match(line)):
            yield paragraph
            paragraph = ""
        paragraph += line
    yield paragraph
