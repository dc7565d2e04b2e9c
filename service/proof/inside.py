"""Building the inside of one scope: the transitions of each kind of node."""

from __future__ import annotations

from collections.abc import Callable

from service.proof.diagram import SCOPES, TASKS, Node
from service.proof.net import Frame, Transition, Trigger
from service.proof.places import Places
from service.proof.shape import CAUGHT, after_gateway, downstream, errors_of, problems, upstream


class Inside(Places):
    """One scope while its transitions are added."""

    def build(self) -> None:
        """Add the transitions of all nodes, handlers of errors first."""
        for node in sorted(self.scope.nodes.values(), key=lambda n: not n.by_event):
            kind = "task" if node.kind in TASKS else "scope" if node.kind in SCOPES else node.kind
            make: Callable[[Node], None] = _MAKERS[kind].__get__(self)
            make(node)
        self.net.problems += problems(self.scope, self.plan.diagrams)
        self.mark_sides()

    def _add(self, kind: str, node: Node, **more: object) -> Transition:
        return self.net.add(kind, node, self.frame, **more)

    def _enter(self, node: Node, gives: int) -> None:
        for bit in self.into(node):
            self._add("enter", node, needs=bit, gives=gives, starts=True)

    # --- activities

    def _start(self, node: Node) -> None:
        bit = self.busy.get(node.id, 0)
        self.frame.starts |= bit or self.out(node)
        if bit:
            self._add("pass", node, needs=bit, gives=self.out(node), acts=(node,))

    def _task(self, node: Node) -> None:
        child = self.children[node.id]
        self._enter(node, child.busy | child.armed)
        done = self._add("do", node, needs=child.busy, gives=self.out(node), clears=child.armed)
        done.auto, done.acts = node.kind in self.plan.automatic, (node,)
        if node.kind == "receiveTask":
            done.catches = ("message", node.event_name)
        elif node.kind == "sendTask":
            done.throws = ("message", node.event_name)

    def _call(self, node: Node) -> None:
        called, child = self.plan.diagrams.get(node.called or ""), self.children[node.id]
        if called is not None and called.id in self.calls:
            self.net.problems.append(("calls-itself", node))
            called = None
        if called is None or called.id in self.plan.opaque:
            self._enter(node, child.busy | child.armed)
            done = self._add("do", node, needs=child.busy, gives=self.out(node))
            done.auto, done.acts, done.opaque, done.clears = False, (node,), called, child.armed
            for name in sorted(errors_of(self.plan.diagrams, called), key=str):
                self._raise(node, child, name, child.busy).auto = False
            return
        Inside(self.plan, child, called.scope, (*self.calls, called.id)).build()
        self._around(node, child)

    def _scope(self, node: Node) -> None:
        if node.by_event:
            self._event_scope(node)
            return
        child = self.children[node.id]
        Inside(self.plan, child, self.scope.inner[node.id], self.calls).build()
        self._around(node, child)

    def _around(self, node: Node, child: Frame) -> None:
        self._enter(node, child.busy | child.armed | child.starts)
        done = self._add("leave", node, needs=child.busy, gives=self.out(node))
        done.leaves, done.late, done.acts = child, True, (node,)

    def _event_scope(self, node: Node) -> None:
        """A sub-process begun by an event: armed as long as the scope around it runs."""
        child = Frame(self.frame, (*self.frame.path, node.id), self.frame.instance)
        scope = self.scope.inner[node.id]
        Inside(self.plan, child, scope, self.calls).build()
        start = next((n for n in scope.nodes.values() if n.kind == "startEvent"), None)
        if start is None:
            return
        if start.event == "error":
            self.frame.handlers.append((start, child.starts))
            return
        arm = self.net.place("armed", start, self.frame, holds=False)
        self.frame.starts |= arm
        made = self._add("event", start, needs=arm, gives=child.starts, auto=False)
        made.catches = (start.event or "", start.event_name)
        if start.interrupting:
            made.empties = self.frame
        else:
            made.gives, made.unless = made.gives | arm, child.inside

    # --- gateways

    def _exclusive(self, node: Node) -> None:
        for bit in self.into(node):
            self._add("choose", node, needs=bit, branches=self.branches(node), acts=(node,))

    def _parallel(self, node: Node) -> None:
        needs = 0
        for bit in self.into(node):
            needs |= bit
        if needs:
            self._add("join", node, needs=needs, gives=self.out(node), acts=(node,))

    def _inclusive(self, node: Node) -> None:
        into = self.scope.into(node)
        made = self._add("or", node, branches=self.branches(node), late=True, acts=(node,))
        made.ups = tuple(
            (self.flow[f.id], upstream(self.scope, f, node, self.flow, self.busy)) for f in into
        )
        for flow in into:
            made.any_of |= self.flow[flow.id]

    def _event_gateway(self, node: Node) -> None:
        self._enter(node, self.busy[node.id])
        for flow in self.scope.out(node):
            if flow.target in self.scope.nodes:
                self._caught(self.scope.nodes[flow.target], self.busy[node.id])

    # --- events

    def _caught(self, node: Node, needs: int) -> Transition:
        made = self._add("event", node, needs=needs, gives=self.out(node), auto=False)
        made.acts, made.catches = (node,), (node.event or "", node.event_name)
        return made

    def _catch(self, node: Node) -> None:
        if not after_gateway(self.scope, node):
            self._enter(node, self.busy[node.id])
            self._caught(node, self.busy[node.id])

    def _throw(self, node: Node) -> None:
        for bit in self.into(node):
            made = self._add("throw", node, needs=bit, gives=self.out(node), acts=(node,))
            made.throws = thrown(node)

    def _end(self, node: Node) -> None:
        for bit in self.into(node):
            if node.event == "error":
                self._raise(node, self.frame, node.event_name, bit)
                continue
            made = self._add("end", node, needs=bit, acts=(node,))
            made.throws = thrown(node)
            made.empties = self.frame if node.event == "terminate" else None

    def _boundary(self, node: Node) -> None:
        child = self.children.get(node.attached or "")
        if child is None or node.event not in CAUGHT:
            return  # errors are caught where they are raised
        made = self._caught(node, child.busy if node.interrupting else self.armed[node.id])
        made.kind = "boundary"
        if node.interrupting:
            made.wipes = (child,)
        elif node.event != "timer":
            made.gives |= made.needs  # it can come again, once its way has been gone to the end
            made.unless = downstream(self.scope, node, self.flow, self.busy)

    def _raise(self, node: Node, frame: Frame, name: str | None, needs: int) -> Transition:
        made = self._add(
            "raise", node, needs=needs, acts=(node,) if node.kind == "endEvent" else ()
        )
        around: Frame | None = frame
        while around is not None:
            for handler, gives in around.handlers:
                if handler.event_name in (None, name):
                    made.gives, made.acts = gives, (*made.acts, handler)
                    made.wipes = (around,) if handler.attached else ()
                    made.empties = None if handler.attached else around
                    self.net.nodes[id(handler)] = handler
                    return made
            frame, around = around, around.parent
        made.kind, made.wipes = "uncaught", (frame,)
        made.clears = self.net.roots[frame.instance].running
        return made


_MAKERS: dict[str, Callable[[Inside, Node], None]] = {
    "startEvent": Inside._start,
    "task": Inside._task,
    "callActivity": Inside._call,
    "scope": Inside._scope,
    "exclusiveGateway": Inside._exclusive,
    "parallelGateway": Inside._parallel,
    "inclusiveGateway": Inside._inclusive,
    "eventBasedGateway": Inside._event_gateway,
    "intermediateCatchEvent": Inside._catch,
    "intermediateThrowEvent": Inside._throw,
    "endEvent": Inside._end,
    "boundaryEvent": Inside._boundary,
}


def thrown(node: Node) -> Trigger | None:
    """The message or signal that an event sends."""
    return (node.event, node.event_name) if node.event in ("message", "signal") else None
