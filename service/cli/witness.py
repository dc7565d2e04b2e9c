"""`banjie witness`: keep the newest checkpoint, if it continues the one that is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.audit.verify import read_keys, read_note
from service.audit.verify import witness as accept
from service.config import Config
from service.model.errors import BadInput
from service.queries.witness_update import witness_update
from service.store import checkpoints
from service.store.session import reading


@click.command()
@click.argument("kept", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public keys that the witness holds; without it those of this machine.",
)
def witness(kept: Path, key: Path | None) -> None:
    """Replace the checkpoint in KEPT by the newest one of this machine; status 1 when it does not continue it.

    The same as `verify.py --witness` on a machine that reads the database; auditors had better use that.
    """
    config = Config()
    keys = read_keys(key.read_text(encoding="utf-8")) if key else list(config.signer.keys)
    with reading(config.engine()) as connection:
        last = checkpoints.last(connection)
        old = size_of(kept) if kept.exists() else 0
        # of a log that is shorter than what is kept the witness shall see what it is
        update = witness_update(connection, min(old, last[0]) if last else old)
    sys.exit(accept(str(kept), update, keys))


def size_of(path: Path) -> int:
    """How many events the checkpoint of a file is over. Raises BadInput."""
    try:
        return read_note(path.read_text(encoding="utf-8"))[0].size
    except ValueError as wrong:
        raise BadInput(f"{path} 不是检查点文件。") from wrong
