"""`banjie export …`: what auditors take away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from service.audit.ocel import ocel as ocel_of
from service.audit.verify import read_note
from service.audit.xes import write_xes
from service.config import Config
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import BadInput
from service.queries.evidence import write_evidence
from service.queries.process_log import happenings
from service.store.session import begin, reading

project = click.option("--project", "no", help="The project's number; without it the whole record.")
out = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The file to write."
)


@click.group()
def export() -> None:
    """Write evidence, and logs for tools of process mining."""


@export.command()
@project
@out
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, path_type=Path),
    help="The auditor's own checkpoint: an extract then proves that it is its beginning.",
)
def evidence(no: str | None, out: Path, checkpoint: Path | None) -> None:
    """A package that verify.py checks without the service."""
    config = Config()
    engine = config.engine()
    held = _size(checkpoint) if checkpoint else None
    with begin(engine) as connection:
        make_checkpoint(connection, config.signer, now=config.now())
    with reading(engine) as connection, _written(out) as stream:
        write_evidence(
            connection, stream, key=config.signer.public, files=config.files, project_no=no, held_size=held
        )  # fmt: skip
    click.echo(
        f"证据包已写入 {out}。核验：python3 verify.py {out.name} --checkpoint 您留存的检查点.txt"
    )


@export.command()
@project
@out
def xes(no: str | None, out: Path) -> None:
    """The log as XES (IEEE 1849)."""
    with reading(Config().engine()) as connection, _written(out) as stream:
        write_xes(stream, happenings(connection, no))


@export.command()
@project
@out
def ocel(no: str | None, out: Path) -> None:
    """The log as OCEL 2.0 (JSON)."""
    with reading(Config().engine()) as connection, _written(out) as stream:
        text = json.dumps(ocel_of(happenings(connection, no)), ensure_ascii=False, indent=1)
        stream.write(text.encode())


@export.command()
@out
def key(out: Path) -> None:
    """The public key that checks signatures; to be kept by the auditor."""
    with _written(out) as stream:
        stream.write(f"{Config().signer.public.text()}\n".encode())


def _size(path: Path) -> int:
    try:
        return read_note(path.read_text(encoding="utf-8"))[0].size
    except ValueError as wrong:
        raise BadInput(f"{path} 不是检查点文件。") from wrong


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears when it is whole; what fails leaves nothing."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as wrong:
        raise BadInput(f"写不了 {path}：{wrong.strerror}。") from wrong
    finally:
        part.unlink(missing_ok=True)
