"""A value after which nothing else of a form may be kept (涉密): the field says which (`purge`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.forms.schema import Form


def purged(form: Form, submission: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one value that may be kept, when a field has the value of its `purge`; else None."""
    for key, component in form.fields.items():
        fatal = component.properties.get("purge")
        if fatal is not None and submission.get(key) == fatal:
            return {key: fatal}
    return None
