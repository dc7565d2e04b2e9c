"""Read a scenario file: every key is known, every step has one verb, or the file is refused.

The format is described in docs/reference/scenarios.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from service.model.errors import BadInput
from service.scenarios.strict_yaml import Mapped, read_yaml

# verb -> other keys that a step with this verb may have
KEYS: dict[str, set[str]] = {
    "at": set(),
    "start": {"by", "as", "with"},
    "do": {"by", "with", "only", "without", "for"},
    "refuse": {"by", "as", "with", "only", "without", "for", "because"},
    "act": {"on", "by", "for"},
    "message": {"with"},
    "set": set(),
    "expect": {"of"},
    "parallel": {"accepted", "because"},
    "repeat": set(),
}
EXPECTATIONS = {"open", "status", "values", "ledger", "events", "decided", "never_open"}
STORY_KEYS = {"id", "title", "begins_as", "begins_by_date", "clauses", "actors", "steps"}


@dataclass(frozen=True)
class Step:
    """One step: its verb, the verb's value, the other keys, and the line of the file where it stands."""

    verb: str
    value: Any
    options: Mapping[str, Any]
    line: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Story:
    """A scenario: `actors` maps a name to its unit (name or id) and group.

    `begins_as` is the id of the story in the same folder at whose end this one begins, or empty.
    `begins_by_date`: processes that start by date do so while the clock moves; else only what the story starts.
    """

    id: str
    title: str
    clauses: tuple[str, ...]
    actors: Mapping[str, Mapping[str, str]]
    steps: tuple[Step, ...]
    path: str = field(default="", compare=False)
    begins_as: str = ""
    begins_by_date: bool = False

    @property
    def exercises(self) -> tuple[str, ...]:
        """The clauses that it names: at its head, and those that its refusals must quote."""
        return tuple(dict.fromkeys((*self.clauses, *_quoted(self.steps))))


def _quoted(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from map(str, step.options.get("because") or ())
        yield from _quoted(step.steps)


def read_stories(folder: Path) -> list[Story]:
    """The stories of a folder (not of folders below it), in order of their file names. Raises BadInput."""
    return [read_story(path) for path in sorted(folder.glob("*.yaml"))]


def read_story(path: Path) -> Story:
    """The story of a YAML file.

    Raises BadInput that names file, line and key for anything that the format does not know.
    """
    data = read_yaml(path)
    if not isinstance(data, Mapped):
        raise BadInput(f"{path.name}：应是一个映射，含 id、title、steps。")
    _known(path, data, set(data), STORY_KEYS)
    if not {"id", "title", "steps"} <= set(data):
        raise BadInput(f"{path.name}：缺少 {'、'.join({'id', 'title', 'steps'} - set(data))}。")
    if data["id"] != path.stem:
        raise BadInput(f"{path.name}：id 写的是 {data['id']}，应与文件名一致。")
    return Story(
        id=data["id"],
        title=data["title"],
        clauses=tuple(str(clause) for clause in data.get("clauses", ())),
        actors=_actors(path, data.get("actors") or {}),
        steps=_steps(path, data["steps"]),
        path=str(path),
        begins_as=str(data.get("begins_as") or ""),
        begins_by_date=data.get("begins_by_date") is True,
    )


def _known(path: Path, where: Any, keys: set[str], allowed: set[str]) -> None:
    unknown = sorted(keys - allowed)
    if unknown:
        line = getattr(where, "line", 0)
        raise BadInput(
            f"{path.name} 第 {line} 行：不认识的键 {'、'.join(unknown)}，"
            f"可用的是 {'、'.join(sorted(allowed))}。"
        )


def _actors(path: Path, actors: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    for actor in actors.values():
        _known(path, actor, set(actor), {"unit", "group"})
    return {name: dict(actor) for name, actor in actors.items()}


def _steps(path: Path, steps: Any) -> tuple[Step, ...]:
    if not isinstance(steps, list):
        raise BadInput(f"{path.name}：steps 应是一个列表。")
    return tuple(_step(path, step) for step in steps)


def _step(path: Path, data: Any) -> Step:
    if not isinstance(data, Mapped):
        raise BadInput(f"{path.name}：步骤应是映射，读到的是 {data!r}。")
    verbs = [verb for verb in KEYS if verb in data]
    if len(verbs) != 1:
        raise BadInput(
            f"{path.name} 第 {data.line} 行：每一步要有且只有一个动作（{'、'.join(KEYS)}）。"
        )
    verb = verbs[0]
    extra = {"to", "reason"} if verb == "act" else set()
    _known(path, data, set(data) - {verb}, KEYS[verb] | extra)
    value, options = data[verb], {key: data[key] for key in data if key != verb}
    inner: tuple[Step, ...] = ()
    if verb == "at":
        value = _instant(path, data)
    elif verb == "set" and not isinstance(value, Mapped):
        raise BadInput(f"{path.name} 第 {data.line} 行：set 应写成 {{设置: 值}}。")
    elif verb == "parallel":
        inner = _steps(path, value)
    elif verb == "repeat":
        _known(path, value, set(value), {"times", "steps"})
        inner = _steps(path, value["steps"])
        value = int(value["times"])
    elif verb == "expect":
        _known(path, value, set(value), EXPECTATIONS)
    return Step(verb, value, options, data.line, inner)


def _instant(path: Path, data: Mapped) -> datetime:
    try:
        instant = datetime.fromisoformat(str(data["at"]))
    except ValueError as wrong:
        raise BadInput(f"{path.name} 第 {data.line} 行：{data['at']} 不是时间。") from wrong
    if instant.tzinfo is None:
        raise BadInput(f"{path.name} 第 {data.line} 行：时间要写明时区，如 +08:00。")
    return instant
