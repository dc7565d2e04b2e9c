"""Ways in which somebody with full access to the database and the files could change the record."""

import base64
import hashlib
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from service.audit.signing import Signer
from service.audit.verify import (
    GENESIS,
    Checkpoint,
    Growing,
    following,
    leaf_hash,
    sha256,
    sm3,
)
from service.model.values import canonical_json


@dataclass
class Site:
    """A copy of the running system as the forger finds it; `held` is what the auditor took away."""

    database: Path
    files: Path
    held: str
    key: str

    def connect(self) -> sqlite3.Connection:
        """The database without its triggers."""
        connection = sqlite3.connect(self.database)
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        return connection


def rows(c: sqlite3.Connection) -> list[dict]:
    """Bodies of all events."""
    return [json.loads(b) for (b,) in c.execute("SELECT body FROM event ORDER BY seq")]


def store(c: sqlite3.Connection, bodies: list[dict]) -> None:
    """Write the log anew from bodies: numbers, links and hashes are made right; signatures stay by place."""
    signatures = [s for (s,) in c.execute("SELECT signature FROM event ORDER BY seq")]
    signatures += [None] * len(bodies)
    c.execute("DELETE FROM event")
    prev, counts = GENESIS, {}
    for seq, body in enumerate(bodies, 1):
        key = body["instance"]
        number = None
        if key and body["instance_seq"] is not None:
            number = counts[key] = counts.get(key, 0) + 1
        body = {**body, "seq": seq, "prev": prev, "instance_seq": number}
        raw = canonical_json(body)
        prev = hashlib.sha256(raw).hexdigest()
        c.execute(
            "INSERT INTO event (seq, instance_key, instance_seq, project_key, at, act, body, prev_hash, hash,"
            " signature) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (seq, key, number, body["project"], body["at"][:19].replace("T", " "), body["act"], raw.decode(),
             body["prev"], prev, signatures[seq - 1]),
        )  # fmt: skip
    c.execute("DELETE FROM tree_node")


def place(bodies: list[dict], act: str, last: bool = False) -> int:
    """Index of the first (or last) event of an act."""
    found = [i for i, b in enumerate(bodies) if b["act"] == act]
    return found[-1 if last else 0]


ATTACKS: dict[str, Callable[[Site], None]] = {}


def attack(function: Callable[[Site], None]) -> Callable[[Site], None]:
    """Register an attack by its name."""
    ATTACKS[function.__name__] = function
    return function


def on_log(change: Callable[[list[dict]], list[dict] | None]) -> None:
    """Register an attack that changes bodies and makes everything else in the log right again."""

    def run(site: Site) -> None:
        with site.connect() as c:
            bodies = rows(c)
            store(c, change(bodies) or bodies)

    run.__name__ = change.__name__
    attack(run)


@attack
def edit_a_row(site: Site) -> None:
    with site.connect() as c:
        c.execute(
            'UPDATE event SET body = replace(body, \'"at":"2025\', \'"at":"2024\') WHERE seq = 5'
        )


@on_log
def edit_and_rebuild_all_hashes(bodies):
    bodies[place(bodies, "complete_task")]["actor"]["post"] = "主任"


@on_log
def flip_a_decision(bodies):
    changed = 0
    for body in bodies:
        text = json.dumps(body, ensure_ascii=False)
        if body["act"] == "complete_task" and "approve" in text:
            body.update(json.loads(text.replace("approve", "reject")))
            changed += 1
    assert changed


@attack
def delete_a_middle_row(site: Site) -> None:
    with site.connect() as c:
        c.execute("DELETE FROM event WHERE seq = 7")


@on_log
def delete_and_renumber(bodies):
    del bodies[7]


@on_log
def delete_the_last_five(bodies):
    del bodies[-5:]


@attack
def delete_the_last_events_with_their_checkpoint(site: Site) -> None:
    with site.connect() as c:
        bodies = rows(c)
        store(c, bodies[:-5])
        c.execute("DELETE FROM checkpoint WHERE size > ?", (len(bodies) - 5,))


@on_log
def delete_a_whole_project(bodies):
    victim = bodies[place(bodies, "complete_task")]["project"]
    return [b for b in bodies if b["project"] != victim]


@attack
def restore_an_old_backup(site: Site) -> None:
    shutil.copyfile(site.database.with_name("old.sqlite3"), site.database)


@on_log
def insert_a_forged_project(bodies):
    made = []
    victim = bodies[place(bodies, "complete_task")]["project"]
    for body in bodies:
        if body["project"] == victim:
            text = json.dumps(body).replace(victim, "p_forged")
            made.append(
                {
                    **json.loads(text),
                    "instance": f"{body['instance']}x" if body["instance"] else None,
                }
            )
    bodies[20:20] = made[:8]


@attack
def change_the_stored_state(site: Site) -> None:
    """A variable that routes the project is set by hand."""
    with site.connect() as c:
        key, state = c.execute("SELECT instance_key, state FROM instance LIMIT 1").fetchone()
        text = zlib.decompress(state)
        changed = text.replace(b'"variables":{', b'"variables":{"a_forged":"yes",', 1)
        assert changed != text
        c.execute(
            "UPDATE instance SET state = ? WHERE instance_key = ?", (zlib.compress(changed), key)
        )


@attack
def append_an_unsigned_event(site: Site) -> None:
    with site.connect() as c:
        bodies = rows(c)
        store(c, [*bodies, {**bodies[-1]}])


@attack
def append_an_event_signed_by_another_key(site: Site) -> None:
    with site.connect() as c:
        bodies = rows(c)
        store(c, [*bodies, {**bodies[-1]}])
        body = c.execute("SELECT body FROM event ORDER BY seq DESC LIMIT 1").fetchone()[0]
        signature = Signer("forger", b"f" * 32).sign(body.encode()).hex()
        c.execute(
            "UPDATE event SET signature = ? WHERE seq = (SELECT max(seq) FROM event)", (signature,)
        )


@on_log
def swap_two_events(bodies):
    bodies[10], bodies[11] = bodies[11], bodies[10]


@on_log
def move_an_act_in_time(bodies):
    bodies[15]["at"] = "2025-01-05T01:00:00+00:00"


@on_log
def put_another_person_in(bodies):
    bodies[place(bodies, "complete_task", last=True)]["actor"]["name"] = "李四"


@on_log
def take_a_reason_away(bodies):
    for body in bodies:
        body.pop("reason", None)
    bodies[place(bodies, "complete_task")]["reason"] = "另有原因"


@attack
def change_a_submission(site: Site) -> None:
    with site.connect() as c:
        c.execute(
            "UPDATE submission SET content = replace(content, '0', '1') WHERE rowid ="
            " (SELECT min(rowid) FROM submission WHERE content LIKE '%0%')"
        )


@attack
def change_a_submission_with_its_digests(site: Site) -> None:
    with site.connect() as c:
        old, content = c.execute(
            "SELECT digest, content FROM submission WHERE content LIKE '%0%' LIMIT 1"
        ).fetchone()
        content = content.replace("0", "9")
        new = hashlib.sha256(content.encode()).hexdigest()
        c.execute(
            "UPDATE submission SET content = ?, digest = ? WHERE digest = ?", (content, new, old)
        )
        store(c, json.loads(json.dumps(rows(c)).replace(old, new)))


@attack
def change_an_attachment(site: Site) -> None:
    with site.connect() as c:
        texts = [text for (text,) in c.execute("SELECT content FROM submission")]
    path = next(p for p in sorted(site.files.iterdir()) if any(p.name in text for text in texts))
    path.write_bytes(path.read_bytes() + b"\n")


@attack
def remove_attachments(site: Site) -> None:
    for path in site.files.iterdir():
        path.unlink()


@attack
def change_a_deployed_diagram(site: Site) -> None:
    with site.connect() as c:
        c.execute(
            "UPDATE deployment_file SET content = CAST(content || x'0a' AS BLOB) WHERE path LIKE '%joint_review.bpmn'"
        )


@attack
def change_a_deployed_table_with_its_digest(site: Site) -> None:
    with site.connect() as c:
        files = dict(c.execute("SELECT path, content FROM deployment_file").fetchall())
        files["processes/approval_gate.dmn"] += b"\n"
        old = c.execute("SELECT digest FROM deployment").fetchone()[0]
        lines = "".join(f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in sorted(files))
        new = hashlib.sha256(lines.encode()).hexdigest()
        c.execute("PRAGMA foreign_keys = OFF")
        c.execute("UPDATE deployment SET digest = ?", (new,))
        c.execute("UPDATE deployment_file SET digest = ?", (new,))
        c.execute("UPDATE deployment_file SET content = ? WHERE path = 'processes/approval_gate.dmn'",
                  (files["processes/approval_gate.dmn"],))  # fmt: skip
        c.execute("UPDATE instance SET digest = ?", (new,))
        store(c, json.loads(json.dumps(rows(c)).replace(old, new)))


def _sign_anew(site: Site, signer: Signer) -> None:
    """Checkpoints and signatures over the log as it is now, all by one key."""
    with site.connect() as c:
        trees = Growing(sha256), Growing(sm3)
        sizes = {s for (s,) in c.execute("SELECT size FROM checkpoint")}
        c.execute("DELETE FROM checkpoint")
        for seq, body in c.execute("SELECT seq, body FROM event ORDER BY seq").fetchall():
            raw = body.encode()
            for tree, digest in zip(trees, (sha256, sm3), strict=True):
                tree.add(leaf_hash(raw, digest))
            c.execute("UPDATE event SET signature = ? WHERE seq = ?", (signer.sign(raw).hex(), seq))
            if seq in sizes:
                at = "2025-06-01T00:00:00+00:00"
                note = signer.note(
                    Checkpoint(signer.name, seq, trees[0].root(), trees[1].root(), at)
                )
                c.execute(
                    "INSERT INTO checkpoint VALUES (?, ?, ?)",
                    (seq, note, at[:19].replace("T", " ")),
                )


@attack
def swap_the_key_and_sign_everything_anew(site: Site) -> None:
    edit_and_rebuild(site)
    signer = Signer("banjie-story", b"k" * 32)
    _sign_anew(site, signer)
    site.key = signer.public.text()


def edit_and_rebuild(site: Site) -> None:
    """One person's name is changed, and all hashes with it."""
    with site.connect() as c:
        bodies = rows(c)
        bodies[12]["actor"] = {"name": "王五"}
        store(c, bodies)


@attack
def split_view_by_the_service_itself(site: Site) -> None:
    """Whoever has even the service's key shows another history, signed throughout."""
    edit_and_rebuild(site)
    _sign_anew(site, Signer("banjie-story", bytes(range(32))))


@on_log
def replay_an_act_with_its_idempotency_key(bodies):
    again = bodies[place(bodies, "complete_task")]
    bodies.append({**again, "idempotency_key": "k1"})


@attack
def take_signatures_away(site: Site) -> None:
    with site.connect() as c:
        c.execute(
            "UPDATE event SET signature = NULL WHERE seq > (SELECT max(size) FROM checkpoint)"
        )


@attack
def copy_a_signature(site: Site) -> None:
    with site.connect() as c:
        c.execute(
            "UPDATE event SET signature = (SELECT signature FROM event WHERE seq = 1)"
            " WHERE seq = (SELECT max(seq) FROM event)"
        )


@attack
def alter_a_checkpoint(site: Site) -> None:
    with site.connect() as c:
        c.execute("UPDATE checkpoint SET note = replace(note, 'time 2025', 'time 2024')")


@attack
def forge_a_checkpoint(site: Site) -> None:
    """The signature lines of a real note under other roots."""
    with site.connect() as c:
        root = base64.b64encode(b"r" * 32).decode()
        for size, note in c.execute("SELECT size, note FROM checkpoint").fetchall():
            lines = note.split("\n")
            lines[2] = root
            c.execute("UPDATE checkpoint SET note = ? WHERE size = ?", ("\n".join(lines), size))


@attack
def remove_checkpoints_and_edit(site: Site) -> None:
    edit_and_rebuild(site)
    with site.connect() as c:
        c.execute("DELETE FROM checkpoint")


@on_log
def break_one_link(bodies):
    bodies[9] = {**bodies[9], "cause": 3}


@on_log
def put_one_event_in_place_of_another(bodies):
    bodies[14] = {**bodies[13]}


@on_log
def backdate_a_claim(bodies):
    bodies.insert(
        6, {**bodies[6], "act": "claim_task", "at": bodies[5]["at"], "instance_seq": None}
    )


@on_log
def turn_an_event_into_another_act(bodies):
    bodies[place(bodies, "complete_task")]["act"] = "complete_service"


@attack
def remove_a_deployed_version(site: Site) -> None:
    with site.connect() as c:
        c.execute("PRAGMA foreign_keys = OFF")
        c.execute("DELETE FROM deployment_file")
        c.execute("DELETE FROM deployment")


SERVICE = Signer("banjie-story", bytes(range(32)))
THIEF = Signer("banjie-story", b"t" * 32)


def append_signed(site: Site, made: Callable[[list[dict]], list[tuple[dict, Signer]]]) -> None:
    """Add events at the end, each with the signature of a key that the forger has."""
    with site.connect() as c:
        bodies = rows(c)
        more = made(bodies)
        store(c, [*bodies, *(body for body, _ in more)])
        for number, (_, signer) in enumerate(more, len(bodies) + 1):
            body = c.execute("SELECT body FROM event WHERE seq = ?", (number,)).fetchone()[0]
            c.execute(
                "UPDATE event SET signature = ? WHERE seq = ?",
                (signer.sign(body.encode()).hex(), number),
            )


def change_to(new: Signer, old: Signer, body: dict) -> dict:
    """The event of a change of the key, made by hand."""
    proof = new.sign(following(old.public, new.public)).hex()
    told = {"old": old.public.text(), "new": new.public.text(), "proof": proof}
    return {
        "act": "change_key", "actor": body["actor"], "at": body["at"], "instance": None,
        "instance_seq": None, "project": None, "reason": "例行更换", "key": told,
    }  # fmt: skip


@attack
def change_the_key_without_the_old_one(site: Site) -> None:
    """The thief names his own key as the next one; the old key has not signed that."""
    append_signed(
        site,
        lambda bodies: [
            (change_to(THIEF, SERVICE, bodies[0]), THIEF), ({**bodies[-1]}, THIEF),
        ],
    )  # fmt: skip


@attack
def name_a_key_that_has_not_agreed(site: Site) -> None:
    def made(bodies: list[dict]) -> list[tuple[dict, Signer]]:
        change = change_to(THIEF, SERVICE, bodies[0])
        change["key"]["proof"] = SERVICE.sign(b"anything").hex()
        return [(change, SERVICE)]

    append_signed(site, made)


@attack
def sign_with_the_key_that_was_replaced(site: Site) -> None:
    """The key was stolen, and changed when that was noticed; the thief goes on with it."""
    append_signed(
        site,
        lambda bodies: [
            (change_to(THIEF, SERVICE, bodies[0]), SERVICE), ({**bodies[-1]}, SERVICE),
        ],
    )  # fmt: skip


@attack
def take_the_change_of_the_key_away(site: Site) -> None:
    """As if the new key had always been the one."""
    append_signed(site, lambda bodies: [({**bodies[-1]}, THIEF)])
    site.key = THIEF.public.text()


def repaired(bodies: list[dict], who: str, by: str, **changed: str) -> list[tuple[dict, Signer]]:
    """A proposal by one and a repair by another, with the service's own key."""
    last = next(b for b in reversed(bodies) if b.get("state"))
    repair = {
        "key": "r1", "instance": last["instance"], "kind": "back", "target": "t", "words": "退回重办",
        "seen": last["instance_seq"],
    }  # fmt: skip
    proposal = {
        "act": "propose_repair", "actor": {"account_key": who, "name": "甲"}, "at": last["at"],
        "instance": None, "instance_seq": None, "project": last["project"], "reason": "试", "repair": repair,
    }  # fmt: skip
    done = {
        **last, "act": "repair_instance", "actor": {"account_key": by, "name": "乙"},
        "repair": {**repair, **changed}, "reason": "试", "proposed_by": "甲",
    }  # fmt: skip
    done.pop("submission", None)
    return [(proposal, SERVICE), (done, SERVICE)]


@attack
def repair_alone(site: Site) -> None:
    """The administrator with the key at hand confirms his own proposal."""
    append_signed(site, lambda bodies: repaired(bodies, "a1", "a1"))


@attack
def repair_what_nobody_has_proposed(site: Site) -> None:
    append_signed(site, lambda bodies: repaired(bodies, "a1", "a2")[1:])


@attack
def repair_something_else_than_was_proposed(site: Site) -> None:
    append_signed(site, lambda bodies: repaired(bodies, "a1", "a2", target="another"))


@attack
def repair_twice_on_one_proposal(site: Site) -> None:
    def made(bodies: list[dict]) -> list[tuple[dict, Signer]]:
        proposal, done = repaired(bodies, "a1", "a2")
        return [proposal, done, done]

    append_signed(site, made)


def rewrite(
    package: Path, change: Callable[[dict[str, bytes]], None], manifest: bool = True
) -> None:
    """Change the files of a package; with its manifest made right again unless `manifest` is false."""
    with zipfile.ZipFile(package) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if manifest:
        listed = json.loads(files["manifest.json"])
        listed["files"] = {
            n: hashlib.sha256(b).hexdigest() for n, b in files.items() if n != "manifest.json"
        }
        files["manifest.json"] = json.dumps(listed).encode()
    with zipfile.ZipFile(package, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
