"""A split into so many branches that nobody can look at all their orders: told at once, not after minutes."""

from __future__ import annotations

from collections.abc import Iterable

from service.model.errors import TooLarge
from service.proof.build import AUTOMATIC
from service.proof.diagram import EVENTS, TASKS, Diagram, Node, Scope

SPLITS = {"parallelGateway", "inclusiveGateway"}
WAITING = (
    (TASKS | EVENTS | {"callActivity", "subProcess"}) - AUTOMATIC - {"serviceTask", "endEvent"}
)
MOST_BRANCHES = 17  # each is done or not: 2 to this power of states, half of what is looked at


def check_width(diagrams: Iterable[Diagram]) -> None:
    """Raise TooLarge for a gateway with more than MOST_BRANCHES branches that wait for somebody."""
    for diagram in diagrams:
        for scope in diagram.scope.all_scopes():
            for node in scope.nodes.values():
                if node.kind in SPLITS and (count := _branches(scope, node)) > MOST_BRANCHES:
                    raise TooLarge(
                        f"「{node.label}」之后有 {count} 条并行的分支，先后次序多得看不完；"
                        "请改成一个多实例任务（会签），或分成几段。"
                    )


def _branches(scope: Scope, node: Node) -> int:
    targets = (scope.nodes.get(flow.target) for flow in scope.out(node))
    return sum(1 for target in targets if target is not None and target.kind in WAITING)
