"""The process definitions of a deployment in the order in which a project meets them."""

from __future__ import annotations

from service.engine import Definition, Process


def process_order(definition: Definition) -> list[Process]:
    """Each process before those that it calls, in the order of its drawing; the one that calls most first."""
    roots = [p for p in definition.processes.values() if p.id not in definition.called]
    reach = {root.id: _below(definition, root, {}) for root in roots}
    found: dict[str, Process] = {}
    for root in sorted(roots, key=lambda p: (-len(reach[p.id]), p.name)):
        found |= {k: v for k, v in reach[root.id].items() if k not in found}
    return list(found.values()) + [p for p in definition.processes.values() if p.id not in found]


def _below(
    definition: Definition, process: Process, found: dict[str, Process]
) -> dict[str, Process]:
    """The process and all that it calls, nearest first along each branch."""
    found[process.id] = process
    for element in process.elements.values():
        if element.called and element.called not in found:
            _below(definition, definition.processes[element.called], found)
    return found
