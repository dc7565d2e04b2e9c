"""Execute a story step by step against the real commands; write its minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from service.model.actor import Actor
from service.model.errors import BadInput, Refused
from service.regulation.dates import SHANGHAI
from service.scenarios import acts
from service.scenarios.expectations import differences
from service.scenarios.looks import fingerprint
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
            "ok": self.ok,
            "difference": self.difference,
            "minutes": self.minutes,
        }


def run_story(story: Story, world: World) -> Outcome:
    """Run all steps of `story` in `world`.

    Raises BadInput when the story names an element, field, unit or clause that the bundle lacks.
    """
    world.check_clauses(story.clauses)
    world.add_actors(story.actors)
    outcome = Outcome(story)
    try:
        _run_all(story.steps, world, outcome.minutes)
    except Otherwise as difference:
        outcome.difference = str(difference)
    return outcome


def _run_all(steps: tuple[Step, ...], world: World, minutes: list[str]) -> None:
    for step in steps:
        try:
            minutes.extend(_VERBS[step.verb](step, world))
        except BadInput as wrong:
            raise BadInput(
                f"第 {step.line} 行：{wrong.message}{_detail(wrong)}",
                reasons=wrong.reasons,
                fields=wrong.fields,
            ) from wrong
        except Refused as refused:
            raise Otherwise(f"第 {step.line} 行：被拒绝，{_quote(refused)}") from refused


def _detail(refused: Refused) -> str:
    return "".join(f"〔{key}：{text}〕" for key, text in refused.fields.items())


def _quote(refused: Refused) -> str:
    reasons = "".join(f"；{r.text}（{'、'.join(r.clauses)}）" for r in refused.reasons)
    return refused.message + _detail(refused) + reasons


def _line(world: World, who: Actor | str, what: str) -> str:
    if isinstance(who, Actor):
        who = f"{who.unit_name} {who.name}"
    return f"{world.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {who}  {what}"


def _at(step: Step, world: World) -> Iterator[str]:
    for due, element in acts.move_clock(world, step.value):
        yield f"{due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  系统  定时器到期：{element}"


def _start(step: Step, world: World) -> Iterator[str]:
    actor, project_no = acts.start(world, step.value, step.options)
    yield _line(world, actor, f"发起 {world.process_name(step.value)}（{project_no}）")


def _do(step: Step, world: World) -> Iterator[str]:
    actor, name = acts.complete(world, step.value, step.options)
    yield _line(world, actor, f"办理 {name}")


def _refuse(step: Step, world: World) -> Iterator[str]:
    before = fingerprint(world)
    try:
        acts.complete(world, step.value, step.options)
    except Refused as refused:
        if fingerprint(world) != before:
            raise Otherwise(f"第 {step.line} 行：已拒绝，但留下了痕迹") from refused
        missing = [c for c in step.options.get("because", ()) if str(c) not in refused.clauses]
        if missing:
            raise Otherwise(
                f"第 {step.line} 行：拒绝时未引用 {'、'.join(map(str, missing))}，而是：{_quote(refused)}"
            ) from refused
        yield _line(world, "系统", f"拒绝 {step.value}：{_quote(refused)}")
        return
    raise Otherwise(f"第 {step.line} 行：{step.value} 应被拒绝，却办成了")


def _message(step: Step, world: World) -> Iterator[str]:
    acts.send(world, step.value, step.options)
    yield _line(world, "外部", f"收到 {step.value}")


def _expect(step: Step, world: World) -> Iterator[str]:
    found = list(differences(world, world.project_key(), step.value))
    if found:
        raise Otherwise(f"第 {step.line} 行：{'；'.join(found)}")
    return iter(())


def _act(step: Step, world: World) -> Iterator[str]:
    actor, name = acts.act(world, step.value, step.options)
    yield _line(world, actor, f"{step.value} {name}")


def _parallel(step: Step, world: World) -> Iterator[str]:
    for actor, name in complete_together(world, [(s.value, s.options) for s in step.steps]):
        yield _line(world, actor, f"同时办理 {name}")


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
    "expect": _expect,
    "act": _act,
    "parallel": _parallel,
    "repeat": _repeat,
}
