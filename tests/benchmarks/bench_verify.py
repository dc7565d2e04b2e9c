"""Level 1 of verify.py over a log of 1,000,000 events: seconds and memory, beside bare hashing of the same bytes.

The log: bodies of the events of a project (story S04), repeated under new numbers and links, each signed, with a signed checkpoint each 100
events, as the service makes them, with the submissions, attachments and deployed files that they name. Bare hashing: the same zip entry is unpacked, parted into its lines, and of each line the two leaf hashes
are taken (SHA-256 and SM3 of a zero byte and the line), which no verifier of two trees can do without; nothing else.
Level 1 adds the chain (a third hash of each body), both trees, 10,000 checkpoints with their signatures and roots, the
manifest's digests, and what each event names. Runs are interleaved; each is a process of its own, so that its peak of
memory is its own, and without any library (-I -S). `--every` also checks the signature of each event (on a fiftieth of
them, times fifty).
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

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
from service.model.bundle import Bundle
from service.model.values import canonical_json
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store import history
from service.store import tables as t
from service.store.named_files import DIGEST
from service.store.session import reading

SIGNER = Signer("banjie-bench", b"b" * 32)
STORY = "S04"
EACH = 100  # events between two checkpoints
PREVIOUS, NUMBER = "previous" * 8, 987654321987654321  # where a hash and a number will stand
MOMENT = "2026-11-27T00:00:00+00:00"


@dataclass(frozen=True)
class Sample:
    """Bodies of the acts in projects of a long story, what was filled in, the files that were deployed."""

    bodies: list[dict]
    filled: dict[str, bytes]
    attached: dict[str, bytes]
    bundle: Bundle


def samples(folder: Path) -> Sample:
    """The story is told; who may log in is set up once, before, and left out."""
    world = open_world(f"sqlite:///{folder / 'story.sqlite3'}", project_root())
    run_story(read_story(project_root() / f"processes/scenarios/{STORY}.yaml"), world)
    with reading(world.engine) as connection:
        found = [dict(event.body) for event in history.read(connection)]
        rows = connection.execute(select(t.submission.c.digest, t.submission.c.content))
        filled = {row.digest: row.content.encode() for row in rows}
    world.close()
    keep_samples(project_root(), folder / "files")
    named = sorted({d for text in filled.values() for d in DIGEST.findall(text.decode())})
    attached = {digest: (folder / "files" / digest).read_bytes() for digest in named}
    return Sample([b for b in found if b["instance"]], filled, attached, world.definition.bundle)


@dataclass
class Log:
    """A log that holds, written event by event; what has to be known at its end."""

    bodies: list[dict]
    count: int
    notes: dict[int, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    signatures: list[bytes] = field(default_factory=list)

    def blocks(self) -> Iterator[bytes]:
        """The lines of EACH events at a time, then their checkpoint."""
        made = [pattern(body) for body in self.bodies]
        for seq in range(max(1, self.count - len(made) + 1), self.count + 1):
            body = self.bodies[(seq - 1) % len(made)]
            if body.get("state"):
                self.states[body["instance"]] = body["state"]
        trees = Growing(sha256), Growing(sm3)
        previous = GENESIS
        for start in range(1, self.count + 1, EACH):
            end = min(start + EACH - 1, self.count)
            block = []
            for seq in range(start, end + 1):
                raw = made[(seq - 1) % len(made)] % (previous.encode(), seq)
                previous = hashlib.sha256(raw).hexdigest()
                block.append(raw)
            self.signatures += [SIGNER.sign(raw) for raw in block]
            for tree in trees:
                tree.extend([leaf_hash(raw, tree.digest) for raw in block])
            roots = (tree.root() for tree in trees)
            self.notes[end] = SIGNER.note(Checkpoint(SIGNER.name, end, *roots, MOMENT))
            yield b"\n".join(block) + b"\n"


def pattern(body: dict) -> bytes:
    """The canonical bytes of an event with places for the hash before it and its number."""
    sample = canonical_json({**body, "prev": PREVIOUS, "seq": NUMBER})
    made = sample.replace(b"%", b"%%")
    made = made.replace(PREVIOUS.encode(), b"%b").replace(b"%d" % NUMBER, b"%d")
    assert made % (PREVIOUS.encode(), NUMBER) == sample
    return made


def package(path: Path, sample: Sample, count: int) -> None:
    """A whole log of `count` events that holds."""
    log = Log(sample.bodies, count)
    manifest = {
        "format": EVIDENCE,
        "scope": "all",
        "origin": SIGNER.name,
        "project": None,
        "attachments": sorted(sample.attached),
    }
    with path.open("wb") as stream, PackageWriter(stream, manifest) as writer:
        writer.add("key.txt", [SIGNER.public.text().encode()])
        writer.add("events.jsonl", log.blocks())
        writer.add("signatures.txt", (f"{s.hex()}\n".encode() for s in log.signatures))
        writer.add("states.json", [json.dumps(log.states, sort_keys=True).encode()])
        for digest, content in sample.filled.items():
            writer.add(f"submissions/{digest}.json", [content])
        for digest, content in sample.attached.items():
            writer.add(f"attachments/{digest}", [content])
        for name, content in sorted(sample.bundle.files.items()):
            writer.add(f"bundles/{sample.bundle.digest}/{name}", [content])
        for size, note in log.notes.items():
            writer.add(f"checkpoints/{size:012d}.txt", [note.encode()])


# both leaf hashes of each event, and nothing else
BARE = """
import hashlib, sys, zipfile
kinds = hashlib.sha256(b"\\0"), hashlib.new("sm3", b"\\0")
rest = b""
with zipfile.ZipFile(sys.argv[1]) as archive, archive.open("events.jsonl") as stream:
    while block := stream.read(1 << 20):
        *lines, rest = (rest + block).split(b"\\n")
        for line in lines:
            for kind in kinds:
                found = kind.copy()
                found.update(line)
                found.digest()
"""
# the same bytes in large blocks: no verifier can do that, but it is how a file is hashed
BLOCKS = """
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
    "blocks": ["-I", "-S", "-c", BLOCKS],
    "bare": ["-I", "-S", "-c", BARE],
    "level1": ["-I", "-S", "-c", RUN, verify.__file__],
    "every": ["-I", "-S", "-c", RUN, verify.__file__, "--every"],
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
    parser.add_argument("--folder", type=Path, help="Keeps both packages, and takes those there.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="banjie-bench-") as name:
        folder = asked.folder or Path(name)
        if not (folder / "part.zip").exists():
            sample = samples(Path(name))
            package(folder / "all.zip", sample, asked.events)
            package(folder / "part.zip", sample, asked.events // 50)
        with zipfile.ZipFile(folder / "all.zip") as archive:
            size = archive.getinfo("events.jsonl").file_size
        print(f"{asked.events} events, {size / 1e6:.0f} MB, {size / asked.events:.0f} bytes each")
        times: dict[str, list[tuple[float, float]]] = {"blocks": [], "bare": [], "level1": []}
        for _ in range(asked.rounds):
            for kind, found in times.items():
                found.append(one(kind, folder / "all.zip"))
        for kind, found in times.items():
            print(
                f"{kind:7} {[round(s, 1) for s, _ in found]} s, peak {max(m for _, m in found):.0f} MB"
            )
        base = min(s for s, _ in times["bare"])
        level = min(s for s, _ in times["level1"])
        print(f"level 1: {level / base:.2f} times bare hashing")
        seconds, memory = one("every", folder / "part.zip")
        print(
            f"with the signature of every event: about {seconds * 50:.0f} s, {seconds * 50 / base:.1f} times,"
            f" peak {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
