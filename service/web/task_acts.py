"""What may be done with a task besides submitting it, and for whom one would act."""

from __future__ import annotations

from flask import url_for

from service.model.access import is_candidate
from service.queries.task_detail import TaskDetail
from service.web.access import actor


def person_away_of(detail: TaskDetail) -> str:
    """For whom the person would act: 张三, or nobody."""
    known = detail.definition.groups.groups.get(detail.row.group_id)
    bound = known is not None and known.unit_id is None
    own = is_candidate(
        actor(),
        detail.row.group_id,
        detail.row.unit_id,
        project_bound=bound,
        person=detail.row.person,
    )
    if own and detail.row.assignee in (None, actor().account_key):
        return ""
    return next(
        (
            s.principal.name
            for s in actor().stands_in_for
            if detail.row.assignee in (None, s.principal.account_key)
        ),
        "",
    )


def more_acts(detail: TaskDetail) -> list[tuple[str, str]]:
    """The acts of the quiet menu: (words, address)."""
    if detail.row.status != "open":
        return []
    row, key = detail.row, detail.row.task_key
    prepares = row.entrusted_by is not None
    found = [] if detail.element.stands or prepares else [("退回", "going_back.page")]
    if prepares:
        if row.entrusted_by == actor().account_key:
            found.append(("收回", "handing_on.hand_back_page"))
    elif row.person is None:
        found += [("转办", "handing_on.transfer_page"), ("委托办理", "handing_on.entrust_page")]
    acts = [(words, url_for(view, task_key=key)) for words, view in found]
    asks = [("加签", "cosign"), ("沟通", "question")]
    acts += [(words, url_for("consulting.page", task_key=key, kind=kind)) for words, kind in asks]
    return [*acts, ("抄送", url_for("telling.copy_page", task_key=key))]
