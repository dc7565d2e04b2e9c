"""Every kind of event has a projection, or says that it needs none."""

import typing

from service.model import events
from service.store.projections import _HANDLERS, NO_PROJECTION


def test_every_event_is_projected_or_said_not_to_be() -> None:
    known = set(typing.get_args(events.Event))
    assert known == set(_HANDLERS) | set(NO_PROJECTION)
    assert not set(_HANDLERS) & set(NO_PROJECTION)
