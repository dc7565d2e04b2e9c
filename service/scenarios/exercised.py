"""Which story exercises which clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from service.scenarios.story import Story


def exercised(stories: Iterable[Story]) -> dict[str, tuple[str, ...]]:
    """Clause id → ids of the stories that name it, at their head or in a refusal, in the order of the stories."""
    found: dict[str, list[str]] = defaultdict(list)
    for story in stories:
        for clause_id in story.exercises:
            found[clause_id].append(story.id)
    return {clause_id: tuple(ids) for clause_id, ids in found.items()}
