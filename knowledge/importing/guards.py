"""What is refused before a file is opened: too large, encrypted, or made to blow up."""

from __future__ import annotations

import io
import zipfile
import zlib

from knowledge.errors import UnreadableDocumentError

MAX_BYTES = 20 * 1024 * 1024
MAX_INFLATED = 200 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_RATIO = 200  # a part of more than a megabyte that shrinks more than this is no document
_RATIO_FROM = 1024 * 1024
_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")  # old .doc/.xls, and encrypted .docx/.xlsx
_ENCRYPTED = 0x1
_HEAD = 4096


def check_size(name: str, data: bytes) -> None:
    """Refuse an empty or a huge file."""
    if not data:
        raise UnreadableDocumentError(name, "文件是空的")
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_048_576, MAX_BYTES // 1_048_576
        reason = f"文件太大（{size} MB），最大 {limit} MB，请拆分后再导入"
        raise UnreadableDocumentError(name, reason)


def check_package(name: str, data: bytes) -> None:
    """Refuse an Office file that is encrypted, broken, or inflates out of measure."""
    if data.startswith(_COMPOUND_FILE):
        raise UnreadableDocumentError(
            name, "文件已加密，或是旧版 .doc/.xls；请去掉密码并另存为 .docx/.xlsx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            _check_members(name, members)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _check_xml(name, package, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableDocumentError(name, "文件已损坏，打不开") from error


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnreadableDocumentError(name, "文件已加密，请去掉密码后再导入")
    inflated = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or inflated > MAX_INFLATED or any(map(_bursts, members)):
        raise UnreadableDocumentError(name, "文件解压后异常庞大，疑似压缩炸弹，已拒绝")


def _bursts(member: zipfile.ZipInfo) -> bool:
    ratio = member.file_size / max(member.compress_size, 1)
    return member.file_size > _RATIO_FROM and ratio > MAX_RATIO


def _check_xml(name: str, package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Office files have no document type; one that has can only be meant to expand entities."""
    with package.open(member) as part:
        if b"<!DOCTYPE" in part.read(_HEAD).upper():
            raise UnreadableDocumentError(name, "文件含有不允许的 XML 实体声明，已拒绝")
