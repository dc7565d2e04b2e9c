"""What service tasks may ask for: facts of the register, or a setting put in force, in the same transaction.

An operator knows no regulation: it carries out what the diagram asks. Its answer is recorded as an input.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from service.commands._question import Question
from service.commands._set_setting import set_setting
from service.store import tables as t

Operator = Callable[[Question], dict[str, Any]]


def count_projects(question: Question) -> dict[str, Any]:
    """How many other projects the same unit has, and the status of the project with number `project_no`."""
    connection, project_key, parameters = question.rows
    own = (
        select(t.project.c.unit_id).where(t.project.c.project_key == project_key).scalar_subquery()
    )
    others = connection.execute(
        select(func.count())
        .select_from(t.project)
        .where(t.project.c.unit_id == own, t.project.c.project_key != project_key)
    ).scalar_one()
    status = connection.execute(
        select(t.project.c.status).where(t.project.c.no == str(parameters.get("project_no") or ""))
    ).scalar_one_or_none()
    return {"unit_projects": Decimal(others), "predecessor_status": status or ""}


def count_documents(question: Question) -> dict[str, Any]:
    """How many submissions the project has."""
    connection, project_key, _ = question.rows
    found = connection.execute(
        select(func.count())
        .select_from(t.submission)
        .where(t.submission.c.project_key == project_key)
    ).scalar_one()
    return {"document_count": Decimal(found)}


OPERATORS: dict[str, Operator] = {
    "count_projects": count_projects,
    "count_documents": count_documents,
    "set_setting": set_setting,
}
