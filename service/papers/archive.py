"""The volumes of a project's archive: which submission belongs where, which materials have to be there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from service.feel import Expression, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.errors import BadInput
from service.papers.filed import Filed

PATH = "forms/archive/volumes.yaml"
OTHER = "其他"


@dataclass(frozen=True)
class Volume:
    """`id` is the stage that the decision is asked for; `stages`: processes with which the stage is over, so that
    its papers are due; `items`: what it may demand → forms that show it: each inner tuple is satisfied by one
    of its forms (`form`, or `form.field` that is filled in).
    """

    id: str
    name: str
    stages: frozenset[str]
    processes: frozenset[str]
    forms: frozenset[str]
    when: Expression | None
    items: Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Archive:
    """The plan of the archive. `inputs`: of the decision; `classified`: true when nothing may be archived
    here; `explains`: the form in which a missing item is explained.
    """

    decision: str
    inputs: Mapping[str, Expression]
    secrecy: str
    retention: str
    classified: Expression
    numbers: tuple[str, ...]
    explains: str
    volumes: tuple[Volume, ...]


@dataclass(frozen=True, eq=False)
class Entry:
    """A submission in its volume. `no`: volume and number within it; `document_no`: its 文号."""

    no: str
    volume: Volume | None
    filed: Filed
    document_no: str

    @property
    def volume_name(self) -> str:
        """The name of its volume."""
        return self.volume.name if self.volume else OTHER

    @property
    def title(self) -> str:
        """题名: the form, and the step when it is called otherwise."""
        form, step = self.filed.form.title, self.filed.step
        return form if step in form else f"{form}（{step}）"


def read_archive(files: Mapping[str, bytes]) -> Archive | None:
    """The plan of a bundle; None when it has none. Raises BadInput."""
    return _read(files[PATH]) if PATH in files else None


@functools.lru_cache(maxsize=8)
def _read(source: bytes) -> Archive:
    try:
        data = yaml.safe_load(source)
        return Archive(
            data["decision"],
            {name: _feel(text) for name, text in data["inputs"].items()},
            data["secrecy"],
            data["retention"],
            _feel(data["classified"]),
            tuple(data["numbers"]),
            data["explains"],
            tuple(_volume(v) for v in data["volumes"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise BadInput(f"{PATH}：写法不对（{wrong}）。") from wrong


def _volume(data: Mapping[str, Any]) -> Volume:
    return Volume(
        data["id"],
        data["name"],
        frozenset(data.get("stages", ())),  # older rules name none: all is due
        frozenset(data["processes"]),
        frozenset(data.get("forms") or ()),
        _feel(data["when"]) if "when" in data else None,
        {
            item: tuple(tuple(n) if isinstance(n, list) else (n,) for n in needs)
            for item, needs in data["items"].items()
        },
    )


def _feel(text: Any) -> Expression:
    try:
        return parse(str(text), names=HOST_NAMES)
    except FeelSyntaxError as wrong:
        raise BadInput(f"{PATH}：{wrong.message}（{text}）。") from wrong


def arranged(archive: Archive, filed: Sequence[Filed]) -> list[Entry]:
    """All submissions by volume, in order of time, numbered within it."""
    found: list[Entry] = []
    for index, volume in enumerate((*archive.volumes, None), 1):
        own = [f for f in filed if _volume_of(archive, f) is volume]
        for number, one in enumerate(own, 1):
            found.append(Entry(f"{index}-{number:03d}", volume, one, _document_no(archive, one)))
    return found


def _volume_of(archive: Archive, filed: Filed) -> Volume | None:
    """By its form, by the process of its instance, by the process that was called."""
    process = filed.task.partition("/")[0]
    tests: tuple[Callable[[Volume], bool], ...] = (
        lambda v: filed.form.id in v.forms,
        lambda v: filed.within in v.processes,
        lambda v: process in v.processes,
    )
    return next((v for test in tests for v in archive.volumes if test(v)), None)


def _document_no(archive: Archive, filed: Filed) -> str:
    given = (filed.values.get(key) for key in archive.numbers if key in filed.form.fields)
    return next((str(value) for value in given if value), "")


def lacking(needs: Sequence[Sequence[str]], filed: Sequence[Filed]) -> list[str]:
    """The ids of forms of which none was submitted, the first of each group."""
    return [group[0] for group in needs if not any(_shown(name, filed) for name in group)]


def shows(needs: Sequence[Sequence[str]], filed: Filed) -> bool:
    """Whether a submission is one of the forms that show a demanded material."""
    return any(_shown(name, [filed]) for group in needs for name in group)


def _shown(name: str, filed: Sequence[Filed]) -> bool:
    form, _, key = name.partition(".")
    return any(f.form.id == form and (not key or f.values.get(key)) for f in filed)
