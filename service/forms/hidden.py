"""Which fields of a form do not apply, for what is filled in so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.forms.schema import Form
from service.forms.scope import Scope, settle


def hidden_fields(
    form: Form, values: Mapping[str, Any], context: Mapping[str, Any], now: datetime
) -> frozenset[str]:
    """Keys of the fields that the form hides. `context`: what its expressions see beside `values`."""
    return frozenset(settle(form.components, form.fields, values, Scope(context, now), {})[1])
