"""Every command writes its event, or says here why it has none; no route changes rows past the commands."""

import ast
from pathlib import Path

SERVICE = Path(__file__).parents[2] / "service"
COMMANDS = sorted((SERVICE / "commands").glob("[a-z]*.py"))
WRITES = {"append", "advance_locked", "log_act", "log_beside", "log_administration"}
WITHOUT_EVENT = {
    "explain_not_open": "only reads",
    "record_refusal": "the security log is its log",
    "record_incident": "of the worker; the act itself did not happen",
    "record_upload": "a file counts when it is submitted",
    "forget_uploads": "what nobody has submitted",
    "forget_answers": "rows that guard against repetition",
    "set_contact": "how a person wants to be told; nothing of a project",
    "queue_deliveries": "letters about what the log holds already",
    "settle_delivery": "letters about what the log holds already",
    "keep_answers": "rows that are found from the log, and may be found again",
    "read_notices": "a mark for oneself; what counts, that the notice was there, is in the log",
    "follow_project": "one's own list",
    "set_phrases": "one's own list",
    "keep_filter": "one's own list",
    "log_in": "a session; failures go to the security log",
    "log_out": "a session",
    "open_draft": "a draft is nobody's rule; its release is the event",
    "save_draft_file": "a draft is nobody's rule; its release is the event",
    "discard_draft": "a draft is nobody's rule; its release is the event",
    "propose_release": "a proposal; the event of its release names author, reason and changes",
    "record_check": "what was found in a proposal; the event of its release carries it",
}


def _calls(function: ast.AST) -> set[str]:
    """Names of all functions that a function calls; `history.append` as `append`, other methods not."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "history.append":
            found.add("append")
    return found


def test_every_command_writes_an_event_or_says_why_not() -> None:
    calls: dict[str, dict[str, set[str]]] = {}
    for path in (SERVICE / "commands").glob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        calls[path.stem] = {f.name: _calls(f) for f in body if isinstance(f, ast.FunctionDef)}
    writers = set(WRITES)
    while True:  # a command may leave it to another function
        more = {n for made in calls.values() for n, called in made.items() if called & writers}
        if more <= writers:
            break
        writers |= more
    silent = {
        path.stem
        for path in COMMANDS
        if path.stem != "__init__" and not calls[path.stem].keys() & writers
    }
    assert silent == set(WITHOUT_EVENT), silent ^ set(WITHOUT_EVENT)


def test_only_commands_and_store_change_rows() -> None:
    """Pages, queries and jobs call commands; none of them inserts, updates or deletes by itself."""
    found = []
    for layer in ("web", "cli", "queries", "jobs"):
        for path in (SERVICE / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                    names = {alias.name for alias in node.names} & {"insert", "update", "delete"}
                    found += [f"{path.relative_to(SERVICE)}: {name}" for name in names]
    assert not found, found
