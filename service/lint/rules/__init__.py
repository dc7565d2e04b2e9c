"""Every rule of the checks: what it is called, why it is there, what to do. One registry for pages, docs and tests."""

from service.lint.rules.drawing import DRAWING
from service.lint.rules.files import FILES
from service.lint.rules.meaning import MEANING
from service.lint.rules.rule import Rule
from service.lint.rules.ways import WAYS

RULES = {rule.id: rule for rule in (*FILES, *DRAWING, *WAYS, *MEANING)}

__all__ = ["RULES", "Rule"]
