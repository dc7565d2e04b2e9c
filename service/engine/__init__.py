"""The only package that knows SpiffWorkflow; pure: same input, same result."""

from service.engine.definition import Definition, compile_bundle
from service.engine.elements import Element, Flow, Process
from service.engine.runtime import (
    Step,
    advance,
    awaits,
    check_gate,
    state_digest,
    task_outputs,
    variables,
)

__all__ = [
    "Definition",
    "Element",
    "Flow",
    "Process",
    "Step",
    "advance",
    "awaits",
    "check_gate",
    "compile_bundle",
    "state_digest",
    "task_outputs",
    "variables",
]
