"""Drawings that the engine would carry out wrongly are refused at deployment; their mended twins are not."""

import pytest

from service.engine import compile_bundle
from service.model.bundle import Bundle
from service.model.errors import BadInput

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
GROUPS = "groups:\n- {id: desk, name: 办理组, unit: office}\nunits:\n- {id: office, name: 办公室}\n"
FORM = '{"id": "f", "type": "default", "schemaVersion": 16, "components": [{"type": "radio", "key": "v", "label": "选", "values": [{"value": "p", "label": "甲"}, {"value": "q", "label": "乙"}]}]}'


class Drawing:
    """A process drawn by lines such as `a -> b: condition`; the first flow without one of a split is its default."""

    def __init__(self, process_id: str, nodes: dict[str, str], flows: str) -> None:
        self.process_id, self.nodes = process_id, nodes
        self.flows = []
        for index, line in enumerate(filter(None, (x.strip() for x in flows.splitlines()))):
            ends, _, test = line.partition(":")
            source, _, target = (part.strip() for part in ends.partition("->"))
            self.flows.append((f"f{index}_{process_id}", source, target, test.strip()))

    def xml(self) -> bytes:
        inside = "".join(
            self._node(n, kind) for n, kind in self.nodes.items() if "/" not in n
        ) + self._flows("")
        refs = "".join(f"<flowNodeRef>{n}</flowNodeRef>" for n in self.nodes if "/" not in n)
        return (
            f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:s="{SPIFF}" id="d" targetNamespace="t">'
            '<error id="err" name="e" errorCode="broken"/><error id="other" name="o" errorCode="other"/>'
            f'<process id="{self.process_id}" isExecutable="true"><laneSet id="ls"><lane id="desk">{refs}</lane></laneSet>'
            f"{inside}</process></definitions>"
        ).encode()

    def _flows(self, scope: str) -> str:
        made = ""
        for own, source, target, test in self.flows:
            if source.rpartition("/")[0] == scope:
                source, target = source.rpartition("/")[2], target.rpartition("/")[2]
                words = f"<conditionExpression>{test}</conditionExpression>" if test else ""
                made += f'<sequenceFlow id="{own}" sourceRef="{source}" targetRef="{target}">{words}</sequenceFlow>'
        return made

    def _node(self, name: str, kind: str) -> str:
        tag, *rest = kind.split()
        own = name.rpartition("/")[2]
        out = [f for f in self.flows if f[1] == name]
        ends = "".join(f"<incoming>{f[0]}</incoming>" for f in self.flows if f[2] == name)
        ends += "".join(f"<outgoing>{f[0]}</outgoing>" for f in out)
        attributes, inside = " ".join(r for r in rest if "=" in r), ""
        if tag in ("exclusiveGateway", "inclusiveGateway") and len(out) > 1:
            attributes += f' default="{next(f[0] for f in out if not f[3])}"'
        if tag == "userTask":
            inside = '<extensionElements><s:properties><s:property name="form" value="f"/><s:property name="outputs" value="v:p|q"/></s:properties></extensionElements>'
        inside += ends
        if tag == "subProcess":
            inside += "".join(
                self._node(n, k) for n, k in self.nodes.items() if n.rpartition("/")[0] == name
            ) + self._flows(name)
        if error := next((r for r in rest if "=" not in r), None):
            inside += f'<errorEventDefinition id="{own}_e" errorRef="{error}"/>'
        return f'<{tag} id="{own}" {attributes}>{inside}</{tag}>'


def compiled(*drawings: Drawing) -> None:
    files = {f"processes/{d.process_id}.bpmn": d.xml() for d in drawings}
    files |= {"processes/groups.yaml": GROUPS.encode(), "forms/f.form": FORM.encode()}
    compile_bundle(Bundle(files))


def inclusive(looped: str, back: str) -> Drawing:
    """An inclusive block with a task on one branch; on the other `looped`, which `back` repeats."""
    return Drawing(
        "included",
        {
            "begun": "startEvent", "split": "inclusiveGateway", "other_task": "userTask",
            "work": looped, "again": "exclusiveGateway", "join": "inclusiveGateway", "ended": "endEvent",
            **({"work/in_begun": "startEvent", "work/in_task": "userTask", "work/in_ended": "endEvent"} if looped == "subProcess" else {}),
        },
        f"""begun -> split
        split -> other_task: v = "p"
        split -> work
        other_task -> join
        work -> again
        again -> {back}: v = "q"
        again -> join
        join -> ended
        {'''work/in_begun -> work/in_task
        work/in_task -> work/in_ended''' if looped == "subProcess" else ""}""",
    )  # fmt: skip


def test_a_loop_around_a_sub_process_before_an_inclusive_join_is_refused() -> None:
    with pytest.raises(BadInput, match=r"包容汇合.*work 处在循环里.*放进一个子流程"):
        compiled(inclusive("subProcess", "work"))


def earlier(first: str, last: str) -> Drawing:
    """A block of `first`; a loop around a sub-process, which may be left out; an inclusive block."""
    return Drawing(
        "earlier",
        {
            "begun": "startEvent", "fork": first, "left": "userTask", "right": "userTask", "meet": first,
            "skip": "exclusiveGateway", "work": "subProcess", "again": "exclusiveGateway", "on": "exclusiveGateway",
            "split": "inclusiveGateway", "first_task": "userTask", "second_task": "userTask", "join": "inclusiveGateway",
            "ended": "endEvent", "work/in_begun": "startEvent", "work/in_task": "userTask", "work/in_ended": "endEvent",
        },
        f"""begun -> fork
        fork -> left
        fork -> right{': v = "p"' if first == "exclusiveGateway" else ""}
        left -> meet
        right -> {last}
        meet -> skip
        skip -> work: v = "p"
        skip -> on
        work -> again
        again -> work: v = "q"
        again -> on
        on -> split
        split -> first_task: v = "p"
        split -> second_task
        first_task -> join
        second_task -> join
        join -> ended
        work/in_begun -> work/in_task
        work/in_task -> work/in_ended""",
    )  # fmt: skip


def test_a_loop_that_is_over_before_the_inclusive_block_is_not_refused() -> None:
    compiled(earlier("parallelGateway", "meet"))


def test_a_loop_beside_which_another_token_goes_into_the_block_is_refused() -> None:
    with pytest.raises(BadInput, match="包容汇合"):
        compiled(earlier("parallelGateway", "split"))


def test_a_loop_around_a_call_before_an_inclusive_join_is_refused() -> None:
    called = Drawing(
        "called",
        {"begun": "startEvent", "task": "userTask", "ended": "endEvent"},
        "begun -> task\n task -> ended",
    )
    with pytest.raises(BadInput, match="包容汇合"):
        compiled(inclusive('callActivity calledElement="called"', "work"), called)


def test_a_loop_around_a_task_before_an_inclusive_join_is_fine() -> None:
    compiled(inclusive("userTask", "work"))


def test_a_sub_process_without_a_loop_before_an_inclusive_join_is_fine() -> None:
    compiled(
        Drawing(
            "included",
            {
                "begun": "startEvent", "split": "inclusiveGateway", "other_task": "userTask",
                "work": "subProcess", "work/in_begun": "startEvent", "work/in_task": "userTask",
                "work/again": "exclusiveGateway", "work/in_ended": "endEvent",
                "join": "inclusiveGateway", "ended": "endEvent",
            },
            """begun -> split
            split -> other_task: v = "p"
            split -> work
            other_task -> join
            work -> join
            join -> ended
            work/in_begun -> work/in_task
            work/in_task -> work/again
            work/again -> work/in_task: v = "q"
            work/again -> work/in_ended""",
        )
    )  # fmt: skip


def nested(outer: str, inner: str) -> Drawing:
    """A sub-process in a sub-process, each with an error event on its border."""
    return Drawing(
        "nested",
        {
            "begun": "startEvent", "ended": "endEvent", "caught": "endEvent",
            "wide": "subProcess", "wide_failed": f'boundaryEvent attachedToRef="wide" {outer}',
            "wide/w_begun": "startEvent", "wide/w_ended": "endEvent", "wide/w_caught": "endEvent",
            "wide/narrow": "subProcess", "wide/narrow_failed": f'boundaryEvent attachedToRef="narrow" {inner}',
            "wide/narrow/n_begun": "startEvent", "wide/narrow/n_task": "userTask",
            "wide/narrow/n_failed": f"endEvent {inner}",
        },
        """begun -> wide
        wide -> ended
        wide_failed -> caught
        wide/w_begun -> wide/narrow
        wide/narrow -> wide/w_ended
        wide/narrow_failed -> wide/w_caught
        wide/narrow/n_begun -> wide/narrow/n_task
        wide/narrow/n_task -> wide/narrow/n_failed""",
    )  # fmt: skip


def test_an_error_caught_at_two_levels_is_refused() -> None:
    with pytest.raises(BadInput, match=r"里层 nested/narrow_failed.*只在一层接住"):
        compiled(nested("err", "err"))


def test_two_errors_at_two_levels_are_fine() -> None:
    compiled(nested("other", "err"))


def test_an_error_caught_again_around_a_call_is_refused() -> None:
    called = Drawing(
        "called",
        {
            "begun": "startEvent", "work": "subProcess", "work_failed": 'boundaryEvent attachedToRef="work" err',
            "work/w_begun": "startEvent", "work/w_task": "userTask", "work/w_failed": "endEvent err",
            "ended": "endEvent", "caught": "endEvent",
        },
        """begun -> work
        work -> ended
        work_failed -> caught
        work/w_begun -> work/w_task
        work/w_task -> work/w_failed""",
    )  # fmt: skip
    calling = Drawing(
        "calling",
        {
            "begun": "startEvent", "call": 'callActivity calledElement="called"',
            "call_failed": 'boundaryEvent attachedToRef="call" err', "ended": "endEvent", "caught": "endEvent",
        },
        """begun -> call
        call -> ended
        call_failed -> caught""",
    )  # fmt: skip
    compiled(called)
    with pytest.raises(BadInput, match="里层 called/work_failed"):
        compiled(calling, called)
