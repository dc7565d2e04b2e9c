"""Everything that the checks find in a bundle, whatever is wrong with it."""

from __future__ import annotations

from service.definitions import sheets_of
from service.engine import Definition, examine
from service.lint.settings import setting_findings
from service.lint.tables import table_findings
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.model.finding import Finding, unreadable
from service.queries.questions.declared import questions_of


def findings(bundle: Bundle) -> tuple[Definition | None, list[Finding]]:
    """The definition, unless it cannot be compiled, and all findings in order of file and line."""
    definition, found = examine(bundle)
    if definition is None:
        return None, found
    found = table_findings(definition.decisions, definition.functions)
    found += setting_findings(bundle, definition.settings)
    for place, rule, read in (
        ("forms/print", "sheet", sheets_of),
        ("processes/questions.yaml", "question", questions_of),
    ):
        try:
            read(definition)
        except BadInput as wrong:
            found.append(unreadable(place, wrong, rule))
    return definition, sorted(found, key=lambda f: (f.path, f.line, f.element, f.rule))
