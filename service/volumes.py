"""Which papers a project's archive still lacks, volume by volume: asked by the diagram and shown on the page.

Between the commands, which ask while an instance runs, and the queries, which show the same list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.engine import Definition
from service.feel import Expression
from service.papers.archive import Archive, Volume, lacking
from service.papers.filed import Filed


@dataclass(frozen=True)
class Demanded:
    """A material that a volume has to hold. `needs`: the forms that show it; `absent`: titles of forms that were
    not submitted; `explained`: what was said or handed in instead, by title.
    """

    volume: Volume
    item: str
    needs: tuple[tuple[str, ...], ...]
    absent: tuple[str, ...]
    explained: Mapping[str, str]

    @property
    def open(self) -> tuple[str, ...]:
        """Titles of what is neither filed nor explained."""
        return tuple(title for title in self.absent if title not in self.explained)

    @property
    def words(self) -> str:
        """How people read it: volume and material."""
        return paper_words(self.volume, self.item)


def paper_words(volume: Volume, paper: str) -> str:
    """How people read a paper of a volume; a missing one is asked for by these words."""
    return f"{volume.name}卷：{paper}"


def demanded(
    definition: Definition,
    archive: Archive,
    filed: Sequence[Filed],
    names: Mapping[str, Any],
    at: datetime,
) -> Iterator[Demanded]:
    """The decision of the archive's plan asked for every volume that the project has; `names` are its values."""
    model = definition.decisions[archive.decision]
    given = {name: text.evaluate(names, now=at) for name, text in archive.inputs.items()}
    for volume in archive.volumes:
        if volume.when is not None and not _true(volume.when, names, at):
            continue
        inputs = {**given, "stage": volume.id}
        outcome = model.evaluate(archive.decision, inputs, now=at, functions=definition.functions)
        for item in outcome.result:
            needs = volume.items.get(str(item), ((str(item),),))
            absent = _titles(definition, lacking(needs, filed))
            yield Demanded(
                volume, str(item), needs, absent, _explained(archive, volume, absent, filed)
            )


def _true(expression: Expression, names: Mapping[str, Any], at: datetime) -> bool:
    return expression.evaluate(names, now=at) is True


def _titles(definition: Definition, forms: Sequence[str]) -> tuple[str, ...]:
    known = definition.forms
    return tuple(known[form].title if form in known else form for form in forms)


def _explained(
    archive: Archive, volume: Volume, absent: Sequence[str], filed: Sequence[Filed]
) -> dict[str, str]:
    """What was said of each absent paper: the reason, else the names of the files handed in instead.

    Where a diagram asks once for a whole volume, its name stands for each of its papers.
    """
    asked = {paper_words(volume, title): [title] for title in absent} | {volume.name: [*absent]}
    found: dict[str, str] = {}
    for one in filed:
        if one.form.id == archive.explains and one.member in asked:
            files = one.values.get("files") or ()
            names = "、".join(str(file.get("name")) for file in files)
            said = str(one.values.get("reason") or "") or names
            found |= dict.fromkeys(asked[one.member], said)
    return {title: said for title, said in found.items() if said}
