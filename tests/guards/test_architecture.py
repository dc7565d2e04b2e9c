"""The shape of the code that reviewers should not have to watch."""

import ast
import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE = sorted((ROOT / "service").rglob("*.py"))


def test_layers_hold() -> None:
    """import-linter's contracts of pyproject.toml are kept."""
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", SERVICE, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_eval_no_pickle(path: Path) -> None:
    """Nothing of ours evaluates text as Python or unpickles bytes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "compile", "__import__"}, node.lineno
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & {
                "pickle",
                "marshal",
                "shelve",
            }, node.lineno


@pytest.mark.parametrize("path", SERVICE, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_module_says_what_it_is_for(path: Path) -> None:
    """Each module begins with a sentence."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def _names_of_the_regulation() -> set[str]:
    """Ids of elements, groups, decisions and forms: words that only diagrams, tables and forms may say."""
    words: set[str] = set()
    for path in (ROOT / "processes").glob("*.bpmn"):
        text = path.read_text(encoding="utf-8")
        words |= set(
            re.findall(
                r'<(?:bpmn:)?\w*(?:[Tt]ask|Event|Gateway|lane|callActivity|subProcess|process) id="([^"]+)"',
                text,
            )
        )
    words |= {path.stem for path in (ROOT / "processes").glob("*.dmn")}
    words |= {path.stem for path in (ROOT / "forms").rglob("*.form")}
    # English words that are ours as well: they name things of the engine or the pages, not of the law.
    return {word for word in words if "_" in word and len(word) > 6}


def _literals(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def test_service_stays_thin() -> None:
    """No word of a diagram, table or form stands in Python or in a template: the diagrams decide."""
    words = _names_of_the_regulation()
    said = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in SERVICE
        for line, text in _literals(path)
        if text in words
    ]
    for template in (ROOT / "service" / "web" / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        said += [
            f"{template.relative_to(ROOT)}: {word}"
            for word in words
            if re.search(rf"['\"]{word}['\"]", text)
        ]
    assert not said, "\n".join(said)


def test_no_threshold_of_the_regulation_in_python() -> None:
    """Amounts and periods of the regulation stand in settings and tables only."""
    numbers = {"200000", "200000.00", "0.1", "36"}
    said = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SERVICE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and not isinstance(node.value, bool)
        and (node.value in (200_000, 200_000.0) or node.value in numbers)
    ]
    assert not said, said


def test_nothing_names_a_machine() -> None:
    """No path of a machine and no registry address in tracked files."""
    # the folders above this clone, and the home of who runs it, are names of his machine
    places = [f"{place}/" for place in (ROOT.parent, Path.home()) if len(place.parts) > 1]
    address = r'"resolved": *"http|(?:index|registry)[-_ ]ur[il]'
    pattern = re.compile("|".join([*map(re.escape, places), address]))
    here = Path(__file__).relative_to(ROOT).as_posix()
    found = [
        f"{n}: {m.group()}" for n, text in tracked() if n != here for m in pattern.finditer(text)
    ]
    assert not found, found


def test_no_mark_of_a_merge_is_left() -> None:
    pattern = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)
    found = [name for name, text in tracked() if pattern.search(text)]
    assert not found, found


def tracked() -> Iterator[tuple[str, str]]:
    """(name, text) of each text file that git knows."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, files):
        path = ROOT / name
        with contextlib.suppress(UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            yield name, path.read_text(encoding="utf-8")
