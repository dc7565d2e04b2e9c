"""Which stories come to the processes that a change touches: they are told first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from service.scenarios.story import Step, Story


def touching_first(stories: Iterable[Story], touched: frozenset[str]) -> list[Story]:
    """The stories, those first whose steps name most elements of the processes `touched`."""
    return sorted(stories, key=lambda story: -touches(story, touched))


def touches(story: Story, touched: frozenset[str]) -> int:
    """How many steps of a story name an element of one of these processes, or start one."""
    return sum(process in touched for process in _named(story.steps))


def _named(steps: Sequence[Step]) -> Iterator[str]:
    """The processes of the elements that steps name: `process/element`, or only the process."""
    for step in steps:
        for text in (step.value, step.options.get("on")):
            if isinstance(text, str):
                yield text.rpartition(":")[2].partition("/")[0]
        yield from _named(step.steps)
