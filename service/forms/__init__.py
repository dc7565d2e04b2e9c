"""form-js schemas: read, check a submission against one, compute what a renderer needs."""

from service.forms.controls import Control, controls
from service.forms.hidden import hidden_fields
from service.forms.options import choices
from service.forms.posted import as_pairs, read_posted
from service.forms.purge import purged
from service.forms.reader import parse_form
from service.forms.schema import Component, Form, Option
from service.forms.shown import amount, shown, shown_values, wan
from service.forms.typed import computed, typed, typed_values
from service.forms.validate import Checked, validate

__all__ = [
    "Checked",
    "Component",
    "Control",
    "Form",
    "Option",
    "amount",
    "as_pairs",
    "choices",
    "computed",
    "controls",
    "hidden_fields",
    "parse_form",
    "purged",
    "read_posted",
    "shown",
    "shown_values",
    "typed",
    "typed_values",
    "validate",
    "wan",
]
