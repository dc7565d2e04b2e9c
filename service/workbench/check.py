"""Check a bundle with its stories against the one in force; what is found is plain data, kept with the proposal."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from service.coverage.report import Coverage, coverage
from service.difference import difference
from service.engine import Definition, compile_bundle
from service.model.bundle import EXAMPLE, Bundle, is_beside
from service.model.errors import Refused
from service.proof.finding import Finding
from service.proof.prove import Memo, Report, proving
from service.queries.findings import findings
from service.regulation.settings import moved
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import Story, read_stories, read_story
from service.scenarios.touching import touches, touching_first

Tell = Callable[[str], None]


def check(
    base: Bundle,
    files: Mapping[str, bytes],
    home: Path,
    tell: Tell = lambda _: None,
    memo: Memo | None = None,
) -> dict[str, Any]:
    """The results of `files` (a bundle, with stories and examples of its own, which replace those of the
    folder `home`). Parts of the proof that `memo` knows are not proved again.

    Keys: `changes`, `lint`, `proof`, `coverage`, `stories`, `summary` (numbers, and `good`: nothing was found).
    Stories that come to what was changed are told first; when something is found by then, the others are left: the
    draft is refused already. Nothing is good unless all were told.
    """
    bundle = Bundle({p: c for p, c in files.items() if not is_beside(p)})
    tell("比较改动")
    changes = [{**c.as_dict(), "said": str(c)} for c in difference(base, bundle)]
    tell("检查画法")
    definition, lint = findings(bundle)
    results: dict[str, Any] = {"changes": changes, "lint": [asdict(f) for f in lint]}
    results["settings"] = (
        moved(compile_bundle(base).settings, definition.settings) if definition else []
    )
    tell("证明")
    results["proof"] = _proof(bundle, tell, memo)
    with tempfile.TemporaryDirectory(prefix="banjie-draft-") as folder:
        root = Path(folder)
        _write(root, files, home)
        if definition is None:
            results |= {"coverage": None, "stories": None}
        else:
            tell("核对条款")
            results["coverage"] = _coverage(compile_bundle(base), definition, root)
            about = touched(base, bundle, definition)
            results["stories"] = _stories(root, tell, about, clean=_clean(results))
    results["summary"] = summary(results)
    return results


def summary(results: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of what was looked at and found; `good` when nothing was found."""
    proof, covered, told = results["proof"], results["coverage"], results["stories"]
    numbers = {
        "changes": len(results["changes"]),
        "lint": len(results["lint"]) + len(results["settings"]),
        "proof": len(proof["findings"]),
        "proved": len(proof["proved"]),
        "states": proof["states"],
        "coverage": len(covered["findings"]) + len(covered["lost"]) if covered else None,
        "stories": told["run"] if told else None,
        "stories_failed": len(told["failed"]) if told else None,
        "stories_left": told["left"] if told else None,
    }
    found = (numbers[k] for k in ("lint", "proof", "coverage", "stories_failed", "stories_left"))
    return {**numbers, "good": all(n == 0 for n in found)}


def _clean(results: Mapping[str, Any]) -> bool:
    """Whether nothing was found before the stories."""
    covered = results["coverage"]
    lacking = covered["findings"] or covered["lost"]
    return not (results["lint"] or results["settings"] or results["proof"]["findings"] or lacking)


def _proof(bundle: Bundle, tell: Tell, memo: Memo | None) -> dict[str, Any]:
    began = time.monotonic()
    report = Report()
    try:
        for report in proving(bundle, memo):
            tell(f"证明：已看 {len(report.spaces)} 个状态空间")
    except Refused as refused:
        found = [asdict(Finding("unreadable", "", refused.message))]
        return {
            "findings": found,
            "proved": [],
            "monitored": [],
            "states": 0,
            "spaces": 0,
            "explored": 0,
            "left": 0,
            "seconds": 0.0,
        }
    return {
        "findings": [asdict(f) for f in report.findings],
        "proved": report.proved,
        "monitored": report.monitored,
        "states": sum(s.states for s in report.spaces),
        "spaces": len(report.spaces),
        "explored": report.explored,
        "left": len(report.left),
        "seconds": round(time.monotonic() - began, 1),
    }


def _write(root: Path, files: Mapping[str, bytes], home: Path) -> None:
    beside = [*home.glob("processes/scenarios/**/*.yaml"), *home.glob(f"forms/**/*{EXAMPLE}")]
    shown = {p.relative_to(home).as_posix(): p.read_bytes() for p in beside}
    for path, content in {**shown, **files}.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _coverage(base: Definition, new: Definition, root: Path) -> dict[str, Any]:
    told = read_stories(root / "processes" / "scenarios")
    report = coverage(new, told)
    before, after = _carried(coverage(base, told)), _carried(report)
    return {
        "findings": list(report.findings),
        "lost": sorted(before - after),
        "carried": len(after),
        "clauses": len(report.rows),
    }


def _carried(report: Coverage) -> set[str]:
    return {row.clause.id for row in report.rows if row.carriers}


def touched(base: Bundle, new: Bundle, definition: Definition) -> frozenset[str]:
    """The processes whose diagrams, tables or forms are otherwise than in the version in force."""
    paths = {p for p, content in new.files.items() if base.files.get(p) != content}
    paths |= base.files.keys() - new.files.keys()
    tables = {name for name, model in definition.decisions.items() if model.path in paths}
    forms = {path.rpartition("/")[2].partition(".")[0] for path in paths if path.endswith(".form")}
    return frozenset(
        process.id
        for process in definition.processes.values()
        if process.path in paths
        or any(
            e.decision_id in tables
            or e.properties.get("gate") in tables
            or e.properties.get("form") in forms
            for e in process.elements.values()
        )
    )


def _stories(root: Path, tell: Tell, about: frozenset[str], *, clean: bool) -> dict[str, Any]:
    """`run` were told and `failed` went otherwise; `left` were not told, because the draft is refused already."""
    paths = sorted((root / "processes" / "scenarios").glob("*.yaml"))
    failed: list[dict[str, str]] = []
    readable = []
    for path in paths:
        try:
            readable.append(read_story(path))
        except Refused as wrong:
            failed.append({"id": path.stem, "title": "", "difference": wrong.message})
    run = len(failed)
    for story in touching_first(readable, about):
        if (failed or not clean) and not touches(story, about):
            break
        run += 1
        tell(f"场景 {run}/{len(paths)}：{story.title}")
        failed += list(_told(story, root))
    return {"run": run, "failed": failed, "left": len(paths) - run}


def _told(story: Story, root: Path) -> Iterator[dict[str, str]]:
    """What went otherwise than written, if anything did."""
    try:
        with tempfile.TemporaryDirectory(prefix="banjie-story-") as folder:
            world = open_world(f"sqlite:///{folder}/story.sqlite3", root, story)
            try:
                outcome = run_story(story, world)
            finally:
                world.close()
    except (Refused, OSError) as wrong:
        yield {"id": story.id, "title": story.title, "difference": str(wrong)}
        return
    if not outcome.ok:
        yield {"id": story.id, "title": story.title, "difference": str(outcome.difference)}
