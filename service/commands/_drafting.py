"""Who draws the regulation, and what may be in a draft."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row

from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.bundle import EXAMPLE, SUFFIXES
from service.model.errors import BadInput, Conflict, NotAllowed, NotFound, TooLarge
from service.store import workbench

MAX_FILE = 2_000_000


def check_owner(connection: Connection, actor: Actor) -> None:
    """Raise NotAllowed unless one of his groups draws the regulation, says the newest bundle."""
    if not newest_definition(connection).groups.draws(actor.groups):
        raise NotAllowed("只有流程管理人员可以修改和发布流程。")


def open_draft_of(connection: Connection, actor: Actor, draft_key: str) -> Row[Any]:
    """The actor's own open draft. Raises NotFound, NotAllowed, Conflict."""
    check_owner(connection, actor)
    row = workbench.draft_of(connection, draft_key)
    if row is None:
        raise NotFound("没有这份草稿。")
    if row.author != actor.account_key:
        raise NotAllowed(f"这份草稿是{row.author_name}的，只有本人可以改。")
    if row.status != "open":
        raise Conflict("这份草稿已经发布或丢弃，请另建一份。")
    return row


def check_file(path: str, content: bytes | None) -> None:
    """Raise BadInput for a path that no bundle has, TooLarge."""
    pure = PurePosixPath(path)
    plain = "\\" not in path and not pure.is_absolute() and ".." not in pure.parts
    story = path.startswith("processes/scenarios/")
    fits = path.endswith(EXAMPLE) or pure.suffix in (SUFFIXES if not story else {".yaml"})
    known = fits and pure.parts[:1] in (("processes",), ("forms",))
    if not plain or not known or str(pure) != path or len(path) > 300:
        raise BadInput("草稿里只能放 processes/ 和 forms/ 下的 .bpmn、.dmn、.form、.yaml 文件。")
    if content is not None and len(content) > MAX_FILE:
        raise TooLarge("文件超过 2 MB，请拆分。")
