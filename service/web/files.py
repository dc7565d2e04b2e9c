"""Attachments: taken from a form after a look at their content, served as downloads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request, send_file
from werkzeug.datastructures import FileStorage

from service.commands.record_upload import record_upload
from service.forms import Form, purged
from service.model.errors import BadInput, NotFound, Refused, TooLarge
from service.papers.filenames import clean_name
from service.papers.filetypes import wrong_with
from service.queries.attachments import attachment_of, uploads_of
from service.store.blobs import keep
from service.store.scrub import scrub
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now

blueprint = Blueprint("files", __name__)
MEGABYTE = 1024 * 1024
MAX_FILE = 50 * MEGABYTE
MAX_TASK_SIZE = 500 * MEGABYTE
MAX_TASK_FILES = 100


def with_uploads(form: Form, submission: dict[str, Any]) -> dict[str, Any]:
    """The submission with uploaded files in place; a file kept from before is named by its digest.

    All that can be taken is taken first, so that one wrong file does not cost the others. Raises
    the kind of the first refusal, with the sentences by field; TooLarge beyond 100 files or 500 MB a task.
    """
    only = purged(form, submission)
    if only is not None:
        return only  # nothing else is taken, no file is written
    wrong: dict[str, Refused] = {}
    for key, component in form.fields.items():
        if component.type != "filepicker":
            continue
        kept = submission.get(key)
        kept = kept if isinstance(kept, list) else [kept] if kept else []
        every = [*_taken(key, kept, _known, wrong)]
        every += _taken(key, request.files.getlist(key), store_upload, wrong)
        several = bool(component.raw.get("multiple"))
        submission[key] = every if several else (every[-1] if every else None)
    if wrong:
        told = {key: refusal.message for key, refusal in wrong.items()}
        first = next(iter(wrong.values()))
        raise type(first)("".join(dict.fromkeys(told.values())), fields=told)
    _check_total(form, submission)
    return submission


@contextmanager
def purging(form: Form, submission: Mapping[str, Any], task_key: str) -> Iterator[None]:
    """Around an act: when its submission purges, nothing purged is on the disk afterwards."""
    engine = current_app.extensions["engine"]
    if purged(form, submission) is None:
        yield
        return
    with reading(engine) as connection:
        digests = uploads_of(connection, actor(), task_key)
    yield
    scrub(engine, current_app.extensions["config"].files, digests)


def _taken(
    key: str, items: Iterable[Any], take: Callable[[Any], Any], wrong: dict[str, Refused]
) -> Iterator[dict[str, Any]]:
    """The files that could be taken; what is wrong with the others goes into `wrong`."""
    for item in items:
        if not item or getattr(item, "filename", item) == "":
            continue
        try:
            yield take(item)
        except Refused as refusal:
            wrong[key] = refusal


def check_files(form: Form, submission: dict[str, Any]) -> None:
    """Of a submission that came as JSON: every stored file that it names is one that the actor may see.

    Else who knows a digest could make the file of another project his own. Raises BadInput, TooLarge.
    """
    for item in _files(form, submission):
        digest = item.get("digest")
        if digest is not None and _known(str(digest))["size"] != item.get("size"):
            raise BadInput("附件没有传好，请重新上传。")
    _check_total(form, submission)


def _files(form: Form, submission: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, component in form.fields.items():
        if component.type == "filepicker":
            value = submission.get(key)
            items = value if isinstance(value, list) else [value]
            yield from (item for item in items if isinstance(item, dict))


def _check_total(form: Form, submission: dict[str, Any]) -> None:
    sizes = [int(item.get("size") or 0) for item in _files(form, submission)]
    if len(sizes) > MAX_TASK_FILES:
        raise TooLarge(
            f"一次最多交 {MAX_TASK_FILES} 个附件，现在是 {len(sizes)} 个，请打包或精简。"
        )
    if sum(sizes) > MAX_TASK_SIZE:
        most, found = MAX_TASK_SIZE // MEGABYTE, sum(sizes) // MEGABYTE
        raise TooLarge(f"一次最多交 {most} MB 附件，现在是 {found} MB，请压缩图片或分册。")


def _known(digest: Any) -> dict[str, Any]:
    try:
        with reading(current_app.extensions["engine"]) as connection:
            row = attachment_of(connection, actor(), str(digest))
    except NotFound as wrong:
        raise BadInput("附件没有传好，请重新上传。") from wrong
    return {"name": row.name, "digest": row.digest, "size": row.size}


def store_upload(upload: FileStorage) -> dict[str, Any]:
    """Keep an uploaded file; returns name, digest and size. Raises BadInput, TooLarge."""
    name = clean_name(str(upload.filename))
    content = upload.stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise TooLarge(f"“{name}”超过 {MAX_FILE // MEGABYTE} MB，请压缩图片或分册后再上传。")
    wrong = wrong_with(name, content)
    if wrong:
        raise BadInput(wrong)
    digest = keep(current_app.extensions["config"].files, content)
    with begin(current_app.extensions["engine"]) as connection:
        record_upload(connection, actor(), digest=digest, name=name, size=len(content), now=now())
    return {"name": name, "digest": digest, "size": len(content)}


@blueprint.get("/files/<digest>")
@blueprint.get("/api/v1/files/<digest>", endpoint="download_by_api")
@access(SIGNED_IN)
def download(digest: str) -> Any:
    """A stored file, as a download, for those who may see a project that holds it."""
    with reading(current_app.extensions["engine"]) as connection:
        row = attachment_of(connection, actor(), digest)
    path = current_app.extensions["config"].files / digest
    if not path.is_file():
        abort(404)
    answer = send_file(
        path, mimetype="application/octet-stream", as_attachment=True, download_name=row.name
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/api/v1/files")
@access(SIGNED_IN)
def upload() -> Any:
    """Keep one file, sent as `file` of a multipart body; its name, digest and size go into a submission."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise BadInput("请用 multipart 的 file 字段上传一个文件。")
    return jsonify(store_upload(given)), 201
