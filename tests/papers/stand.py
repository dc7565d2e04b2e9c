"""Counties with projects that have come far enough to print and to archive."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from service.config import project_root
from service.papers.filetypes import ending_of
from service.scenarios.runner import run_story
from service.scenarios.stands import world_after
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import blobs
from tests.papers.samples import GOOD

BY_ENDING = {ending_of(name): content for name, content in GOOD.items()}


def after(url: str, story_id: str, root: Path | None = None) -> World:
    """A county as a story leaves it, which is played once in a process."""
    story = read_story(project_root() / f"processes/scenarios/{story_id}.yaml")
    return world_after(url, root or project_root(), story)


def go_on(world: World, folder: Path, steps: str) -> None:
    """Play further steps, written as those of a story."""
    path = folder / "more.yaml"
    path.write_text(f"id: more\ntitle: 接着办\nsteps:\n{steps}", encoding="utf-8")
    outcome = run_story(read_story(path), world)
    assert outcome.ok, outcome.difference


def with_real_files(root: Path, files: Path) -> Path:
    """A copy of the project's folders whose example submissions name contents that lie in `files`."""
    for part in ("processes", "forms"):
        shutil.copytree(project_root() / part, root / part)
    for path in (root / "forms").rglob("*.example.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(_real(data, files), ensure_ascii=False), encoding="utf-8")
    return root


def _real(value: Any, files: Path) -> Any:
    if isinstance(value, list):
        return [_real(item, files) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"name", "digest", "size"}:
        content = BY_ENDING[ending_of(value["name"])]
        blobs.keep(files, content)
        digest = hashlib.sha256(content).hexdigest()
        return {"name": value["name"], "digest": digest, "size": len(content)}
    return {key: _real(item, files) for key, item in value.items()}
