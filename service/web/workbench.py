"""流程: drafts, what was found in them, releases by a second person."""

from __future__ import annotations

import io
import json
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from service.commands.discard_draft import discard_draft
from service.commands.open_draft import open_draft
from service.commands.propose_release import propose_release, propose_rollback
from service.commands.release_bundle import release_bundle, withdraw_release
from service.commands.save_draft_file import save_draft_file
from service.definitions import newest_definition
from service.difference import difference
from service.difference.change import KINDS
from service.engine import Definition, glance
from service.lint.rules import RULES
from service.model.errors import BadInput, NotFound
from service.proof.promises import FILE as PROMISES
from service.proof.promises import promises_text
from service.proof.unread import unread_lists
from service.store import deployments, workbench
from service.store.session import begin, reading
from service.web.access import DRAWS, access, actor, now
from service.web.drawing.compared import compared
from service.web.drawing.told import shown
from service.workbench.sandbox import sandboxes

blueprint = Blueprint("workbench", __name__, url_prefix="/workbench")
STATUS = {
    "queued": "等待检查",
    "checking": "正在检查",
    "refused": "检查未通过",
    "ready": "等待另一人发布",
    "released": "已发布",
    "withdrawn": "已撤销",
}


def _engine() -> Any:
    return current_app.extensions["engine"]


@blueprint.get("")
@access(DRAWS)
def index() -> Any:
    """Drafts, proposals and versions."""
    with reading(_engine()) as connection:
        return render_template(
            "workbench/index.html",
            drafts=workbench.drafts(connection),
            releases=workbench.releases(connection),
            versions=deployments.versions(connection),
            me=actor().account_key,
            words=STATUS,
        )


@blueprint.post("/drafts")
@access(DRAWS)
def new_draft() -> Response:
    """Begin a draft of the newest version."""
    with begin(_engine()) as connection:
        key = open_draft(connection, actor(), request.form.get("name", ""), now=now())
    return redirect(url_for("workbench.draft", draft_key=key))


@blueprint.get("/drafts/<draft_key>")
@access(DRAWS)
def draft(draft_key: str) -> Any:
    """What a draft has otherwise than the version that it began from."""
    with reading(_engine()) as connection:
        row = _found(workbench.draft_of(connection, draft_key))
        old = deployments.read_back(connection, row.base)
        files = workbench.files_of(connection, draft_key, row.base)
        new = workbench.bundle_of(connection, draft_key, row.base)
        saved = workbench.edits(connection, draft_key)
    definition, wrong = glance(new)
    return render_template(
        "workbench/draft.html",
        draft=row,
        wrong=[*wrong, *unread_lists(new)],
        rules=RULES,
        files=sorted(files),
        promises=PROMISES in files,
        diagrams=_named(definition, ".bpmn"),
        tables=_named(definition, ".dmn"),
        forms=_named(definition, ".form"),
        saved=saved,
        sandboxes=[
            s
            for s in sandboxes(
                current_app.extensions["config"].sandboxes, actor().account_key, now()
            )
            if s.draft_key == draft_key
        ],
        parts=compared(old, new, difference(old, new)),
        signs={kind: " ".join(reversed(words)) for kind, words in KINDS.items()},
        mine=row.author == actor().account_key and row.status == "open",
    )


@blueprint.get("/drafts/<draft_key>/file")
@access(DRAWS)
def draft_file(draft_key: str) -> Any:
    """One file of a draft, to be drawn elsewhere."""
    path = request.args.get("path", "")
    with reading(_engine()) as connection:
        row = _found(workbench.draft_of(connection, draft_key))
        files = workbench.files_of(connection, draft_key, row.base)
    if path not in files:
        raise NotFound("草稿里没有这个文件。")
    name = path.rpartition("/")[2]
    return send_file(io.BytesIO(files[path]), "application/octet-stream", True, name)


@blueprint.post("/drafts/<draft_key>/files")
@access(DRAWS)
def save_file(draft_key: str) -> Response:
    """Save an uploaded file under its path, or take one away."""
    path = request.form.get("path", "").strip()
    upload = request.files.get("file")
    gone = request.form.get("act") == "remove"
    if not gone and (upload is None or not upload.filename):
        raise BadInput("请选择文件。")
    content = None if gone or upload is None else upload.read()
    with begin(_engine()) as connection:
        save_draft_file(connection, actor(), draft_key, path, content, now=now())
    return redirect(url_for("workbench.draft", draft_key=draft_key))


@blueprint.post("/drafts/<draft_key>/promises")
@access(DRAWS)
def write_promises(draft_key: str) -> Response:
    """Let the draft promise what it says now: who means to say less does this before he proposes it."""
    with begin(_engine()) as connection:
        row = _found(workbench.draft_of(connection, draft_key))
        said = promises_text(workbench.bundle_of(connection, draft_key, row.base)).encode()
        save_draft_file(connection, actor(), draft_key, PROMISES, said, now=now())
    return redirect(url_for("workbench.draft", draft_key=draft_key))


@blueprint.post("/drafts/<draft_key>/discard")
@access(DRAWS)
def discard(draft_key: str) -> Response:
    """Give a draft up."""
    with begin(_engine()) as connection:
        discard_draft(connection, actor(), draft_key)
    return redirect(url_for("workbench.index"))


@blueprint.post("/drafts/<draft_key>/propose")
@access(DRAWS)
def propose(draft_key: str) -> Response:
    """Propose a draft for release."""
    reason = request.form.get("reason", "")
    with begin(_engine()) as connection:
        key = propose_release(connection, actor(), draft_key, reason, now=now())
    return redirect(url_for("workbench.release", release_key=key))


@blueprint.post("/rollback")
@access(DRAWS)
def rollback() -> Response:
    """Propose an older version."""
    digest, reason = request.form.get("digest", ""), request.form.get("reason", "")
    with begin(_engine()) as connection:
        key = propose_rollback(connection, actor(), digest, reason, now=now())
    return redirect(url_for("workbench.release", release_key=key))


@blueprint.get("/releases/<release_key>")
@access(DRAWS)
def release(release_key: str) -> Any:
    """A proposal: its changes, what the checks found, who may release it."""
    with reading(_engine()) as connection:
        row = _found(workbench.release_of(connection, release_key))
        base = workbench.draft_of(connection, row.draft_key)
        assert base is not None
        old = deployments.read_back(connection, row.base)
        new = workbench.bundle_of(connection, row.draft_key, base.base, row.upto)
        editors = workbench.editors(connection, row.draft_key)
        known = newest_definition(connection)
    results = json.loads(row.results) if row.results else None
    return render_template(
        "workbench/release.html",
        release=row,
        words=STATUS,
        results=results,
        rules=RULES,
        clauses=known.clauses,
        stages=shown(new, (results or {}).get("proof", {}).get("findings", ())),
        parts=compared(old, new, difference(old, new)),
        signs={kind: " ".join(reversed(words)) for kind, words in KINDS.items()},
        mine=row.author == actor().account_key,
        may=actor().account_key not in {row.author, *editors},
    )


@blueprint.post("/releases/<release_key>")
@access(DRAWS)
def decide(release_key: str) -> Response:
    """Release (by a second person), or withdraw (by the author)."""
    with begin(_engine()) as connection:
        if request.form.get("act") == "withdraw":
            withdraw_release(connection, actor(), release_key)
        else:
            release_bundle(connection, actor(), release_key, now=now())
    return redirect(url_for("workbench.release", release_key=release_key))


def _found(row: Row[Any] | None) -> Row[Any]:
    if row is None:
        raise NotFound("没有这份草稿或申请。")
    return row


def _named(definition: Definition, suffix: str) -> list[tuple[str, str]]:
    """(path, name) of the diagrams, tables or forms, by name; the file's name where it cannot be read."""
    names = {m.path: m.name for m in definition.decisions.values()}
    names |= {p.path: p.name for p in definition.processes.values()}
    names |= {f.path: f.title for f in definition.forms.values()}
    found = [
        (path, names.get(path) or path.rpartition("/")[2])
        for path in definition.bundle.of_kind(suffix)
    ]
    return sorted(found, key=lambda one: one[1])
