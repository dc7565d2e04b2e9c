"""Elements whose passing no longer counts after a return, for those who read the log in its order."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.engine import undone_by
from service.store.history import StoredEvent

Place = tuple[str, str]  # process and element


@dataclass
class Undone:
    """What the inputs of instances have passed so far."""

    passed: dict[tuple[str | None, int | None], list[Place]] = field(default_factory=dict)

    def hear(self, event: StoredEvent) -> list[Place]:
        """The elements that a return takes back, those passed last first; none for any other event."""
        effects = event.body.get("effects", ())
        self.passed[event.instance_key, event.instance_seq] = [
            (fields["process_id"], fields["element_id"])
            for name, fields in effects
            if name in ("ElementEntered", "ElementLeft")
        ]
        return [
            place
            for seq in reversed(undone_by(effects))
            for place in reversed(self.passed.get((event.instance_key, seq), []))
        ]
