"""Settings from the environment (`BANJIE_…`), and where the project's files stand."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from pydantic import Field, PrivateAttr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine

from service.audit.signing import Signer
from service.audit.sm2 import sm2_signer
from service.delivery.hooks import read_hooks
from service.delivery.mail import read_mail_server
from service.delivery.time_stamp import TimeAuthority, read_time_authority
from service.delivery.ways import Ways
from service.model.errors import BadInput
from service.steady import SteadyClock
from service.store.session import create_engine


class Config(BaseSettings):
    """`BANJIE_DATABASE_URL`, `BANJIE_DATA_DIR`, `BANJIE_HOST`, `BANJIE_PORT`, `BANJIE_CLOCK`,
    `BANJIE_CHECKPOINT_DIR`, `BANJIE_SM2` (`software`, or a command that signs), `BANJIE_TSA_URL`, `BANJIE_TSA_CA`,
    `BANJIE_PUBLIC_URL`, `BANJIE_OIDC_…`, `BANJIE_MAIL_URL`, `BANJIE_MAIL_FROM`, `BANJIE_HOOKS`.
    """

    model_config = SettingsConfigDict(env_prefix="BANJIE_", extra="ignore")

    database_url: str = ""
    data_dir: Path = Field(default_factory=lambda: Path.cwd() / "var")
    host: str = "127.0.0.1"
    port: int = 8400
    clock: str = ""
    checkpoint_dir: Path | None = None
    public_url: str = ""
    mail_url: str = Field(default="", repr=False)
    mail_from: str = ""
    hooks: Path | None = None
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = Field(default="", repr=False)
    oidc_claim: str = "preferred_username"
    oidc_name: str = "统一身份认证登录"
    sm2: str = ""
    tsa_url: str = ""
    tsa_ca: Path | None = None
    production: bool = False
    _signer: tuple[tuple[tuple[int, int], ...], Signer] | None = PrivateAttr(None)

    @property
    def url(self) -> str:
        """The database; SQLite in the data folder unless another is named."""
        return self.database_url or f"sqlite:///{self.data_dir / 'banjie.sqlite3'}"

    @property
    def files(self) -> Path:
        """The folder of the attachments' contents."""
        return self.data_dir / "files"

    @property
    def sandboxes(self) -> Path:
        """The folder of the sandboxes of process owners, each a county of its own for a day."""
        return self.data_dir / "sandboxes"

    @property
    def proofs(self) -> Path:
        """The folder of parts of proofs that need not be carried out again; it may be emptied."""
        return self.data_dir / "proofs"

    @property
    def checkpoints(self) -> Path:
        """The folder of signed checkpoints; better on another disk than the database."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    @property
    def secret_key(self) -> str:
        """The key of the CSRF tokens, kept in the data folder."""
        path = self.data_dir / "secret.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(secrets.token_hex(32))
            path.chmod(0o600)
        return path.read_text().strip()

    @property
    def record_key(self) -> Path:
        """The file of the key that signs events and checkpoints."""
        return self.data_dir / "record.key"

    @property
    def signer(self) -> Signer:
        """The key that signs events and checkpoints, kept in the data folder and made when it is missing.

        The files are looked at each time, so that a process that runs while a key is changed goes on with the new
        one.
        """
        path = self.record_key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        version = tuple(
            (found.st_ino, found.st_mtime_ns)
            for found in (p.stat() for p in (path, *self._sm2_files()) if p.exists())
        )
        if self._signer is None or self._signer[0] != version:
            self._signer = (version, self._read_signer(path.read_text().split()))
        return self._signer[1]

    def _sm2_files(self) -> tuple[Path, ...]:
        return (self.data_dir / "sm2.key", self.data_dir / "sm2.pub") if self.sm2 else ()

    def _read_signer(self, words: list[str]) -> Signer:
        """`words`: the secret and, once it was changed, the name of the log, which stays."""
        secret = bytes.fromhex(words[0])
        name = words[1] if len(words) > 1 else f"banjie-{hashlib.sha256(secret).hexdigest()[:12]}"
        beside = (sm2_signer(self.sm2, name, self.data_dir),) if self.sm2 else ()
        return Signer(name, secret, beside)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message by the key that is in the data folder now."""
        return self.signer.sign(message)

    def ways_out(self) -> Ways:
        """Where notices go besides the pages. Raises BadInput when a setting is written wrongly."""
        server = read_mail_server(self.mail_url, self.mail_from)
        here = self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"
        return Ways(server, read_hooks(self.hooks), here)

    def time_authority(self) -> TimeAuthority | None:
        """Who time-stamps checkpoints. Raises BadInput when a setting is written wrongly."""
        return read_time_authority(self.tsa_url, self.tsa_ca)

    def engine(self) -> Engine:
        """The database, opened so that events are signed."""
        return create_engine(self.url, sign=self.sign)

    @cached_property
    def steady(self) -> SteadyClock:
        """The machine's clock, watched since it was first asked."""
        return SteadyClock()

    def now(self) -> datetime:
        """The time: real, or moved by BANJIE_CLOCK (an instant such as 2025-03-03T09:00+08:00, or +30d).

        Raises BadInput when the clock is moved in production or written wrongly, ClockJumped when the machine's
        clock jumps under the running process.
        """
        if not self.clock:
            return self.steady.now()
        if self.production:
            raise BadInput("正式运行时不能设置 BANJIE_CLOCK，请取消后再启动。")
        try:
            if self.clock[0] in "+-":
                days = int(self.clock.strip("+-d")) * (-1 if self.clock[0] == "-" else 1)
                return datetime.now(UTC) + timedelta(days=days)
            instant = datetime.fromisoformat(self.clock)
        except ValueError as wrong:
            raise BadInput("BANJIE_CLOCK 应写成 2025-03-03T09:00+08:00 或 +30d。") from wrong
        if instant.tzinfo is None:
            raise BadInput("BANJIE_CLOCK 要写明时区，如 +08:00。")
        return instant


def project_root() -> Path:
    """The folder that holds `processes/` and `forms/`: of the checkout, or inside the installed package."""
    here = Path(__file__).resolve().parent
    return here.parent if (here.parent / "processes").is_dir() else here / "bundled"
