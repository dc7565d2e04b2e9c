"""How a person wants to be told outside the product."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address

from sqlalchemy import Connection, delete, insert

from service.model.actor import Actor
from service.model.errors import Refused
from service.store import tables as t

MODES = {
    "each": "每条通知立即发一封",
    "daily": "每个工作日早上汇总一封",
    "off": "不发邮件，只在网页上看",
}


def set_contact(
    connection: Connection, actor: Actor, email: str, mode: str, *, now: datetime
) -> None:
    """Set address and mode (a key of `MODES`) of the actor; earlier notices are not sent.

    Raises Refused with `fields`.
    """
    email = email.strip()
    if mode not in MODES:
        raise Refused("没有保存：请选一种接收方式。", fields={"mode": "请从给出的方式中选择。"})
    if mode != "off" and not email:
        raise Refused("没有保存：请填邮箱。", fields={"email": "请填接收通知的邮箱。"})
    if email and not _is_address(email):
        words = "应写成 姓名@单位.gov.cn 的样子。"
        raise Refused(f"没有保存：邮箱{words}", fields={"email": words})
    mine = t.contact.c.account_key == actor.account_key
    connection.execute(delete(t.contact).where(mine))
    row = {"account_key": actor.account_key, "email": email, "mode": mode, "since": now}
    connection.execute(insert(t.contact).values(**row))


def _is_address(text: str) -> bool:
    """One plain ASCII address (RFC 5321), so that nothing of it can become a second header."""
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError):
        return False
    return text.isascii() and len(text) <= 254 and "." in found.domain and found.addr_spec == text
