#!/usr/bin/env python3
"""Everything a newcomer types: `python3 dev.py run`, `python3 dev.py test`; also setup, lint, bench, shots.

Standard library only. Makes `.venv` from the locks (with uv when it is on PATH, else venv and pip)
and hands over to the tools inside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"


def call(*command: object, check: bool = True) -> int:
    """Run a command in the project's root and return its exit status; leave on failure."""
    status = subprocess.run([str(part) for part in command], cwd=ROOT).returncode
    if check and status:
        sys.exit(status)
    return status


def make_venv(uv: str | None) -> None:
    """Create .venv unless it stands."""
    if PYTHON.exists():
        return
    print("Creating .venv …", flush=True)
    if uv:
        call(uv, "venv", "-q", "--allow-existing", "-p", sys.executable, VENV)
        return
    try:
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, SystemExit):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("This Python lacks ensurepip. On Debian or Ubuntu: apt-get install python3-venv")


def ensure(lock: str) -> None:
    """Install what `lock` pins, and the project itself, unless the same lock was installed before."""
    if sys.version_info < (3, 11):
        sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    uv = shutil.which("uv")
    make_venv(uv)
    wanted = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in (lock, "pyproject.toml"))
    ).hexdigest()
    stamp = VENV / f".{lock}.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {lock} …", flush=True)
    pip = (
        [uv, "pip", "install", "-q", "-p", PYTHON]
        if uv
        else [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    )
    call(*pip, "--require-hashes", "-r", lock)
    call(*pip, "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(wanted)


def editors() -> None:
    """Install the editors of the workbench unless they are there; without them everything else works."""
    if not shutil.which("npm"):
        ensure("requirements-editors.lock")
    call(BIN / "banjie", "editors", check=False)


def run(arguments: list[str]) -> int:
    """Prepare the database, then start a worker and the service; Ctrl-C ends both."""
    ensure("requirements.lock")
    editors()
    production = [a for a in arguments if a == "--production"]
    call(BIN / "banjie", "prepare", *production)
    worker = subprocess.Popen([str(BIN / "banjie"), "worker", *production], cwd=ROOT)
    service = subprocess.Popen([str(BIN / "banjie"), "serve", *production], cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda *_: service.terminate())
    try:
        return service.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (service, worker):
            process.terminate()
            process.wait(timeout=20)


def test(arguments: list[str]) -> int:
    """All tests, on up to four cores; with arguments, those that pytest takes them to mean, on one.

    One process more than there are cores: a test that drives a browser waits for it half of its time.
    """
    ensure("requirements-dev.lock")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a run starts a hundred Pythons
    workers = min(4, os.cpu_count() or 1) + 1
    spread = [] if arguments else ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    return call(PYTHON, "-m", "pytest", *spread, *arguments, check=False)


def lint(arguments: list[str]) -> int:
    """Style, types, layers and diagrams; `--fix` mends what can be mended."""
    ensure("requirements-dev.lock")
    fix = ["--fix"] if "--fix" in arguments else []
    check = [] if fix else ["--check"]
    commands: list[list[object]] = [
        [BIN / "ruff", "check", *fix, "."],
        [BIN / "ruff", "format", *check, "."],
        [BIN / "mypy"],
        [BIN / "lint-imports", "--no-cache"],
        [BIN / "banjie", "lint"],
    ]
    return max(call(*command, check=False) for command in commands)


def bench(arguments: list[str]) -> int:
    """A benchmark by name, e.g. `bench complete`; without a name the list of them."""
    ensure("requirements-dev.lock")
    folder = ROOT / "tests" / "benchmarks"
    known = sorted(path.stem.removeprefix("bench_") for path in folder.glob("bench_*.py"))
    if not arguments or arguments[0] not in known:
        print("Benchmarks:", *known)
        return 2 if arguments else 0
    return call(PYTHON, "-m", f"tests.benchmarks.bench_{arguments[0]}", *arguments[1:], check=False)


def shots(arguments: list[str]) -> int:
    """Take the pictures of docs/images anew from the running product (needs Chromium)."""
    ensure("requirements-dev.lock")
    return call(PYTHON, "-m", "tests.browser.shots", *arguments, check=False)


def setup(arguments: list[str]) -> int:
    """Install everything for developers."""
    ensure("requirements-dev.lock")
    return 0


VERBS = {verb.__name__: verb for verb in (run, test, lint, bench, shots, setup)}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "run"
    if name not in VERBS:
        sys.exit(
            "\n".join(
                ["Usage: python3 dev.py VERB", *(f"  {n:6} {v.__doc__}" for n, v in VERBS.items())]
            )
        )
    sys.exit(VERBS[name](sys.argv[2:]))
