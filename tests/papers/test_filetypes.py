"""A file is taken for what it holds, not for its name."""

import struct
import zipfile

import pytest

from service.papers.filetypes import ENDINGS, ending_of, wrong_with
from tests.papers.samples import (
    EXE,
    GOOD,
    HTML,
    JPG,
    PDF,
    SVG,
    compound,
    docx,
    ofd,
    package,
    png,
    xlsx,
)


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_is_accepted(name: str) -> None:
    assert wrong_with(name, GOOD[name]) is None


def test_samples_show_every_kind() -> None:
    assert {ending_of(name) for name in GOOD} == set(ENDINGS)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("other", GOOD)
def test_no_kind_passes_for_another(name: str, other: str) -> None:
    """Only kinds that are one format under two endings are interchangeable."""
    same = [{".jpg", ".jpeg"}, {".wps", ".doc"}, {".et", ".xls"}]
    pair = {ending_of(name), ending_of(other)}
    equal = len(pair) == 1 or pair in same
    # a document is a zip of files, and a zip may hold any files, but not the parts of a document
    wrong = wrong_with(name, GOOD[other])
    assert (wrong is None) == equal, (name, other, wrong)


@pytest.mark.parametrize("content", [EXE, HTML, SVG, b"#!/bin/sh\nrm -rf /\n", b"\0" * 200])
@pytest.mark.parametrize("ending", ENDINGS)
def test_programs_and_pages_are_refused_under_every_ending(ending: str, content: bytes) -> None:
    assert wrong_with(f"a{ending}", content)


@pytest.mark.parametrize(
    "name", ["a.exe", "a.pdf.exe", "pdf", "a.html", "a.svg", "", "a.docm", "a.js", "a.pdf "]
)
def test_other_endings_are_refused(name: str) -> None:
    assert "不接受" in (wrong_with(name, PDF) or "")


def test_the_sentence_says_what_to_do() -> None:
    assert (
        wrong_with("方案.pdf", EXE)
        == "“方案.pdf”的内容与文件类型不符，请用原来的软件另存后再上传。"
    )
    assert wrong_with("方案.pdf", b"") == "“方案.pdf”是空文件，请重新选择。"


@pytest.mark.parametrize("first", [PDF, JPG, png(), compound("WordDocument")])
def test_two_files_in_one_are_refused(first: bytes) -> None:
    ending = {b"%": ".pdf", b"\xff": ".jpg", b"\x89": ".png", b"\xd0": ".doc"}[first[:1]]
    assert "压缩包" in (wrong_with(f"a{ending}", first + package("x.txt")) or "")


def test_something_before_a_zip_is_refused() -> None:
    assert wrong_with("a.zip", EXE + package("x.txt"))
    # a first entry that the directory does not know
    hidden = package("evil.exe")[: package("evil.exe").index(b"PK\x01\x02")]
    assert wrong_with("a.zip", hidden + package("x.txt"))


def test_macros_are_refused() -> None:
    assert "宏" in (wrong_with("a.docx", docx("word/vbaProject.bin")) or "")
    assert "宏" in (wrong_with("a.xlsx", xlsx("xl/vbaProject.bin")) or "")
    assert "宏" in (wrong_with("a.doc", compound("WordDocument", "_VBA_PROJECT")) or "")


@pytest.mark.parametrize("inner", ["run.exe", "页面.HTML", "a/b/c.js", "图.svg", "快捷.lnk"])
def test_what_runs_is_refused_inside_a_zip(inner: str) -> None:
    assert "不能上传" in (wrong_with("a.zip", package("方案.pdf", inner)) or "")


@pytest.mark.parametrize("inner", ["a.zip", "b.RAR", "c.7z"])
def test_packages_in_packages_are_refused(inner: str) -> None:
    assert "先解开" in (wrong_with("a.zip", package(inner)) or "")


@pytest.mark.parametrize("inner", ["../../etc/passwd", "/abs.pdf", "C:/x.pdf", "a/../../b.pdf"])
def test_paths_that_lead_away_are_refused(inner: str) -> None:
    assert "路径" in (wrong_with("a.zip", package(inner)) or "")


def test_bombs_are_refused_by_what_they_declare() -> None:
    bomb = package("zeros.txt", content=bytes(60_000_000), method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert "压缩比例" in (wrong_with("a.zip", bomb) or "")
    declared = bytearray(package("a.txt"))
    at = declared.rindex(b"PK\x01\x02")
    declared[at + 24 : at + 28] = struct.pack("<I", 4_000_000_000)
    assert "太大" in (wrong_with("a.zip", bytes(declared)) or "")
    many = package(*(f"{n}.txt" for n in range(5001)))
    assert "太大" in (wrong_with("a.zip", many) or "")
    swollen = package(
        "[Content_Types].xml",
        "word/document.xml",
        content=bytes(30_000_000),
        method=zipfile.ZIP_DEFLATED,
    )
    assert "压缩比例" in (wrong_with("a.docx", swollen) or "")


def test_a_password_is_refused() -> None:
    locked = bytearray(package("a.pdf"))
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "密码" in (wrong_with("a.zip", bytes(locked)) or "")


def test_a_cut_zip_is_refused() -> None:
    for whole in (docx(), xlsx(), ofd(), package("a.pdf")):
        assert wrong_with("a.zip" if whole == package("a.pdf") else "a.docx", whole[:-30])
