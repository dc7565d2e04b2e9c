"""form-js schemas: read, check a submission against one, compute what a renderer needs."""

from service.forms.posted import read_posted
from service.forms.schema import Component, Form, parse_form
from service.forms.shown import Control, controls, shown_values
from service.forms.typed import typed_values
from service.forms.validate import Checked, validate

__all__ = [
    "Checked",
    "Component",
    "Control",
    "Form",
    "controls",
    "parse_form",
    "read_posted",
    "shown_values",
    "typed_values",
    "validate",
]
