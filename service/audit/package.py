"""Write a package: a zip with a manifest of digests; the same content gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

EVIDENCE = "banjie-evidence/1"
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every entry, so that bytes depend on content alone


class PackageWriter:
    """Files are added one after the other; on leaving, `manifest.json`, and `manifest.sig` where `sign` is given."""

    def __init__(
        self,
        stream: IO[bytes],
        manifest: Mapping[str, Any],
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self.archive = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.manifest = dict(manifest)
        self.sign = sign
        self.files: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            listed = {**self.manifest, "files": self.files}
            text = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True).encode()
            self._write("manifest.json", text)
            if self.sign:
                self._write("manifest.sig", self.sign(text).hex().encode())
        self.archive.close()

    def _open(self, name: str) -> IO[bytes]:
        entry = zipfile.ZipInfo(name, MOMENT)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return self.archive.open(entry, "w", force_zip64=True)

    def _write(self, name: str, content: bytes) -> None:
        with self._open(name) as entry:
            entry.write(content)

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """Add a file, written part by part."""
        digest = hashlib.sha256()
        with self._open(name) as entry:
            for part in parts:
                digest.update(part)
                entry.write(part)
        self.files[name] = digest.hexdigest()

    def add_checker(self) -> None:
        """Add `verify.py` and a note for people: a package of evidence is checked with them alone."""
        self.add("verify.py", [(Path(__file__).parent / "verify.py").read_bytes()])
        self.add("README.txt", [README.encode()])


README = """办结证据包

在任何装有 Python 3.10 以上的机器上核验，不需要办结系统，也不需要联网：

    python3 verify.py 本证据包.zip --checkpoint 您手中的检查点.txt

verify.py 只用标准库，签名也由它自己核验。请优先使用您自己留存的 verify.py 和公钥（--key），
不要只用包里的。检查点是系统每 100 个事件或每小时签发的一段文字，审计部门应自行留存。

events.jsonl      事件，一行一个，原文
signatures.txt    每个事件的签名，次序相同
checkpoints/      已签发的检查点
submissions/      填写内容，文件名是摘要
attachments/      附件，文件名是摘要
bundles/          当时的流程图、决策表、表单和设置
proofs.json       单个项目的证据包：每个事件在总记录中的证明
key.txt           系统的公钥
"""
