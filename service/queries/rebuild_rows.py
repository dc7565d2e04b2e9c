"""Events that only write rows, carried into the rebuilt database through the functions that wrote the real ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from service.store import asked, projections, repairs, rules
from service.store.registered import post_saved, unit_saved
from service.store.where import Where
from service.store.worklist import task_claimed, task_handed, task_released


def _claimed(rebuilt: Connection, where: Where, body: Any) -> None:
    task_claimed(rebuilt, where, body["task"])


def _released(rebuilt: Connection, where: Where, body: Any) -> None:
    task_released(rebuilt, where, body["task"])


def _kept(rebuilt: Connection, where: Where, body: Any) -> None:
    projections.notice_kept(rebuilt, where, body["notice"])


def _unit(rebuilt: Connection, where: Where, body: Any) -> None:
    unit_saved(rebuilt, body["unit"])


def _post(rebuilt: Connection, where: Where, body: Any) -> None:
    post_saved(rebuilt, body["post"])


def _setting(rebuilt: Connection, where: Where, body: Any) -> None:
    rules.setting_set(rebuilt, where, body["seq"], body["setting"])


def _year(rebuilt: Connection, where: Where, body: Any) -> None:
    rules.year_set(rebuilt, body["seq"], body["year"])


def _handed(rebuilt: Connection, where: Where, body: Any) -> None:
    task_handed(rebuilt, where, body["task"], body["to"])


def _asked(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.opinions_asked(rebuilt, where, body["task"], body["asked"])


def _opinion(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.opinion_ended(rebuilt, where, body["opinion"])


def _copied(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.copied(rebuilt, where, body["task"], body["copy"])


def _copy_read(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.copy_read(rebuilt, where, body["copy"])


def _stand_in(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.stand_in_set(rebuilt, where, body["stand_in"])


def _stand_in_ended(rebuilt: Connection, where: Where, body: Any) -> None:
    asked.stand_in_ended(rebuilt, where, body["stand_in"])


def _proposed(rebuilt: Connection, where: Where, body: Any) -> None:
    said = dataclasses.replace(where, instance_key=body["repair"]["instance"])
    repairs.repair_proposed(rebuilt, said, body)


def _repaired(rebuilt: Connection, where: Where, body: Any) -> None:
    repairs.repair_decided(rebuilt, where, body["repair"]["key"], done=True, why="")


def _repair_refused(rebuilt: Connection, where: Where, body: Any) -> None:
    repairs.repair_decided(rebuilt, where, body["repair"]["key"], done=False, why=body["reason"])


ROWS_ONLY: dict[str, Callable[[Connection, Where, Any], None]] = {
    "claim_task": _claimed,
    "release_task": _released,
    "keep_notice": _kept,
    "save_unit": _unit,
    "save_post": _post,
    "set_setting": _setting,
    "set_year": _year,
    "transfer_task": _handed,
    "entrust_task": _handed,
    "hand_back_task": _handed,
    "ask_opinion": _asked,
    "answer_opinion": _opinion,
    "drop_opinion": _opinion,
    "copy_task": _copied,
    "read_copy": _copy_read,
    "urge_task": _kept,
    "set_stand_in": _stand_in,
    "end_stand_in": _stand_in_ended,
    "propose_repair": _proposed,
    "repair_instance": _repaired,
    "refuse_repair": _repair_refused,
}
