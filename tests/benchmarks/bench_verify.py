"""Level 1 of verify.py over a log of 1,000,000 events: seconds and memory, beside bare hashing of the same bytes.

Bodies are those of a story, repeated under new numbers and links. Bare hashing reads the same zip entry and takes
SHA-256 and SM3 of its bytes, once each. Runs are interleaved; each is a process of its own, so that its peak of
memory is its own, and level 1 is verify.py itself, without any library. `--every` also checks the signature of
each event (on a tenth of them, scaled).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from service.audit import verify
from service.audit.package import EVIDENCE, PackageWriter
from service.audit.signing import Signer
from service.audit.verify import (
    GENESIS,
    Checkpoint,
    Growing,
    leaf_hash,
    sha256,
    sm3,
)
from service.config import project_root
from service.model.values import canonical_json
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store import history
from service.store.session import reading

SIGNER = Signer("banjie-bench", b"b" * 32)
EACH = 100_000  # events between two checkpoints


def samples(folder: Path) -> list[dict]:
    """Bodies of a long story."""
    world = open_world(f"sqlite:///{folder / 'story.sqlite3'}", project_root())
    run_story(read_story(project_root() / "processes/scenarios/S01.yaml"), world)
    with reading(world.engine) as connection:
        found = [dict(event.body) for event in history.read(connection)]
    world.close()
    return [body for body in found if body["act"] != "deploy"]


def package(path: Path, bodies: list[dict], count: int, signed: bool) -> None:
    """A whole log of `count` events that holds; without files beside it, which another figure would measure."""
    notes: dict[int, str] = {}
    states: dict[str, str] = {}
    trees = Growing(sha256), Growing(sm3)

    def events() -> Iterator[bytes]:
        previous = GENESIS
        for seq in range(1, count + 1):
            body = {**bodies[(seq - 1) % len(bodies)], "seq": seq, "prev": previous}
            body.pop("submission", None)
            body.pop("bundle", None)
            raw = canonical_json(body)
            previous = sha256(raw).hex()
            if body.get("state"):
                states[body["instance"]] = body["state"]
            for tree in trees:
                tree.add(leaf_hash(raw, tree.digest))
            if seq % EACH == 0 or seq == count:
                at = "2026-11-27T00:00:00+00:00"
                notes[seq] = SIGNER.note(
                    Checkpoint(SIGNER.name, seq, trees[0].root(), trees[1].root(), at)
                )
            if signed:
                signatures.append(SIGNER.sign(raw).hex())
            yield raw + b"\n"

    signatures: list[str] = []
    manifest = {
        "format": EVIDENCE,
        "scope": "all",
        "origin": SIGNER.name,
        "project": None,
        "attachments": [],
    }
    with path.open("wb") as stream, PackageWriter(stream, manifest) as writer:
        writer.add("key.txt", [SIGNER.public.text().encode()])
        writer.add("events.jsonl", events())
        lines = (f"{s}\n".encode() for s in signatures) if signed else (b"\n" for _ in range(count))
        writer.add("signatures.txt", lines)
        writer.add("states.json", [json.dumps(states, sort_keys=True).encode()])
        for size, note in notes.items():
            writer.add(f"checkpoints/{size:012d}.txt", [note.encode()])


# both hashes of the bytes of the events, and nothing else
BARE = """
import hashlib, sys, zipfile
hashes = [hashlib.sha256(), hashlib.new("sm3")]
with zipfile.ZipFile(sys.argv[1]) as archive, archive.open("events.jsonl") as stream:
    while block := stream.read(1 << 20):
        for one in hashes:
            one.update(block)
"""
# a script, and at its end the peak of its own memory: what wait4 tells begins with that of the parent
RUN = """
import atexit, runpy, sys
def told():
    with open("/proc/self/status") as status:
        sys.stderr.write(next(line for line in status if line.startswith("VmHWM")).split()[1])
atexit.register(told)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
KINDS = {
    "bare": ["-I", "-S", "-c", BARE],
    "level1": ["-I", "-S", "-c", RUN, verify.__file__],
    "every": ["-I", "-c", RUN, verify.__file__, "--every"],
}


def one(kind: str, path: Path) -> tuple[float, float]:
    """Seconds of processor time and MB at the peak, of a process of its own."""
    process = subprocess.Popen(
        [sys.executable, *KINDS[kind], str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = process.stderr.read() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (kind, said)
    return used.ru_utime + used.ru_stime, int(said or 0) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="banjie-bench-") as name:
        folder = Path(name)
        bodies = samples(folder)
        package(folder / "all.zip", bodies, asked.events, signed=False)
        package(folder / "signed.zip", bodies, asked.events // 10, signed=True)
        with zipfile.ZipFile(folder / "all.zip") as archive:
            size = archive.getinfo("events.jsonl").file_size
        print(f"{asked.events} events, {size / 1e6:.0f} MB, {size / asked.events:.0f} bytes each")
        times: dict[str, list[tuple[float, float]]] = {"bare": [], "level1": []}
        for _ in range(asked.rounds):
            for kind, found in times.items():
                found.append(one(kind, folder / "all.zip"))
        for kind, found in times.items():
            print(
                f"{kind:7} {[round(s, 1) for s, _ in found]} s, peak {max(m for _, m in found):.0f} MB"
            )
        base = min(s for s, _ in times["bare"])
        print(
            f"level 1 without signatures: {min(s for s, _ in times['level1']) / base:.2f} times bare hashing"
        )
        seconds = one("every", folder / "signed.zip")[0] * 10
        print(
            f"with the signature of every event: about {seconds:.0f} s, {seconds / base:.1f} times"
        )


if __name__ == "__main__":
    main()
