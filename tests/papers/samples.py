"""Files as their programs write them: whole small ones, and the real beginnings of large ones."""

import io
import struct
import zipfile
import zlib


def package(*names: str, content: bytes = b"x", method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip with files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


def docx(*more: str) -> bytes:
    return package("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


def xlsx(*more: str) -> bytes:
    return package("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", *more)


def ofd() -> bytes:
    return package("OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml")


def compound(*streams: str) -> bytes:
    """An OLE file: header, one sector of the table, a directory with the names of the streams."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header = (header + b"\0\0\0\0").ljust(512, b"\xff")
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    entries = b""
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le")
        entries += raw.ljust(64, b"\0") + struct.pack("<H", len(raw) + 2) + bytes(62)
    return header + table + entries.ljust(512, b"\0")


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + pixels + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<<>>\n%%EOF\n"
JPG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    + bytes(20)
    + b"\xff\xd9"
)
EXIF = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00MM\x00*" + bytes(20) + b"\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(100)
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

GOOD = {
    "方案.pdf": PDF,
    "方案.docx": docx(),
    "概算.xlsx": xlsx(),
    "公文.ofd": ofd(),
    "材料.zip": package("一、方案.pdf", "二、概算.xlsx"),
    "照片.jpg": JPG,
    "照片.JPEG": EXIF,
    "截图.png": png(),
    "通知.wps": compound("WordDocument", "1Table"),
    "报告.doc": compound("WordDocument"),
    "台账.et": compound("Workbook"),
    "台账.xls": compound("Workbook"),
}
