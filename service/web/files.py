"""Attachments: stored by their SHA-256 in the data folder, served as downloads only."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, request, send_file
from sqlalchemy import insert, select
from werkzeug.datastructures import FileStorage

from service.forms import Form
from service.model.errors import BadInput, NotFound, TooLarge
from service.queries.attachments import attachment_of
from service.store.session import begin, reading
from service.store.tables import attachment
from service.web.access import SIGNED_IN, access, actor, now
from service.web.filetypes import SIGNATURES, is_accepted, is_what_it_says

blueprint = Blueprint("files", __name__)
MAX_FILE = 50 * 1024 * 1024


def _folder() -> Path:
    folder: Path = current_app.extensions["config"].data_dir / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def with_uploads(form: Form, submission: dict[str, Any]) -> dict[str, Any]:
    """The submission with uploaded files in place; files kept from before are named by `digest:name`."""
    for key, component in form.fields.items():
        if component.type != "filepicker":
            continue
        kept = submission.get(key)
        kept = kept if isinstance(kept, list) else [kept] if kept else []
        held = [_known(str(item)) for item in kept if item]
        new = [_store(f) for f in request.files.getlist(key) if f.filename]
        several = bool(component.raw.get("multiple"))
        every = [*held, *new]
        submission[key] = every if several else (every[-1] if every else None)
    return submission


def _known(digest: str) -> dict[str, Any]:
    try:
        with reading(current_app.extensions["engine"]) as connection:
            row = attachment_of(connection, actor(), digest)
    except NotFound as wrong:
        raise BadInput("附件没有传好，请重新上传。") from wrong
    return {"name": row.name, "digest": row.digest, "size": row.size}


def _store(upload: FileStorage) -> dict[str, Any]:
    name = Path(str(upload.filename).replace("\\", "/")).name[:200]
    if not is_accepted(name):
        raise BadInput(f"不接受“{name}”这种文件，请改传 {'、'.join(SIGNATURES)}。")
    content = upload.stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise TooLarge("附件请不超过 50 MB。")
    if not content:
        raise BadInput(f"“{name}”是空文件，请重新选择。")
    if not is_what_it_says(name, content):
        raise BadInput(f"“{name}”的内容与文件类型不符，请用原来的软件另存后再上传。")
    digest = hashlib.sha256(content).hexdigest()
    path = _folder() / digest
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)
    with begin(current_app.extensions["engine"]) as connection:
        if (
            connection.execute(
                select(attachment.c.digest).where(attachment.c.digest == digest)
            ).first()
            is None
        ):
            connection.execute(
                insert(attachment).values(
                    digest=digest,
                    name=name,
                    size=len(content),
                    uploaded_by=actor().account_key,
                    uploaded_at=now(),
                )
            )
    return {"name": name, "digest": digest, "size": len(content)}


@blueprint.get("/files/<digest>")
@access(SIGNED_IN)
def download(digest: str) -> Any:
    """A stored file, as a download, for those who may see a project that holds it."""
    with reading(current_app.extensions["engine"]) as connection:
        row = attachment_of(connection, actor(), digest)
    path = _folder() / digest
    if not path.is_file():
        abort(404)
    return send_file(
        path, mimetype="application/octet-stream", as_attachment=True, download_name=row.name
    )
