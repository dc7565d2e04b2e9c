"""`banjie key …`: the key that signs the record: tell its public keys, change it."""

from __future__ import annotations

import os
from pathlib import Path

import click
from sqlalchemy import Engine

from service.audit.signing import Signer
from service.audit.sm2 import SoftwareSm2, sm2_signer
from service.audit.verify import ED25519, SM2, read_change
from service.commands.change_key import change_key
from service.config import Config
from service.model.errors import Refused
from service.queries.signing_keys import keys_of, told_changes
from service.store import history
from service.store.session import begin, reading

NEXT = "sm2.next"  # files of a key that is not yet in use


@click.group()
def key() -> None:
    """The key that signs events and checkpoints."""


@key.command()
def show() -> None:
    """All public keys of the log, the first one first; auditors keep any of them."""
    config = Config()
    with reading(config.engine()) as connection:
        chains = [keys_of(connection, public) for public in config.signer.keys]
    for keys in chains:
        for number, (one, start) in enumerate(zip(keys.keys, keys.starts, strict=True), 1):
            click.echo(f"第 {number} 把，从事件 {start + 1} 起：{one.text()}")


@key.command()
@click.option("--reason", required=True, help="Why, and who decided; it stands in the record.")
def change(reason: str) -> None:
    """Sign with a new key from now on. The old one signs the event that names it, and is then deleted here."""
    config = Config()
    engine = config.engine()
    settle_key(config, engine)
    old = config.signer
    new = old.renewed()
    with reading(engine) as connection:
        if keys_of(connection, old.public).keys[-1] != old.public:
            raise Refused("本机的 record.key 不是日志现在用的密钥，请先放回正确的 record.key。")
    try:
        with begin(engine) as connection:
            seq = change_key(connection, old, new, reason=reason, now=config.now())
            # from here on until the commit other writers wait, and then they sign with the new key
            _put(config.record_key, new, aside=_aside(config))
    except BaseException:
        settle_key(config, engine)
        raise
    _aside(config).unlink(missing_ok=True)
    click.echo(f"已更换签名密钥，记在事件 {seq}。新的公钥：{new.public.text()}")
    click.echo(
        "请立即把新的 record.key 另存两份封存，销毁旧的；把新的公钥告知审计部门（旧公钥仍可核验）。"
    )


@key.command("change-sm2")
@click.option(
    "--to", "setting", required=True, help="`software`, or the command that signs from now on."
)
@click.option("--reason", required=True, help="Why, and who decided; it stands in the record.")
def change_sm2(setting: str, reason: str) -> None:
    """Have checkpoints signed by another SM2 key; of a command the public key stands in sm2.next.pub."""
    config = Config()
    engine = config.engine()
    settle_key(config, engine)
    if not config.signer.beside:
        raise Refused("还没有 SM2 签名：请先设置 BANJIE_SM2。")
    (old,) = config.signer.beside
    new = sm2_signer(setting, config.signer.name, config.data_dir, NEXT)
    with reading(engine) as connection:
        if keys_of(connection, old.public).keys[-1] != old.public:
            raise Refused("本机的 SM2 密钥不是日志现在用的密钥，请先放回正确的密钥。")
    try:
        with begin(engine) as connection:
            seq = change_key(connection, old, new, reason=reason, now=config.now())
    finally:
        settle_sm2(config, engine)
    click.echo(f"已更换 SM2 密钥，记在事件 {seq}。新的公钥：{new.public.text()}")
    if setting != config.sm2:
        click.echo(f"请立即把 BANJIE_SM2 改为 {setting} 并重新启动服务，此前不签发检查点。")


def settle_sm2(config: Config, engine: Engine) -> None:
    """The SM2 key that the log goes on with is put in place; one that it never took up is given up."""
    secret, public = (config.data_dir / f"{NEXT}.{kind}" for kind in ("key", "pub"))
    if not (secret.exists() or public.exists()):
        return
    with reading(engine) as connection:
        changes = [read_change(*told) for told in told_changes(connection)]
    taken = [change.new.raw for change in changes if change.new.kind == SM2]
    if secret.exists():
        mine = SoftwareSm2("", bytes.fromhex(secret.read_text().strip())).public.raw
        if mine in taken[-1:]:
            secret.replace(config.data_dir / "sm2.key")
        else:
            secret.unlink()
    if (
        public.exists()
        and taken
        and public.read_text().strip().removeprefix("04") == taken[-1].hex()
    ):
        public.replace(config.data_dir / "sm2.pub")


def settle_key(config: Config, engine: Engine) -> None:
    """After a change that was cut off: the keys that the log goes on with are put in place."""
    settle_sm2(config, engine)
    aside = _aside(config)
    if not aside.exists():
        return
    with begin(engine) as connection:
        history.queue_up(connection)  # a change that is still under way is waited for
        if not aside.exists():
            return
        told = told_changes(connection)
        changes = [read_change(*one) for one in told]
        goes_on = next((c.new for c in reversed(changes) if c.new.kind == ED25519), None)
        if goes_on == config.signer.public:
            aside.unlink()
        else:
            aside.replace(config.record_key)


def _aside(config: Config) -> Path:
    return config.record_key.with_name("record.key.before")


def _put(path: Path, signer: Signer, *, aside: Path) -> None:
    """The new secret in place of the old one, which is kept aside; each file is whole at every moment."""
    _write(aside, path.read_text())
    spare = path.with_name("record.key.next")
    _write(spare, f"{signer.secret.hex()} {signer.name}\n")
    spare.replace(path)


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with path.open("w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
