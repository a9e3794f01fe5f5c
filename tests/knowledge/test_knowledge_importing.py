"""Documents brought in: structure, attributes, and plain words for what cannot be read."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pypdf
import pytest

from knowledge.documents import Document
from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries, read_entry
from knowledge.errors import UnreadableDocumentError
from knowledge.importing import import_document, import_file
from knowledge.importing.guards import MAX_BYTES
from knowledge.importing.metadata import describe
from tests.knowledge import office_files as files

MARKDOWN = """---
title: 社区积分管理办法
issuer: 甲市乙区民政局
number: 乙民发〔2025〕12号
issued: 2025-02-20
valid_until: 2028-02-29
area: 甲市乙区
supersedes: [old-rule]
version: 2
---

# 社区积分管理办法

## 兑换

积分按**一分**兑换一元商品。

- 每季度兑换一次
- 本人到场

| 项目 | 积分 |
|---|---|
| 清洁楼道 | 10 |
| 陪诊 | 20 |
"""

OFFICE = Path(__file__).parent / "office"


def said(document: Document, text: str) -> tuple[str, ...]:
    """The headings above the passage that says `text`."""
    return next(passage.path for passage in document.passages if text in passage.text)


def test_markdown_keeps_headings_lists_tables_and_front_matter() -> None:
    document = import_document("points.md", MARKDOWN.encode())
    assert document.id == "points"
    assert (document.title, document.number) == ("社区积分管理办法", "乙民发〔2025〕12号")
    assert (document.issued, document.valid_until) == (date(2025, 2, 20), date(2028, 2, 29))
    assert (document.area, document.supersedes, document.version) == ("甲市乙区", ("old-rule",), 2)
    assert said(document, "积分按一分兑换一元商品。") == ("兑换",)
    assert said(document, "本人到场") == ("兑换",)
    assert said(document, "项目：陪诊；积分：20") == ("兑换",)


def check_rule(document: Document) -> None:
    """What every form of the same rule must give."""
    assert document.title == "社区积分管理办法"
    assert document.number == "乙民发〔2025〕12号"
    assert document.effective == date(2025, 3, 1)
    assert document.valid_until == date(2028, 2, 29)
    assert said(document, "一分兑换一元") == ("第二章 兑换", "第二条")
    base = KnowledgeBase.build([document])
    answer = base.ask("积分怎么兑换商品", today=date(2025, 11, 1))
    assert "一分兑换一元" in answer.text


def test_a_word_document_keeps_chapters_articles_and_tables() -> None:
    document = import_document("rule.docx", files.word())
    check_rule(document)
    assert (document.issuer, document.area) == ("甲市乙区民政局", "甲市乙区")
    assert said(document, "项目：清洁楼道；积分：10")[0] == "第二章 兑换"


def test_a_web_page_keeps_its_text_and_loses_its_navigation_and_scripts() -> None:
    document = import_document("rule.html", files.HTML.encode())
    check_rule(document)
    whole = "".join(passage.text for passage in document.passages)
    assert "联系我们" not in whole
    assert "alert" not in whole
    assert said(document, "项目：清洁楼道；积分：10")


def test_a_web_page_in_an_old_chinese_encoding_is_read() -> None:
    page = files.HTML.replace("utf-8", "gb2312").encode("gb18030")
    check_rule(import_document("rule.htm", page))


def test_a_printed_pdf_keeps_articles_and_joins_broken_lines() -> None:
    document = import_document("rule.pdf", files.printed_pdf(), title="社区积分管理办法")
    check_rule(document)
    assert said(document, "由社区服务大厅办理，居民应当本人到场。")


def test_a_spreadsheet_becomes_a_passage_a_row_with_its_column_names() -> None:
    document = import_document("list.xlsx", files.spreadsheet())
    assert said(document, "事项：老年证；窗口：2号窗；时限（天）：5") == ("公共服务清单",)
    base = KnowledgeBase.build([document])
    assert "3号窗" in base.rank("居住登记在几号窗", limit=1)[0][1].text


def test_what_staff_say_goes_before_what_the_file_says() -> None:
    document = import_document("points.md", MARKDOWN.encode(), id="x", issuer="街道办事处")
    assert (document.id, document.issuer, document.area) == ("x", "街道办事处", "甲市乙区")


def test_long_paragraphs_are_cut_between_sentences() -> None:
    text = "".join(f"{number:02}" + "甲" * 57 + "。" for number in range(20))
    document = import_document("long.txt", text.encode())
    assert len(document.passages) == 4
    assert all(p.text.endswith("。") and len(p.text) <= 350 for p in document.passages)


def test_text_in_gb18030_is_read() -> None:
    assert import_document("a.txt", "第一条 居民应当分类投放垃圾。".encode("gb18030")).passages


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("自2024年2月29日起施行，有效期5年。", {"valid_until": date(2029, 2, 28)}),
        ("有效期至2026年12月31日。", {"valid_until": date(2026, 12, 31)}),
        ("发布日期：2025-03-07", {"issued": date(2025, 3, 7)}),
        ("发文机关：丙县人民政府办公室", {"issuer": "丙县人民政府办公室", "area": "丙县"}),
        ("适用区域：丁街道", {"area": "丁街道"}),
        ("丙政办〔2025〕 3 号", {"number": "丙政办〔2025〕3号"}),
        ("自2025年13月40日起施行", {}),
    ],
)
def test_attributes_are_found_in_the_words(text: str, found: dict[str, object]) -> None:
    described = describe([text])
    assert {name: described.get(name) for name in found} == found
    assert found or not described


def encrypted_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def empty_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def bomb() -> bytes:
    return files.package({"word/document.xml": b"<a>" + b"0" * 30_000_000})


def entities() -> bytes:
    return files.package(
        {"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]>'}
    )


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", b"x", "不支持这种文件"),
        ("a.txt", b"", "空的"),
        ("a.txt", b"\0\1", "不是文本文件"),
        ("a.txt", b"\xff\xff\xff", "编码"),
        ("a.txt", b"  \n ", "没有可用的文字"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "太大"),
        ("a.md", b"---\ntitle: [\n---\n", "YAML"),
        ("a.md", "---\nissued: 明天\n---\n文字".encode(), "2025-03-01 这样的日期"),
        ("a.md", "---\n标题: 甲\n---\n文字".encode(), "不认识的项"),
        ("a.docx", b"PK\x03\x04 broken", "损坏"),
        ("a.docx", files.word()[:2000], "损坏"),
        ("a.docx", files.spreadsheet(), "不是 Word"),
        ("a.xlsx", files.word(), "不是 Excel"),
        ("a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512, "加密"),
        ("a.docx", bomb(), "压缩炸弹"),
        ("a.xlsx", entities(), "实体声明"),
        ("a.pdf", b"%PDF-1.7 broken", "损坏"),
        ("a.pdf", encrypted_pdf(), "加密"),
        ("a.pdf", empty_pdf(), "扫描件"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocumentError) as refused:
        import_document(name, data)
    assert reason in refused.value.reason
    assert refused.value.name == name


def test_a_file_that_is_not_there_is_told_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocumentError, match="读不出来"):
        import_file(tmp_path / "none.md")


def test_the_shipped_entries_are_marked_complete_and_in_force(today: date) -> None:
    """About 60 entries, each with its legal source, the six sections, and the mark of a sample."""
    entries = read_entries()
    assert len(entries) >= 60
    for entry in entries:
        assert entry.sample
        assert entry.source
        assert entry.issuer
        assert entry.begins() <= today <= entry.ends()
        sections = {passage.path[-1] for passage in entry.passages}
        assert sections >= {"条件", "地点", "时间", "电话", "办理流程"}, entry.id


def test_an_entry_without_a_title_or_an_end_of_its_head_is_refused() -> None:
    for text in ("文字", "---\nissuer: 甲\n---\n文字", "---\ntitle: 甲\n文字"):
        with pytest.raises(UnreadableDocumentError):
            read_entry(text, "a.md")


@pytest.mark.parametrize("suffix", ["docx", "pdf", "html"])
def test_files_of_libreoffice_are_read(suffix: str) -> None:
    """The rule, its number, its days, its articles and its table, as another program wrote them."""
    found = import_file(OFFICE / f"rule.{suffix}")
    assert found.number == "乙民发〔2025〕12号"
    assert (found.effective, found.valid_until) == (date(2025, 3, 1), date(2028, 2, 29))
    texts = [passage.text for passage in found.passages]
    assert any(text.startswith("积分按一分兑换一元") for text in texts)
    assert any("清洁楼道" in text and "10" in text for text in texts)


def test_a_spreadsheet_of_libreoffice_is_read() -> None:
    found = import_file(OFFICE / "list.xlsx")
    assert found.title == "2025年社区公共服务清单"
    assert found.passages[1].text == "事项：老年证；窗口：2号窗；时限（天）：5；联系电话：0000-1234"
