"""Check an archive package without the service: nothing but the file, and the public key if there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.papers.archive_contents import CATALOGUE, HASHES, METADATA, NATURES, SIGNATURE
from service.papers.filetypes import wrong_with
from service.papers.natures import SAFE, TRUE, USABLE, WHOLE, Check

MAX_FILES = 100_000
MAX_SIZE = 20 * 1024**3


def check_package(path: Path, *, key: str | None = None) -> list[Check]:
    """The four natures of a package. `key`: the public key as text; without it the one in the package."""
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
            if wrong := _dangerous(infos):
                return [Check(SAFE, "文件清单", False, wrong)]
            return list(_checks(package, infos, key))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, EOFError) as wrong:
        return [Check(USABLE, "打开档案包", False, f"打不开或内容残缺（{wrong}）")]


def _dangerous(infos: list[zipfile.ZipInfo]) -> str | None:
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        return "有重名的文件"
    if len(names) > MAX_FILES or sum(info.file_size for info in infos) > MAX_SIZE:
        return "文件太多或太大"
    if any(".." in name.split("/") or name.startswith("/") or "\\" in name for name in names):
        return "有路径不正常的文件"
    return None


def _checks(
    package: zipfile.ZipFile, infos: list[zipfile.ZipInfo], key: str | None
) -> Iterator[Check]:
    listed = _listed(package.read(HASHES).decode())
    names = {info.filename for info in infos} - {HASHES, SIGNATURE}
    metadata = json.loads(package.read(METADATA))
    changed, unreadable = [], []
    for name in sorted(names & set(listed)):
        content = package.read(name)
        if hashlib.sha256(content).hexdigest() != listed[name]:
            changed.append(name)
        elif "/附件" in name and (wrong := wrong_with(name.rsplit("/", 1)[-1], content)):
            unreadable.append(wrong)
    yield _told(TRUE, "文件与校验值一致", changed, f"{len(listed)} 个文件全部一致")
    yield _signed(package, names, key)
    yield _told(
        TRUE,
        "目录摘要与校验值一致",
        _differing(metadata, listed),
        f"{len(metadata['entries'])} 条全部一致",
    )
    extra, gone = sorted(names - set(listed)), sorted(set(listed) - names)
    yield _told(WHOLE, "没有缺少的文件", gone, f"{len(names)} 个文件都在")
    yield _told(WHOLE, "没有多出的文件", extra, "没有")
    for told in json.loads(package.read(f"{NATURES}.json")):
        if not told["good"] or told["nature"] == WHOLE:
            yield Check(told["nature"], f"移交时：{told['what']}", told["good"], told["detail"])
    yield _told(USABLE, "附件能按类型打开", unreadable, "内容都与类型相符")
    yield Check(
        USABLE, "目录可读", f"{CATALOGUE}.html" in names, "目录.html、目录.xlsx、元数据.json"
    )
    yield _told(SAFE, "没有可执行内容、宏和超限文件", unreadable, "全部为允许的类型")


def _listed(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        digest, _, name = line.partition("  ")
        found[name] = digest
    return found


def _differing(metadata: dict[str, Any], listed: dict[str, str]) -> list[str]:
    return [
        entry["文件"]
        for entry in metadata["entries"]
        if listed.get(entry["文件"]) != entry["SHA-256"]
    ]


def _signed(package: zipfile.ZipFile, names: set[str], key: str | None) -> Check:
    what = "系统签名"
    if SIGNATURE not in package.namelist():
        return Check(TRUE, what, False, "没有签名，不能认定来自本系统")
    inside, _, coded = package.read(SIGNATURE).decode().partition("\n")
    text = (
        (key or inside).strip().split("\n")[0]
    )  # a file of keys begins with the one that signs packages
    try:
        raw = base64.b64decode(text.split("+", 2)[2])[1:]
        Ed25519PublicKey.from_public_bytes(raw).verify(
            base64.b64decode(coded.strip()), package.read(HASHES)
        )
    except (InvalidSignature, ValueError, IndexError):
        return Check(TRUE, what, False, "签名不对，内容或校验值被改过，或公钥不是本系统的")
    told = (
        "与给出的公钥相符" if key else "与包内公钥相符；要认定来源，请用系统公钥（--key）再核一次"
    )
    return Check(TRUE, what, True, told)


def _told(nature: str, what: str, wrong: list[str], good: str) -> Check:
    return Check(nature, what, not wrong, good if not wrong else "；".join(wrong[:20]))
