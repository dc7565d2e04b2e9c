"""Drawing in the browser: the page of a diagram, checks while it is drawn, saving without losing another's work."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from sqlalchemy import Row

from service.commands.save_draft_file import save_draft_file
from service.engine import glance
from service.feel import FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.lint.rules import RULES
from service.lint.tables import table_findings
from service.model.bundle import Bundle, is_beside
from service.model.errors import BadInput, NotFound
from service.model.finding import Finding
from service.model.xml import decoded
from service.queries.drawing_words import drawing_words
from service.store import workbench
from service.store.session import begin, reading
from service.web.access import DRAWS, access, actor, now
from service.web.answers import FILE_BODY, json_body
from service.web.bundles import HOW, bundle

blueprint = Blueprint("modeling", __name__)
MOST = 300  # findings shown at once


def _engine() -> Any:
    return current_app.extensions["engine"]


@blueprint.get("/workbench/drafts/<draft_key>/diagram")
@access(DRAWS)
def diagram(draft_key: str) -> Any:
    """The modeler with one diagram of a draft; without the editors, how to get them and how to do without."""
    return _editor(draft_key, ".bpmn", "workbench/diagram.html", "diagram")


@blueprint.get("/workbench/drafts/<draft_key>/table")
@access(DRAWS)
def table(draft_key: str) -> Any:
    """The editor of decision tables with one file of a draft."""
    return _editor(draft_key, ".dmn", "workbench/table.html", "table")


@blueprint.get("/workbench/drafts/<draft_key>/form")
@access(DRAWS)
def form(draft_key: str) -> Any:
    """The editor of forms with one form of a draft, and how people will see it."""
    return _editor(draft_key, ".form", "workbench/form.html", "form")


def _editor(draft_key: str, suffix: str, template: str, kind: str) -> Any:
    path = request.args.get("path", "")
    with reading(_engine()) as connection:
        draft = _found(workbench.draft_of(connection, draft_key))
        files = workbench.files_of(connection, draft_key, draft.base)
        last = workbench.last_edit(connection, draft_key, path)
    if path not in files or not path.endswith(suffix):
        raise NotFound("草稿里没有这个文件。")
    definition, _ = glance(_bundle(files))
    mine = draft.author == actor().account_key and draft.status == "open"
    titles = [p.name for p in definition.processes.values() if p.path == path and p.name]
    titles += [m.name for m in definition.decisions.values() if m.path == path and m.name]
    titles += [f.title for f in definition.forms.values() if f.path == path and f.title]
    page = {
        "draft": draft_key,
        "path": path,
        "last": last,
        "text": decoded(files[path], path),
        "mine": mine,
        "words": drawing_words(definition),
        "findings": url_for("modeling.findings", draft_key=draft_key),
        "save": url_for("modeling.save", draft_key=draft_key),
        "feel": url_for("modeling.feel"),
        "preview": url_for("previewing.preview", draft_key=draft_key),
        "file": url_for("workbench.draft_file", draft_key=draft_key),
    }
    script, sheet = bundle(f"{kind}.js"), bundle(f"{kind}.css")
    answer = make_response(
        render_template(
            template,
            draft=draft,
            path=path,
            title="、".join(titles[:1]),
            page=page,
            script=script,
            sheet=sheet,
            how=HOW,
        )
    )
    answer.headers["Content-Security-Policy"] = _policy()
    return answer


@blueprint.post("/api/v1/drafts/<draft_key>/findings")
@access(DRAWS)
def findings(draft_key: str) -> Any:
    """What is wrong in a file that is being edited, in the context of its draft; nothing is saved."""
    body = json_body(FILE_BODY)
    path, text = _path_and_text(body)
    with reading(_engine()) as connection:
        draft = _found(workbench.draft_of(connection, draft_key))
        files = workbench.files_of(connection, draft_key, draft.base)
    definition, found = glance(_bundle({**files, path: text.encode()}))
    if path.endswith(".dmn"):
        own = {k: m for k, m in definition.decisions.items() if m.path == path}
        found += table_findings(own, definition.functions)
    here = [f for f in found if f.path == path]
    elsewhere = [f for f in found if f.path != path]
    return jsonify(
        findings=[_said(f) for f in [*here, *elsewhere][:MOST]],
        number=len(here),
        elsewhere=len(elsewhere),
    )


@blueprint.post("/api/v1/expressions")
@access(DRAWS)
def feel() -> Any:
    """Why a FEEL expression cannot be read; `problem` is empty when it can. `names` are those that it reads."""
    text = json_body().get("text")
    if not isinstance(text, str):
        raise BadInput("请给出 text。")
    try:
        parsed = parse(text, names=HOST_NAMES)
    except FeelSyntaxError as wrong:
        return jsonify(problem=wrong.message, names=[])
    return jsonify(problem="", names=sorted(parsed.free_names - set(HOST_NAMES)))


@blueprint.put("/api/v1/drafts/<draft_key>/file")
@access(DRAWS)
def save(draft_key: str) -> Any:
    """Save a file as the newest edit; refused when somebody saved it since `last`, the edit that was opened."""
    body = json_body(FILE_BODY)
    path, text = _path_and_text(body)
    known = body.get("last")
    if not isinstance(known, int):
        raise BadInput("请给出 last：打开时的改动序号。")
    with begin(_engine()) as connection:
        number = save_draft_file(
            connection, actor(), draft_key, path, text.encode(), now=now(), known=known
        )
    return jsonify(last=number)


def _bundle(files: dict[str, bytes]) -> Bundle:
    return Bundle({p: c for p, c in files.items() if not is_beside(p)})


def _path_and_text(body: dict[str, Any]) -> tuple[str, str]:
    path, text = body.get("path"), body.get("text")
    if not isinstance(path, str) or not isinstance(text, str):
        raise BadInput("请给出 path 和 text。")
    return path, text


def _said(finding: Finding) -> dict[str, Any]:
    rule = RULES[finding.rule]
    return {
        "path": finding.path,
        "line": finding.line,
        "element": finding.element,
        "rule": finding.rule,
        "text": finding.text,
        "title": rule.title,
        "remedy": rule.remedy,
    }


def _found(row: Row[Any] | None) -> Row[Any]:
    if row is None:
        raise NotFound("没有这份草稿。")
    return row


def _policy() -> str:
    """As everywhere, but for style attributes: the libraries write the canvas and its mark with them."""
    return (
        f"default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        f"font-src 'self' data:; script-src 'nonce-{g.nonce}'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
