"""Register a post, or change it: its name and the candidate groups that it brings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.commands._administration import changed, check_office, log_administration
from service.commands.save_unit import ID
from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.people import PostEntry
from service.store.register import posts_of
from service.store.registered import post_saved


def save_post(
    connection: Connection, actor: Actor, entry: PostEntry, *, reason: str, now: datetime
) -> None:
    """Write the entry as it shall be. Raises NotAllowed, Refused with the `fields` to mend."""
    check_office(actor, "system_admin")
    posts = posts_of(connection)
    old = posts.get(entry.post_id)
    wrong: dict[str, str] = {}
    if not ID.fullmatch(entry.post_id):
        wrong["post_id"] = "编号用小写英文字母、数字和下划线，以字母开头。"
    if not 1 < len(entry.name) <= 60:
        wrong["name"] = "请填岗位名称，2 至 60 字。"
    if any(p.name == entry.name for p in posts.values() if p.post_id != entry.post_id):
        wrong["name"] = f"已有名为“{entry.name}”的岗位。"
    definition = newest_definition(connection)
    if [g for g in entry.groups if not definition or g not in definition.groups.groups]:
        wrong["groups"] = "请从给出的候选组中选择。"
    if wrong:
        raise Refused("岗位没有保存，请按提示改正。", fields=wrong)
    before, after = changed(old.as_dict() if old else None, entry.as_dict())
    if not after:
        raise Refused("没有改动，不必保存。")
    body = {"post": entry.as_dict(), "old": before, "new": after}
    log_administration(connection, actor, "save_post", reason=reason, now=now, body=body)
    post_saved(connection, entry.as_dict())
