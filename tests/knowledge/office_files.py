"""Files as other programs write them, made while the tests run."""

from __future__ import annotations

import io
import shutil
import zipfile

import docx
import openpyxl
from playwright.sync_api import sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HTML = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>办法</title></head><body>
<nav>首页 联系我们</nav><h1>社区积分管理办法</h1>
<p>甲市乙区民政局文件 乙民发〔2025〕12号</p>
<h2>第一章 总则</h2>
<p>第一条 为鼓励居民参加志愿服务，制定本办法。</p>
<h2>第二章 兑换</h2>
<p>第二条 积分按一分兑换一元商品或者服务，每季度兑换一次，由社区服务大厅办理，居民应当本人到场。</p>
<p>第三条 积分有效期两年，到期前三十日提醒。</p>
<table><tr><th>项目</th><th>积分</th></tr><tr><td>清洁楼道</td><td>10</td></tr></table>
<p>本办法自2025年3月1日起施行，有效期三年。</p>
<script>alert("x")</script></body></html>"""


def word() -> bytes:
    """A rule with styles, articles and a table, by python-docx."""
    document = docx.Document()
    document.add_heading("社区积分管理办法", level=0)
    document.add_paragraph("乙民发〔2025〕12号")
    document.add_heading("第一章 总则", level=1)
    document.add_paragraph("第一条 为鼓励居民参加志愿服务，制定本办法。")
    document.add_heading("第二章 兑换", level=1)
    document.add_paragraph("第二条 积分按一分兑换一元商品或者服务，每季度兑换一次。")
    table = document.add_table(rows=2, cols=2)
    for number, text in enumerate(("项目", "积分", "清洁楼道", "10")):
        table.cell(number // 2, number % 2).text = text
    document.add_paragraph("本办法自2025年3月1日起施行，有效期三年。")
    document.add_paragraph("甲市乙区民政局")
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def spreadsheet() -> bytes:
    """A list of services with a line above its table, by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "公共服务清单"
    sheet.append(["2025年社区公共服务清单"])
    sheet.append(["事项", "窗口", "时限（天）"])
    sheet.append(["老年证", "2号窗", 5.0])
    sheet.append(["居住登记", "3号窗", 1])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def printed_pdf() -> bytes:
    """The page above printed to PDF by Chromium."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert found, "these tests need Chromium"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=QUIET)
        page = browser.new_page()
        page.set_content(HTML)
        printed = page.pdf()
        browser.close()
    return printed


def package(parts: dict[str, bytes]) -> bytes:
    """A zip file with the parts, deflated."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
