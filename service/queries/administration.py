"""What administration looks at: people, and what administrators have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true

from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.errors import NotFound
from service.model.people import KINDS, ROLES, Person
from service.store import history
from service.store import tables as t
from service.store.register import actors, person_of, posts_of, unit_names

ACTS = {
    "save_unit": "登记单位",
    "save_post": "登记岗位",
    "create_account": "建立账号",
    "import_people": "导入人员",
    "change_account": "更改账号",
    "grant_rights": "授权",
    "decline_rights": "不予授权",
    "reset_password": "重置密码",
    "set_own_password": "本人改密码",
    "unlock_account": "解除锁定",
    "end_session": "强制退出",
    "set_second_factor": "开启二次验证",
    "drop_second_factor": "停用二次验证",
    "bind_identity": "绑定统一身份认证",
    "release_identity": "解除统一身份认证",
    "restore_copy": "恢复备份",
    "acknowledge_restore": "知悉恢复了旧备份",
    "change_key": "更换签名密钥",
    "propose_repair": "提出应急处置",
    "repair_instance": "应急处置",
    "refuse_repair": "不同意应急处置",
}
FIELDS = {
    "login": "账号",
    "name": "姓名/名称",
    "unit": "单位",
    "posts": "岗位",
    "role": "管理职责",
    "active": "启用",
    "unit_id": "编号",
    "post_id": "编号",
    "kind": "类别",
    "groups": "候选组",
    "aliases": "别名",
}


@dataclass(frozen=True)
class PersonRow:
    """A line of the list of people."""

    account_key: str
    person: Person
    unit: str
    posts: str
    role: str
    locked: bool
    must_change: bool
    asked: Person | None


@dataclass(frozen=True)
class RecordRow:
    """An act of administration: `changes` are (what, old, new); `alarm` is what must not be missed."""

    seq: int
    at: datetime
    who: str
    act: str
    whom: str
    reason: str
    changes: list[tuple[str, str, str]]
    alarm: str = ""


def people(connection: Connection, *, search: str = "", now: datetime) -> list[PersonRow]:
    """Everybody who has an account, by unit and name."""
    where: ColumnElement[bool] = true()
    if search:
        like = f"%{search[:60]}%"
        where = or_(
            t.account.c.name.like(like), t.account.c.login.like(like), t.unit.c.name.like(like)
        )
    found = actors(connection, where)
    found.sort(key=lambda one: (one[0].unit_spelling, one[0].spelling, one[0].login))
    return [_person(row, actor, now) for row, actor in found]


def _person(row: Any, actor: Actor, now: datetime) -> PersonRow:
    return PersonRow(
        row.account_key, person_of(row), actor.unit_name, actor.post, ROLES.get(row.role or "", ""),
        bool(row.locked_until and row.locked_until > now), row.must_change, _asked(row),
    )  # fmt: skip


def _asked(row: Any) -> Person | None:
    """The person with the rights that are asked for and not granted yet."""
    if row.asked is None:
        return None
    given = row.asked
    return replace(
        person_of(row), unit_id=given["unit"], posts=tuple(given["posts"]), role=given["role"]
    )


def person(connection: Connection, account_key: str, *, now: datetime) -> PersonRow:
    """One person. Raises NotFound."""
    found = actors(connection, t.account.c.account_key == account_key)
    if not found:
        raise NotFound("没有这个账号。")
    return _person(*found[0], now)


def record(connection: Connection, *, limit: int = 300) -> list[RecordRow]:
    """The newest acts of administration first."""
    e = t.event.c
    beside = select(e.seq).where(e.act.in_(ACTS), e.instance_key.is_(None))
    repaired = select(e.seq).where(
        e.act == "repair_instance",
        e.instance_key.in_(select(t.repair.c.instance_key).where(t.repair.c.status == "done")),
    )
    newest = sorted(
        {
            seq
            for query in (beside, repaired)
            for seq in connection.execute(query.order_by(e.seq.desc()).limit(limit)).scalars()
        }
    )
    events = [history.read_one(connection, seq) for seq in newest[-limit:]]
    logins = {
        r.account_key: f"{r.name}（{r.login}）" for r in connection.execute(select(t.account))
    }
    words = _words(connection)
    return [_record(e, logins, words) for e in reversed(events)]


def _words(connection: Connection) -> dict[str, str]:
    posts = {p.post_id: p.name for p in posts_of(connection).values()}
    definition = newest_definition(connection)
    groups = {g.id: g.name for g in definition.groups.groups.values()} if definition else {}
    return {**KINDS, **ROLES, **groups, **unit_names(connection), **posts}


def _record(event: Any, logins: Mapping[str, str], words: Mapping[str, str]) -> RecordRow:
    body = event.body
    thing = body.get("unit") or body.get("post") or {}
    whom = thing.get("name") or logins.get(body.get("account", ""), "")
    whom = whom or (body.get("repair") or {}).get("words", "")
    old, new = body.get("old") or {}, body.get("new") or {}
    changes = [
        (FIELDS.get(name, name), _text(old.get(name), words), _text(value, words))
        for name, value in new.items()
        if value not in (None, [], "") or old.get(name) not in (None, [], "")
    ]
    asked = body.get("asked") or {}
    changes += [
        (f"申请{FIELDS[name]}", "", _text(value, words))
        for name, value in asked.items()
        if value not in (None, [], "")
    ]
    if not old and changes:  # all is new: one line
        changes = [("新增", "", "；".join(f"{name}：{text}" for name, _, text in changes))]
    actor = body.get("actor") or {}
    return RecordRow(
        event.seq, event.at, actor.get("name", ""), ACTS[event.act], whom, body.get("reason", ""), changes,
        _alarm(body),
    )  # fmt: skip


def _alarm(body: Mapping[str, Any]) -> str:
    """What a reader must not miss: signed events that were given up, an instance that was repaired."""
    if body["act"] == "repair_instance":
        return f"{body['proposed_by']}提出"
    if "lost" not in body:
        return ""
    return f"恢复的备份只有 {body['copy']['size']} 个事件，已签发的 {body['lost']['events']} 个事件被放弃"


def _text(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(words.get(str(v), str(v)) for v in value) or "无"
    return "无" if value in (None, "") else words.get(str(value), str(value))
