"""Everything that the checks find in a bundle, whatever is wrong with it."""

from __future__ import annotations

from service.definitions import sheets_of
from service.engine import Definition, examine
from service.lint.settings import setting_findings
from service.lint.tables import table_findings
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.model.finding import Finding, unreadable
from service.proof.unread import unread_lists
from service.queries.questions.declared import questions_of


def findings(bundle: Bundle) -> tuple[Definition | None, list[Finding]]:
    """The definition, unless it cannot be compiled, and all findings in order of file and line."""
    definition, found = examine(bundle)
    if definition is None:
        return None, sorted([*found, *unread_lists(bundle)], key=_place)
    found = table_findings(definition.decisions, definition.functions)
    found += unread_lists(bundle)
    found += setting_findings(bundle, definition.settings)
    for place, rule, read in (
        ("forms/print", "sheet", sheets_of),
        ("processes/questions.yaml", "question", questions_of),
    ):
        try:
            read(definition)
        except BadInput as wrong:
            found.append(unreadable(place, wrong, rule))
    return definition, sorted(found, key=_place)


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return finding.path, finding.line, finding.element, finding.rule
