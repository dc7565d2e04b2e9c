"""Hand out a printed sheet: its code can be checked from now on."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from service.commands._advance import actor_body
from service.model.actor import Actor
from service.papers.issue import Issue
from service.store import history
from service.store.tables import issued_sheet


def issue_sheet(connection: Connection, actor: Actor, issue: Issue) -> str:
    """Write it down and return its code; handed out twice within a minute it is one and the same.

    The event is of the record, not of the project: a paper rests on the project's last event, which handing
    it out must not change; in the tree it stands so that nobody slips in a code for a paper of his own.
    """
    code = issue.code
    same = select(issued_sheet.c.code).where(issued_sheet.c.code == code)
    if connection.execute(same).first() is None:
        connection.execute(
            insert(issued_sheet).values(
                code=code,
                project_key=issue.project_key,
                sheet_id=issue.sheet_id,
                instance_key=issue.instance_key,
                bundle=issue.bundle,
                upto=issue.upto,
                content=issue.content,
                printed_at=issue.printed_at.replace(second=0, microsecond=0),
                printed_by=issue.printed_by,
                printed_by_name=issue.printed_by_name,
            )
        )
        history.append(
            connection,
            at=issue.printed_at,
            act="issue_sheet",
            body={
                "actor": actor_body(actor),
                "sheet": {
                    "code": code,
                    "id": issue.sheet_id,
                    "project": issue.project_key,
                    "instance": issue.instance_key,
                    "upto": issue.upto,
                    "content": issue.content,
                },
            },
        )
    return code
