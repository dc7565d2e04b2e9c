"""Every command writes its event, or says why it has none; every route that changes something is a command.

These look at the source; `tests/watch.py` looks at transactions while they run.
"""

import ast
import re
from pathlib import Path

from tests.watch import WITHOUT_EVENT

SERVICE = Path(__file__).parents[2] / "service"
COMMANDS = sorted((SERVICE / "commands").glob("[a-z]*.py"))
WRITES = {"append", "advance_locked", "log_act", "log_beside", "log_administration"}
CHANGES = re.compile(r"\.(post|put|delete|patch)\(")
# Routes that answer to POST and change nothing: the reason.
ONLY_LOOKS = {
    "api.check": "what a form would do as it is filled in",
    "modeling.findings": "what lint says of an edit that is not kept",
    "modeling.feel": "an expression tried out",
    "previewing.preview": "how a form will look",
    "sandboxes.make": "a county of its own in the draft's folder: nothing of the record",
    "sandboxes.close": "the same, removed",
    "sandboxes.clock": "the clock of a sandbox",
    "sandboxes.person": "who one is in a sandbox",
}
# Routes that carry out one of several commands, by what was pressed.
CHOOSES = {
    "workbench.decide": "release, or withdraw one's own proposal",
    "migration.move": "go on under another version, or back",
    "repairs.decide": "confirm, or refuse",
    "signin.factor_post": "confirm, or drop",
    "signin.release": "the identity, or the second factor",
    "tasks.act": "claim, release, save or complete",
    "rights.change_right": "grant, or decline",
}
# Commands that no test names: which one carries them out through a page, the console or the worker.
THROUGH = {
    "acknowledge_restore.acknowledge_restore": "web/test_restored_banner.py",
    "follow_rules.follow_rules": "commands/test_follow_rules.py",
    "log_in_by_identity.log_in_by_identity": "web/test_signin.py",
    "log_in_by_identity.release_identity": "web/test_signin.py",
    "purge_drafts.purge_drafts": "web/test_classified.py",
    "remind.remind": "delivery/test_letters.py",
    "restore_copy.restore_copy": "audit/test_backup.py",
    "second_factor.confirm_second_factor": "web/test_signin.py",
    "second_factor.drop_second_factor": "web/test_signin.py",
    "second_factor.release_second_factor": "web/test_signin.py",
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


def _writing() -> dict[str, set[str]]:
    """By module of `commands`: its functions that write an event, themselves or through others."""
    calls: dict[str, dict[str, set[str]]] = {}
    for path in (SERVICE / "commands").glob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        calls[path.stem] = {f.name: _calls(f) for f in body if isinstance(f, ast.FunctionDef)}
    writers = set(WRITES)
    while True:  # a command may leave it to another function
        more = {n for made in calls.values() for n, called in made.items() if called & writers}
        if more <= writers:
            return {module: made.keys() & writers for module, made in calls.items()}
        writers |= more


def test_every_command_writes_an_event_or_says_why_not() -> None:
    writing = _writing()
    silent = {path.stem for path in COMMANDS if path.stem != "__init__" and not writing[path.stem]}
    assert silent == set(WITHOUT_EVENT), silent ^ set(WITHOUT_EVENT)


class Pages:
    """Functions of `service/web`, and what their names mean: other functions there, commands."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, str], ast.FunctionDef] = {}
        self.imported: dict[tuple[str, str], tuple[str, str]] = {}
        for path in (SERVICE / "web").rglob("*.py"):
            module = ".".join(path.relative_to(SERVICE.parent).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    self.functions[module, node.name] = node
                elif isinstance(node, ast.ImportFrom) and node.module:
                    for alias in node.names:
                        self.imported[module, alias.asname or alias.name] = node.module, alias.name

    def views(self) -> dict[str, tuple[str, str]]:
        """Those that answer to what changes something, as `module.function`."""
        return {
            f"{module.rpartition('.')[2]}.{name}": (module, name)
            for (module, name), function in self.functions.items()
            if any(CHANGES.search(ast.unparse(d)) for d in function.decorator_list)
        }

    def commands(self, place: tuple[str, str]) -> set[tuple[str, str]]:
        """(module, function) of the commands that a function calls, itself or through others of `service/web`."""
        found, pending, seen = set(), [place], {place}
        while pending:
            module, name = pending.pop()
            if module.startswith("service.commands."):
                found.add((module.rpartition(".")[2], name))
                continue
            nodes = ast.walk(self.functions[module, name])
            for used in {n.id for n in nodes if isinstance(n, ast.Name)}:
                other = self.imported.get((module, used), (module, used))
                known = other in self.functions or other[0].startswith("service.commands.")
                if known and other not in seen:
                    seen.add(other)
                    pending.append(other)
        return found


def test_a_route_that_changes_something_is_one_command() -> None:
    """It carries out one command that writes an event, or chooses between some; what only looks says so here."""
    pages, writing = Pages(), _writing()
    looks, chooses = set(), set()
    for view, place in pages.views().items():
        commands = pages.commands(place)
        acts = {
            (m, f) for m, f in commands if f in writing[m] or f.startswith(("withdraw_", "save_"))
        }
        if not commands:
            looks.add(view)
        elif len(acts) > 1:
            chooses.add(view)
    assert len(pages.views()) > 80
    assert looks == ONLY_LOOKS.keys(), looks ^ ONLY_LOOKS.keys()
    assert chooses == CHOOSES.keys(), chooses ^ CHOOSES.keys()


def test_only_decorators_make_routes_that_change_something() -> None:
    """So that none of them escapes the test above."""
    for path in (SERVICE / "web").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "methods=" not in text, path
        assert "add_url_rule" not in text, path


def test_every_command_is_carried_out_by_some_test() -> None:
    """By a story, or by a test that names it, or that presses what calls it."""
    words: set[str] = set()
    for folder in (SERVICE.parent / "tests", SERVICE / "scenarios"):
        for path in folder.rglob("*.py"):
            if path.name != Path(__file__).name:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    public = {
        (module, function)
        for module, functions in _writing().items()
        for function in functions
        if not module.startswith("_") and not function.startswith("_")
    }
    unused = {f"{module}.{function}" for module, function in public if function not in words}
    assert unused == THROUGH.keys(), unused ^ THROUGH.keys()
    assert all((SERVICE.parent / "tests" / test).is_file() for test in THROUGH.values())


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
