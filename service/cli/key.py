"""`banjie key …`: the key that signs the record: tell its public keys, change it."""

from __future__ import annotations

import os
from pathlib import Path

import click
from sqlalchemy import Engine

from service.audit.signing import Signer
from service.audit.verify import read_change
from service.commands.change_key import change_key
from service.config import Config
from service.model.errors import Refused
from service.queries.signing_keys import keys_of, told_changes
from service.store import history
from service.store.session import begin, reading


@click.group()
def key() -> None:
    """The key that signs events and checkpoints."""


@key.command()
def show() -> None:
    """All public keys of the log, the first one first; auditors keep any of them."""
    config = Config()
    with reading(config.engine()) as connection:
        keys = keys_of(connection, config.signer.public)
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


def settle_key(config: Config, engine: Engine) -> None:
    """After a change that was cut off: the key that the log goes on with is put in place."""
    aside = _aside(config)
    if not aside.exists():
        return
    with begin(engine) as connection:
        history.queue_up(connection)  # a change that is still under way is waited for
        if not aside.exists():
            return
        told = told_changes(connection)
        goes_on = read_change(*told[-1]).new if told else None
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
