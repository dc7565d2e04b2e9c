"""`banjie export …`: what auditors and archivists take away."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from service.audit.ocel import ocel as ocel_of
from service.audit.xes import write_xes
from service.cli._written import written
from service.cli.witness import size_of
from service.config import Config
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import BadInput
from service.papers.archive_check import check_package
from service.papers.archive_package import write_archive
from service.queries.archive import archive_contents, project_key_of
from service.queries.evidence import write_evidence
from service.queries.evidence_extent import Period
from service.queries.process_log import happenings
from service.queries.witness_update import witness_update
from service.store.session import begin, reading

project = click.option("--project", "no", help="The project's number; without it the whole record.")
DAY = click.DateTime(["%Y-%m-%d"])
out = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The file to write."
)


@click.group()
def export() -> None:
    """Write evidence, archives, and logs for tools of process mining."""


@export.command()
@project
@click.option("--from", "first", type=DAY, help="A period begins with this day (2025-03-01).")
@click.option("--until", "last", type=DAY, help="The last day of the period.")
@out
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, path_type=Path),
    help="The auditor's own checkpoint: an extract then proves that it is its beginning.",
)
def evidence(
    no: str | None,
    first: datetime | None,
    last: datetime | None,
    out: Path,
    checkpoint: Path | None,
) -> None:
    """A package that verify.py checks without the service: of all, of a project, or of a period."""
    config = Config()
    engine = config.engine()
    held = size_of(checkpoint) if checkpoint else None
    if (first is None) != (last is None):
        raise BadInput("期间要同时写 --from 和 --until。")
    period = Period(first.date(), last.date()) if first and last else None
    with begin(engine) as connection:
        make_checkpoint(connection, config.signer, now=config.now())
    with reading(engine) as connection, written(out) as stream:
        write_evidence(
            connection, stream, keys=config.signer.keys, files=config.files, project_no=no, period=period,
            held_size=held,
        )  # fmt: skip
    click.echo(
        f"证据包已写入 {out}。核验：python3 verify.py {out.name} --checkpoint 您留存的检查点.txt"
    )


@export.command()
@project
@out
def xes(no: str | None, out: Path) -> None:
    """The log as XES (IEEE 1849)."""
    with reading(Config().engine()) as connection, written(out) as stream:
        write_xes(stream, happenings(connection, no))


@export.command()
@project
@out
def ocel(no: str | None, out: Path) -> None:
    """The log as OCEL 2.0 (JSON)."""
    with reading(Config().engine()) as connection, written(out) as stream:
        text = json.dumps(ocel_of(happenings(connection, no)), ensure_ascii=False, indent=1)
        stream.write(text.encode())


@export.command()
@click.option("--project", "no", required=True, help="The project's number.")
@out
def archive(no: str, out: Path) -> None:
    """The archive of a project: six volumes, catalogue, hashes, the four natures (article 21).

    Status 1 when one of the four natures does not hold; the package is written all the same and says so.
    """
    config = Config()
    with reading(config.engine()) as connection, written(out) as stream:
        contents = archive_contents(
            connection, project_key_of(connection, no), config.files,
            sign=config.signer.sign, key=config.signer.public.text(),
        )  # fmt: skip
        found = write_archive(stream, contents)
    for check in found:
        click.echo(check.line())
    click.echo(
        f"档案包已写入 {out}，共 {len(contents.entries)} 件。核对：banjie export check {out.name}"
    )
    sys.exit(0 if all(check.good for check in found) else 1)


@export.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, path_type=Path),
    help="The public key (banjie export key).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def check(file: Path, key: Path | None, as_json: bool) -> None:
    """Check an archive package without the database; status 1 when something does not hold."""
    found = check_package(file, key=key.read_text(encoding="utf-8") if key else None)
    if as_json:
        click.echo(json.dumps([c.as_dict() for c in found], ensure_ascii=False))
    else:
        for one in found:
            click.echo(one.line())
    sys.exit(0 if all(one.good for one in found) else 1)


@export.command()
@out
def key(out: Path) -> None:
    """The public keys that check signatures, one a line; to be kept by the auditor."""
    with written(out) as stream:
        stream.writelines(f"{key.text()}\n".encode() for key in Config().signer.keys)


@export.command()
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, path_type=Path),
    help="The checkpoint that the witness keeps; without it the proof begins with nothing.",
)
@out
def update(checkpoint: Path | None, out: Path) -> None:
    """The newest checkpoint with the proof that it continues another one: for `verify.py --witness`."""
    config = Config()
    with begin(config.engine()) as connection:
        make_checkpoint(connection, config.signer, now=config.now())
    with reading(config.engine()) as connection, written(out) as stream:
        made = witness_update(connection, size_of(checkpoint) if checkpoint else 0)
        stream.write(made.text().encode())
    click.echo(
        f"已写入 {out}。见证：python3 verify.py {out.name} --witness 您留存的检查点.txt --key 公钥.txt"
    )
