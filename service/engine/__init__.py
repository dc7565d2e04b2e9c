"""The only package that knows SpiffWorkflow; pure: same input, same result."""

from service.engine.compiling import compile_bundle, examine, glance
from service.engine.context import evaluate
from service.engine.definition import Definition
from service.engine.documents import DocumentList, Listed, documents_of
from service.engine.elements import Element, Flow, Process
from service.engine.filled import Filled
from service.engine.foresight import expected_path, next_tasks, possible_next
from service.engine.gate import GateItem, check_gate, foreseen_items, gate_items
from service.engine.in_force import with_rules
from service.engine.leading import leads_to
from service.engine.past import Past, counting, undone_by
from service.engine.reading import awaits, state_digest, task_outputs, variables
from service.engine.runtime import Step, advance, forget_live
from service.engine.ways_back import WayBack, ways_back
from service.engine.xml_index import read_any

__all__ = [
    "Definition",
    "DocumentList",
    "Element",
    "Filled",
    "Flow",
    "GateItem",
    "Listed",
    "Past",
    "Process",
    "Step",
    "WayBack",
    "advance",
    "awaits",
    "check_gate",
    "compile_bundle",
    "counting",
    "documents_of",
    "evaluate",
    "examine",
    "expected_path",
    "foreseen_items",
    "forget_live",
    "gate_items",
    "glance",
    "leads_to",
    "next_tasks",
    "possible_next",
    "read_any",
    "state_digest",
    "task_outputs",
    "undone_by",
    "variables",
    "ways_back",
    "with_rules",
]
