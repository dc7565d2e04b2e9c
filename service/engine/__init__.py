"""The only package that knows SpiffWorkflow; pure: same input, same result."""

from service.engine.definition import Definition, compile_bundle
from service.engine.runtime import (
    Step,
    advance,
    awaits,
    check_gate,
    state_digest,
    task_outputs,
    variables,
)
from service.engine.xml_index import Element, Flow, Process

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
