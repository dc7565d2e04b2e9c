"""Refusals as answers: a page with one sentence, or JSON; written into the security log."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from service.commands.record_refusal import record_refusal
from service.model.errors import BadInput, ClockJumped, NotAllowed, NotFound, Refused, TooLarge
from service.store.session import begin
from service.web.access import now

LOG = structlog.get_logger()
WORDS = {
    404: NotFound("没有这个页面，请从待办或项目进入。"),
    405: BadInput("不能这样访问这个地址，请从页面上操作。"),
    413: TooLarge("提交的内容太大，附件请不超过 50 MB。"),
    429: NotAllowed("操作太频繁，请一分钟后再试。"),
}
TITLES = {
    403: "您不能办理这一项",
    404: "没有找到",
    409: "已有人办理",
    413: "内容太大",
    429: "请稍后再试",
    500: "暂时不能办理",
    503: "系统正忙",
}
for _code, _words in WORDS.items():
    _words.status = _code


def register(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(ClockJumped, _clock_jumped)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _fault)


def refused(error: Refused) -> Any:
    """The answer to a refusal; what is not a mere slip goes into the security log."""
    note(error)
    if request.path.startswith("/api/"):
        reasons = [{"text": r.text, "clauses": list(r.clauses)} for r in error.reasons]
        return jsonify(message=error.message, fields=error.fields, reasons=reasons), error.status
    title = TITLES.get(error.status, "不能办理")
    return render_template("error.html", error=error, title=title), error.status


def note(error: Refused) -> None:
    """Record a refused attempt in a transaction of its own."""
    actor = getattr(g, "actor", None)
    with begin(current_app.extensions["engine"]) as connection:
        record_refusal(
            connection,
            error,
            account_key=actor.account_key if actor else None,
            act=f"{request.method} {request.path}",
            now=now(),
        )


def _csrf(error: CSRFError) -> Any:
    return refused(BadInput("页面已过期，请刷新后重新提交，已填的内容可先复制。"))


def _http(error: HTTPException) -> Any:
    known = WORDS.get(error.code or 500)
    if known is None:
        known = BadInput("请求无法识别，请从页面上操作。")
        known.status = error.code or 400
    return refused(known)


def _busy(error: OperationalError) -> Any:
    """The database did not answer, or others kept it busy for too long: nothing was done, try again."""
    LOG.error("database", act=f"{request.method} {request.endpoint}", reason=str(error.orig))
    busy = Refused("系统正忙，您的操作没有生效。请返回上一页（已填的内容还在），稍后再提交一次。")
    return _unavailable(busy, TITLES[503])


def _clock_jumped(error: ClockJumped) -> Any:
    """The time is not known: nothing may be written, the security log neither."""
    LOG.error("clock_jumped", act=f"{request.method} {request.endpoint}", reason=error.message)
    return _unavailable(error, "系统时间不对")


def _unavailable(error: Refused, title: str) -> Any:
    """The page is made without asking the database who has how much to do."""
    g.actor, g.unavailable = None, True
    if request.path.startswith("/api/"):
        answer = jsonify(message=error.message, fields={}, reasons=[])
    else:
        answer = make_response(render_template("error.html", error=error, title=title))
    answer.headers["Retry-After"] = "5"
    return answer, 503


def _fault(error: Exception) -> Any:
    LOG.exception("fault", act=f"{request.method} {request.endpoint}")
    broken = Refused("系统出了差错，您的操作没有生效，请稍后再试；仍不行请告诉管理员。")
    broken.status = 500
    if request.path.startswith("/api/"):
        return jsonify(message=broken.message, fields={}, reasons=[]), 500
    return render_template("error.html", error=broken, title=TITLES[500]), 500
