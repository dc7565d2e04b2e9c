"""An auditor's reading is an event: before he sees a page of the record, it is written down that he did."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from service.commands.record_reading import record_reading
from service.queries.readings import project_of
from service.store.session import begin, reading
from service.web.access import is_auditor, now

# What each page of the record is called in the log. A GET route of a project that is missing here is found
# by tests/web/test_readings.py.
READ = {
    "ledger.index": "项目台账",
    "ledger.sheet": "导出项目台账",
    "ledger.late": "督办",
    "projects.page": "项目",
    "instances.page": "流程实例",
    "documents.page": "材料",
    "tasks.page": "表单",
    "tasks.notice": "一次性告知书",
    "going_back.page": "退回",
    "handing_on.transfer_page": "转办",
    "handing_on.entrust_page": "委托办理",
    "handing_on.hand_back_page": "交回",
    "consulting.page": "加签、沟通",
    "consulting.drop_page": "减签",
    "telling.copy_page": "抄送",
    "telling.urge_page": "催办",
    "telling.cancel_page": "撤销",
    "files.download": "附件",
    "files.download_by_api": "附件",
    "sheets.index": "打印件",
    "sheets.page": "打印件",
    "sheets.printed": "打印件",
    "archives.page": "归档",
    "archives.package": "下载归档包",
    "replay.page": "回放",
    "evidence.package": "下载证据包",
    "evidence.of_period": "下载证据包",
    "audit.index": "审计问题",
    "audit.page": "审计问题",
    "audit.sheet": "导出审计问题",
    "heat.index": "停留热图",
    "heat.page": "停留热图",
    "api_lists.projects": "项目列表（接口）",
    "api.project": "项目（接口）",
    "api.history": "办理过程（接口）",
    "api.task": "表单（接口）",
    "api_acts.ways_back": "退回（接口）",
    "api_diagrams.instance": "流程实例（接口）",
}

WITH_QUERY = {"evidence.of_period"}  # what was asked beside the address says what was read


def register(app: Flask) -> None:
    """After the page is made and before it leaves: when it cannot be written down, it does not leave."""
    app.after_request(_written_down)


def _written_down(response: Response) -> Any:
    actor, what = g.get("actor"), READ.get(request.endpoint or "")
    if request.method != "GET" or response.status_code != 200 or actor is None or what is None:
        return response
    if not is_auditor(actor):
        return response
    engine = current_app.extensions["engine"]
    with reading(engine) as connection:
        project = project_of(connection, request.view_args or {})
    address = request.full_path if request.endpoint in WITH_QUERY else request.path
    with begin(engine) as connection:
        record_reading(connection, actor, what, address=address, project_key=project, now=now())
    return response
