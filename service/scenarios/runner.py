"""Execute a story step by step against the real commands; write its minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from service.jobs.follow_changes import follow_changes
from service.model.errors import BadInput, Refused
from service.scenarios import acts
from service.scenarios.expectations import differences
from service.scenarios.looks import fingerprint, happened, last_seq
from service.scenarios.minutes import SYSTEM, cited, line, refusal, results
from service.scenarios.settings import set_settings
from service.scenarios.story import Step, Story
from service.scenarios.together import complete_together
from service.scenarios.world import World


class Otherwise(Exception):
    """The story went otherwise than written; the sentence says how."""


@dataclass
class Outcome:
    """How a story went: `ok`, the minutes, and the sentence of the first difference."""

    story: Story
    minutes: list[str] = field(default_factory=list)
    difference: str | None = None

    @property
    def ok(self) -> bool:
        """Everything happened as written."""
        return self.difference is None

    @property
    def verdict(self) -> str:
        """One line for people."""
        return "一致" if self.ok else f"不一致，{self.difference}"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "id": self.story.id,
            "title": self.story.title,
            "begins_as": self.story.begins_as or None,
            "ok": self.ok,
            "difference": self.difference,
            "minutes": self.minutes,
        }


def run_story(story: Story, world: World) -> Outcome:
    """Run all steps of `story` in `world`.

    Raises BadInput when the story names an element, field, unit or clause that the bundle lacks.
    """
    world.check_clauses(story.exercises)
    world.add_actors(story.actors)
    world.begins_by_date = story.begins_by_date
    outcome = Outcome(story)
    try:
        _run_all(story.steps, world, outcome.minutes)
    except Otherwise as difference:
        outcome.difference = str(difference)
    return outcome


def _run_all(steps: tuple[Step, ...], world: World, minutes: list[str]) -> None:
    for step in steps:
        before = last_seq(world)
        try:
            minutes.extend(_VERBS[step.verb](step, world))
        except BadInput as wrong:
            message = f"第 {step.line} 行：{wrong.message}{_fields(wrong)}"
            raise BadInput(message, reasons=wrong.reasons, fields=wrong.fields) from wrong
        except Refused as refused:
            told = step.verb == "set"  # it names settings, no element
            said = refused.message if told else refusal(world, _path(step), refused)
            raise Otherwise(f"第 {step.line} 行：被拒绝，{said}") from refused
        if not step.steps:
            minutes.extend(results(world, happened(world, after=before)))


def _path(step: Step) -> str:
    return str(step.options.get("on", step.value))


def _fields(refused: Refused) -> str:
    return "".join(f"〔{key}：{text}〕" for key, text in refused.fields.items())


def _at(step: Step, world: World) -> Iterator[str]:
    for due, element in acts.move_clock(world, step.value):
        yield line(due, SYSTEM, f"定时器到期：{element}")


def _start(step: Step, world: World) -> Iterator[str]:
    actor, project_no = acts.start(world, step.value, step.options)
    yield line(world.now, actor, f"发起 {world.process_name(step.value)}（{project_no}）")


def _do(step: Step, world: World) -> Iterator[str]:
    actor, name = acts.complete(world, step.value, step.options)
    yield line(world.now, actor, f"办理 {name}")


def _refuse(step: Step, world: World) -> Iterator[str]:
    before = fingerprint(world)
    try:
        if "/" in step.value:
            acts.complete(world, step.value, step.options)
        else:
            acts.start(world, step.value, step.options)
    except BadInput:
        raise
    except Refused as refused:
        said = refusal(world, step.value, refused)
        if fingerprint(world) != before:
            raise Otherwise(f"第 {step.line} 行：已拒绝，但留下了痕迹") from refused
        _must_cite(step, cited(world, step.value, refused), said)
        yield line(world.now, SYSTEM, f"拒绝 {_name(world, step.value)}：{said}")
        return
    raise Otherwise(f"第 {step.line} 行：{step.value} 应被拒绝，却办成了")


def _name(world: World, path: str) -> str:
    if "/" in path:
        return world.element(path.rpartition(":")[2]).name
    return f"发起{world.process_name(path)}"


def _must_cite(step: Step, clauses: tuple[str, ...], said: str) -> None:
    missing = [c for c in map(str, step.options.get("because", ())) if c not in clauses]
    if missing:
        raise Otherwise(f"第 {step.line} 行：拒绝时未引用 {'、'.join(missing)}，而是：{said}")


def _message(step: Step, world: World) -> Iterator[str]:
    acts.send(world, step.value, step.options)
    yield line(world.now, "外部", f"收到 {step.value}")


def _set(step: Step, world: World) -> Iterator[str]:
    for actor, words in set_settings(world, step.value):
        yield line(world.now, actor, f"办理 {words}")
    follow_changes(world.engine, now=world.now)


def _expect(step: Step, world: World) -> Iterator[str]:
    found = list(differences(world, world.project_key(step.options.get("of")), step.value))
    if found:
        raise Otherwise(f"第 {step.line} 行：{'；'.join(found)}")
    return iter(())


def _act(step: Step, world: World) -> Iterator[str]:
    actor, name = acts.act(world, step.value, step.options)
    yield line(world.now, actor, f"{step.value} {name}")


def _parallel(step: Step, world: World) -> Iterator[str]:
    wanted = int(step.options.get("accepted", len(step.steps)))
    accepted = 0
    for doing, refused in complete_together(world, [(s.value, s.options) for s in step.steps]):
        if refused is None:
            accepted += 1
            yield line(world.now, doing.actor, f"同时办理 {doing.element.name}")
        else:
            path = f"{doing.element.process_id}/{doing.element.id}"
            said = refusal(world, path, refused)
            yield line(world.now, SYSTEM, f"拒绝 {doing.element.name}：{said}")
            _must_cite(step, cited(world, path, refused), said)
    if accepted != wanted:
        raise Otherwise(f"第 {step.line} 行：同时办理应成 {wanted} 件，实成 {accepted} 件")


def _repeat(step: Step, world: World) -> Iterator[str]:
    minutes: list[str] = []
    for _ in range(step.value):
        _run_all(step.steps, world, minutes)
    return iter(minutes)


_VERBS: dict[str, Callable[[Step, World], Iterator[str]]] = {
    "at": _at,
    "start": _start,
    "do": _do,
    "refuse": _refuse,
    "message": _message,
    "set": _set,
    "expect": _expect,
    "act": _act,
    "parallel": _parallel,
    "repeat": _repeat,
}
