"""Acts around a task in the words of the history: 转办, 委托办理, 加签, 沟通, 抄送, 催办."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from service.definitions import definition_of
from service.store.history import StoredEvent

Told = tuple[str, list[tuple[str, str]]]  # what, and (label, text) of what was said


class Steps:
    """Names of the tasks that the log has opened so far."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[str, str] = {}

    def hear(self, event: StoredEvent) -> None:
        """Read one event, in the order of the log."""
        for name, fields in event.body.get("effects", ()):
            if name == "UserTaskCreated":
                definition = definition_of(self._connection, event.body["bundle"])
                element = definition.element(fields["process_id"], fields["element_id"])
                self._names[fields["task_key"]] = element.name

    def name(self, task_key: str | None) -> str:
        """Of a task; empty when it is unknown."""
        return self._names.get(task_key or "", "")


def told_beside(event: StoredEvent, steps: Steps) -> Told | None:
    """What an act says in the history; None for one that has no line (签收, a receipt)."""
    words = _WORDS.get(event.act)
    if words is None:
        return None
    return words(event.body, steps.name(event.body.get("task")))


def _names(people: Any) -> str:
    return "、".join(f"{p['name']}（{p['unit_name']}）" for p in people)


def _transfer(body: Mapping[str, Any], step: str) -> Told:
    return f"把“{step}”转办给{body['to']['name']}", [("理由", body["reason"])]


def _entrust(body: Mapping[str, Any], step: str) -> Told:
    return f"委托{body['to']['name']}办理“{step}”", [("委托事项", body["reason"])]


def _hand_back(body: Mapping[str, Any], step: str) -> Told:
    said = [("说明", body["reason"])] if body["reason"] else []
    return f"把“{step}”交回{body['to']['name']}", said


def _ask(body: Mapping[str, Any], step: str) -> Told:
    asked = body["asked"]
    if asked["kind"] == "cosign":
        return f"“{step}”加签{_names(asked['people'])}", [("请对方", asked["text"])]
    return f"就“{step}”询问{_names(asked['people'])}", [("问", asked["text"])]


def _give(body: Mapping[str, Any], step: str) -> Told:
    opinion = body["opinion"]
    cosign = opinion["kind"] == "cosign"
    what = f"对“{step}”出具会签意见" if cosign else f"答复“{step}”的沟通"
    return what, [("意见" if cosign else "答", opinion["text"])]


def _drop(body: Mapping[str, Any], step: str) -> Told:
    return f"“{step}”减签{body['opinion']['name']}", [("理由", body["reason"])]


def _copy(body: Mapping[str, Any], step: str) -> Told:
    copy = body["copy"]
    return f"把“{step}”抄送{_names(copy['people'])}", [("说明", copy["text"])] if copy[
        "text"
    ] else []


def _urge(body: Mapping[str, Any], step: str) -> Told:
    return f"催办“{step}”", [("说明", body["reason"])] if body.get("reason") else []


def _propose(body: Mapping[str, Any], step: str) -> Told:
    return f"提出应急处置：{body['repair']['words']}", [("原因", body["reason"])]


def _not_repaired(body: Mapping[str, Any], step: str) -> Told:
    return f"不同意应急处置：{body['repair']['words']}", [("理由", body["reason"])]


_WORDS: dict[str, Callable[[Mapping[str, Any], str], Told]] = {
    "transfer_task": _transfer,
    "entrust_task": _entrust,
    "hand_back_task": _hand_back,
    "ask_opinion": _ask,
    "answer_opinion": _give,
    "drop_opinion": _drop,
    "copy_task": _copy,
    "urge_task": _urge,
    "propose_repair": _propose,
    "refuse_repair": _not_repaired,
}
