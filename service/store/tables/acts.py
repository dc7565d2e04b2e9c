"""What people do around a task: opinions and answers asked for, reading copies, standing in; and own lists."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from service.store.tables.base import Id, Key, UtcDateTime, metadata

# Somebody is asked about a task: `cosign` (加签) holds up its submission, `question` (沟通) does not.
# `status`: open, answered, dropped (减签, with a reason), closed (with the task).
consultation = Table(
    "consultation",
    metadata,
    Column("consultation_key", Key, primary_key=True),
    Column("task_key", Key, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("project_key", Key),
    Column("kind", String(10), nullable=False),
    Column("asked", Key, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_unit", Text, nullable=False),
    Column("by", Key, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", String(10), nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("answered_at", UtcDateTime),
    Index("ix_consultation_task", "task_key", "status"),
    Index("ix_consultation_asked", "asked", "status"),
)

# A reading copy of a task (抄送); `read_at`: the receipt.
reading_copy = Table(
    "reading_copy",
    metadata,
    Column("copy_key", Key, primary_key=True),
    Column("task_key", Key, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("project_key", Key),
    Column("to", Key, nullable=False),
    Column("to_name", Text, nullable=False),
    Column("by", Key, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Index("ix_reading_copy_to", "to", "at"),
    Index("ix_reading_copy_task", "task_key"),
)

# `agent` stands in for `principal` from `begins_at` to `ends_at` (代理), in one process or all.
stand_in = Table(
    "stand_in",
    metadata,
    Column("stand_in_key", Key, primary_key=True),
    Column("principal", Key, nullable=False),
    Column("agent", Key, nullable=False),
    Column("process_id", Id),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Key, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Index("ix_stand_in_agent", "agent", "ends_at"),
    Index("ix_stand_in_principal", "principal", "ends_at"),
)

# An emergency repair of an instance: `kind` and `target` name the remedy, `seen` is the instance's number when it was
# proposed. `status`: open, done (`decided_by` has confirmed), refused (and said `why`).
repair = Table(
    "repair",
    metadata,
    Column("repair_key", Key, primary_key=True),
    Column("project_key", Key, nullable=False),
    Column("instance_key", Key, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("target", Key, nullable=False),
    Column("words", Text, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("proposed_by", Key, nullable=False),
    Column("proposed_by_name", Text, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("decided_by", Key),
    Column("decided_by_name", Text),
    Column("decided_at", UtcDateTime),
    Column("why", Text, nullable=False, server_default=""),
    Index("ix_repair_status", "status", "proposed_at"),
    Index("ix_repair_instance", "instance_key", "status"),
)

# Own lists, of no meaning for the record: phrases (常用意见), projects followed (关注).
phrase = Table(
    "phrase",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)

# A search with its filters under a name of one's own (常用筛选); `place`: the list that it belongs to.
saved_filter = Table(
    "saved_filter",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("place", String(10), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("asked", Text, nullable=False),  # JSON: what stands in the address, by name
    Column("at", UtcDateTime, nullable=False),
)

follow = Table(
    "follow",
    metadata,
    Column("account_key", Key, primary_key=True),
    Column("project_key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
