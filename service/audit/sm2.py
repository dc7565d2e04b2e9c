"""SM2 signatures beside Ed25519: by a library in this process, or by a program that asks a card or a server.

Checking them stands in `verify.py`.
"""

from __future__ import annotations

import secrets
import shlex
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from service.audit.verify import SM2, SM2_ID, Key, sm2_verifies
from service.model.errors import Refused

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SECONDS = 20


@dataclass(frozen=True)
class SoftwareSm2:
    """A private key of 32 bytes in this process, used by the library gmalg; it is no certified product."""

    name: str
    secret: bytes

    @cached_property
    def _library(self) -> Any:
        try:
            from gmalg import SM2 as Library  # noqa: PLC0415 (an extra)
        except ImportError as wrong:
            raise Refused("SM2 签名要先装 gmalg：pip install 'banjie[sm2]'。") from wrong
        public = Library().generate_pk(self.secret)
        return Library(self.secret, SM2_ID, public), public

    @property
    def public(self) -> Key:
        """The key that checks its signatures."""
        return Key(self.name, self._library[1][1:], SM2)  # before x and y stands 04

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each; the library leaves leading zeros out."""
        return b"".join(part.rjust(32, b"\0") for part in self._library[0].sign(message))


@dataclass(frozen=True)
class CommandSm2:
    """A program that gets the message on its input and writes r and s in hexadecimal, 128 digits."""

    public: Key
    command: str

    def sign(self, message: bytes) -> bytes:
        """What the program says, when it is a right signature. Raises Refused."""
        try:
            done = subprocess.run(  # noqa: S603 (the operator's own setting)
                shlex.split(self.command), input=message, capture_output=True, timeout=SECONDS, check=True
            )  # fmt: skip
            signature = bytes.fromhex(done.stdout.decode().strip())
        except (OSError, subprocess.SubprocessError, ValueError) as wrong:
            raise Refused(f"SM2 签名程序没有给出签名，不能签发检查点：{wrong}") from wrong
        if not sm2_verifies(self.public.raw, message, signature):
            raise Refused("SM2 签名程序给出的签名与 sm2.pub 的公钥不符，不能签发检查点。")
        return signature


def new_secret() -> bytes:
    """A private key: a number from 1 to the order of the curve less two."""
    return (secrets.randbelow(ORDER - 2) + 1).to_bytes(32, "big")


def sm2_signer(
    setting: str, name: str, folder: Path, stem: str = "sm2"
) -> SoftwareSm2 | CommandSm2:
    """The signer of a setting: `software` with `sm2.key` of the data folder (made when it is missing), or a command
    whose public key stands in `sm2.pub`, x and y in hexadecimal. Another `stem`: other files. Raises Refused.
    """
    if setting == "software":
        path = folder / f"{stem}.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(new_secret().hex())
        return SoftwareSm2(name, bytes.fromhex(path.read_text().strip()))
    path = folder / f"{stem}.pub"
    try:
        raw = bytes.fromhex(path.read_text().strip().removeprefix("04"))
    except (OSError, ValueError) as wrong:
        raise Refused(f"读不了 SM2 公钥 {path}：请写入 x 和 y，共 128 位十六进制。") from wrong
    return CommandSm2(Key(name, raw, SM2), setting)
