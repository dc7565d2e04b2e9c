"""Which clauses a story has touched: those carried by what it entered, filled in, decided, set, or was refused for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from service.coverage.carriers import carriers
from service.engine import Definition
from service.scenarios.looks import Happened, happened
from service.scenarios.story import Step, Story
from service.scenarios.world import World

Place = tuple[str, str]  # kind of carrier and its address, as in service/coverage/carriers.py


def claimed_in_vain(story: Story, world: World, after: int) -> list[str]:
    """Clauses at the head of a story of which it has touched no carrier; `after`: the event before it began."""
    carried: dict[Place, set[str]] = defaultdict(set)
    for one in carriers(world.definition):
        carried[one.kind, one.place].add(one.clause_id)
    seen = {p for e in happened(world, after=after) for p in _places(world.definition, e)}
    touched = {str(c) for step in _all(story.steps) for c in step.options.get("because") or ()}
    names = {name for step in _all(story.steps) if step.verb == "set" for name in step.value}
    for place in (*seen, *(("setting", name) for name in names)):
        touched |= carried[place]
    return [clause for clause in story.clauses if clause not in touched]


def _all(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.steps)


def _places(definition: Definition, event: Happened) -> Iterator[Place]:
    fields = event.fields
    process_id, element_id = fields.get("process_id"), fields.get("element_id")
    if process_id:
        yield "process", process_id
    if process_id and element_id:
        yield "element", f"{process_id}/{element_id}"
    if event.name == "UserTaskCreated":
        yield "group", fields["group_id"]
    elif event.name == "DecisionEvaluated":
        yield from (("rule", f"{fields['decision_id']}/{rule}") for rule in fields["rules"])
    elif event.name == "UserTaskCompleted":
        form_id = definition.element(str(process_id), str(element_id)).form_id
        if form_id:
            yield "field", form_id
            yield from (("field", f"{form_id}.{key}") for key in definition.forms[form_id].fields)
